#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes programs that break the kernel as small as they can be: boots the guest
# with them again and again, and takes away programs and calls for as long as
# it still fails.
#
# Usage: minimise.sh FILE [TIMES [OPTION OF qemu/run.sh...]]
#
# FILE has programs as text, for instance what `fuzz --log port` left behind
# (build/.../run/NAME/stderr, of which the last LAST=8 programs are looked
# at), or one from a corpus. They run TIMES (50) times in each boot. A boot
# counts as failed if run.sh ends with 125: a line in the kernel log that must
# not be there, a panic, or no end. Boots take ten seconds or more, and there
# is about one for each call.
#
# Prints each step on standard error and the result on standard output; the
# status is 1 if the whole of FILE does not fail. RUN names another command
# than run.sh, for tests: it gets the name of a file with programs.

set -eu

if [ $# -lt 1 ]; then
	sed -n 's/^# \{0,1\}//; 4,16p' "$0" >&2
	exit 2
fi
file=$1
times=${2:-50}
shift $(($# > 1 ? 2 : 1))
options=("$@")
qemu=$(cd "$(dirname "$0")/../../qemu" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
boots=0

say() {
	echo "minimise: $*" >&2
}

boot() {
	"$qemu/run.sh" --name minimise --quiet --timeout 300 "${options[@]}" \
		--cmd "cat >/tmp/programs <<'END'
$(cat "$1")
END
/usr/lib/mbox/tests/fuzz/fuzz --run /tmp/programs --times $times" \
		>"$work/log" 2>&1
}

# fails LINE...: these lines of $work/all, in order, still break it.
fails() {
	local status=0

	printf '%s\n' "$@" >"$work/now"
	boots=$((boots + 1))
	"${RUN:-boot}" "$work/now" || status=$?
	[ $status = 125 ]
}

# The lines of the programs that are left; each begins with "program".
lines=()

# Each program as "from count", the last first.
programs() {
	local i end=${#lines[@]}

	for ((i = end - 1; i >= 0; i--)); do
		if [[ ${lines[i]} = program* ]]; then
			echo $i $((end - i))
			end=$i
		fi
	done
}

# Tries without $2 lines from $1 on; they stay away if it still fails.
without() {
	local rest=("${lines[@]:0:$1}" "${lines[@]:$1 + $2}")

	[ ${#rest[@]} -gt 0 ] && fails "${rest[@]}" || return 1
	lines=("${rest[@]}")
	say "${#lines[@]} lines are left"
}

# The last of a log, without its comments; what a panic cut short is no line.
sed -n -e 's/[[:space:]]*#.*//' -e '/[^[:space:]]/p' "$file" |
	sed -e '/^[[:space:]]*program/,$!d' >"$work/all"
mapfile -t lines <"$work/all"
[ -z "$(tail -c 1 "$file")" ] || unset 'lines[-1]'
read -r from _ < <(programs | sed -n "1,${LAST:-8}p" | tail -n 1) || {
	say "no program in $file"
	exit 2
}
lines=("${lines[@]:from}")
say "${#lines[@]} lines in $(programs | wc -l) programs"
if ! fails "${lines[@]}"; then
	say "they do not fail, in $times rounds; try more TIMES, or a larger LAST"
	exit 1
fi

# Half of the programs at a time while that works: mostly it is the last.
while [ "$(programs | wc -l)" -gt 1 ]; do
	read -r from _ < <(programs | sed -n "$((($(programs | wc -l) + 1) / 2))p")
	without 0 "$from" || break
done
# Then one program at a time, then one call at a time, from the end.
while read -r from count; do
	without "$from" "$count" || true
done < <(programs)
for ((i = ${#lines[@]} - 1; i > 0; i--)); do
	[[ ${lines[i]} = program* ]] || without "$i" 1 || true
done

say "$boots boots"
printf '%s\n' "${lines[@]}"
