#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make coverage: which lines of kmod/ the tests have run, in the strict kernel,
# and which not. Builds the module with counters (GCOV), runs all programs that
# load it, and fetches the counters, which the kernel keeps over unloading.
#
# Usage: O=BUILD K=KERNEL_DIR coverage.sh [PROGRAM]
#
# Leaves O/coverage/html/index.html and O/coverage/kmod.info. Prints the lines
# that were not run and are not in uncovered.list beside this file, where each
# has its reason; the last line is "N % of N lines". Fails if there are such
# lines, if a line of that list was run, or if fewer than 95 % were.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${O:?the build folder, absolute}" "${K:?the folder of the kernel}"
out=$O/coverage
least=95

mkdir -p "$out"
for dir in bin demos lib qemu tests tour; do
	ln -sfn "$O/$dir" "$out/$dir"
done
"$top/qemu/kbuild.sh" "$K/headers" "$out/kmod" -s MBX_TEST=1 GCOV_PROFILE=y
ln -sfn kmod "$out/kmod-test"
"$top/qemu/mkinitramfs.sh" "$K" "$out" "$out/initramfs.cpio"

# The counters come after the last program, as a tar in base64.
rm -f "$out"/kmod/*.gcda "$out/counters"
failed=''
COUNTERS=$out/counters "$top/qemu/test.sh" "$out" "$K" "${1-}" || failed=1
rm -rf "$out/fetched"
mkdir -p "$out/fetched"
if ! base64 -d "$out/counters" | tar -xf - -C "$out/fetched"; then
	echo "coverage: the guest sent no counters" >&2
	exit 1
fi
find "$out/fetched" -name '*.gcda' -exec cp {} "$out/kmod/" \;

lcov --quiet --capture --directory "$out/kmod" --base-directory "$out/kmod" \
	--rc lcov_branch_coverage=1 --gcov-tool gcov-12 \
	--output-file "$out/all.info"
# Of the kernel's own headers only what is ours.
lcov --quiet --rc lcov_branch_coverage=1 --extract "$out/all.info" \
	"$top/kmod/*" "$out/kmod/*" --output-file "$out/kmod.info"
sed -i "s#^SF:.*/kmod/#SF:$top/kmod/#" "$out/kmod.info"
genhtml --quiet --branch-coverage --prefix "$top" --title 'mbox.ko' \
	--output-directory "$out/html" "$out/kmod.info"
awk -v top="$top/" -v least="$least" -f "$here/judge.awk" \
	"$here/uncovered.list" "$out/kmod.info"
[ -z "$failed" ]
