# SPDX-License-Identifier: GPL-2.0-only
#
# Compares what was run with what may be left out. Reads uncovered.list and then
# lcov's tracefile; used by coverage.sh. Variables: top (folder of the sources,
# with a slash), least (per cent of lines that must have run).
#
# A line of uncovered.list: FILE | the line of code as it stands there | REASON.
# It stands for every line of that file with this text.

function fail(text)
{
	print text
	failed = 1
}

function trim(text)
{
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	return text
}

FILENAME ~ /uncovered\.list$/ {
	if (/^#/ || !NF)
		next
	n = split($0, part, / [|] /)
	if (n != 3)
		fail("uncovered.list:" FNR ": not three parts")
	excused[part[1] SUBSEP trim(part[2])] = FNR
	next
}

/^SF:/ {
	path = substr($0, 4)
	file = substr(path, length(top) + 1)
	delete text
	for (i = 1; (getline line < path) > 0; i++)
		text[i] = trim(line)
	close(path)
}

/^DA:/ {
	split(substr($0, 4), part, ",")
	lines++
	key = file SUBSEP text[part[1]]
	if (part[2] > 0) {
		run++
		next
	}
	if (key in excused)
		used[key] = 1
	else
		fail(file ":" part[1] ": was not run: " text[part[1]])
}

/^BRF:/ { branches += substr($0, 5) }
/^BRH:/ { taken += substr($0, 5) }

END {
	for (key in excused)
		if (!(key in used)) {
			split(key, part, SUBSEP)
			fail("uncovered.list:" excused[key] \
				": was run, or is not there: " part[2])
		}
	if (!lines)
		fail("coverage: there are no lines")
	else {
		printf "%.1f %% of %d branches\n", 100 * taken / (branches ? branches : 1), branches
		printf "%.1f %% of %d lines\n", 100 * run / lines, lines
		if (100 * run < least * lines)
			fail("coverage: less than " least " %")
	}
	exit failed
}
