# SPDX-License-Identifier: GPL-2.0-only
#
# mapping.awk: holds what the models say of the code against the code.
#
# Reads, in this order: the sources of kmod/, left-out.list, the models.  In
# a model a comment that begins with the name of a function is a promise:
#
#   /* [FILE] mbx_NAME() [LABEL][: PIECE] */
#
# The function is there; its comments have the LABEL of the waiting protocol
# (S1 to F4); its body has the PIECE of code, blanks aside; and within one
# inline or proctype the pieces of one function stand in the code's order.
# Any other mbx_NAME() in a model must be there as well.
#
# And the other way round: each function of the files of the protocol is in
# such a comment, or in left-out.list with a reason, and not in both.
#
# Called by: run.sh.  Prints a line for each promise that does not hold, and
# one with the number of promises last; its status is 0 if all hold.

BEGIN {
	split("wait.c wait.h line.c line.h receivers.c box.c box.h send.c recv.c call.c callers.c server.c", list)
	for (i in list)
		is_protocol[list[i]] = 1
}

function base(path)
{
	sub(/.*\//, "", path)
	return path
}

function squeeze(text)
{
	gsub(/[ \t\n]/, "", text)
	return text
}

function wrong(text)
{
	print text
	errors++
}

FNR == 1 {
	file = base(FILENAME)
	header = comment = block = ""
	in_body = in_comment = 0
}

# -- the sources: bodies[FILE, NAME], and labels as @S1@ within ---------------

# The line without comments, but with the labels that are in them.
function strip(line,    out, start, end, label)
{
	out = ""
	while (line != "") {
		if (in_comment) {
			end = index(line, "*/")
			comment = comment (end ? substr(line, 1, end - 1) : line)
			line = end ? substr(line, end + 2) : ""
			if (!end)
				break
			in_comment = 0
			if (comment ~ /MBX_WAIT_BARRIER/)
				while (match(comment, /[SF][0-9]/)) {
					label = substr(comment, RSTART, RLENGTH)
					comment = substr(comment, RSTART + 2)
					out = out "@" label "@"
				}
			comment = ""
			continue
		}
		start = index(line, "/*")
		if (!start)
			return out line
		out = out substr(line, 1, start - 1)
		line = substr(line, start + 2)
		in_comment = 1
	}
	return out
}

file ~ /\.[ch]$/ {
	line = strip($0)
	if (match(line, /^#define [a-z_0-9]+\(/)) {
		name = substr(line, 9, RLENGTH - 9)
		is_defined[name] = 1
	} else if (line == "{" && match(header, /[a-z_0-9]+\(/)) {
		name = substr(header, RSTART, RLENGTH - 1)
		is_defined[name] = 1
		files_of[name] = files_of[name] " " file
		bodies[file, name] = ""
		in_body = 1
	} else if (line == "}") {
		in_body = 0
		header = ""
	} else if (in_body) {
		bodies[file, name] = bodies[file, name] squeeze(line)
	} else if (line ~ /[;}]$/ || line == "" || line ~ /^#/) {
		header = ""
	} else {
		header = header line " "
	}
	next
}

# -- what is left out, and why ------------------------------------------------

file ~ /\.list$/ {
	if ($0 ~ /^#/ || !NF)
		next
	is_left_out[$1] = 1
	if (!($1 in is_defined))
		wrong(file ": there is no " $1 "() any more")
	if (NF < 2)
		wrong(file ": why is " $1 "() left out?")
	next
}

# -- the models ---------------------------------------------------------------

# The only function of that name that can be meant, as FILE SUBSEP NAME.
function find(where, name, wanted,    n, i, part, found, hits)
{
	n = split(files_of[name], part, " ")
	for (i = 1; i <= n; i++)
		if (wanted == "" || part[i] == wanted) {
			found = part[i] SUBSEP name
			hits++
		}
	if (!hits)
		wrong(where ": there is no " name "()" \
		      (wanted == "" ? "" : " in " wanted))
	else if (hits > 1)
		wrong(where ": which " name "()? There is one in" files_of[name])
	return hits == 1 ? found : ""
}

function promise(where, text,    wanted, name, label, piece, key, from, at)
{
	promises++
	if (match(text, /^[a-z]+\.[ch] /)) {
		wanted = substr(text, 1, RLENGTH - 1)
		text = substr(text, RLENGTH + 1)
	}
	match(text, /\(\)/)
	name = substr(text, 1, RSTART - 1)
	text = substr(text, RSTART + 2)
	key = find(where, name, wanted)
	if (key == "")
		return
	is_modelled[name] = 1
	if (match(text, /^ [SF][0-9]/)) {
		label = substr(text, 2, 2)
		text = substr(text, 4)
		if (!index(bodies[key], "@" label "@"))
			wrong(where ": " name "() has no step " label)
	}
	if (text !~ /^: /)
		return
	piece = squeeze(substr(text, 3))
	if (!index(without_labels(bodies[key]), piece)) {
		wrong(where ": " name "() does not say " substr(text, 3))
		return
	}
	if (block == "")
		return
	from = reached[block, key] + 0
	at = index(substr(without_labels(bodies[key]), from + 1), piece)
	if (!at)
		wrong(where ": in " name "() this comes before what stands" \
		      " above it here: " substr(text, 3))
	else
		reached[block, key] = from + at
}

function without_labels(body)
{
	gsub(/@[SF][0-9]@/, "", body)
	return body
}

function look(where, text,    name)
{
	gsub(/[ \t]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	if (text ~ /^([a-z]+\.[ch] )?mbx_[a-z_]+\(\)/) {
		promise(where, text)
		return
	}
	while (match(text, /mbx_[a-z_]+\(\)/)) {
		name = substr(text, RSTART, RLENGTH - 2)
		if (!(name in is_defined))
			wrong(where ": there is no " name "()")
		text = substr(text, RSTART + RLENGTH)
	}
}

/^(inline|active|proctype) / {
	block = FILENAME ":" FNR
}

/^}/ {
	block = ""
}

{
	line = $0
	while (line != "") {
		if (!in_comment) {
			start = index(line, "/*")
			if (!start)
				break
			in_comment = 1
			comment = ""
			begun = FNR
			line = substr(line, start + 2)
		}
		end = index(line, "*/")
		text = end ? substr(line, 1, end - 1) : line
		sub(/^ \* /, "", text)
		comment = comment " " text
		line = end ? substr(line, end + 2) : ""
		if (end) {
			in_comment = 0
			look(file ":" begun, comment)
		}
	}
}

END {
	for (key in bodies) {
		split(key, where, SUBSEP)
		if (!(where[1] in is_protocol))
			continue
		if (!(where[2] in is_modelled) && !(where[2] in is_left_out))
			wrong(where[1] ": " where[2] "() is in no model, nor in" \
			      " left-out.list")
	}
	for (name in is_left_out)
		if (name in is_modelled)
			wrong("left-out.list: but " name "() is in a model")
	if (!promises)
		wrong("no model says what it stands for")
	print promises + 0 " promises"
	exit errors > 0
}
