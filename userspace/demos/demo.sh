#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make demo: lists the demos by topic, or runs one, in the guest or, if it
# needs a compiler or a JDK, on this machine.
#
# Usage: demo.sh list     all of them
#        demo.sh guest    those that run in the guest; what "demos" shows there
#        demo.sh run NAME BUILD KERNEL_DIR

set -eu

here=$(cd "$(dirname "$0")" && pwd)

# The sentence behind "NAME: " in the header of a demo, to its first full stop.
sentence() {
	local name

	name=${1##*/}
	name=${name%%.*}
	awk -v name="$name" '
		NR > 20 { exit }
		!found && (at = index($0, name ": ")) {
			found = 1
			$0 = substr($0, at + length(name) + 2)
		}
		found {
			sub(/^[ #*\/]+/, "")
			if ($0 == "")
				exit
			printf "%s%s", printed++ ? " " : "", $0
			if ($0 ~ /[.?!]$/)
				exit
		}' "$1"
}

# demos_of TOPIC [guest]: a line for each; a file without a sentence is no demo.
demos_of() {
	local file name text

	for file in "$here/$1"/*.c "$here/$1"/*.sh; do
		[ -f "$file" ] || continue
		[[ $file != *.host.sh || -z ${2-} ]] || continue
		text=$(sentence "$file")
		[ -n "$text" ] || continue
		name=${file##*/}
		printf '  %-23s %s\n' "${name%%.*}" "$text"
	done | sort
}

# list [guest]
list() {
	local topic title lines

	grep -v '^#' "$here/topics.list" | while read -r topic title; do
		[ -d "$here/$topic" ] || continue
		lines=$(demos_of "$topic" "$@")
		[ -z "$lines" ] ||
			printf '\n%s (%s)\n%s\n' "$title" "$topic" "$lines"
	done
}

# Runs it as make test does: in /tmp, with the module it is tested with.
run() {
	local name=$1 build=$2 kernel=$3 module=''

	if [ -e "$build/tests/host/demo-$name" ]; then
		exec "$build/tests/host/demo-$name"
	elif [ -f "$build/demos/$name" ] && [ -x "$build/demos/$name" ]; then
		[ ! -e "$build/tests/guest/demo-$name.opts" ] ||
			module=$(sed -n 's/^module=//p' \
				"$build/tests/guest/demo-$name.opts")
		exec "$here/../../qemu/run.sh" --build "$build" \
			--kernel "$kernel" --name demo --timeout 120 \
			--module "${module:-prod}" --cmd "cd /tmp && exec $name"
	fi
	echo "demo: there is no demo '$name'; type make demo" >&2
	exit 2
}

case ${1-} in
list)
	list
	printf '\n%s\n%s\n' 'make demo NAME=... runs one. In make shell type its name;' \
		'demos lists those that run there.'
	;;
guest)
	list guest
	printf '\nEach is a command; type its name.\n'
	;;
run) run "$2" "$3" "$4" ;;
*)
	echo "usage: demo.sh list | guest | run NAME BUILD KERNEL_DIR" >&2
	exit 2
	;;
esac
