#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The tour of `make run`: what a mailbox is, shown in eight steps that check
# themselves. Runs in the guest as root, from busybox sh; a terminal is not
# needed. Loads the module and unloads it again.
#
# Usage: tour [MODULE]      MODULE is the .ko, /lib/mbox/mbox.ko by default
# Exit status: 0, or 1 after saying which step failed.

set -u

module=${1-/lib/mbox/mbox.ko}
work=/tmp/tour.$$
kernel=/boot/vmlinuz
title='before the first step'
number=0
out=$work/out

fail() {
	echo >&2
	echo "The tour failed at step $number, $title: $*" >&2
	# Leave nothing that would disturb a second try.
	if [ -n "${background-}" ]; then
		kill "$background" 2>/dev/null
		wait "$background" 2>/dev/null
	fi
	rm -rf "$work"
	exit 1
}

step() {
	number=$((number + 1))
	title=$1
	echo
	echo "== $number. $title"
}

say() {
	echo "$*"
}

# show STATUS COMMAND: shows what is typed, runs it and shows what it says.
show() {
	echo " \$ $2"
	eval "$2" >"$out" 2>&1
	got=$?
	sed 's/^/ /' "$out"
	[ "$got" = "$1" ] ||
		fail "'$2' ended with status $got, and $1 was expected"
}

# start COMMAND: the same, in the background; says nothing until it ends.
start() {
	echo " \$ $1 &"
	eval "exec $1" >"$work/background" 2>&1 &
	background=$!
}

# finish: the background command must end, and well.
finish() {
	wait "$background" ||
		fail "the background command failed: $(cat "$work/background")"
	background=
}

# said TEXT: what the last shown command printed must contain it.
said() {
	grep -q -F -e "$1" "$out" || fail "the output lacks '$1'"
}

# Whether the background command sleeps inside the module: from the kernel,
# not from the clock.
asleep() {
	for task in /proc/[0-9]*; do
		[ "$(cat "$task/comm" 2>/dev/null)" = mboxctl ] || continue
		grep -q 'State:.*(sleeping)' "$task/status" 2>/dev/null &&
			grep -q mbx_ "$task/stack" 2>/dev/null && return 0
	done
	return 1
}

until_asleep() {
	tries=0
	until asleep; do
		tries=$((tries + 1))
		[ $tries -lt 1000 ] || fail "nobody went to sleep in 10 s"
		usleep 10000
	done
}

[ "$(id -u)" = 0 ] || fail "only root can load a module"
[ -r "$module" ] || fail "there is no module $module"
[ -r "$kernel" ] || fail "there is no $kernel to send"
[ ! -d /sys/module/mbox ] || rmmod mbox ||
	fail "the module is loaded and in use; close what uses it"
mkdir -p "$work" && cd "$work" || exit 1

echo
echo 'Processes cannot see each other'\''s memory. To work together they send'
echo 'messages, and a mailbox is where messages wait. Here the kernel keeps it.'

step 'Load the module'
say 'A kernel module is code that joins the running kernel. This one makes a'
say 'device, /dev/mbox, and behind it a first mailbox called "default".'
show 0 "insmod $module"
show 0 'mboxctl ls'
said default

step 'A message, with nothing but echo and cat'
say 'One write is one message. It waits in the kernel until someone reads it.'
show 0 'echo "hello from a process that has ended" >/dev/mbox'
show 0 'cat /dev/mbox'
said 'hello from a process that has ended'

step 'A producer and a consumer'
say 'This mailbox has room for two messages. The producer sends three, so it'
say 'has to wait: it sleeps in the kernel, and costs nothing while it does.'
show 0 'mboxctl create --messages 2 jobs'
start 'mboxctl send jobs one two three'
until_asleep
show 0 'mboxctl stat jobs | tail -n 2'
said '1 sender, 0 receivers'
said "waits for room for 5 bytes"
say 'The consumer takes a message; that makes room, and wakes the producer.'
show 0 'mboxctl recv --count 3 jobs'
[ "$(cat "$out")" = "one
two
three" ] || fail 'the messages did not come in their order'
finish

step 'A real file'
say "The kernel that runs here, $(wc -c <"$kernel") bytes, cut into messages by one"
say 'process and put together by another, which verifies length and SHA-256.'
show 0 'mboxctl create files'
start "mboxctl send --sync --file $kernel files"
show 0 'mboxctl recv --file copy files'
said 'MB/s'
finish
show 0 "sha256sum $kernel copy"
[ "$(cut -d ' ' -f 1 "$out" | uniq | wc -l)" = 1 ] ||
	fail 'the copy has another SHA-256'
cmp -s "$kernel" copy || fail 'the copy differs'

step 'Priorities'
say 'The higher priority is received first, whenever it was sent.'
show 0 'mboxctl send jobs "can wait"'
show 0 'mboxctl send --priority 9 jobs "cannot wait"'
show 0 'mboxctl recv --count 2 jobs'
[ "$(cat "$out")" = "cannot wait
can wait" ] || fail 'the priorities were not heeded'

step 'Rendezvous'
say 'A mailbox without any room: the sender sleeps until a receiver has the'
say 'message. When send returns, it is known to have arrived.'
show 0 'mboxctl create --rendezvous meeting'
start 'mboxctl send meeting "face to face"'
until_asleep
show 0 'mboxctl stat meeting | tail -n 2'
said 'waits until its message of 12 bytes is taken'
show 0 'mboxctl recv meeting'
said 'face to face'
finish

step 'A deadline'
say 'Nobody has to wait for ever. Here nothing comes, so this gives up.'
show 6 'mboxctl recv --timeout 300ms jobs'
said 'within 300ms'

step 'Unload the module'
say 'The mailboxes end with the module. Nothing of them may be left in the'
say 'kernel: no memory, no device, no module.'
show 0 'rmmod mbox'
show 1 'lsmod | grep mbox'
show 1 'grep mbx_ /proc/slabinfo'
[ ! -e /dev/mbox ] || fail '/dev/mbox is still there'
say 'Both searches found nothing, as they should.'

echo
echo 'That was the tour; each step has checked itself. README.md says where to'
echo 'read on, and mboxctl --help what else there is to try.'
cd /
rm -rf "$work"
exit 0
