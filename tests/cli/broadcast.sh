#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: timeout=60
#
# Broadcast mailboxes at the command line: create --broadcast, pub, sub, and
# what stat tells of them.
# Run by the vm tier, with the module loaded; see tap.sh.

# shellcheck source=/dev/null
. /usr/lib/mbox/tests/cli/tap.sh

broadcast() {
	ends 0 mboxctl create --broadcast --messages 2 news
	ends 0 mboxctl stat news
	shows 'broadcast:      every receiver gets every message'
	shows 'when full:      who is slow misses the oldest message'
	for n in 1 2; do
		mboxctl sub --count 3 news >"got$n" &
		eval "sub$n=\$!"
	done
	until [ "$(mboxctl stat news | grep -c 'receiver  pid')" = 2 ]; do
		sleep 0.05
	done
	ends 0 mboxctl pub news one 'and two'
	until [ "$(wc -l <got1) $(wc -l <got2)" = '2 2' ]; do
		sleep 0.05
	done
	printf 'three' >in
	ends_with_input 0 in mboxctl pub news -
	# shellcheck disable=SC2154  # set by eval
	wait "$sub1" || wrong 'the first sub failed'
	# shellcheck disable=SC2154  # set by eval
	wait "$sub2" || wrong 'the second sub failed'
	equal "$(cat got1)" 'one
and two
three'
	equal "$(cat got2)" "$(cat got1)"
	ends 0 mboxctl pub news 'for nobody'
	ends 0 mboxctl stat news
	shows 'so far:         4 sent, 3 received, 1 dropped'
}
it 'pub sends to every sub [C25.1 C25.6]' broadcast

slow_sub() {
	mkfifo pipe
	ends 0 mboxctl create --broadcast --messages 2 news
	mboxctl sub --count 4 news >pipe 2>missed &
	sub=$!
	exec 3<pipe
	until mboxctl stat news | grep -q 'receiver  pid'; do
		sleep 0.05
	done
	kill -STOP $sub
	until grep -q '^State:.T' /proc/$sub/status; do
		sleep 0.05
	done
	printf '1\n2\n3\n4\n' >in
	ends_with_input 0 in mboxctl pub --lines news
	ends 0 mboxctl stat news
	shows "slowest:        pid $sub (mboxctl) has still to receive 2 messages"
	kill -CONT $sub
	until [ "$(value news holds)" = 0 ]; do
		sleep 0.05
	done
	ends 0 mboxctl pub news 5 6
	wait $sub || wrong 'sub failed'
	equal "$(cat <&3)" '3
4
5
6'
	equal "$(cat missed)" 'mboxctl: 2 messages were missed before message 3: it came too fast for here.'
	ends 0 mboxctl create -B -p block -n 1 held
	ends 0 mboxctl stat held
	shows 'when full:      a sender waits'
}
it 'sub tells what it missed, and stat who is slow [C25.3 C25.4]' slow_sub

sub_ends() {
	ends 0 mboxctl create --broadcast news
	mboxctl sub --until-end news >got 2>&1 &
	sub=$!
	until mboxctl stat news | grep -q 'receiver  pid'; do
		sleep 0.05
	done
	ends 0 mboxctl pub news bye
	wait $sub || wrong 'sub failed'
	equal "$(cat got)" bye
	ends 6 mboxctl sub --timeout 50ms news
	ends 3 mboxctl sub no
	ends 3 mboxctl pub no x
}
it 'sub ends with the last sender, or after a time [RECV:EPIPE]' sub_ends

finish
