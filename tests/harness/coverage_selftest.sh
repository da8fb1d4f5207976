#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# coverage_selftest.sh: shows that coverage.sh finds every kind of gap.
#
# Owns: the host test "coverage".  Feeds coverage.sh small lists and made up
# results and checks its verdict.  Called by the test runner on the host.
set -eu

coverage_sh='@COVERAGE_SH@'
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/results" "$dir/breaks" "$dir/demos/pipes"
n=0
failed=0

# expect STATUS LAST-LINE NAME: runs coverage.sh on what lies in $dir.
expect() {
	status=0
	ROWS=$dir/rows DEMOS=$dir/demos BREAKS=$dir/breaks \
		COMMITTED=$dir/notes.md \
		"$coverage_sh" "$dir" >"$dir/out" 2>&1 || status=$?
	n=$((n + 1))
	if [ "$status" -eq "$1" ] && [ "$(tail -n 1 "$dir/out")" = "$2" ]; then
		echo "ok $n - $3"
	else
		sed 's/^/# saw: /' "$dir/out"
		echo "not ok $n - $3"
		failed=1
	fi
}

# What is written is taken as docs/notes.md.
accept() {
	ROWS=$dir/rows DEMOS=$dir/demos BREAKS=$dir/breaks \
		"$coverage_sh" "$dir" "$dir/notes.md" >/dev/null 2>&1 || true
}

demo() {
	printf '/*\n * two: a demo.\n *\n * Notes: %s\n * See: it.\n */\n' "$1" \
		>"$dir/demos/pipes/two.c"
}

result() {
	printf '1..1\n%s\n' "$1" >"$dir/results/vm-demo-two.tap"
}

cat >"$dir/rows" <<'END'
# P = Pipes
S1 | P | 000:3 | C | The first. | proof
S2 | P | 000:2 | O | The second. | text: An opinion.
S3 | P | (gap) | Q | The third? | open: C23, not built
END
echo 'S1 pipes/two.c s/a/b/' >"$dir/breaks/pipes.list"
demo S1

echo "TAP version 13"
expect 1 "0 proven, 0 text, 0 open" "no results is a failure"

result 'ok 1 - it is so [S1]'
expect 1 "1 proven, 1 text, 1 open" "a table that was not written anew is a failure"
accept
expect 0 "1 proven, 1 text, 1 open" "a passing test proves"

result 'not ok 1 - it is so [S1]'
accept
expect 1 "0 proven, 1 text, 2 open" "a failed test proves nothing, and a lost proof is a failure"
result 'ok 1 - it is so [S1] # SKIP no'
accept
expect 1 "0 proven, 1 text, 2 open" "a skipped test proves nothing"

demo 'S1 S3'
result 'ok 1 - it is so [S1 S3]'
accept
expect 1 "1 proven, 1 text, 1 open" "a proof of what is said to be open is a failure"

demo 'S1 S9'
result 'ok 1 - it is so [S1]'
accept
expect 1 "1 proven, 1 text, 1 open" "a header that names no row is a failure"
demo S1
result 'ok 1 - it is so [S1 S9]'
accept
expect 1 "1 proven, 1 text, 1 open" "a check that names no row is a failure"
demo ''
result 'ok 1 - it is so [S1]'
accept
expect 1 "1 proven, 1 text, 1 open" "a check whose row the header lacks is a failure"

demo S1
result 'ok 1 - it is so [S1 S1 S1 S1]'
accept
expect 1 "1 proven, 1 text, 1 open" "a line that names four rows is a failure"

result 'ok 1 - it is so [S1]'
: >"$dir/breaks/pipes.list"
accept
expect 1 "1 proven, 1 text, 1 open" "a proof that nobody tried to break is a failure"

echo "1..$n"
exit "$failed"
