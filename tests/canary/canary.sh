#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Proves that the detectors of a kernel would have spoken: boots it, and lets
# canary.ko commit a bug for each. Called by make test-strict and test-race,
# before the tests whose silence counts.
#
# Usage: O=BUILD K=KERNEL_DIR canary.sh
# Output: TAP; the status is 0 only if every detector has spoken.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${O:?the build folder, absolute}" "${K:?the folder of the kernel}"
kind=${K##*/}
out=$O/canary
guest=/usr/lib/mbox/tests/canary/guest.sh

# boot WHAT: its log is full of what must not be there, so the guest "fails".
boot() {
	"$top/qemu/run.sh" --build "$O" --kernel "$K" --module none \
		--name canary --mem 2048 --timeout 300 --quiet \
		--stdout "$out/$1" --cmd "$guest $1" >"$out/$1.log" 2>&1 || true
}

boot "$kind"
grep -v '^1\.\.' "$out/$kind" || true
if ! grep -q '^1\.\.' "$out/$kind"; then
	tail -n 30 "$out/$kind.log" | sed 's/^/# /'
	echo "not ok - the guest of the canary came to its end"
	exit 1
fi
status=0
! grep -q '^not ok' "$out/$kind" || status=1
count=$(grep -cE '^(not )?ok ' "$out/$kind")
if [ "$kind" = strict ]; then
	boot fatal
	count=$((count + 1))
	sentence='HARDENED_USERCOPY stops a copy of more than an object'
	if grep -q 'Kernel memory exposure' "$out/fatal.log"; then
		echo "ok $count - $sentence"
	else
		tail -n 30 "$out/fatal.log" | sed 's/^/# /'
		echo "not ok $count - $sentence"
		status=1
	fi
fi
echo "1..$count"
exit $status
