#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# coverage.sh BUILD [DOC]: which statement of the notes which test has shown.
#
# Owns: the verdict of `make coverage-notes` and docs/notes.md. Reads rows.txt,
# breaks/*.list, the headers of the demos and BUILD/results/*.tap; coverage.awk
# does the comparing. DOC is written; without it, docs/notes.md is compared.
# Ends with 1 if a row lost its proof, a test or a demo's header names a row
# that does not exist, header and checks of a demo differ, a proof has no line
# in breaks/ or one that breaks nothing, a line names more than three rows, a
# demo is newer than its result, or docs/notes.md is old.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
top=$(CDPATH='' cd -- "$here/../.." && pwd)
# shellcheck source=tests/notes/break.sh
. "$here/break.sh"
rows=${ROWS:-$here/rows.txt}
demos=${DEMOS:-$top/userspace/demos}
breaks=${BREAKS:-$here/breaks}
committed=${COMMITTED:-$top/docs/notes.md}
export LC_ALL=C

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
	echo "usage: coverage.sh BUILD [DOC], BUILD with results/" >&2
	exit 2
fi
build=$1
doc=${2-}
set -- "$build"/results/*.tap
if [ ! -e "$1" ]; then
	echo "coverage: no results in $build/results: run \"make test\" first" >&2
	echo "0 proven, 0 text, 0 open"
	exit 1
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
find "$demos" -mindepth 2 \( -name '*.c' -o -name '*.sh' \) |
	sed "s,^$demos/,," | sort >"$tmp/sources"
# The notes' own order: the first line a row speaks of.
awk -F ' [|] ' '/^S[0-9]/ {
	at = match($3, /[0-9][0-9][0-9]:[0-9]+/) ? substr($3, RSTART, RLENGTH) \
						 : "999:0"
	split(at, part, ":")
	print part[1], part[2], substr($1, 2), $1
}' "$rows" | sort -n -k 1,1 -k 2,2 -k 3,3 | awk '{ print $1, $4 }' \
	>"$tmp/order"
cat "$breaks"/*.list | sed '/^#/d; /^[[:space:]]*$/d' >"$tmp/breaks"
# What is wrong without looking at rows: lines of complaint for coverage.awk.
while read -r row file sed; do
	file=${file%%:*}
	wrong=$(break_file "$demos/$file" "$sed" "$tmp/broken.${file##*.}")
	[ -z "$wrong" ] || echo "breaks: $wrong: $row $file $sed"
done <"$tmp/breaks" >"$tmp/complaints"
while read -r path; do
	name=${path##*/}
	for tap in "$build/results/"*"-demo-${name%%.*}.tap"; do
		# shellcheck disable=SC3013  # dash has -nt
		[ ! -e "$tap" ] || [ ! "$demos/$path" -nt "$tap" ] ||
			echo "$path is newer than its result: type make test"
	done
done <"$tmp/sources" >>"$tmp/complaints"

status=0
awk -v prefix=coverage -v rows="$rows" -v sources="$tmp/sources" \
	-v demos="$demos" -v breaks="$tmp/breaks" -v order="$tmp/order" \
	-v doc="$tmp/doc" -v complaints="$tmp/complaints" -f "$top/tests/harness/results.awk" \
	-f "$here/coverage.awk" "$@" >"$tmp/said" || status=$?
last=$(tail -n 1 "$tmp/said")
sed '$d' "$tmp/said"
if [ -n "$doc" ]; then
	cp "$tmp/doc" "$doc"
elif ! cmp -s "$tmp/doc" "$committed"; then
	echo "coverage: docs/notes.md is not what the last run shows;" \
		"type: make docs/notes.md"
	diff "$committed" "$tmp/doc" 2>&1 | head -n 20 || true
	status=1
fi
echo "$last"
exit "$status"
