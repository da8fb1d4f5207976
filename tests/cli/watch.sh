#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: timeout=120
#
# mboxctl watch shows what goes through mailboxes, look for look. No test says
# how long anything takes: what is counted is messages, and rates are multiplied
# by the interval that was measured with them.
# Run by the vm tier, with the module loaded; see tap.sh.

out='' err=''
# shellcheck source=/dev/null
. /usr/lib/mbox/tests/cli/tap.sh
pty=/usr/lib/mbox/tests/cli/pty
esc=$(printf '\033')
cr=$(printf '\r')
head='NAME  MESSAGES  BYTES  SEND/s  RECV/s  DROP/s  SENDWAIT  RECVWAIT'
first='box          2      6       -       -       -         0         0'
later='box          2      6     0.0     0.0     0.0         0         0'

# watched FILTER EXPECTED: what jq makes of all the objects so far.
watched() {
	[ "$(jq -s -c "$1" watch.log 2>/dev/null)" = "$2" ]
}

# Starts to look at box, for ever.
begin() {
	mboxctl watch --json --interval 10ms "$@" >watch.log & watcher=$!
	until_true [ -s watch.log ]
}

end() {
	kill "$watcher"
	ended 143 "$watcher"
}

table() {
	mboxctl create box
	mboxctl send box one two
	ends 0 mboxctl watch --count 3 --interval 0 box
	silent
	prints "$head
$first

$head
$later

$head
$later"
}
it 'watch prints a table for each look where there is no terminal' table

everything() {
	ends 0 mboxctl watch --count 1
	equal "$(sed 's/ .*//' "$out" | xargs)" 'NAME default'
	mboxctl create zoo
	mboxctl create --mode 0622 a
	ends 0 mboxctl watch --count 1
	equal "$(sed 's/ .*//' "$out" | xargs)" 'NAME a default zoo'
	ends 0 mboxctl watch --count 1 zoo a
	equal "$(sed 's/ .*//' "$out" | xargs)" 'NAME zoo a'
	ends 0 su alice -c 'mboxctl watch --count 1'
	equal "$(sed 's/ .*//' "$out" | xargs)" 'NAME a default'
}
it 'watch shows what was asked for, or all that the caller could open' everything

rates() {
	mboxctl create --messages 4 --policy drop-newest box
	begin box
	mboxctl send box 1 2 3 4 5 6 7 8 9 10
	mboxctl recv --count 3 box >recv.log
	until_true watched '.[-1] | [.sent,.received,.dropped,.messages]' \
		'[10,3,6,1]'
	end
	# What is cut off at the end of the file is no look.
	sed -i '/}$/!d' watch.log
	checked
	watched 'def passed(rate): map(select(.interval) |
			rate * .interval) | add | round;
		[passed(.sent_rate), passed(.received_rate),
		passed(.dropped_rate)]' '[10,3,6]' ||
		wrong "$(cat watch.log)"
	checked
	watched '.[0] | [.interval,.sent_rate,.received_rate,.dropped_rate]' \
		'[null,null,null,null]' || wrong 'the first look has no rates'
	checked
	watched '[.[].time] | . == sort and .[0] > 0' true || wrong 'time'
}
it 'watch shows rates that make up what was sent, received and dropped' rates

made_again() {
	mboxctl create box
	mboxctl send box one two three
	begin box
	mboxctl destroy box
	mboxctl create box
	until_true watched '[.[].id] | unique | length' 2
	mboxctl send box four
	until_true watched '.[-1] | [.sent,.messages]' '[1,1]'
	end
	sed -i '/}$/!d' watch.log
	checked
	watched 'group_by(.id) | map(.[0].sent_rate)' '[null,null]' ||
		wrong "$(cat watch.log)"
	checked
	watched 'all(.sent_rate >= 0 or .sent_rate == null)' true ||
		wrong 'a rate is below 0'
}
it 'watch takes a mailbox that was made again for another one' made_again

come_and_go() {
	begin
	mboxctl create box
	until_true grep -q '"name":"box"' watch.log
	mboxctl rm box
	until_true watched '.[-2:] | map(.name)' '["default","default"]'
	end
}
it 'watch shows mailboxes that come, and no more those that have gone' \
	come_and_go

waiting() {
	mboxctl create --mode 0666 --messages 1 box
	mboxctl send box x
	mboxctl send box y & sender=$!
	until_true sleeps $sender
	ends 0 mboxctl watch --count 1 box
	equal "$(awk 'END { print $(NF - 1), $NF }' "$out")" '1 0'
	ends 0 su alice -c 'mboxctl watch --count 1 box'
	equal "$(awk 'END { print $(NF - 1), $NF }' "$out")" '- -'
	ends 0 su alice -c 'mboxctl watch --json --count 1 box'
	equal "$(jq -c '[.senders_waiting,.receivers_waiting]' "$out")" \
		'[null,null]'
	mboxctl recv box >recv.log
	ended 0 $sender
}
it 'watch shows how many wait to owner and root only' waiting

unseen() {
	mboxctl create box
	begin box
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		ends 0 mboxctl stat --json box
		equal "$(jq -c '.[0] | [.senders,.receivers]' "$out")" '[0,0]'
	done
	checked
	watched 'all(.senders == 0 and .receivers == 0 and
		(.rights | inside(["admin"])))' true || wrong "$(cat watch.log)"
	end
}
it 'watch has no right that somebody could wait for' unseen

# One look needs some 6 KiB, and mboxctl itself less than 3 MiB.
nothing_left() {
	for n in 1 2 3 4 5 6 7 8 9 10; do
		mboxctl create box$n
	done
	# shellcheck disable=SC3045  # busybox has these limits
	(ulimit -n 8 && ulimit -v 4096 &&
		exec mboxctl watch --count 400 --interval 0 default box1) \
		>"$out" 2>"$err"
	equal $? 0
	# shellcheck disable=SC3045
	(ulimit -n 8 && exec mboxctl watch --count 4 --interval 0) >"$out" 2>"$err"
	equal $? 0
	equal "$(grep -c ^box "$out")" 40
}
it 'watch closes and frees what it has looked at' nothing_left

not_there() {
	mboxctl create box
	ends 3 mboxctl watch --count 1 box no
	complains "there is no mailbox 'no'"
	prints ''
	mboxctl create secret
	ends 4 su alice -c 'mboxctl watch --count 1 secret'
	complains "mailbox 'secret' is not for you"
}
it 'watch fails where a mailbox cannot be looked at in the beginning' not_there

wrong_values() {
	ends 2 mboxctl watch --interval soon
	complains "--interval 'soon' is not a time, such as 500ms or 2s."
	ends 2 mboxctl watch --count 0
	complains "--count '0' is not a number from 1 on."
	prints ''
}
it 'watch refuses what is no time and no number' wrong_values

terminal() {
	mboxctl create box
	mboxctl send box one two
	ends 0 $pty mboxctl watch --count 2 --interval 0 box
	prints "${esc}[H${esc}[2J${esc}[K$head$cr
${esc}[K$first$cr
${esc}[J${esc}[H${esc}[K$head$cr
${esc}[K$later$cr
${esc}[J"
	TERM=dumb ends 0 $pty mboxctl watch --count 2 --interval 0 box
	checked
	! grep -q "$esc" "$out" || wrong 'it redraws on a terminal that cannot'
}
it 'watch draws each table over the one before on a terminal' terminal

small_window() {
	for n in 1 2 3; do
		for m in 0 1 2 3 4 5 6 7 8 9; do
			mboxctl create box-of-a-name-that-is-long-$n$m
		done
	done
	ends 0 $pty mboxctl watch --count 1
	# 24 lines, of which the last stays free.
	equal "$(wc -l <"$out")" 23
	shows '... and more than the window can hold'
	sed "s/$esc\\[[0-9]*[A-Z]//g; s/$cr//" "$out" >plain.log
	equal "$(awk '{ if (length($0) > n) n = length($0) } END { print n }' \
		plain.log)" 79
}
it 'watch cuts its table to the window' small_window

drawn() {
	grep -q "$esc\\[J" "$1"
}

# How wide the last table in a file was.
last_width() {
	tr -d '\r' <watch.log |
		sed -n "s/$esc\\[[0-9]*[A-Z]//g; /^NAME/h; \${x; s/./x/g; p}" |
		tr -d '\n' | wc -c
}

is_wide() {
	[ "$(last_width)" = "$1" ]
}

resized() {
	$pty mboxctl watch --interval 1h >watch.log & watcher=$!
	until_true drawn watch.log
	terminal=$(readlink "/proc/$(pidof mboxctl)/fd/1")
	stty -F "$terminal" cols 21 rows 10
	until_true is_wide 20
	stty -F "$terminal" cols 31
	until_true is_wide 30
	checked
	kill "$(pidof mboxctl)"
	ended 143 $watcher
}
it 'watch follows the size of the window at once' resized

interrupted() {
	mboxctl create box
	mkfifo keys
	$pty mboxctl watch --interval 1h box <keys >watch.log & watcher=$!
	exec 3>keys
	until_true drawn watch.log
	printf '\003' >&3
	ended 130 $watcher
	exec 3>&-
	checked
	! grep -q "$esc\\[?" watch.log || wrong 'it has set a mode'
	# The cursor stands below the table.
	equal "$(tail -n 1 watch.log)" "${esc}[J^C"
}
it 'watch ends by an interrupt and leaves the terminal as it was' interrupted

full_disk() {
	mboxctl watch --interval 1h >/dev/full 2>"$err"
	equal $? 1
	complains 'the output could not be written: No space left on device.'
	equal "$(wc -l <"$err")" 1
	mboxctl watch --json --interval 1h >/dev/full 2>"$err"
	equal $? 1
	complains 'the output could not be written: No space left on device.'
}
it 'watch ends when nobody can read it' full_disk

finish
