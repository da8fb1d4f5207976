#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: timeout=120
#
# mboxctl call and mboxctl serve: a request, and the command that answers it.
# Run by the vm tier, with the module loaded; see tap.sh.

# shellcheck disable=SC2016  # what is in single quotes, serve's shell expands
out='' err=''
# shellcheck source=/dev/null
. /usr/lib/mbox/tests/cli/tap.sh

# Starts serve in the background, and waits until it waits: serve ARGUMENT...
serve() {
	mboxctl serve "$@" >serve.log 2>&1 &
	server=$!
	until_true polls $server
}

polls() {
	grep -q 'State:.*(sleeping)' "/proc/$1/status" &&
		grep -q 'poll' "/proc/$1/stack"
}

# Ends a "cat go" whose server is dead. Nothing is written: it may end before.
let_go() {
	: >go
}

# Whether the caller's request has been taken: who waits is shown by stat.
awaits_answer() {
	mboxctl stat "$1" | grep -q 'waits for an answer'
}

answers() {
	mboxctl create box
	serve --count 3 box -- tr a-z A-Z
	ends 0 mboxctl call box hello
	prints HELLO
	silent
	printf 'from\nstdin' >in
	ends_with_input 0 in mboxctl call box
	prints 'FROM
STDIN'
	ends_with_input 0 in mboxctl call --raw box -
	equal "$(cat "$out")" 'FROM
STDIN'
	ended 0 $server
	equal "$(cat serve.log)" ''
}
it 'call prints what the command of serve has made of the request [C26.1]' \
	answers

large_answer() {
	mboxctl create --max-size 1M box
	serve --count 2 box -- cat
	head -c 1000000 /dev/urandom >in
	ends_with_input 0 in mboxctl call --raw box
	same in "$out"
	: >empty
	ends_with_input 0 empty mboxctl call --raw box
	same empty "$out"
	ended 0 $server
}
it 'requests and answers may be large, and empty' large_answer

too_long() {
	mboxctl create box
	serve --count 2 box -- sh -c 'echo 1234567890; exit 3'
	ends 14 mboxctl call --raw --room 4 box x
	equal "$(cat "$out")" 1234
	complains 'the answer was longer than the room for it, 4 bytes, and was cut.'
	complains 'the request failed: status 3'
	ends 14 mboxctl call --raw --room 11 box x
	equal "$(cat "$out")" 1234567890
	checked
	! grep -q longer "$err" || wrong 'the answer fits'
	ended 0 $server
}
it 'an answer that is longer than the room is cut, and call says so [C26.3]' \
	too_long

command_fails() {
	mboxctl create box
	serve --count 2 box -- sh -c 'read n; echo "got $n"; exit $n'
	ends 14 mboxctl call box 7
	prints 'got 7'
	complains 'the server says that the request failed: status 7.'
	ends 14 mboxctl call --verbose box 255
	shows 'tag 0xff '
	shows "pid $server "
	ended 0 $server
}
it 'call tells the status of a command that failed, and prints its output' \
	command_fails

command_killed() {
	mboxctl create box
	serve --count 1 box -- sh -c 'echo part; kill -9 $$'
	ends 14 mboxctl call box x
	prints part
	complains 'status 137'
	ended 0 $server
}
it 'a command that is killed has 128 and the signal as its status' \
	command_killed

who_asks() {
	mboxctl create --mode 0666 box
	serve --count 1 box -- \
		sh -c 'echo "$MBOX_UID $MBOX_GID $MBOX_TAG $MBOX_PRIORITY $MBOX_PID"'
	su alice -c 'echo $$; exec mboxctl call --tag 0x10 --priority 5 box x' \
		>who.log 2>&1
	equal "$(sed -n 2p who.log)" "1000 1000 16 5 $(sed -n 1p who.log)"
	ended 0 $server
}
it 'the command learns from its environment who asks' who_asks

does_not_read() {
	mboxctl create --max-size 1M box
	serve --count 1 box -- echo finished
	head -c 1000000 /dev/zero >in
	ends_with_input 0 in mboxctl call box
	prints finished
	ended 0 $server
}
it 'a command need not read its request' does_not_read

no_command() {
	mboxctl create box
	ends 2 mboxctl serve box -- no-such-command
	complains "there is no command 'no-such-command' to run."
	ends 2 mboxctl serve box
	complains "a NAME and, behind '--', a COMMAND are needed."
	printf '#!/bin/sh\necho hi\n' >script
	chmod 755 script
	serve --count 1 box -- ./script
	rm script
	ends 14 mboxctl call box x
	complains 'status 127'
	ended 0 $server
	checked
	grep -q "the command './script' could not be started: No such file" \
		serve.log || wrong "$(cat serve.log)"
}
it 'a command that is not there is refused at once, or answers 127' no_command

# Enough for the mailbox and for signals, but not for two pipes.
few_descriptors() {
	mboxctl create box
	# shellcheck disable=SC3045  # the shell here is busybox
	(ulimit -n 6 && exec mboxctl serve --count 1 box -- cat) \
		>serve.log 2>&1 &
	server=$!
	until_true polls $server
	ends 14 mboxctl call box x
	complains 'status 126'
	ended 0 $server
	checked
	grep -q "the command 'cat' could not be started: Too many open files" \
		serve.log || wrong "$(cat serve.log)"
}
it 'a command for which there are no descriptors answers 126' few_descriptors

one_after_another() {
	mboxctl create box
	mkfifo go
	serve --count 2 box -- sh -c 'cat; cat go'
	mboxctl call box one >one.log & one=$!
	until_true awaits_answer box
	mboxctl call box two >two.log & two=$!
	until_true sleeps $two
	equal "$(value box holds)" 1
	echo ' first' >go
	ended 0 $one
	echo ' second' >go
	ended 0 $two
	equal "$(cat one.log)" "one first"
	equal "$(cat two.log)" "two second"
	ended 0 $server
}
it 'without --jobs the next request waits in the mailbox' one_after_another

several_at_once() {
	mboxctl create box
	# Each command ends when the other one has begun.
	mkfifo meet
	serve --count 2 --jobs 2 box -- \
		sh -c 'read n; if [ $n = 1 ]; then echo x >meet; else cat meet; fi'
	mboxctl call box 1 & one=$!
	mboxctl call box 2 >two.log & two=$!
	ended 0 $one
	ended 0 $two
	equal "$(cat two.log)" x
	ended 0 $server
}
it 'with --jobs commands run at once' several_at_once

several_servers() {
	mboxctl create box
	serve box -- cat
	first=$server
	serve box -- cat
	for n in 1 2 3 4 5 6 7 8; do
		ends 0 mboxctl call box $n
		prints $n
	done
	kill $first $server
	ended 0 $first
	ended 0 $server
}
it 'several servers share the requests of one mailbox' several_servers

plain_message() {
	mboxctl create box
	serve --count 1 box -- tr a-z A-Z
	ends 0 mboxctl send box hello
	ended 0 $server
	equal "$(cat serve.log)" HELLO
}
it 'for a message that is no request the command prints where serve does' \
	plain_message

verbose() {
	mboxctl create box
	serve --verbose --count 1 box -- sh -c 'echo ok; exit 4'
	ends 14 mboxctl call box x
	ended 0 $server
	checked
	grep -q 'mboxctl: request 1 of pid [0-9]*, user 0: status 4, 3 bytes.$' \
		serve.log || wrong "$(cat serve.log)"
}
it 'serve --verbose tells of each request' verbose

stopped() {
	mboxctl create box
	mkfifo go
	for signal in TERM INT; do
		serve box -- sh -c 'cat go'
		mboxctl call box x >call.log & caller=$!
		until_true awaits_answer box
		kill -$signal $server
		# It takes no more, and ends what it has begun.
		mboxctl call --timeout 100ms box y >late.log 2>&1
		equal $? 6
		echo late >go
		ended 0 $caller
		equal "$(cat call.log)" late
		ended 0 $server
	done
	serve box -- cat
	kill $server
	ended 0 $server
}
it 'a signal ends serve when what it has begun is answered' stopped

stopped_twice() {
	mboxctl create box
	mkfifo go
	serve box -- cat go
	mboxctl call box x >call.log 2>&1 & caller=$!
	until_true awaits_answer box
	kill $server
	until_true mask_is_open $server
	kill $server
	ended 143 $server
	ended 13 $caller
	let_go
}
# The first signal lets the next one through.
mask_is_open() {
	grep -q '^SigBlk:.*0000000000010000$' "/proc/$1/status"
}
it 'a second signal ends serve at once, and the callers hear of it [C27.1]' \
	stopped_twice

server_dies() {
	mboxctl create box
	mkfifo go
	serve box -- cat go
	mboxctl call box x >call.log 2>&1 & caller=$!
	until_true awaits_answer box
	until_true grep -q . /proc/$server/task/$server/children
	kill -9 $server
	ended 137 $server
	ended 13 $caller
	checked
	grep -q 'has ended, or dropped it, without an answer. It may have been' \
		call.log || wrong "$(cat call.log)"
	let_go
}
it 'call ends at once when its server dies, and says that it may be done' \
	server_dies

timeouts() {
	mboxctl create box
	ends 6 mboxctl call --timeout 20ms box x
	complains "no server took the request from mailbox 'box' within 20ms, and it was withdrawn."
	equal "$(value box holds)" 0
	mkfifo go
	serve --verbose --count 1 box -- cat go
	patience=$((6 * ${MBOX_TEST_SLOW:-1}))s
	mboxctl call --timeout $patience box x >call.log 2>&1 & caller=$!
	until_true awaits_answer box
	ended 13 $caller
	checked
	grep -q "its answer did not come within $patience. It may have been" \
		call.log || wrong "$(cat call.log)"
	echo late >go
	ended 0 $server
	checked
	grep -q 'status 0, 5 bytes, and the caller has gone.' serve.log ||
		wrong "$(cat serve.log)"
}
it 'call --timeout tells whether a server had the request [C26.6]' timeouts

received() {
	mboxctl create box
	mboxctl call --room 100 box x >call.log 2>&1 & caller=$!
	until_true sleeps $caller
	ends 0 mboxctl recv --verbose box
	shows 'length 1 asks for 100 bytes: x'
	ended 13 $caller
}
it 'recv shows that a message is a request, and does not answer it [C27.1]' \
	received

not_written() {
	mboxctl create box
	serve --count 1 box -- cat
	mboxctl call box x >/dev/full 2>"$err"
	equal $? 13
	complains 'the answer came but could not be written'
	ended 0 $server
}
it 'call says so when the answer cannot be written' not_written

refused() {
	ends 3 mboxctl call no x
	ends 3 mboxctl serve no -- cat
	mboxctl create --policy drop-oldest drops
	ends 1 mboxctl call drops x
	complains 'so nobody can wait for an answer'
	mboxctl create --max-size 4 small
	ends 1 mboxctl call small 12345
	complains 'the request has 5 bytes'
	mboxctl create --messages 1 full
	mboxctl send full x
	ends 5 mboxctl call --nowait full x
	complains 'is full, or no server waits in it'
	mboxctl create private
	ends 4 su alice -c 'mboxctl call private x'
	ends 4 su alice -c 'mboxctl serve private -- cat'
	ends 2 mboxctl call box one two
	complains "'two' is a second"
	for option in '--room x' '--priority 40000' '--tag x' '--timeout x'; do
		# shellcheck disable=SC2086  # two words
		ends 2 mboxctl call $option box x
		complains "${option% *} '${option#* }' is not"
	done
	for option in '--count 0' '--jobs 0' '--jobs 257'; do
		# shellcheck disable=SC2086
		ends 2 mboxctl serve $option box -- cat
		complains "${option% *} '${option#* }' is not"
	done
}
it 'what cannot be called or served is refused with a reason' refused

gone_under_it() {
	mboxctl create box
	serve box -- cat
	mboxctl destroy box
	ended 8 $server
	mboxctl create box
	serve box -- cat
	mboxctl rm box
	ended 7 $server
	mboxctl create box
	mboxctl call box x >call.log 2>&1 & caller=$!
	until_true sleeps $caller
	mboxctl destroy box
	ended 8 $caller
}
it 'serve and call end with their mailbox' gone_under_it

quota() {
	old=$(cat /sys/module/mbox/parameters/user_calls)
	mboxctl create --mode 0666 box
	echo 0 >/sys/module/mbox/parameters/user_calls
	su alice -c 'mboxctl call box x' >"$out" 2>"$err"
	status=$?
	echo "$old" >/sys/module/mbox/parameters/user_calls
	equal $status 10
	complains 'too many requests that wait for their answer'
}
it 'call says which limit it has met' quota

waiters() {
	mboxctl create box
	mboxctl call box 123 >/dev/null & caller=$!
	until_true sleeps $caller
	ends 0 mboxctl stat box
	shows "caller    pid $caller (mboxctl) waits until its request of 3 bytes is taken"
	mkfifo go
	serve --count 1 box -- cat go
	until_true awaits_answer box
	ends 0 mboxctl stat box
	shows "caller    pid $caller (mboxctl) waits for an answer of up to"
	echo >go
	ended 0 $caller
	ended 0 $server
}
it 'stat shows who waits for an answer' waiters

finish
