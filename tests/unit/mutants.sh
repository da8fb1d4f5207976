#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make mutants-unit: takes guards out of the pure files of kmod/, one at a time,
# and shows that both runners of the unit tests see it: cmocka on the host, and
# KUnit if the kernel has it.
#
# Owns: O/mutants-unit. Called by the Makefile, after everything was built. Each
# mutants/NN-NAME.patch is a change to kmod/ below a header that says which
# guard it takes out ("Guard:") and which case of which host program must fail
# ("Test: PROGRAM:SENTENCE", without what the sentence claims in brackets). A
# mutant is killed if that case fails with each runner. The files as they are
# come first, and must pass.
#
# Usage: O=BUILD K=KERNEL_DIR mutants.sh [NN...]    all, or only these
#
# Output: KTAP, a line for each mutant and runner; the last line is "N killed, M
# survived". The status is 0 if none survived.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${O:?the build folder, absolute}" "${K:?the kernel folder, absolute}"
work=$O/mutants-unit
src=$work/src
guest=$work/guest
# A make of their own; what a caller of make wants is not for it.
unset MAKEFLAGS MFLAGS MAKELEVEL

# field NAME FILE: the value of a field of a patch's header.
field() {
	sed -n "/^--- /q; s/^$1: *//p" "$2"
}

# The sources as they are; what has not changed is not written.
restore() {
	local dir file

	for dir in kmod qemu tests/unit tests/host/kmod \
		tests/host/kmod/shim/linux; do
		mkdir -p "$src/$dir"
		for file in "$top/$dir"/*; do
			[ ! -f "$file" ] ||
				cmp -s "$file" "$src/$dir/${file##*/}" ||
				cp "$file" "$src/$dir/"
		done
	done
}

# test_with_RUNNER NAME: builds what lies in $src, and tests it; for KUnit that
# is done in the guest, in one boot for all. What was said is in NAME.log, the
# TAP in NAME.RUNNER; what does not build has none.
test_with_cmocka() {
	local program

	make -s -C "$src/tests/host/kmod" "O=$work" V=1 >>"$work/$1.log" 2>&1 ||
		return 0
	for program in kmod-queue kmod-search kmod-limits; do
		timeout 60 "$work/tests/host/$program" 2>>"$work/$1.log" || true
	done >"$work/$1.cmocka"
}

test_with_kunit() {
	SOURCE=tests/unit "$src/qemu/kbuild.sh" "$K/headers" "$work/unit" -s \
		>>"$work/$1.log" 2>&1 || return 0
	cp "$work/unit/mbox_unit.ko" "$guest/lib/mbox/$1.ko"
}

boot() {
	ln -sfn "$O/qemu" "$guest/qemu"
	{
		cat "$O/initramfs.cpio"
		(cd "$guest" && find lib | busybox cpio -o -H newc -R 0:0 \
			2>/dev/null)
	} >"$guest/initramfs.cpio"
	"$top/qemu/run.sh" --build "$guest" --kernel "$K" --module none \
		--mem 2048 --timeout 900 --stdout "$work/kunit" \
		--cmd "for name in $*; do
			echo \"@begin \$name\"
			KO=/lib/mbox/\$name.ko /usr/lib/mbox/tests/guest/kunit
		done" >"$work/kunit.log" 2>&1 || true
	rm "$guest/initramfs.cpio"
	awk -v dir="$work" '/^@begin / { out = dir "/" $2 ".kunit"; next }
		out != "" { print >out }' "$work/kunit"
}

# has_failed FILE SENTENCE: whether that TAP file says so.
has_failed() {
	[ -e "$1" ] && sed -n -e 's/ *\[[^]]*\]$//' \
		-e 's/^not ok [0-9]* - //p' "$1" | grep -qxF "$2"
}

# all_passed FILE: whether that TAP file has results, and all of them good.
all_passed() {
	[ -e "$1" ] && grep -q '^ok ' "$1" && ! grep -q '^not ok ' "$1"
}

mkdir -p "$work"
exec 9>"$work/lock"
if ! flock -n 9; then
	echo "mutants-unit: another one is under way in $O" >&2
	exit 1
fi

runners=cmocka
if grep -q '^CONFIG_KUNIT=' "$K/headers/.config"; then
	runners+=' kunit'
else
	echo "# kernel $(cat "$K/release") has no KUnit: cmocka alone"
fi
names=(unchanged)
for patch in "$here"/mutants/[0-9][0-9]-*.patch; do
	name=${patch##*/}
	if [ $# = 0 ] || [[ " $* " == *" ${name%%-*} "* ]]; then
		names+=("${name%.patch}")
	fi
done
if [ ${#names[@]} = 1 ]; then
	echo "mutants-unit: no mutant $* in $here/mutants" >&2
	exit 1
fi

echo "KTAP version 1"
echo "1..$((${#names[@]} * $(wc -w <<<"$runners")))"
rm -rf "$guest" "$work"/*.{log,cmocka,kunit}
mkdir -p "$guest/lib/mbox"
for name in "${names[@]}"; do
	restore
	# git, told not to look for a repository above.
	if [ "$name" != unchanged ] &&
		! (cd "$src" && GIT_CEILING_DIRECTORIES=$work git apply -C1 \
			"$here/mutants/$name.patch") >"$work/$name.log" 2>&1; then
		continue
	fi
	for runner in $runners; do
		"test_with_$runner" "$name"
	done
done
restore
[[ $runners != *kunit* ]] || boot "${names[@]}"

number=0 killed=0 survived=0
for name in "${names[@]}"; do
	if [ "$name" != unchanged ]; then
		patch=$here/mutants/$name.patch
		sentence=$(field Test "$patch")
		sentence=${sentence#*:}
		field Guard "$patch" | sed 's/^/# without: /'
	fi
	for runner in $runners; do
		number=$((number + 1))
		tap=$work/$name.$runner
		if [ "$name" = unchanged ]; then
			what='without a mutant all pass with'
			if all_passed "$tap"; then
				echo "ok $number - $what $runner"
				continue
			fi
		elif has_failed "$tap" "$sentence"; then
			killed=$((killed + 1))
			echo "ok $number - $name killed with $runner: $sentence"
			continue
		else
			what="$name survived"
		fi
		survived=$((survived + 1))
		echo "not ok $number - $what $runner; see $tap, $work/$name.log"
	done
done
echo "$killed killed, $survived survived"
[ "$survived" = 0 ]
