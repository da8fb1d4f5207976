#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# contract.sh BUILD: compares the contract with the results of the last run.
#
# Owns: the verdict of `make contract`.  Reads contract.txt, errno.reasons, the
# errno table of uapi/linux/mbox.h and BUILD/results/*.tap.  A sentence or a
# cell is proven by a test that passed and names it in the bracket at the end
# of its result line.  Skipped, failed or not run is not proven.  Ends with 1
# on a gap, a claim of something unknown, an incomplete result or no result.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
top=$(CDPATH='' cd -- "$here/../.." && pwd)
contract=${CONTRACT:-$here/contract.txt}
reasons=${REASONS:-$here/errno.reasons}
header=${HEADER:-$top/uapi/linux/mbox.h}

if [ $# -ne 1 ]; then
	echo "usage: contract.sh BUILD, the build directory with results/" >&2
	exit 2
fi
results=$1/results
set -- "$results"/*.tap
if [ ! -e "$1" ]; then
	echo "contract: no results in $results: run \"make test\" first" >&2
	echo "0 proven, 0 unproven, 0 not yet due"
	exit 1
fi

exec awk -v contract="$contract" -v reasons="$reasons" -v header="$header" '
function complain(text)
{
	print "contract: " text
	bad++
}

# The tests that prove an id, with the tier of each.
function proof(id, text)
{
	proven[id] = proven[id] (proven[id] ? "; " : "") text
}

function end_of_file()
{
	if (file == "")
		return
	if (plan < 0)
		complain(file ": no plan: the run was cut off")
	else if (seen != plan)
		complain(file ": " seen " of " plan " results: the run was cut off")
}

function begin_file(    n, part)
{
	end_of_file()
	file = FILENAME
	n = split(file, part, "/")
	program = part[n]
	sub(/\.tap$/, "", program)
	tier = program
	sub(/-.*/, "", tier)
	plan = -1
	seen = 0
}

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
	for (i = 1; i < ARGC; i++)
		if ((getline line < ARGV[i]) <= 0)
			complain(ARGV[i] ": empty: the run was cut off")
		else
			close(ARGV[i])
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

FNR == 1 { begin_file() }

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
	for (i = 1; i <= n; i++) {
		id = f[i]
		if (id in cell || id in state) {
			if (state[id] ~ /^later/)
				complain(program ": \"" name "\" claims " id \
					 ", which is not yet due")
			if (ok && !skipped)
				proof(id, name " (" program ")")
			else
				tried[id] = tried[id] (tried[id] ? "; " : "") \
					(skipped ? "skipped: " : "failed: ") \
					name " (" program ")"
		} else {
			complain(program ": \"" name \
				 "\" claims the unknown " id)
		}
	}
}

END {
	end_of_file()
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
' "$@"
