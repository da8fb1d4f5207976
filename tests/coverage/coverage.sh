#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make coverage: which lines of kmod/, libmbox and mboxctl the tests have run, in
# the strict kernel and on the host, and which not. Builds the three so that they
# count (GCOV), runs the programs that load the module and those for libmbox on the
# host, and fetches the counters, which the kernel keeps over unloading. Left out
# is what would only take time: demos, and what runs as 32-bit program as well.
#
# Usage: O=BUILD K=KERNEL_DIR coverage.sh [PROGRAMS]
#
# Leaves O/coverage/html/index.html and O/coverage/all.info. Prints how much of
# user space was run, and the lines of kmod/ that were not and are not in
# uncovered.list beside this file, where each has its reason; the last line is
# "N % of N lines" of kmod/. Fails if there are such lines, if a line of that
# list was run, if fewer than 95 % were, or if a test fails.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${O:?the build folder, absolute}" "${K:?the folder of the kernel}"
out=$O/coverage
least=95

mkdir -p "$out/tests/guest.data"
for dir in demos qemu tour; do
	ln -sfn "$O/$dir" "$out/$dir"
done
for dir in guest host perf; do
	ln -sfn "$O/tests/$dir" "$out/tests/$dir"
done
for dir in "$O"/tests/guest.data/*; do
	ln -sfn "$dir" "$out/tests/guest.data/"
done
"$top/qemu/kbuild.sh" "$K/headers" "$out/kmod" -s MBX_TEST=1 GCOV_PROFILE=y
ln -sfn kmod "$out/kmod-test"
for dir in lib tools; do
	make -s -C "$top/userspace/$dir" O="$out" CFLAGS='-Og -g --coverage'
done
for dir in lib cli; do
	make -s -C "$top/tests/host/$dir" O="$out/host" \
		CFLAGS='-Og -g --coverage'
done

# Programs run as several users, and the first to come would own the file that
# the others write to as well; so all are there before, for everybody.
find "$out" -name '*.gcda' -delete
rm -rf "$out/tests/guest.data/gcov"
(cd "$out" && find obj -name '*.gcno') | while read -r note; do
	count=$out/tests/guest.data/gcov$out/${note%.gcno}.gcda
	mkdir -p "${count%/*}"
	: >"$count"
done
"$top/qemu/mkinitramfs.sh" "$K" "$out" "$out/initramfs.cpio"

# The counters come after the last program, as a tar in base64.
rm -f "$out/counters"
failed=''
COUNTERS=$out/counters "$top/qemu/test.sh" "$out" "$K" "${1:-!(demo-*|ipc_tour|kunit|*-32)}" || failed=1
rm -rf "$out/fetched"
mkdir -p "$out/fetched"
if ! base64 -d "$out/counters" | tar -xf - -C "$out/fetched"; then
	echo "coverage: the guest sent no counters" >&2
	exit 1
fi

# info NAME FOLDER: the tracefile of what was counted, below FOLDER.
info() {
	lcov --quiet --capture --directory "$2" --rc lcov_branch_coverage=1 \
		--gcov-tool gcov-12 --output-file "$out/$1.info" \
		>"$out/lcov.log" 2>&1 || {
		cat "$out/lcov.log" >&2
		return 1
	}
}

find "$out/fetched" -path '*/kmod/*.gcda' -exec cp {} "$out/kmod/" \;
(cd "$out/fetched$out" && find obj -name '*.gcda' -exec cp {} "$out/{}" \;)
info user-guest "$out/obj"
# The host's tests have the sources over a kernel that is not one.
for program in "$out"/host/tests/host/*; do
	[ "$(head -c 2 "$program")" = '#!' ] ||
		"$program" >>"$out/host.log" 2>&1 || failed=1
done
info user-host "$out/host/obj"
info kmod-all "$out/kmod"

# Of the headers only what is ours; a module's sources are seen through a link.
lcov --quiet --rc lcov_branch_coverage=1 --extract "$out/kmod-all.info" \
	"$top/kmod/*" "$out/kmod/*" --output-file "$out/kmod.info"
sed -i "s#^SF:.*/kmod/#SF:$top/kmod/#" "$out/kmod.info"
# Programs that were asked for by name need not use the library.
traces=()
for name in user-guest user-host; do
	! grep -q '^DA:' "$out/$name.info" ||
		traces+=(--add-tracefile "$out/$name.info")
done
lcov --quiet --rc lcov_branch_coverage=1 "${traces[@]}" \
	--output-file "$out/user-all.info"
lcov --quiet --rc lcov_branch_coverage=1 --extract "$out/user-all.info" \
	"$top/userspace/*" --output-file "$out/user.info"
lcov --quiet --rc lcov_branch_coverage=1 --add-tracefile "$out/kmod.info" \
	--add-tracefile "$out/user.info" --output-file "$out/all.info"
genhtml --quiet --branch-coverage --prefix "$top" --title 'mbox' \
	--output-directory "$out/html" "$out/all.info"
for dir in lib tools; do
	lcov --quiet --rc lcov_branch_coverage=1 --extract "$out/user.info" \
		"$top/userspace/$dir/*" --output-file "$out/$dir.info"
	echo "userspace/$dir:" "$(lcov --rc lcov_branch_coverage=1 --summary \
		"$out/$dir.info" 2>&1 |
		sed -n 's/^ *\(lines\|branches\)\.*: /\1 /p' | paste -s -d ' ')"
done
echo "the report: $out/html/index.html"
awk -v top="$top/" -v least="$least" -f "$here/judge.awk" \
	"$here/uncovered.list" "$out/kmod.info"
[ -z "$failed" ]
