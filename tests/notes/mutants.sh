#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make mutants-notes: breaks what the demos show, and expects them to see it.
#
# Owns: O/notes-mutants. Called by the Makefile, after everything was built.
# Each line of breaks/*.list is one way to break what a row of rows.txt is
# proven by: ROW FILE[:PROGRAM] SED, where FILE lies below userspace/demos,
# SED is a command for sed -E that changes it, and PROGRAM, if it is not
# FILE's own, is the demo that must see it. A line that changes nothing, or
# that changes a check instead of what is checked, fails the run (break.sh).
#
# Usage: O=BUILD K=KERNEL_DIR mutants.sh
# Environment: COUNT=20 rows are chosen by SEED (the day's date, if it is not
# given); ALL=1 takes all lines, ROWS="S1 S2" and TOPIC=pipes those.
#
# All broken programs run in one boot, each beside its original, which must
# pass. A broken one has been seen if a check that names the row fails, or if
# the program ends with an error before it; not if it could not be started.
# Output: KTAP, a line a row; the last line is "N killed, M survived".

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${O:?the build folder, absolute}"
: "${K:?the folder of the kernel}"
COUNT=${COUNT:-20}
SEED=${SEED:-$(date +%Y%m%d)}
work=$O/notes-mutants
# shellcheck source=tests/notes/break.sh
. "$here/break.sh"
demos=$top/userspace/demos

mkdir -p "$work"
exec 9>"$work/lock"
if ! flock -n 9; then
	echo "mutants-notes: another one is under way in $O" >&2
	exit 1
fi
rm -rf "$work/tests" "$work/src" "$work/lines"
mkdir -p "$work/tests/guest" "$work/tests/host" "$work/src"
for dir in kmod kmod-test lib bin qemu demos; do
	[ ! -e "$O/$dir" ] || ln -sfn "$O/$dir" "$work/$dir"
done
data=$work/mutants-data
rm -rf "$data" "$work/tests/guest.data"
mkdir -p "$data/mutants"
ln -sfn "$data" "$work/tests/guest.data"

# The lines to try, one for each row unless all are wanted.
awk -v seed="$SEED" -v count="$COUNT" -v all="${ALL-}" -v topic="${TOPIC-}" \
	-v rows=" ${ROWS-} " '
	FILENAME ~ /rows.txt$/ {
		if ($1 ~ /^S[0-9]+$/ && / [|] proof$/)
			wanted[$1] = 1
		next
	}
	/^#/ || /^$/ || !($1 in wanted) { next }
	topic != "" && $2 !~ "^" topic "/" { next }
	rows != "  " && index(rows, " " $1 " ") == 0 { next }
	{
		lines[++n] = $0
		row[n] = $1
	}
	END {
		if (all != "" || topic != "" || rows != "  ")
			count = n
		srand(seed)
		for (i = n; i > 0; i--) {
			k = count == n ? n - i + 1 : int(rand() * i) + 1
			if (count == n || (!(row[k] in taken) && left < count)) {
				print lines[k]
				taken[row[k]] = 1
				left++
			}
			if (count != n) {
				lines[k] = lines[i]
				row[k] = row[i]
			}
		}
	}' "$here/rows.txt" "$here"/breaks/*.list >"$work/lines"

for row in ${ROWS-}; do
	if ! grep -q "^$row " "$work/lines"; then
		echo "mutants-notes: no line of tests/notes/breaks is for $row" >&2
		exit 1
	fi
done

# make_mutant ID ROW FILE PROGRAM SED: prints what is wrong, or nothing.
make_mutant() {
	local id=$1 file=$3 program=$4 sed=$5 src=$work/src/$1 topic wrong
	local own target targets=()

	topic=${file%%/*}
	mkdir -p "$src"
	cp -r "$demos" "$src/demos"
	wrong=$(break_file "$demos/$file" "$sed" "$src/demos/$file")
	if [ -n "$wrong" ]; then
		echo "$wrong"
		return
	fi
	if [ -e "$demos/$topic/$program.host.sh" ]; then
		printf '#!/bin/sh\nexec %s\n' \
			"$src/demos/$topic/$program.host.sh" \
			>"$work/tests/host/$id"
		chmod +x "$work/tests/host/$id"
		cp "$O/tests/host/demo-$program.opts" "$work/tests/host/$id.opts"
		return
	fi
	# The program and, if it is another one's, that other.
	own=${file##*/}
	for target in "$program" "${own%.*}"; do
		[ ! -e "$O/demos/$target" ] ||
			targets+=("$src/o/demos/$target")
	done
	mkdir -p "$src/o"
	ln -sfn "$O/lib" "$src/o/lib"
	if ! make -s --no-print-directory -C "$src/demos" O="$src/o" \
		TOPIC="$topic" TOP="$top" DEMO_CFLAGS="-w -Wno-error" \
		"${targets[@]}" >"$src/log" 2>&1; then
		echo "it does not compile: $(grep -m1 error "$src/log")"
		return
	fi
	mkdir -p "$data/mutants/$id"
	find "$src/o/demos" -type f -exec cp {} "$data/mutants/$id/" \;
	# shellcheck disable=SC2016  # for the script that is written
	printf '#!/bin/sh\nPATH=/usr/lib/mbox/tests/mutants/%s:$PATH exec %s\n' \
		"$id" "$program" >"$work/tests/guest/$id"
	chmod +x "$work/tests/guest/$id"
	sed 's/timeout=[0-9]*//' "$O/tests/guest/demo-$program.opts" \
		>"$work/tests/guest/$id.opts"
	echo timeout=30 >>"$work/tests/guest/$id.opts"
	rm -rf "$src"
}

# Originals beside them, as in make test.
add_original() {
	local name=demo-$1 tier

	for tier in guest host; do
		if [ -e "$O/tests/$tier/$name" ]; then
			cp -P "$O/tests/$tier/$name" "$work/tests/$tier/"
			[ ! -e "$O/tests/$tier/$name.opts" ] ||
				cp "$O/tests/$tier/$name.opts" \
					"$work/tests/$tier/"
		fi
	done
}

# named 'not '|'' TAP ROW: the first line of such a result that names the row.
named() {
	grep -E "^$1ok .*\[([^]]* )?$3( [^]]*)?\]" "$2" | head -n 1
}

number=0
declare -a ids rows programs wrong
while read -r row file sed; do
	program=${file##*/}
	program=${program##*:}
	program=${program%%.*}
	file=${file%%:*}
	id=$(printf 'm%03d-%s-%s' "$number" "$row" "$program")
	ids+=("$id")
	rows+=("$row")
	programs+=("$program")
	wrong+=("$(make_mutant "$id" "$row" "$file" "$program" "$sed")")
	add_original "$program"
	number=$((number + 1))
done <"$work/lines"
if [ "$number" = 0 ]; then
	echo "mutants-notes: no line of tests/notes/breaks is asked for" >&2
	exit 1
fi

started=$SECONDS
"$top/qemu/mkinitramfs.sh" "$K" "$work" "$work/initramfs.cpio"
"$top/qemu/test.sh" "$work" "$K" >"$work/log" 2>&1 || true

echo "KTAP version 1"
echo "# seed $SEED"
echo "1..$number"
killed=0
for ((i = 0; i < number; i++)); do
	id=${ids[i]} row=${rows[i]} program=${programs[i]}
	text="$row, shown by $program"
	tap=$(find "$work/results" -name "*-$id.tap")
	original=$(find "$work/results" -name "*-demo-$program.tap")
	if [ -n "${wrong[i]}" ]; then
		echo "# ${wrong[i]}: $(sed -n "$((i + 1))p" "$work/lines")"
	elif [ -z "$original" ] || [ -z "$(named '' "$original" "$row")" ]; then
		echo "# $program itself does not show $row; see $original"
	elif grep -q '^not ok ' "$original"; then
		echo "# $program itself fails; see $original"
	elif [ -z "$tap" ] || grep -qE \
		'^# it (did not run|ended with status 12[67] )' "$tap"; then
		echo "# it did not run; see $work/log"
	elif [ -n "$(named 'not ' "$tap" "$row")" ]; then
		killed=$((killed + 1))
		echo "ok $((i + 1)) - $text, was seen to be broken"
		continue
	elif [ -z "$(named '' "$tap" "$row")" ] &&
		grep -q '^not ok .* keeps the rules' "$tap"; then
		killed=$((killed + 1))
		echo "# $(grep -m1 -E '^# (stderr|it )' "$tap" | cut -c 3-)"
		echo "ok $((i + 1)) - $text, did not come so far when broken"
		continue
	else
		echo "# $(sed -n "$((i + 1))p" "$work/lines")"
		echo "# it passed all the same; see $tap"
	fi
	echo "not ok $((i + 1)) - $text, survived"
done
echo "# $((SECONDS - started)) s; what was seen: $work/results"
echo "$killed killed, $((number - killed)) survived"
[ "$killed" = "$number" ]
