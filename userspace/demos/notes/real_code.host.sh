#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# real_code: is the bounded buffer of the notes real C code?
#
# Notes: S63 (004:22-23), S303 (000:42-44)
# Watch: what gcc says about it as printed; the printed lines beside those of
#        pc_ring.c; then that program without each of its three fixes.
# See:   yes, it is real code, after three fixes, and none can be left out: a
#        semicolon, atomic indexes, and a step that produces.
# shellcheck disable=SC1091,SC2016  # check.sh, and what check evals
here=$(dirname "$(readlink -f "$0")")
. "$here/../check.sh"

dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
cd "$dir" || exit
ulimit -c 0

# What gcc has to say about x.c.
messages() {
	LC_ALL=C gcc -std=gnu17 -include stdbool.h -fsyntax-only x.c 2>&1 |
		sed -n 's/^x\.c:\([0-9]*\):[0-9]*: /  gcc: line \1: /p'
}

says() {
	messages | grep "$1"
}

# Are all these messages there, and gone once sed has mended x.c?
mends() {
	local sed=$1 message

	shift
	for message; do
		says "$message" || return
	done
	sed -i "$sed" x.c
	for message; do
		! says "$message" || return
	done
}

# Runs x.c for so many seconds of CPU time; sets $text and $status.
run() {
	gcc -std=gnu17 -O2 -w -pthread -o x x.c || return
	{ text=$(ulimit -St "$1" && exec ./x); } 2>/dev/null
	status=$?
	text=$(echo "$text" | xargs)
	few="${text%% *} ... ${text##* }"
}

undo() {
	sed "$1" "$here/pc_ring.c" >x.c
	! cmp -s x.c "$here/pc_ring.c"
}

# The three fragments as printed; the last two each in a function.
{
	cat "$here/ring_buffer.printed"
	echo 'void producer(void) {'
	cat "$here/ring_producer.printed"
	echo '}'
} >x.c
sed -i 's/^\t\.\.\.$/\tint number;/' x.c
say "the buffer and the producer as printed, with a member for the \"...\":"
check S303 "a semicolon is missing behind item; so there is no type item" \
	mends '5s/item/item;/' \
	"line 7: error: expected '=', ',', ';'.* before 'item'" \
	"line 11: error: unknown type name 'item'"
check S303 "with the semicolon the definitions of the notes are right" \
	eval '! says "line [1-9]: "'

say "printed                                  pc_ring.c"
cat "$here/ring_buffer.printed" "$here/ring_producer.printed" >printed
sed -n '/^typedef/,/^atomic_int out/p; /^	item next_produced/,/^	}/p' \
	"$here/pc_ring.c" | sed 's/^\t//' >corrected
diff -btW 82 -y printed corrected | sed 's/^/  /'

cp "$here/pc_ring.c" x.c
run 5
all="$(seq -s ' ' 50)"
say "pc_ring.c: status $status, items $few"
check S63 "with three fixes it hands over all items in order" \
	test "$text $status" = "$all 0"

undo 's/^} item;/} item/'
check S63 "without the first, the semicolon, it does not compile" \
	says "error: expected '=', ',', ';'"

undo 's/atomic_int/int/'
run 1
say "plain int: status $status (152 is SIGXCPU), items $few"
check S63 "without the second, atomic indexes, it hangs at -O2" \
	eval '[ $status = 152 ] && [ "$text" != "$all" ]'

undo '/next_produced.number++;/d'
sed -i 's/number == ITEMS/number == ITEMS || --left == 0/
	s/^void consumer/int left = ITEMS;\n&/' x.c
run 5
say "without the produce step: items $few"
check S63 "without the third, a produce step, all items are the same" \
	eval '[ "$(echo $text | wc -w) $(echo $text | xargs -n 1 | sort -u |
		wc -l)" = "50 1" ]'
finish
