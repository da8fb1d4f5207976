#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# contract_selftest.sh: shows that contract.sh finds every kind of gap.
#
# Owns: the host test "contract".  Feeds contract.sh small contracts and made
# up results and checks its verdict.  Called by the test runner on the host.
set -eu

contract_sh='@CONTRACT_SH@'
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/results"
n=0
failed=0

report() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		sed 's/^/# saw: /' "$dir/out"
		echo "not ok $n - $2"
		failed=1
	fi
}

# expect STATUS LAST-LINE NAME: runs contract.sh on what lies in $dir.
expect() {
	status=0
	CONTRACT=$dir/contract REASONS=$dir/reasons HEADER=$dir/header \
		"$contract_sh" "$dir" >"$dir/out" 2>&1 || status=$?
	verdict=1
	if [ "$status" -eq "$1" ] && [ "$(tail -n 1 "$dir/out")" = "$2" ]; then
		verdict=0
	fi
	report "$verdict" "$3"
}

cat >"$dir/contract" <<'END'
C1.1 | due | The first.
C1.2 | later: not built | The second.
END
: >"$dir/reasons"
cat >"$dir/header" <<'END'
/**
 * DOC: Errors
 *
 *   SEND     EAGAIN        it would have to wait
 */
END

echo "TAP version 13"
expect 1 "0 proven, 0 unproven, 0 not yet due" "no results is a failure"

both="1..1
ok 1 - all of it [C1.1 SEND:EAGAIN]"
echo "$both" >"$dir/results/vm-a.tap"
expect 0 "2 proven, 0 unproven, 1 not yet due" "a passing test proves"

printf '1..1\nok 1 - x [C1.1 SEND:EAGAIN] # SKIP no\n' >"$dir/results/vm-a.tap"
expect 1 "0 proven, 2 unproven, 1 not yet due" "a skipped test proves nothing"

printf '1..1\nnot ok 1 - x [C1.1 SEND:EAGAIN]\n' >"$dir/results/vm-a.tap"
expect 1 "0 proven, 2 unproven, 1 not yet due" "a failed test proves nothing"

printf '1..1\nok 1 - x [C1.1]\n' >"$dir/results/vm-a.tap"
expect 1 "1 proven, 1 unproven, 1 not yet due" "an errno without a test is a gap"

echo "SEND:EAGAIN it never waits" >"$dir/reasons"
expect 0 "1 proven, 0 unproven, 1 not yet due" "a reason fills the gap"

echo "$both" >"$dir/results/vm-a.tap"
expect 1 "2 proven, 0 unproven, 1 not yet due" "a reason beside a proof is one too many"

echo "SEND:EPERM never heard of" >"$dir/reasons"
expect 1 "2 proven, 0 unproven, 1 not yet due" "a reason for an unknown errno is wrong"

: >"$dir/reasons"
printf '1..1\nok 1 - x [C1.1 SEND:EAGAIN C9.9]\n' >"$dir/results/vm-a.tap"
expect 1 "2 proven, 0 unproven, 1 not yet due" "a claim of an unknown sentence is wrong"

printf '1..1\nok 1 - x [C1.1 SEND:EAGAIN C1.2]\n' >"$dir/results/vm-a.tap"
expect 1 "2 proven, 0 unproven, 1 not yet due" "a claim of what is not due is wrong"

printf '1..2\nok 1 - x [C1.1 SEND:EAGAIN]\n' >"$dir/results/vm-a.tap"
expect 1 "2 proven, 0 unproven, 1 not yet due" "a run that was cut off is wrong"

echo "$both" >"$dir/results/vm-a.tap"
printf 'ok 1 - y\n' >"$dir/results/vm-b.tap"
expect 1 "2 proven, 0 unproven, 1 not yet due" "a result without a plan is wrong"
: >"$dir/results/vm-b.tap"
expect 1 "2 proven, 0 unproven, 1 not yet due" "an empty result is wrong"

echo "1..$n"
exit "$failed"
