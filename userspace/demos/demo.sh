#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make demo: lists the demos by topic, or runs one, in the guest or, if it
# needs a compiler or a JDK, on this machine. Also makes the guest's list.
#
# Usage: demo.sh list
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

# demos_of TOPIC: its sources; a .c file without a header line is no demo.
demos_of() {
	local file

	for file in "$here/$1"/*.c "$here/$1"/*.sh; do
		[ ! -f "$file" ] || [ -z "$(sentence "$file")" ] ||
			echo "$file"
	done | sort
}

list() {
	local topic title file name

	grep -v '^#' "$here/topics.list" | while read -r topic title; do
		[ -d "$here/$topic" ] || continue
		printf '\n%s (%s)\n' "$title" "$topic"
		demos_of "$topic" | while read -r file; do
			name=${file##*/}
			printf '  %-20s %s\n' "${name%%.*}" "$(sentence "$file")"
		done
	done
}

run() {
	local name=$1 build=$2 kernel=$3

	if [ -e "$build/tests/host/demo-$name" ]; then
		exec "$build/tests/host/demo-$name"
	elif [ -e "$build/demos/$name" ]; then
		exec "$here/../../qemu/run.sh" --build "$build" \
			--kernel "$kernel" --name demo --timeout 120 \
			--module prod --cmd "$name"
	fi
	echo "demo: there is no demo '$name'; type make demo" >&2
	exit 2
}

case ${1-} in
list)
	list
	printf '\nmake demo NAME=... runs one; in make shell type its name.\n'
	;;
run) run "$2" "$3" "$4" ;;
*)
	echo "usage: demo.sh list | run NAME BUILD KERNEL_DIR" >&2
	exit 2
	;;
esac
