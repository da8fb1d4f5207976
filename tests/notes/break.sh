# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# break.sh: what a line of breaks/*.list may do; coverage.sh and mutants.sh
# source it.

# break_file FILE SED BROKEN: writes FILE, as SED (for sed -E) changes it, to
# BROKEN, and prints what is wrong with that, or nothing.
break_file() {
	[ -f "$1" ] || { echo "there is no such file" && return; }
	if ! sed -E "$2" "$1" >"$3" 2>"$3.log"; then
		echo "sed does not understand it: $(cat "$3.log")"
	elif cmp -s "$1" "$3"; then
		echo "it changes nothing"
	elif [ "$(checks "$1")" != "$(checks "$3")" ]; then
		echo "it changes a check"
	fi
	rm -f "$3.log"
}

# The calls of check(), of a script's check or of what has a name that ends so.
checks() {
	awk '/check[ (]/ && !/^[ \t]*(\/?\*|\/\/|#)/ { inside = 1 }
		inside { print }
		FILENAME ~ /\.sh$/ ? !/\\$/ : /;[ \t]*$/ { inside = 0 }' "$1"
}
