# SPDX-License-Identifier: GPL-2.0-only
#
# Compares rows.txt with what the tests have shown, and writes docs/notes.md.
# Run by coverage.sh behind tests/harness/results.awk, which reads the results.
# Variables: rows, sources (list of demos), demos (their folder), breaks, order
# (section and id of each row, in the notes' order), complaints (what
# coverage.sh has found) and doc (files).

# The rows that a demo's header names: its "Notes:" paragraph. Remembers the
# demos that have the sentence "NAME: ..." by which make demo lists them.
function read_header(path,    line, in_notes, list)
{
	list = " "
	while ((getline line < (demos "/" path)) > 0) {
		if (index(line, base_name(path) ": "))
			listed[path] = 1
		if (line ~ /^ ?[#*] *Notes:/)
			in_notes = 1
		else if (line !~ /^ ?[#*] +[^ ]/ || line ~ /^ ?[#*] *[A-Z][a-z]+:/)
			in_notes = 0
		if (!in_notes)
			continue
		while (match(line, /S[0-9]+/)) {
			list = list substr(line, RSTART, RLENGTH) " "
			line = substr(line, RSTART + RLENGTH)
		}
	}
	close(demos "/" path)
	return list
}

# A program's name in the results, as the reader of the table finds it.
function source_of(program,    base)
{
	base = program
	sub(/^[a-z]+-demo-/, "", base)
	return base in path_of ? path_of[base] : ""
}

function link(    path)
{
	path = source_of(program)
	if (path == "")
		return "`" program "`: " name
	return "[" base_name(path) "](../userspace/demos/" path "): " name
}

function base_name(path)
{
	sub(/.*\//, "", path)
	sub(/\.[a-z.]*$/, "", path)
	return path
}

function claim(id, n,    path)
{
	path = source_of(program)
	if (id !~ /^S[0-9]+$/ && path == "")
		return
	if (!(id in state)) {
		complain(program ": \"" name "\" names " id ", which is no row")
		return
	}
	if (n > 3 && !((program, name) in too_many)) {
		too_many[program, name] = 1
		complain(program ": \"" name "\" names " n " rows; three at most")
	}
	record(id)
	if (ok && !skipped)
		proofs[id] = proofs[id] (proofs[id] ? "<br>" : "") link()
	if (path != "" && index(shown[path], " " id " ") == 0)
		shown[path] = shown[path] id " "
	shows[base_name(path), id] = 1
}

BEGIN {
	while ((getline line < rows) > 0) {
		if (match(line, /^# [A-Z] = /)) {
			groups[++ngroups] = substr(line, 3, 1)
			title[substr(line, 3, 1)] = substr(line, 7)
		}
		if (line ~ /^#/ || line ~ /^[ \t]*$/)
			continue
		if (split(line, f, / [|] /) != 6 || f[1] !~ /^S[0-9]+$/ ||
		    f[6] !~ /^(proof$|text: .|open: (C[0-9]+|bench|labs|figures), .)/) {
			complain(rows ": not understood: " line)
			continue
		}
		if (f[1] in state)
			complain(rows ": twice: " f[1])
		if (!(f[2] in title))
			complain(rows ": " f[1] ": no group " f[2])
		ids[++count] = f[1]
		group[f[1]] = f[2]
		where[f[1]] = f[3]
		type[f[1]] = f[4]
		says[f[1]] = f[5]
		state[f[1]] = f[6]
	}
	if (!count)
		complain("no row in " rows)

	while ((getline line < sources) > 0) {
		if (base_name(line) in path_of)
			complain(line " and " path_of[base_name(line)] \
				 ": two of one name")
		path_of[base_name(line)] = line
		header[line] = read_header(line)
		shown[line] = " "
	}

	while ((getline line < breaks) > 0) {
		split(line, f, " ")
		if (!(f[1] in state))
			complain("breaks: " f[1] " is no row: " line)
		broken[f[1]] = 1
		sub(/.*:/, "", f[2])
		breaks_of[f[1], base_name(f[2])] = line
	}

	while ((getline line < complaints) > 0)
		complain(line)
}

# A demo of the last run is in the tree, can be found, and shows something.
function compare_programs(    i, n, f, path)
{
	for (i = 1; i < ARGC; i++) {
		n = split(ARGV[i], f, "/")
		program = f[n]
		sub(/\.tap$/, "", program)
		if (program !~ /^[a-z]+-demo-/)
			continue
		path = source_of(program)
		if (path == "")
			complain(ARGV[i] ": there is no such demo any more")
		else if (!(path in listed))
			complain(path ": no line \"" base_name(path) \
				 ": ...\" in its header; make demo lacks it")
		else if (header[path] == " " && shown[path] == " ")
			complain(path ": it shows no row")
	}
}

# A line of breaks/ is tried with a program that has a check of the row.
function compare_breaks(    key, f)
{
	for (key in breaks_of) {
		split(key, f, SUBSEP)
		if (!((f[2], f[1]) in shows))
			complain("breaks: " f[2] " has no check of " f[1] ": " \
				 breaks_of[key])
	}
}

function compare_headers(    path, i, n, f)
{
	for (path in header) {
		if (header[path] == " " && shown[path] == " ")
			continue
		n = split(header[path], f, " ")
		for (i = 1; i <= n; i++)
			if (!(f[i] in state))
				complain(path ": its header names " f[i] \
					 ", which is no row")
			else if (index(shown[path], " " f[i] " ") == 0)
				complain(path ": its header names " f[i] \
					 ", but no check does")
		n = split(shown[path], f, " ")
		for (i = 1; i <= n; i++)
			if (index(header[path], " " f[i] " ") == 0)
				complain(path ": a check names " f[i] \
					 ", but its header does not")
	}
}

function judge(id)
{
	if (state[id] == "proof") {
		if (!(id in broken))
			complain(id " has no line in tests/notes/breaks")
		if (id in proven) {
			if (id in tried)
				complain(id " is proven, and is not: " tried[id])
			good[group[id]]++
			return
		}
		print id " LOST: " says[id]
		print "\t" (id in tried ? tried[id] : "no test names it")
		lost++
	} else if (id in proven) {
		complain(id " is proven; rows.txt says \"" state[id] "\"")
	}
	if (state[id] ~ /^text/)
		text[group[id]]++
	else
		open[group[id]]++
}

# What stands in the last column of docs/notes.md.
function cell(id)
{
	if (state[id] == "proof")
		return id in proofs ? proofs[id] : "**lost**"
	if (state[id] ~ /^text: /)
		return substr(state[id], 7)
	return "*open, waits for " substr(state[id], 7) "*"
}

function write_doc(    line, f, section, id, claim_text)
{
	section = "none"
	print "<!-- Written by tests/notes/coverage.sh from the results of" \
		" the tests; do not edit. -->" >doc
	print "\n# The lecture notes, line by line\n" >doc
	print "What the notes on inter-process communication say, ask, get" >doc
	print "wrong and leave out, and the test that shows it. `make demo" >doc
	print "NAME=...` runs one of them. Types: C concept, P property," >doc
	print "A call, Q question, X program, B bug in a program, E wrong or" >doc
	print "misleading, F figure, O opinion." >doc
	while ((getline line < order) > 0) {
		split(line, f, " ")
		id = f[2]
		if (f[1] != section) {
			section = f[1]
			print "\n## " (section == "999" ? \
				"Not in the notes, but needed" : \
				"Notes " section) "\n" >doc
			print "| row | where | type | statement | shown by |" >doc
			print "| --- | --- | --- | --- | --- |" >doc
		}
		claim_text = says[id]
		gsub(/\\?[|]/, "\\|", claim_text)
		print "| " id " | " where[id] " | " type[id] " | " claim_text \
			" | " cell(id) " |" >doc
	}
	printf "\n%d proven, %d text, %d open\n", total_good, total_text, \
		total_open >doc
	close(doc)
}

END {
	end_of_results()
	compare_headers()
	compare_programs()
	compare_breaks()
	for (i = 1; i <= count; i++)
		judge(ids[i])
	for (i = 1; i <= ngroups; i++) {
		g = groups[i]
		printf "%s  %3d proven, %2d text, %2d open  %s\n", g, good[g], \
			text[g], open[g], title[g]
		total_good += good[g]
		total_text += text[g]
		total_open += open[g]
	}
	write_doc()
	if (bad)
		print bad " complaints above: each must go"
	printf "%d proven, %d text, %d open\n", total_good, total_text, total_open
	exit lost || bad ? 1 : 0
}
