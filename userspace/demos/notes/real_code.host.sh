#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# real_code: is the bounded buffer of the notes real C code?
#
# Notes: S63 (004:22-23), S303 (000:42-44)
# Watch: what gcc says about it as printed; the printed lines beside those of
#        pc_ring.c; then that program without each of its three fixes.
# See:   yes, it is real code, after three fixes, and none can be left out: a
#        semicolon, atomic indexes, and a step that produces (and consumes).
# shellcheck disable=SC2016,SC2154  # check evals; check.bash sets
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash"

# Runs x.c for so many seconds of CPU time; sets $text and $status. It prints
# each item when it has it, not when it has many.
run_for() {
	text='' status=none
	gcc -std=gnu17 -O2 -w -pthread -o x x.c || return
	{ text=$(ulimit -St "$1" && exec stdbuf -oL ./x); } 2>/dev/null
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
	printf '#include <stdbool.h>\n#line 1\n'
	cat "$here/ring_buffer.printed"
	echo 'void producer(void) {'
	cat "$here/ring_producer.printed"
	echo '} void consumer(void) {'
	cat "$here/ring_consumer.printed"
	echo '}'
} >x.c
sed -i 's/^\t\.\.\.$/\tint number;/' x.c
say "the three pieces as printed, with a member for the \"...\":"
check S303 "a semicolon is missing behind item; so there is no type item" \
	mends 's/^} item$/} item;/' \
	"line 7: error: expected '=', ',', ';'.* before 'item'" \
	"line 11: error: unknown type name 'item'"
check S303 "with the semicolon the definitions of the notes are right" \
	eval '! messages | grep "line [1-9]: "'

say "printed                                pc_ring.c"
cat "$here"/ring_{buffer,producer,consumer}.printed | expand -t 2 >printed
sed -n '/^#define BUF/p; /^typedef/,/^atomic_int out/p
	/^	item next/,/^	}/p' "$here/pc_ring.c" | sed 's/^\t//' |
	expand -t 2 >corrected
diff -btW 78 -y printed corrected | sed 's/^/  /'

cp "$here/pc_ring.c" x.c
run_for 5
all="$(seq -s ' ' 50)"
say "pc_ring.c: status $status, items $few"
check S63 "with three fixes it hands over all items in order" \
	test "$text $status" = "$all 0"

undo 's/^} item;/} item/'
check S63 "without the first, the semicolon, it does not compile" \
	eval 'messages | grep "error: expected .*;.* before .item"'

undo 's/atomic_int/int/'
run_for 1
say "plain int: $(wc -w <<<"$text") items in 1 s of CPU time; status $status" \
	"(152 is SIGXCPU)"
check S63 "without the second, atomic indexes, it hangs at -O2" \
	eval '[ $status = 152 ] && [ "$text" != "$all" ]'

undo '/next_produced.number++;/d'
sed -i 's/number == ITEMS/number == ITEMS || --left == 0/
	s/^void consumer/int left = ITEMS;\n&/' x.c
run_for 5
say "without the produce step: items $few"
check S63 "without the third, a produce step, all items are the same" \
	eval '[ "$(echo $text | wc -w) $(echo $text | xargs -n 1 | sort -u |
		wc -l)" = "50 1" ]'
finish
