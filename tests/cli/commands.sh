#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: timeout=120
#
# Each subcommand of mboxctl does what its man page says.
# Run by the vm tier, with the module loaded; see tap.sh.

out='' err=''
# shellcheck source=/dev/null
. /usr/lib/mbox/tests/cli/tap.sh
pty=/usr/lib/mbox/tests/cli/pty

# The column of a mailbox in the table: column NAME NUMBER
column() {
	mboxctl ls | awk -v name="$1" -v n="$2" '$1 == name { print $n }'
}

create_default() {
	ends 0 mboxctl create box
	prints ''
	silent
	ends 0 mboxctl stat box
	shows 'lifetime:       until it is removed'
	shows 'capacity:       16 messages'
	shows 'message size:   up to 65536 bytes (64.0 KiB)'
	shows 'user root, group root, mode 0600'
	shows 'send times:     not recorded'
}
it 'create makes a mailbox that outlives the command' create_default

create_bounds() {
	ends 0 mboxctl create --messages 3 --bytes 4K --max-size 100 box
	ends 0 mboxctl stat box
	shows 'capacity:       3 messages, 4096 bytes (4.0 KiB)'
	shows 'message size:   up to 100 bytes'
	ends 0 mboxctl create -b 1000 bytes
	ends 0 mboxctl stat bytes
	shows 'capacity:       1000 bytes'
	shows 'message size:   up to 1000 bytes'
}
it 'create bounds messages and bytes' create_bounds

create_kinds() {
	ends 0 mboxctl create --rendezvous --times meet
	ends 0 mboxctl stat meet
	shows 'capacity:       none (rendezvous)'
	shows 'send times:     recorded'
	shows 'descriptors:    cannot be passed'
	ends 0 mboxctl create --unbounded --fixed --max-size 8 --fds box
	ends 0 mboxctl stat box
	shows 'capacity:       unbounded'
	shows 'message size:   exactly 8 bytes'
	shows 'descriptors:    may be passed'
}
it 'create knows rendezvous, unbounded, fixed and times' create_kinds

has_mailbox() {
	mboxctl stat "$1" >/dev/null 2>&1
}

has_no_mailbox() {
	! has_mailbox "$1"
}

has_become() {
	[ "$(cat "/proc/$1/comm")" = "$2" ]
}

create_with_command() {
	mkfifo go
	mboxctl create --mode 0622 box -- cat go >said & command=$!
	until_true has_mailbox box
	# The mailbox is there first, and lives on in the command.
	until_true has_become $command cat
	ends 0 mboxctl stat box
	shows "lifetime:       until process $command (cat) ends"
	shows 'mode 0622'
	ends 0 su alice -c 'mboxctl send box text'
	ends 0 mboxctl recv box
	prints text
	echo over >go
	ended 0 $command
	equal "$(cat said)" over
	until_true has_no_mailbox box
}
it 'create with a command makes a mailbox that lasts as long [C4.2 C4.3]' \
	create_with_command

create_with_bad_command() {
	ends 5 mboxctl create box -- sh -c 'exit 5'
	until_true has_no_mailbox box
	ends 1 mboxctl create box -- ./is-not-there --option
	complains "'./is-not-there' could not be run: No such file or directory. The mailbox is gone again."
	until_true has_no_mailbox box
	mboxctl create box
	ends 9 mboxctl create box -- touch ran
	complains "mailbox 'box' is there already, and COMMAND needs one of its own."
	gone ran
	ends 2 mboxctl create box touch ran
	complains "a COMMAND comes after '--'."
	gone ran
}
it 'create says what the command says, and what kept it from running' \
	create_with_bad_command

create_policies() {
	ends 0 mboxctl stat default
	shows 'when full:      a sender waits'
	ends 0 mboxctl create --messages 2 --policy drop-oldest box
	ends 0 mboxctl stat box
	shows 'when full:      the oldest message of the lowest priority is dropped'
	ends 0 mboxctl send box one two three
	ends 0 mboxctl stat box
	shows 'so far:         3 sent, 0 received, 1 dropped'
	ends 0 mboxctl recv --count 2 box
	prints 'two
three'
	ends 0 mboxctl create -n 2 -p drop-newest newest
	ends 0 mboxctl stat newest
	shows 'when full:      the new message is dropped'
	ends 0 mboxctl send newest one two three
	ends 0 mboxctl recv --count 2 newest
	prints 'one
two'
	ends 0 mboxctl create --policy block waits
	ends 0 mboxctl stat waits
	shows 'when full:      a sender waits'
}
it 'create says what becomes of messages without room [C13.2 C13.3]' \
	create_policies

choose() {
	mboxctl create box
	mboxctl send --tag 7 box seven
	mboxctl send --tag 0x9 box nine
	mboxctl send --tag 8 box eight
	mboxctl send --tag 9 box more
	ends 5 mboxctl recv --nowait --tag 6 box
	ends 0 mboxctl recv --tag 9 --count 2 box
	prints 'nine
more'
	ends 5 mboxctl recv --nowait --lowest-tag 6 box
	ends 0 mboxctl recv --lowest-tag 8 box
	prints seven
	ends 5 mboxctl recv --nowait --not-tag 8 box
	ends 0 mboxctl recv --not-tag 0 box
	prints eight
	sh -c 'echo $$; exec mboxctl send box mine' >pid
	mboxctl send box other
	ends 5 mboxctl recv --nowait --pid 1 box
	ends 0 mboxctl recv --pid "$(cat pid)" --timeout 10s box
	prints mine
	equal "$(value box holds)" 1
}
it 'recv chooses by tag or process, and leaves the rest [C21.2 C21.3 C21.4]' choose

peek() {
	ends 0 mboxctl peek default
	prints ''
	mboxctl create box
	mboxctl send box one two
	mboxctl send --priority 5 box first
	ends 0 mboxctl peek box
	prints 'first
one
two'
	ends 0 mboxctl peek --count 1 box
	prints first
	ends 0 mboxctl peek --verbose --count 1 box
	shows 'id 3 priority 5 '
	ends 0 mboxctl peek --raw box
	equal "$(cat "$out")" firstonetwo
	equal "$(value box holds)" 3
	mboxctl create --unbounded --max-size 1M large
	head -c 300000 /dev/zero | mboxctl send --whole large
	ends 0 mboxctl peek --raw large
	equal "$(wc -c <"$out")" 300000
	ends 3 mboxctl peek no
	ends 4 su alice -c 'mboxctl peek box'
}
it 'peek shows what is there and leaves it [C22.1 C22.4]' peek

flush() {
	mboxctl create box
	mboxctl send box one two
	ends 0 mboxctl flush box default
	prints 'box: 2 messages
default: 0 messages'
	equal "$(value box holds)" 0
	ends 3 mboxctl flush no
	ends 4 su alice -c 'mboxctl flush box'
}
it 'flush throws away what is there [C22.5]' flush

create_mode() {
	ends 0 mboxctl create --mode 0622 box
	equal "$(column box 4)" 0622
	ends 0 su alice -c 'mboxctl send box hello'
	ends 4 su alice -c 'mboxctl recv box'
	complains "mailbox 'box' grants you less than was asked for (recv): it belongs to root and has mode 0622."
	ends 0 mboxctl recv box
	prints hello
}
it 'create gives exactly the mode, whatever the umask is' create_mode

create_again() {
	ends 0 mboxctl create --messages 3 box
	ends 0 mboxctl create --messages 5 box
	complains "mailbox 'box' was there already and is left as it is."
	equal "$(value box capacity)" 3
	ends 9 mboxctl create --exclusive box
	complains "mailbox 'box' is there already, and --exclusive was given."
}
it 'create leaves what is there as it is, or fails with --exclusive' \
	create_again

list() {
	ends 0 mboxctl create zoo
	ends 0 mboxctl create --mode 0666 a
	ends 0 mboxctl send a 12345
	ends 0 mboxctl ls
	equal "$(head -n 1 "$out")" \
		'NAME     OWNER  GROUP  MODE  YOU MAY            MESSAGES  BYTES'
	equal "$(sed -n 2p "$out")" \
		'a        root   root   0666  send, recv, admin         1      5'
	ends 0 mboxctl ls --quiet
	prints "a
default
zoo"
	ends 0 su alice -c 'mboxctl ls'
	equal "$(sed -n 2p "$out")" \
		'a        root   root   0666  send, recv         1      5'
	checked
	! grep -q zoo "$out" || wrong 'alice sees what she cannot open'
}
it 'ls shows in a sorted table what the caller could open [C33.4]' list

status() {
	ends 0 mboxctl create --messages 4 box
	ends 0 mboxctl send box one four
	ends 0 mboxctl recv box
	ends 0 mboxctl stat box
	shows 'holds:          1 message, 4 bytes'
	shows 'at most held:   2 messages'
	shows 'so far:         2 sent, 1 received, 0 dropped'
	checked
	compare_value box 'kernel memory' -gt 4 || wrong 'a message costs more'
	shows 'steps in searches'
	shows '0 open beside this one: 0 may send, 0 may receive'
	shows 'waiting:        0 senders, 0 receivers'
	ends 0 mboxctl create other
	ends 0 mboxctl stat box other
	equal "$(grep -c ^mailbox: "$out")" 2
}
it 'stat shows what a mailbox is, holds and has done' status

status_waiters() {
	mboxctl create --messages 1 box
	mboxctl send box x
	mboxctl send box yy & sender=$!
	until_true sleeps $sender
	ends 0 mboxctl stat box
	shows 'waiting:        1 sender, 0 receivers'
	shows "sender    pid $sender (mboxctl) waits for room for 2 bytes"
	shows '1 open beside this one: 1 may send, 0 may receive'
	mboxctl recv --count 2 box >/dev/null
	ended 0 $sender
	mboxctl recv box >/dev/null & receiver=$!
	until_true sleeps $receiver
	ends 0 mboxctl stat box
	shows "receiver  pid $receiver (mboxctl) waits for a message of up to 65536 bytes"
	mboxctl send box z
	ended 0 $receiver
	mboxctl send --sync box z & sender=$!
	until_true sleeps $sender
	ends 0 mboxctl stat box
	shows "sender    pid $sender (mboxctl) waits until its message of 1 byte is taken"
	mboxctl recv box >/dev/null
	ended 0 $sender
}
it 'stat shows who waits, and for what' status_waiters

status_times() {
	mboxctl create --times box
	mboxctl create plain
	ends 0 mboxctl stat box
	shows 'lay there:      0 messages, by the time from acceptance to receipt'
	equal "$(sed -n '/^lay there/,$p' "$out" | wc -l)" 1
	mboxctl send box one two three
	mboxctl recv --count 2 box >/dev/null
	ends 0 mboxctl stat box
	shows 'lay there:      2 messages, by the time from acceptance to receipt'
	# Lines of bars: from, to, messages, bar; the most have the longest.
	equal "$(sed -n '/^lay there/,$s/^ .* to .* \([0-9]*\) #*$/\1/p' "$out" |
		awk '{ n += $1 } END { print n }')" 2
	shows ' ########################################'
	ends 0 mboxctl stat plain
	checked
	! grep -q 'lay there' "$out" || wrong 'times of a mailbox without'
}
it 'stat shows how long messages lay, as bars [C33.8 C33.9]' status_times

status_other() {
	mboxctl create --mode 0666 --messages 1 box
	mboxctl send box x
	mboxctl send box y & sender=$!
	until_true sleeps $sender
	ends 0 su alice -c 'mboxctl stat box'
	shows 'holds:          1 message, 1 byte'
	shows 'waiting:        shown to the owner and root only'
	checked
	! grep -q "pid $sender" "$out" || wrong 'alice sees who waits'
}
it 'stat shows who waits to owner and root only [C33.6]' status_other

everything() {
	mboxctl create --times --messages 1 box
	mboxctl send --priority 3 --tag 0xabc box x
	mboxctl send box y & sender=$!
	until_true sleeps $sender
	ends 0 mboxctl stat box
	for word in mailbox: 'number ' owner: group mode lifetime: capacity: \
		'message size:' 'send times:' descriptors: holds: 'at most held:' \
		'kernel memory:' sent received dropped 'steps in searches' \
		handles: 'may send' 'may receive' waiting: "pid $sender"; do
		shows "$word"
	done
	ends 0 mboxctl ls
	for word in box root 0600 'send, recv, admin'; do
		shows "$word"
	done
	ends 0 mboxctl recv --verbose box
	for word in 'id 1 ' 'priority 3 ' 'tag 0xabc ' 'pid ' 'tid ' 'uid 0 ' \
		'gid 0 ' 'started ' 'drops 0 ' 'length 1 ' 'sent '; do
		shows "$word"
	done
	ends 0 mboxctl info
	for word in 'interface 1' features names: priorities: 'one mailbox:' \
		mailboxes: messages: descriptors: calls: 'kernel memory:'; do
		shows "$word"
	done
	ended 0 $sender
}
it 'all that the kernel tells of mailboxes is shown [C33.9]' everything

send_arguments() {
	mboxctl create box
	ends 0 mboxctl send box one 'two words' ''
	prints ''
	silent
	ends 0 mboxctl recv --count 3 box
	prints "one
two words"
	equal "$(wc -c <"$out")" 15
	ends 0 mboxctl send -- box --dashes
	ends 0 mboxctl recv box
	prints --dashes
}
it 'send takes each argument as a message' send_arguments

send_lines() {
	mboxctl create box
	printf 'one\n\nthree' >in
	ends_with_input 0 in mboxctl send box
	equal "$(value box holds)" 3
	ends 0 mboxctl recv --raw --count 3 box
	prints onethree
}
it 'send takes each line of standard input as a message' send_lines

send_whole() {
	mboxctl create --max-size 300K box
	head -c 200000 /dev/urandom >in
	ends_with_input 0 in mboxctl send --whole box
	equal "$(value box holds)" 1
	ends 0 mboxctl recv --raw box
	same in "$out"
	ends_with_input 0 /dev/null mboxctl send --whole box
	equal "$(value box holds)" 1
}
it 'send --whole takes standard input as one message' send_whole

order() {
	mboxctl create box
	mboxctl send box low
	mboxctl send --priority 9 box high
	mboxctl send --urgent box urgent
	mboxctl send --priority 9 box later
	ends 0 mboxctl recv --count 4 box
	prints "high
later
urgent
low"
}
it 'send --priority and --urgent decide the order' order

sync() {
	mboxctl create box
	mboxctl send --sync box x & sender=$!
	until_true sleeps $sender
	ends 0 mboxctl recv box
	ended 0 $sender
}
it 'send --sync ends when the message has been received' sync

tag() {
	mboxctl create box
	mboxctl send --tag 18446744073709551615 box x
	ends 0 mboxctl recv --verbose box
	shows 'tag 0xffffffffffffffff '
}
it 'send --tag travels with the message' tag

stamps() {
	mboxctl create --mode 0666 box
	su alice -c 'mboxctl send box from-alice'
	ends 0 mboxctl recv --verbose box
	shows 'uid 1000 gid 1000'
	shows 'length 10: from-alice'
	checked
	! grep -q 'sent ' "$out" || wrong 'times were not asked for'
}
it 'recv --verbose shows who has sent a message' stamps

recv_large() {
	head -c 1000000 /dev/urandom >in
	ends_with_input 0 in mboxctl send --whole default
	ends 0 mboxctl recv --raw default
	same in "$out"
}
it 'recv makes room for a message of any size' recv_large

follow() {
	mboxctl create box
	mboxctl recv --follow box >follow.log & receiver=$!
	until_true sleeps $receiver
	mboxctl send box one
	until_true grep -q one follow.log
	mboxctl send box two
	until_true grep -q two follow.log
	kill $receiver
	ended 143 $receiver
}
it 'recv --follow prints each message as it comes' follow

until_end() {
	mboxctl create box
	mboxctl recv --follow --until-end box >end.log & receiver=$!
	until_true sleeps $receiver
	printf 'a\nb\n' >in
	ends_with_input 0 in mboxctl send box
	ended 0 $receiver
	equal "$(cat end.log)" "a
b"
	mboxctl recv --count 3 --until-end box >end.log 2>end.err & receiver=$!
	until_true sleeps $receiver
	mboxctl send box c
	ended 7 $receiver
	equal "$(cat end.log)" c
}
it 'recv --until-end ends when the last sender has gone' until_end

terminal() {
	mboxctl create box
	printf '\033[2Jred' >in
	ends_with_input 0 in mboxctl send --whole box
	ends 0 $pty mboxctl recv box
	shows '\x1b[2Jred'
	ends_with_input 0 in mboxctl send --whole box
	ends 0 mboxctl recv box
	prints "$(printf '\033[2Jred')"
}
it 'recv shows a terminal nothing that could steer it' terminal

nobody_reads() {
	mboxctl create box
	mboxctl send box x
	mboxctl recv box >/dev/full 2>"$err"
	equal $? 1
	complains 'message 1 was received but could not be written'
}
it 'recv says so when a message cannot be written' nobody_reads

remove() {
	mboxctl create a
	mboxctl create b
	mboxctl send a x
	ends 0 mboxctl rm a b
	ends 0 mboxctl ls -q
	prints default
}
it 'rm takes the names of mailboxes' remove

remove_used() {
	mboxctl create a
	mboxctl recv a >recv.log & receiver=$!
	until_true sleeps $receiver
	ends 0 mboxctl rm a
	ends 3 mboxctl send a x
	sleeps $receiver || wrong 'the receiver has been woken'
	kill $receiver
	ended 143 $receiver
}
it 'rm leaves alone who has the mailbox open' remove_used

remove_some() {
	mboxctl create a
	mboxctl create c
	ends 3 mboxctl rm a b c
	complains "there is no mailbox 'b'"
	ends 0 mboxctl ls -q
	prints default
}
it 'rm does all it can and reports the first failure' remove_some

destroy() {
	mboxctl create --messages 1 a
	mboxctl send a x
	mboxctl send a y 2>send.log & sender=$!
	until_true sleeps $sender
	ends 0 mboxctl destroy a
	ended 8 $sender
	checked
	grep -q "mailbox 'a' was destroyed by its owner" send.log ||
		wrong "$(cat send.log)"
	ends 3 mboxctl stat a
}
it 'destroy ends a mailbox for everybody' destroy

info() {
	ends 0 mboxctl info
	shows 'names:          up to 63 characters'
	shows 'priorities:     0 to 32767'
	shows 'mailboxes:      0 of '
	mboxctl create box
	mboxctl send box 12345678
	ends 0 mboxctl info
	shows 'mailboxes:      1 of '
	shows 'messages:       1 of '
	ends 0 su alice -c 'mboxctl info'
	shows 'User alice has'
	shows 'mailboxes:      0 of '
}
it 'info shows the limits and what the user has used' info

stock_tools() {
	echo hello >/dev/mbox
	ends 0 cat /dev/mbox
	prints hello
	echo from-echo >/dev/mbox
	ends 0 mboxctl recv default
	prints from-echo
	mboxctl send default from-mboxctl
	ends 0 head -n 1 /dev/mbox
	prints from-mboxctl
}
it 'echo and cat are sender and receiver on default [C6.1 C6.2]' stock_tools

first_program() {
	ends 0 /usr/lib/mbox/tests/cli/readme
	prints 'received 5 bytes: hello'
	silent
}
it 'the program in README.md prints what README.md says' first_program

finish
