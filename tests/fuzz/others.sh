#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make fuzz-others: other people's fuzzers, who do not know what mbox is: the
# device stressor of stress-ng and trinity, at /dev/mbox, in the strict kernel.
# Packs both into a guest of their own, and runs them there as a test program.
#
# Usage: O=BUILD K=KERNEL_DIR [MINUTES=2] others.sh
# Output: that of guest-tests; the status is 0 only if both came to their end
# and the kernel had nothing to say.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${O:?the build folder, absolute}" "${K:?the folder of the kernel}"
debs=${K%/*}/others/root
out=$O/others
root=$out/root
libs=$debs/usr/lib/x86_64-linux-gnu:$debs/lib/x86_64-linux-gnu
seconds=$((${MINUTES:-2} * 30))
program=usr/lib/mbox/tests/guest/fuzz-others
# shellcheck source=qemu/watched.sh
. "$top/qemu/watched.sh"
watched "${K##*/}"

rm -rf "$root"
mkdir -p "$root/usr/bin" "$root/usr/lib" "$root/${program%/*}"
for tool in stress-ng trinity; do
	cp "$debs/usr/bin/$tool" "$root/usr/bin/"
	LD_LIBRARY_PATH=$libs ldd "$debs/usr/bin/$tool" |
		sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' |
		while read -r lib; do cp -L "$lib" "$root/usr/lib/"; done
done
sed "s/@SECONDS@/$seconds/; s/@CALLS@/$((seconds * 50))/; \
	s/@PATIENCE@/$((seconds * 3))/" "$here/others_guest.sh" >"$root/$program"
chmod 755 "$root/$program"
echo "module=prod timeout=$((seconds * 4 + 120))" >"$root/$program.opts"
ln -sfn "$O/qemu" "$out/qemu"
{
	cat "$O/initramfs.cpio"
	(cd "$root" && find . | busybox cpio -o -H newc -R 0:0 2>/dev/null)
} >"$out/initramfs.cpio"
rm -rf "$root"

status=0
"$top/qemu/run.sh" --build "$out" --kernel "$K" --module none --name others \
	--mem "$mem" --timeout $((seconds * 5 + 300)) \
	--cmd "guest-tests '*' fuzz-others" | tee "$out/log" || status=$?
grep -q '^@done' "$out/log" && ! grep -qE '^(not ok|@bad)' "$out/log" &&
	[ "$status" = 0 ]
