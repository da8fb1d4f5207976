# SPDX-License-Identifier: GPL-2.0-only
#
# Which sentence of the contract, and which cell of the errno table, is proven.
# Run by contract.sh behind tests/harness/results.awk, which reads the results.
# Variables: contract, reasons, header (files).

BEGIN {
	while ((getline line < contract) > 0) {
		if (line ~ /^#/ || line ~ /^[ \t]*$/)
			continue
		if (split(line, f, / [|] /) != 3 ||
		    f[1] !~ /^C[0-9]+\.[0-9]+$/ ||
		    (f[2] != "due" && f[2] !~ /^later: ./)) {
			complain(contract ": not understood: " line)
			continue
		}
		if (f[1] in state)
			complain(contract ": twice: " f[1])
		order[++count] = f[1]
		state[f[1]] = f[2]
		text[f[1]] = f[3]
	}
	if (!count)
		complain("no sentence in " contract)

	# A line of the table: " *   VERB     ERRNO     meaning".
	while ((getline line < header) > 0) {
		if (line ~ /^ \* DOC: /)
			table = line ~ /DOC: Errors/
		else if (line ~ /^ \*\/$/)
			table = 0
		if (!table || line !~ /^ \*   [A-Z_]+ +E[A-Z0-9]+ +/)
			continue
		split(line, f, " ")
		id = f[2] ":" f[3]
		if (id in cell)
			complain(header ": twice in the errno table: " id)
		cells[++ncells] = id
		meaning = line
		sub(/^ \*   [A-Z_]+ +E[A-Z0-9]+ +/, "", meaning)
		cell[id] = meaning
	}
	if (!ncells)
		complain("no errno table in " header)

	while ((getline line < reasons) > 0) {
		if (line ~ /^#/ || line ~ /^[ \t]*$/)
			continue
		id = line
		sub(/[ \t].*/, "", id)
		why = line
		sub(/^[^ \t]+[ \t]*/, "", why)
		if (!(id in cell))
			complain(reasons ": not in the errno table: " id)
		if (why == "")
			complain(reasons ": no reason given: " id)
		reason[id] = why
	}
}

function claim(id, n)
{
	if (id in cell || id in state) {
		if (state[id] ~ /^later/)
			complain(program ": \"" name "\" claims " id \
				 ", which is not yet due")
		record(id)
	} else if (id !~ /^S[0-9]+$/) {
		complain(program ": \"" name "\" claims the unknown " id)
	}
}

END {
	end_of_results()
	for (i = 1; i <= count; i++) {
		id = order[i]
		if (state[id] != "due") {
			print id " not yet due (" state[id] "): " text[id]
			waiting++
		} else if (id in proven) {
			print id " proven: " text[id]
			print "\tby " proven[id]
			good++
		} else {
			print id " UNPROVEN: " text[id]
			print "\t" (id in tried ? tried[id] : "no test ran")
			gaps++
		}
	}
	print ""
	print "Errors of the table in uapi/linux/mbox.h:"
	for (i = 1; i <= ncells; i++) {
		id = cells[i]
		if (id in proven) {
			print id " proven: " cell[id]
			print "\tby " proven[id]
			good++
			if (id in reason)
				complain(reasons ": " id \
					 " is proven and needs no reason")
		} else if (id in reason) {
			print id " cannot be provoked here: " reason[id]
			excused++
		} else {
			print id " UNPROVEN: " cell[id]
			print "\t" (id in tried ? tried[id] : "no test ran")
			gaps++
		}
	}
	if (excused)
		print excused " errors of the table with a reason instead of a test"
	if (bad)
		print bad " complaints above: each must go"
	printf "%d proven, %d unproven, %d not yet due\n", good, gaps, waiting
	exit gaps || bad ? 1 : 0
}
