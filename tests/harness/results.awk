# SPDX-License-Identifier: GPL-2.0-only
#
# Reads results (BUILD/results/TIER-PROGRAM.tap) for those who ask what has
# been proven: contract.awk and tests/notes/coverage.awk come after this file
# on awk's command line. Each result line may end with the ids of what it
# proves, "[C4.1 SEND:EAGAIN]". Offers to them:
#
#   complain(text), bad     what is wrong with the input, and how often
#   program, tier, name     of the result line at hand
#   proven[id], tried[id]   names of the tests that passed; that did not
#   record(id)              notes the result line at hand for this id
#   end_of_results()        to be called first in END
#
# and calls claim(id, n) for each of the n ids of a result line.

function complain(text)
{
	print prefix ": " text
	bad++
}

function record(id)
{
	if (ok && !skipped)
		proven[id] = proven[id] (proven[id] ? "; " : "") \
			name " (" program ")"
	else
		tried[id] = tried[id] (tried[id] ? "; " : "") \
			(skipped ? "skipped: " : "failed: ") \
			name " (" program ")"
}

function end_of_results()
{
	if (file == "")
		return
	if (plan < 0)
		complain(file ": no plan: the run was cut off")
	else if (seen != plan)
		complain(file ": " seen " of " plan " results: the run was cut off")
}

BEGIN {
	for (i = 1; i < ARGC; i++)
		if ((getline line < ARGV[i]) <= 0)
			complain(ARGV[i] ": empty: the run was cut off")
		else
			close(ARGV[i])
}

FNR == 1 {
	end_of_results()
	file = FILENAME
	n = split(file, part, "/")
	program = part[n]
	sub(/\.tap$/, "", program)
	tier = program
	sub(/-.*/, "", tier)
	plan = -1
	seen = 0
}

/^1\.\.[0-9]+/ {
	plan = $0
	sub(/^1\.\./, "", plan)
	plan += 0
}

/^(not )?ok / {
	seen++
	line = $0
	sub(/\r$/, "", line)
	ok = line ~ /^ok /
	skipped = line ~ /# *[Ss][Kk][Ii][Pp]/
	sub(/ # .*$/, "", line)
	if (line !~ /\[[^][]+\]$/)
		next
	name = line
	sub(/^(not )?ok [0-9]* *(- )?/, "", name)
	sub(/ *\[[^][]+\]$/, "", name)
	claims = line
	sub(/^.*\[/, "", claims)
	sub(/\]$/, "", claims)
	n = split(claims, f, " ")
	for (i = 1; i <= n; i++)
		claim(f[i], n)
}
