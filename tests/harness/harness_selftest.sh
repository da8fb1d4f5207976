#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# harness_selftest.sh: shows that the harness reports what goes wrong.
#
# Owns: the host test "harness".  Runs tests that fail on purpose (victims.c)
# and checks every result line, the diagnostics and the exit status.  Called
# by the test runner on the host.
set -eu

victims='@VICTIMS@'
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
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

has() { # NAME PATTERN
	status=0
	grep -q -- "$2" "$dir/out" || status=1
	report "$status" "$1"
}

echo "TAP version 13"
status=0
"$victims" >"$dir/out" 2>/dev/null || status=$?
same=0
[ "$status" -eq 1 ] || same=1
report "$same" "a program with a failed test ends with 1"
has "the plan counts all tests" '^1\.\.12$'
has "a pass is ok and carries its claims" '^ok 1 - passes \[C1\.1\]$'
has "a wrong value is shown" '^# victims.c:[0-9]*: 2 + 2: saw 4, expected 5$'
has "a wrong value fails" '^not ok 2 '
has "a wrong errno is shown" 'saw EBADF, expected EINTR$'
has "a wrong errno fails" '^not ok 3 '
has "success instead of an error fails" '^not ok 4 '
has "a test without a check fails" '^not ok 5 - makes no check$'
has "a skip keeps its reason" \
	'^ok 6 - is skipped \[C1\.2\] # SKIP there is no reason$'
has "a hang is shown" '^# timed out after 1 s, blocked in:$'
has "a hang fails" '^not ok 7 - hangs$'
has "a crash fails" '^not ok 8 - crashes$'
has "a failure in a child fails the test" '^not ok 9 '
has "a failure in a thread fails the test" '^not ok 10 '
has "a wrong exit status fails" '^not ok 11 '
has "a process left behind is no failure" '^ok 12 '

status=0
"$victims" passes >"$dir/out" 2>/dev/null || status=$?
report "$status" "a program whose tests pass ends with 0"
has "only the chosen test runs" '^1\.\.1$'
status=1
"$victims" no_such_name >"$dir/out" 2>/dev/null || status=0
report "$status" "a name that no test has is an error"
echo "1..$n"
exit "$failed"
