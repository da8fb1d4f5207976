#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: timeout=180
#
# Files go through mailboxes whole, or not at all: every size and kind of
# mailbox, several at once, either side killed, and senders that do it wrong.
# Run by the vm tier, with the module loaded; see tap.sh.

out='' err=''
# shellcheck source=/dev/null
. /usr/lib/mbox/tests/cli/tap.sh
pty=/usr/lib/mbox/tests/cli/pty
frames=/usr/lib/mbox/tests/cli/frames
kernel=/boot/vmlinuz

digest() {
	sha256sum "$1" | cut -d ' ' -f 1
}

# transfer FILE MAILBOX: there and back; both sides must say the same.
transfer() {
	mboxctl recv --file copy "$2" >recv.log 2>&1 & receiver=$!
	ends 0 mboxctl send --sync --file "$1" "$2"
	ended 0 $receiver
	silent
	same "$1" copy
	shows "$(wc -c <"$1") bytes in "
	shows ' MB/s'
	shows "SHA-256 $(digest "$1")"
	checked
	grep -q "SHA-256 $(digest "$1")" recv.log || wrong "$(cat recv.log)"
	rm copy
}

sizes() {
	mboxctl create box
	for size in 0 1 65535 65536 65537 1000000; do
		head -c $size /dev/urandom >in
		transfer in box
	done
	equal "$(value box holds)" 0
}
it 'a file of 0, 1, 64 KiB - 1, 64 KiB, 64 KiB + 1 or 1,000,000 bytes arrives' \
	sizes

kernel_image() {
	mboxctl create box
	transfer $kernel box
}
it 'a file of 8 MB arrives with its SHA-256, and the rate is shown' \
	kernel_image

kinds() {
	head -c 300001 /dev/urandom >in
	mboxctl create --rendezvous box0
	mboxctl create --messages 1 box1
	mboxctl create --unbounded box2
	mboxctl create --bytes 70000 --max-size 300 box3
	mboxctl create --messages 3 --fixed --max-size 4096 box4
	for box in box0 box1 box2 box3 box4 default; do
		transfer in $box
	done
	: >empty
	transfer empty box4
}
it 'a file arrives through every kind of mailbox' kinds

no_receiver() {
	head -c 100000 /dev/urandom >in
	mboxctl create box
	ends 0 mboxctl send --file in box
	complains "the file lies in mailbox 'box'; no receiver has reported yet."
	ends 0 mboxctl recv --file copy box
	same in copy
}
it 'a file can wait in a mailbox for its receiver' no_receiver

larger_than_limit() {
	before=$(cat /sys/module/mbox/parameters/mailbox_bytes)
	mboxctl create --unbounded box
	echo 500000 >/sys/module/mbox/parameters/mailbox_bytes
	head -c 3000000 /dev/urandom >in
	mboxctl send --sync --file in box >send.log 2>&1 & sender=$!
	until_value box holds -gt 3
	ends 0 mboxctl recv --file copy box
	ended 0 $sender
	echo "$before" >/sys/module/mbox/parameters/mailbox_bytes
	same in copy
}
it 'a file larger than any mailbox passes through an unbounded one' \
	larger_than_limit

from_pipe() {
	head -c 200000 /dev/urandom >in
	mboxctl create box
	mboxctl recv --file copy box >/dev/null & receiver=$!
	head -c 1000000 in | mboxctl send --sync --file - box >/dev/null
	ended 0 $receiver
	same in copy
	mboxctl recv --file copy box >/dev/null & receiver=$!
	ends_with_input 0 in mboxctl send --sync --file - box
	ended 0 $receiver
	same in copy
}
it 'a file may come from a pipe or from standard input' from_pipe

from_proc() {
	mboxctl create box
	ends 0 mboxctl send --file /proc/filesystems box
	ends 0 mboxctl recv --file copy box
	same /proc/filesystems copy
}
it 'a file of /proc arrives, though it says that it is empty' from_proc

many() {
	mboxctl create --messages 2 box
	senders='' receivers=''
	for n in 1 2 3 4; do
		head -c $((n * 150000 + n)) /dev/urandom >in$n
		mboxctl send --sync --file in$n box >send$n.log 2>&1 &
		senders="$senders $!"
		mboxctl recv --file copy$n box >recv$n.log 2>&1 &
		receivers="$receivers $!"
	done
	for process in $senders $receivers; do
		ended 0 "$process"
	done
	for n in 1 2 3 4; do
		digest in$n
	done | sort >sent.log
	for n in 1 2 3 4; do
		digest copy$n
	done | sort >received.log
	same sent.log received.log
}
it 'four files through one mailbox at once do not mix' many

users() {
	mboxctl create --mode 0622 box
	head -c 100000 /dev/urandom >in
	mboxctl recv --file copy box >/dev/null & receiver=$!
	ends 0 su alice -c "mboxctl send --sync --file $PWD/in box"
	ended 0 $receiver
	same in copy
}
it 'a file passes from one user to another' users

target_kept() {
	mboxctl create box
	echo precious >copy
	mboxctl recv --file copy box 2>recv.log & receiver=$!
	until_true sleeps $receiver
	equal "$(cat copy)" precious
	only_files copy
	head -c 1000 /dev/urandom >in
	ends 0 mboxctl send --sync --file in box
	ended 0 $receiver
	same in copy
}
it 'what was there by that name stays until the file is complete' target_kept

# Where a file without a name could not get one, it has one from the start.
named() {
	mboxctl create box
	head -c 100000 /dev/urandom >in
	unshare -m sh -c 'umount -l /proc && exec mboxctl recv --file copy box' \
		>/dev/null & receiver=$!
	until_true sleeps $receiver
	equal "$(find . -name '.mboxctl-*' | wc -l)" 1
	kill -TERM $receiver
	ended 143 $receiver
	only_files in
	unshare -m sh -c 'umount -l /proc && exec mboxctl recv --file copy box' \
		>/dev/null & receiver=$!
	ends 0 mboxctl send --sync --file in box
	ended 0 $receiver
	only_files copy in
	same in copy
}
it 'a temporary file that can be seen is removed by a signal' named

no_bar() {
	mboxctl create box
	mboxctl recv --file copy box >recv.log 2>&1 & receiver=$!
	mboxctl send --sync --file $kernel box 2>&1 | cat >send.log
	ended 0 $receiver
	for side in send recv; do
		checked
		! tr '\r\033' '@@' <$side.log | grep -q '[@%#]' ||
			wrong "$(cat $side.log)"
		equal "$(wc -l <$side.log)" 2
	done
}
it 'there is no progress bar in a pipe' no_bar

bar() {
	size=$(wc -c <$kernel | awk '{ printf "%.1f", $1 / 1e6 }')
	mboxctl create box
	$pty mboxctl recv --file copy box >recv.log & receiver=$!
	ends 0 $pty mboxctl send --sync --file $kernel box
	ended 0 $receiver
	for side in "$out" recv.log; do
		checked
		tr '\r' '\n' <"$side" >bar.log
		grep -q -E "(sending|receiving) \[[#.]*\] +[0-9]+ %  [0-9.]+ of $size MB" \
			bar.log || wrong "$(cat bar.log)"
		grep -q 'bytes in ' bar.log || wrong "$(cat bar.log)"
	done
	checked
	awk 'length($0) > 80 && !/SHA/ { exit 1 }' bar.log ||
		wrong 'a line is longer than the terminal is wide'
}
it 'there is a progress bar on a terminal' bar

sender_killed() {
	mboxctl create box
	mkfifo pipe
	mboxctl recv --file copy box 2>recv.log & receiver=$!
	mboxctl send --file - box <pipe >/dev/null & sender=$!
	head -c 300000 /dev/zero >part
	(cat part && exec sleep 30) >pipe & feeder=$!
	until_value box 'so far' -gt 0
	until_true sleeps $receiver
	kill -9 $sender
	ended 137 $sender
	ended 11 $receiver
	kill $feeder
	cp recv.log "$err"
	complains "the sender of 'standard input' (process $sender) ended after "
	complains 'Nothing was stored; let it be sent again.'
	only_files part
	equal "$(value box holds)" 0
}
it 'a receiver whose sender is killed says so and leaves no part' \
	sender_killed

sender_killed_open() {
	mboxctl create box
	mkfifo pipe
	# Someone else has it open for sending, so it is not at its end.
	mboxctl send box <pipe & other=$!
	sleep 60 >pipe & writer=$!
	mkfifo pipe2
	mboxctl recv --file copy box 2>recv.log & receiver=$!
	mboxctl send --file - box <pipe2 >/dev/null & sender=$!
	(head -c 300000 /dev/zero && exec sleep 30) >pipe2 & feeder=$!
	until_value box 'so far' -gt 0
	until_true sleeps $receiver
	kill -9 $sender
	ended 11 $receiver
	kill $feeder $other $writer
	checked
	grep -q "process $sender) ended" recv.log || wrong "$(cat recv.log)"
	gone copy
}
it 'the same while another process has the mailbox open' sender_killed_open

receiver_killed() {
	mboxctl create --messages 2 box
	mkfifo pipe
	mboxctl recv --file copy box >/dev/null 2>&1 & receiver=$!
	mboxctl send --file - box <pipe 2>send.log & sender=$!
	head -c 200000 /dev/zero >part
	(cat part && until [ -e go ]; do usleep 10000; done && cat $kernel) \
		>pipe &
	until_value box 'so far' -gt 0
	until_value box holds -eq 0
	until_true sleeps $receiver
	kill -9 $receiver
	ended 137 $receiver
	: >go
	ended 11 $sender
	cp send.log "$err"
	complains "the receiver ended before it had the whole file 'standard input'. Send it again."
	only_files go part
}
it 'a sender whose receiver is killed says so' receiver_killed

after_death() {
	mboxctl create box
	mkfifo pipe
	mboxctl send --file - box <pipe >/dev/null & sender=$!
	(head -c 200000 /dev/zero && exec sleep 30) >pipe & feeder=$!
	until_value box holds -gt 1
	kill -9 $sender
	ended 137 $sender
	kill $feeder
	head -c 100000 /dev/urandom >in
	mboxctl send --file in box >send.log 2>&1
	ends 0 mboxctl recv --file copy box
	complains "the sender of 'standard input' (process $sender) ended after "
	complains 'receiving the next file instead.'
	same in copy
}
it 'the next file arrives after one whose sender was killed' after_death

orphans() {
	mboxctl create box
	head -c 100000 /dev/urandom >in
	mboxctl send --file in box >/dev/null 2>&1
	# The first message is lost: the rest has no beginning.
	mboxctl recv box >/dev/null
	mboxctl send --file in box >/dev/null 2>&1
	ends 0 mboxctl recv --file copy box
	complains '3 messages of a file whose beginning is missing were skipped.'
	same in copy
}
it 'parts without a beginning are skipped' orphans

begin='0:mbox-file 1\nsize 5\nchunk 5\nreply -\nname evil\n'
sha_hello=2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
end="2:size 5\nsha256 $sha_hello\n"

wrong_data() {
	mboxctl create box
	$frames box "$begin" 1:hello "$end" || wrong 'frames failed'
	ends 0 mboxctl recv --file copy box
	equal "$(cat copy)" hello
	rm copy
	# refused SENTENCE FRAME...
	refused() {
		sentence=$1
		shift
		$frames box "$@" || wrong 'frames failed'
		ends 11 mboxctl recv --file copy box
		complains "$sentence"
		only_files
		while mboxctl recv --nowait box >/dev/null 2>&1; do :; done
	}
	refused "'evil' was damaged on its way: its SHA-256 is " \
		"$begin" 1:hellO "$end"
	refused "a part of 'evil' has 4 bytes, and 5 were to come." \
		"$begin" 1:hell "$end"
	refused "a part of 'evil' has 6 bytes, and 5 were to come." \
		"$begin" 1:hello! "$end"
	refused "a part of 'evil' has 1 bytes, and 0 were to come." \
		"$begin" 1:hello 1:! "$end"
	refused "'evil' came with 0 bytes, and 5 were sent." "$begin" "$end"
	refused "'evil' came with 5 bytes, and 6 were sent." \
		"$begin" 1:hello "2:size 6\nsha256 $sha_hello\n"
	refused "the sender of 'evil' gave up: out of luck." \
		"$begin" '2:abort out of luck\n'
	refused 'does not belong to the file, and is now lost.' \
		"$begin" o:hello "$end"
	refused 'does not belong to the file' "$begin" 1:hello '2:nonsense'
	refused 'does not belong to a file' '0:mbox-file 9\n'
	refused "the sender of 'evil' " "$begin" 1:hello
}
it 'wrong data is refused and leaves no file' wrong_data

foreign() {
	mboxctl create box
	mboxctl send box 'just text'
	ends 11 mboxctl recv --file copy box
	complains "message 1 in mailbox 'box' (9 bytes, from process "
	complains 'does not belong to a file, and is now lost. Use a mailbox for files only.'
	only_files
	# Another process cannot slip a part into a file, whatever its tag.
	$frames box "$begin"
	$frames box 1:hello "$end"
	ends 11 mboxctl recv --file copy box
	complains 'does not belong to the file'
	only_files
}
it 'a message that belongs to no file is refused' foreign

told_why() {
	mboxctl create box
	mkdir small
	mount -t tmpfs -o size=64k none small || wrong 'no tmpfs'
	mboxctl recv --file small/copy box 2>recv.log & receiver=$!
	ends 11 mboxctl send --file $kernel box
	complains "the receiver could not take the file 'vmlinuz': No space left on device."
	ended 1 $receiver
	gone small/copy
	equal "$(find small -type f | wc -l)" 0
	umount small
	cp recv.log "$err"
	complains "'small/copy' could not be written: No space left on device."
}
it 'a full disk is told on both sides, and leaves nothing' told_why

bad_files() {
	mboxctl create box
	ends 1 mboxctl send --file nothing box
	complains "'nothing' could not be opened: No such file or directory."
	ends 1 mboxctl send --file / box
	complains "'/' is a directory. Pack it first, with tar"
	ends 1 mboxctl recv --file . box
	complains "'.' is a directory. Name a file in it."
	ends 1 mboxctl recv --file /dev/null box
	complains "'/dev/null' is not a regular file"
	ends 1 mboxctl recv --file no/where box
	complains "no file can be made for 'no/where': No such file or directory."
	mboxctl create --max-size 100 small
	ends 1 mboxctl send --file /etc/passwd small
	complains "mailbox 'small' takes messages of at most 100 bytes, and files need 256. Create one with a larger --max-size."
	mboxctl create --fixed --max-size 1000 fixed
	mkfifo pipe
	: >pipe &
	ends_with_input 1 pipe mboxctl send --file - fixed
	complains 'the size of the file must be known'
	equal "$(value box holds)" 0
}
it 'a file that cannot be sent or stored is told why' bad_files

stalled() {
	mboxctl create --messages 1 box
	ends 6 mboxctl recv --file copy --timeout 100ms box
	complains "nothing came to mailbox 'box' within 100ms."
	ends 6 mboxctl send --file $kernel --timeout 300ms box
	complains "nobody made room in mailbox 'box', or took the message, within 300ms."
	ends 11 mboxctl recv --file copy --timeout 5s box
	only_files
	ends 5 mboxctl recv --file copy --nowait box
	complains "mailbox 'box' is empty, and --nowait forbids waiting."
	only_files
}
it '--timeout and --nowait hold for files' stalled

locked() {
	mboxctl create box
	mboxctl recv --file copy box & receiver=$!
	until_true sleeps $receiver
	ends 5 mboxctl recv --file copy2 --nowait box
	complains "another file is being received from mailbox 'box'."
	ends 6 mboxctl recv --file copy2 --timeout 100ms box
	complains "and was not through within 100ms."
	mboxctl recv --file copy2 box 2>second.log & second=$!
	until_true grep -q 'waiting for it' second.log
	kill $receiver
	head -c 1000 /dev/urandom >in
	ends 0 mboxctl send --sync --file in box
	ended 0 $second
	same in copy2
}
it 'a second receiver waits until the first has ended' locked

changing() {
	mboxctl create --messages 1 box
	head -c 300000 /dev/zero >in
	mboxctl send --file in box 2>send.log & sender=$!
	until_true sleeps $sender
	: >in
	mboxctl recv --file copy box 2>recv.log & receiver=$!
	ended 1 $sender
	ended 11 $receiver
	cp send.log "$err"
	complains "'in' changed while it was sent: it had 300000 bytes."
	checked
	grep -q 'gave up: the file changed while it was sent' recv.log ||
		wrong "$(cat recv.log)"
	gone copy
}
it 'a file that changes while it is sent is not stored' changing

finish
