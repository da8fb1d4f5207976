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

# expect STATUS LAST-LINE NAME [WORDS]: runs coverage.sh on what lies in $dir;
# it must say WORDS.
expect() {
	status=0
	ROWS=$dir/rows DEMOS=$dir/demos BREAKS=$dir/breaks \
		COMMITTED=$dir/notes.md \
		"$coverage_sh" "$dir" >"$dir/out" 2>&1 || status=$?
	n=$((n + 1))
	if [ "$status" -eq "$1" ] && [ "$(tail -n 1 "$dir/out")" = "$2" ] &&
		grep -q "${4-.}" "$dir/out"; then
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

# gap WORDS NAME: one row is proven, and yet there is a complaint.
gap() {
	accept
	expect 1 "1 proven, 1 text, 1 open" "$2" "$1"
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

result 'ok 1 - it is so [S1 X2]'
gap 'names X2, which is no row' "a check of a demo that names something else is a failure"

result 'ok 1 - it is so [S1]'
printf '1..1\nnot ok 1 - it is not [S1]\n' >"$dir/results/vm-other.tap"
gap 'S1 is proven, and is not' "a test that contradicts a proof is a failure"
rm "$dir/results/vm-other.tap"

printf '1..1\nok 1 - once it was\n' >"$dir/results/vm-demo-old.tap"
gap 'no such demo any more' "a result of a demo that is gone is a failure"
rm "$dir/results/vm-demo-old.tap"

touch -d '1 hour ago' "$dir/results/vm-demo-two.tap"
gap 'newer than its result' "a demo that was changed after the run is a failure"
result 'ok 1 - it is so [S1]'

: >"$dir/breaks/pipes.list"
gap 'S1 has no line' "a proof that nobody tried to break is a failure"
try() {
	echo "S1 $1" >"$dir/breaks/pipes.list"
	gap "breaks: $2" "$3"
}
try 'pipes/two.c s/zz/b/' 'it changes nothing' "a break that changes nothing is a failure"
try 'pipes/two.c s/a/' 'sed does not' "a break that sed does not understand is a failure"
try 'pipes/six.c s/a/b/' 'there is no such file' "a break of no file is a failure"
try 'pipes/two.c:six s/a/b/' 'six has no check of S1' "a break tried with a program that does not show the row is a failure"
printf 'check(a &&\n      b, "S1");\n' >>"$dir/demos/pipes/two.c"
result 'ok 1 - it is so [S1]'
try 'pipes/two.c s/ b,/ c,/' 'it changes a check' "a break of a check is a failure"
echo 'S1 pipes/two.c s/demo/demon/' >"$dir/breaks/pipes.list"
accept
expect 0 "1 proven, 1 text, 1 open" "a break of something else is none"

rm "$dir/demos/pipes/two.c"
printf '#!/bin/sh\n# two: it.\n# Notes: S1\ncheck S3 "it is so"\n' \
	>"$dir/demos/pipes/two.sh"
echo 'S1 pipes/two.sh s/two/2/' >"$dir/breaks/pipes.list"
result 'ok 1 - it is so [S1]'
accept
expect 0 "1 proven, 1 text, 1 open" "a header ends where the comment ends"
printf '# Nothing.\n' >"$dir/demos/pipes/two.sh"
printf '1..1\nok 1 - it is so [S1]\n' >"$dir/results/vm-other.tap"
result 'ok 1 - it is so'
gap 'no line "two: ..."' "a demo without its sentence is a failure"
printf '# two: it.\n' >"$dir/demos/pipes/two.sh"
result 'ok 1 - it is so'
gap 'it shows no row' "a demo that shows no row is a failure"
mkdir "$dir/demos/fifos"
: >"$dir/demos/fifos/two.c"
gap 'two of one name' "two demos of one name are a failure"

echo "1..$n"
exit "$failed"
