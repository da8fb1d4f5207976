#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: timeout=120
#
# What goes wrong in mboxctl gives the exit status of the man page and a
# sentence that says what, with which value, and what to do. Errors that no
# command line can bring about are in tests/host/cli.
# Run by the vm tier, with the module loaded; see tap.sh.

err=''
# shellcheck source=/dev/null
. /usr/lib/mbox/tests/cli/tap.sh

parameters=/sys/module/mbox/parameters

# with PARAMETER VALUE COMMAND...: a limit of the module for one command.
with() {
	parameter=$parameters/$1
	before=$(cat "$parameter")
	echo "$2" >"$parameter"
	shift 2
	"$@"
	result=$?
	echo "$before" >"$parameter"
	return $result
}

no_mailbox() {
	for verb in 'stat' 'send' 'recv' 'rm' 'destroy' 'send -f /etc/passwd' \
		'recv -f file'; do
		# shellcheck disable=SC2086  # options and all
		ends 3 mboxctl $verb nobody
		complains "there is no mailbox 'nobody'. 'mboxctl ls' shows those there are; 'mboxctl create nobody' makes it."
	done
	only_files
}
it 'a mailbox that is not there is status 3 [OPEN:ENOENT]' no_mailbox

bad_names() {
	ends 2 mboxctl create ''
	complains "'' cannot be the name of a mailbox. A name has at least one character."
	ends 2 mboxctl create .hidden
	complains "'.hidden' cannot be the name of a mailbox. A name does not begin with a dot."
	ends 2 mboxctl create a/b
	complains "'/' cannot be in a name"
	ends 2 mboxctl create 'a b'
	complains "' ' cannot be in a name"
	ends 2 mboxctl stat "$(printf 'a\tb')"
	complains 'The byte 0x09 cannot be in a name'
	long=$(printf '%063d' 0)
	ends 0 mboxctl create "$long"
	ends 2 mboxctl create "0$long"
	complains 'It has 64 characters, and 63 are the most.'
	ends 0 mboxctl ls -q
	prints "$long
default"
}
it 'a wrong name is told what is wrong with it [OPEN:ENAMETOOLONG]' \
	bad_names

bad_attributes() {
	ends 2 mboxctl create --bytes 10 --max-size 11 box
	complains 'a mailbox of 10 bytes could never hold one message of 11 bytes. Raise --bytes or lower --max-size.'
	ends 2 mboxctl create --max-size 1G box
	complains 'messages of 1073741824 bytes are longer than a mailbox may be: 16777216 bytes (16.0 MiB).'
	ends 0 mboxctl ls -q
	prints default
}
it 'attributes without a meaning are explained' bad_attributes

no_right() {
	mboxctl create --mode 0622 box
	ends 4 su alice -c 'mboxctl recv box'
	complains "mailbox 'box' grants you less than was asked for (recv): it belongs to root and has mode 0622. Ask its owner, or act as root."
	mboxctl create --mode 0600 secret
	for line in 'send secret x' 'recv secret' 'stat secret' \
		'send -f /etc/passwd secret'; do
		ends 4 su alice -c "mboxctl $line"
		complains "mailbox 'secret' is not for you: its mode grants you no right, not even to look at it. Ask its owner, or act as root."
	done
	ends 0 mboxctl stat box
	shows '0 sent, 0 received'
}
it 'a mode that forbids it is status 4 [OPEN:EACCES]' no_right

not_owner() {
	mboxctl create --mode 0666 box
	ends 4 su alice -c 'mboxctl rm box'
	complains "mailbox 'box' can be removed, destroyed and seen into by its owner alone, and by root."
	ends 4 su alice -c 'mboxctl destroy box'
	complains 'by its owner alone'
	ends 0 mboxctl ls -q
	shows box
}
it 'removing what belongs to another is status 4 [OPEN:EPERM]' not_owner

device_forbidden() {
	mode=$(stat -c %a /dev/mbox)
	chmod 0600 /dev/mbox
	ends 4 su alice -c 'mboxctl ls'
	chmod "$mode" /dev/mbox
	complains '/dev/mbox may not be opened by this user. Root can allow it: chmod 0666 /dev/mbox.'
}
it 'a device that may not be opened is status 4' device_forbidden

would_wait() {
	mboxctl create --messages 1 box
	ends 5 mboxctl recv --nowait box
	complains "mailbox 'box' is empty, and --nowait forbids waiting."
	ends 0 mboxctl send --nowait box x
	ends 5 mboxctl send --nowait box y
	complains "mailbox 'box' is full"
	mboxctl create --rendezvous meet
	ends 5 mboxctl send --nowait meet x
	complains "no receiver waits in mailbox 'meet', and --nowait forbids waiting for one."
	equal "$(value box holds)" 1
}
it '--nowait where waiting is needed is status 5 [SEND:EAGAIN RECV:EAGAIN]' \
	would_wait

timed_out() {
	mboxctl create --messages 1 box
	ends 6 mboxctl recv --timeout 50ms box
	complains "nothing came to mailbox 'box' within 50ms."
	mboxctl send box x
	ends 6 mboxctl send --timeout 0.05 box y
	complains "nobody made room in mailbox 'box', or took the message, within 0.05. It was not sent."
	mboxctl recv box >/dev/null
	ends 6 mboxctl send --sync --timeout 50ms box z
	complains 'It was not sent.'
	equal "$(value box holds)" 0
}
it '--timeout that passes is status 6 [SEND:ETIMEDOUT RECV:ETIMEDOUT]' \
	timed_out

at_end() {
	mboxctl create --messages 1 box
	mboxctl recv --count 2 --until-end box >/dev/null 2>recv.log &
	receiver=$!
	until_true sleeps $receiver
	mboxctl send box x
	ended 7 $receiver
	cp recv.log "$err"
	complains "mailbox 'box' is at its end: it is empty, and the last sender has closed it."
	mboxctl send box x
	mboxctl send box y 2>send.log & sender=$!
	until_true sleeps $sender
	mboxctl rm box
	ended 7 $sender
	cp send.log "$err"
	complains "nobody can ever receive from mailbox 'box': its name was removed, and the last receiver has closed it."
}
it 'the end of the other side is status 7 [SEND:EPIPE RECV:EPIPE]' at_end

destroyed() {
	mboxctl create --rendezvous box
	mboxctl send box x 2>send.log & sender=$!
	until_true sleeps $sender
	mboxctl destroy box
	ended 8 $sender
	cp send.log "$err"
	complains "mailbox 'box' was destroyed by its owner, and all messages in it are lost."
	mboxctl create box
	mboxctl recv box 2>recv.log & receiver=$!
	until_true sleeps $receiver
	mboxctl destroy box
	ended 8 $receiver
	cp recv.log "$err"
	complains 'was destroyed'
}
it 'a mailbox destroyed meanwhile is status 8 [SEND:EIDRM RECV:EIDRM]' \
	destroyed

taken() {
	mboxctl create box
	ends 9 mboxctl create -x box
	complains "mailbox 'box' is there already, and --exclusive was given. Choose another name, or remove it with 'mboxctl rm'."
}
it 'a name that is taken is status 9 with --exclusive [OPEN:EEXIST]' taken

mailbox_quota() {
	mboxctl create a
	with user_mailboxes 1 ends 10 mboxctl create b
	complains 'the limit of mailboxes of your user is reached: 1 of 1.'
	complains parameters/user_mailboxes.
	ends 0 mboxctl ls -q
	prints "a
default"
}
it 'too many mailboxes are status 10 [OPEN:EDQUOT]' mailbox_quota

message_quota() {
	mboxctl create box
	mboxctl send box x
	with user_messages 1 ends 10 mboxctl send box y
	complains 'the limit of waiting messages of your user is reached: 1 of 1.'
	complains parameters/user_messages.
	equal "$(value box holds)" 1
}
it 'too many messages are status 10 [SEND:EDQUOT]' message_quota

# Bob, in a user namespace that alice has made, is another uid outside.
maker_quota() {
	mboxctl create --mode 0666 box
	ends 0 su alice -c 'mboxctl send box hers'
	mkfifo -m 666 ready go
	cat >inside <<-'END'
		#!/bin/sh
		echo $$ >ready
		read -r _ <go
		exec su bob -c 'mboxctl send box inside'
	END
	chmod 755 . inside
	{
		read -r pid <ready
		for map in uid_map gid_map; do
			printf '0 1000 1\n1 100001 2000\n' >/proc/"$pid"/$map
		done
		echo >go
	} &
	with user_messages 1 ends 10 su alice -c 'unshare -U ./inside'
	complains 'your user has room left, but the user who made this user namespace has not'
	equal "$(value box holds)" 1
}
it 'the quota of who made the namespace is status 10 [SEND:EDQUOT C14.7]' \
	maker_quota

byte_quota() {
	mboxctl create box
	head -c 60000 /dev/zero >in
	with user_bytes 10000 ends_with_input 10 in mboxctl send --whole box
	complains 'it does not fit into what your user may use in the kernel: '
	complains parameters/user_bytes.
	equal "$(value box holds)" 0
}
it 'too many bytes of a user are status 10 [SEND:EDQUOT]' byte_quota

drops() {
	mboxctl create --policy drop-oldest box
	ends 1 mboxctl send --sync box hello
	complains "mailbox 'box' drops messages when it is full, so nobody can wait until one is taken. Send without --sync, or create a mailbox with --policy block."
	echo hello >in
	ends 1 mboxctl send --file in box
	complains "mailbox 'box' drops messages when it is full, and a file must arrive as a whole. Create one with --policy block."
	equal "$(value box holds)" 0
}
it 'where messages are dropped nobody waits for one [SEND:EOPNOTSUPP]' drops

broadcast() {
	mboxctl create --broadcast news
	for option in --sync --urgent --priority=3; do
		ends 1 mboxctl send $option news hello
		complains "mailbox 'news' is a broadcast mailbox: there are neither priorities nor receipts."
	done
	ends 1 mboxctl sub default
	complains "mailbox 'default' gives each message to one receiver. Use 'mboxctl recv', or create one with --broadcast."
	ends 1 mboxctl pub default x
	complains "mailbox 'default' gives each message to one receiver. Use 'mboxctl send', or create one with --broadcast."
	equal "$(value default holds)" 0
}
it 'what a broadcast mailbox has not is said [SEND:EOPNOTSUPP C25.2]' broadcast

mailbox_limit() {
	mboxctl create --unbounded --max-size 60000 box
	head -c 60000 /dev/zero >in
	ends_with_input 0 in mboxctl send --whole box
	with mailbox_bytes 100000 ends_with_input 10 in \
		mboxctl send --whole box
	complains "mailbox 'box' holds 60000 bytes, and 60000 more would exceed what one mailbox may hold, 100000 bytes."
	equal "$(value box holds)" 1
}
it 'too many bytes of a mailbox are status 10 [SEND:EDQUOT]' mailbox_limit

no_memory() {
	group=/sys/fs/cgroup/cli
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir $group
	echo 6M >$group/memory.max
	# Large messages: the one that does not fit leaves room for mboxctl itself,
	# whose own memory is charged to the same cgroup.
	mboxctl create --unbounded --max-size 1M box
	line=$(head -c 700000 /dev/zero | tr '\0' x)
	n=0
	while [ $n -lt 20 ]; do
		echo "$line"
		n=$((n + 1))
	done >in
	ends_with_input 10 in sh -c \
		"echo 0 >$group/cgroup.procs; exec mboxctl send box"
	complains 'the kernel has no memory for it, or the memory cgroup of this process is full.'
	checked
	compare_value box holds -gt 2 || wrong 'it should have taken some'
	killed=$(sed -n 's/^oom_kill //p' $group/memory.events)
	mboxctl destroy box
	rmdir $group
	equal "$killed" 0
}
it 'a full memory cgroup is status 10, and nobody is killed [SEND:ENOMEM]' \
	no_memory

descriptors() {
	ends 10 sh -c 'ulimit -n 4; mboxctl stat default'
	complains "this process may not open another file; its limit is 4. Raise it with 'ulimit -n'."
}
it 'no descriptor left is status 10 [OPEN:EMFILE]' descriptors

too_long() {
	mboxctl create --max-size 8 box
	ends 1 mboxctl send box 123456789
	complains "the message has 9 bytes, and mailbox 'box' takes at most 8."
	mboxctl create --fixed --max-size 8 fixed
	ends 1 mboxctl send fixed 1234567
	complains "mailbox 'fixed' takes messages of exactly 8 bytes, and this one has 7."
	ends 0 mboxctl send fixed 12345678
	equal "$(value box holds)" 0
}
it 'a message that is too long, or not as long, is told the length [SEND:EMSGSIZE]' \
	too_long

command_lines() {
	ends 2 mboxctl
	ends 2 mboxctl frobnicate
	complains "there is no command 'frobnicate'. 'mboxctl --help' lists what there is."
	ends 2 mboxctl --frob
	complains "there is no option '--frob'."
	while IFS='|' read -r line sentence; do
		# shellcheck disable=SC2086  # a command line
		ends 2 mboxctl $line
		checked
		grep -q -F -e "$sentence" "$err" ||
			wrong "'$line' should have complained '$sentence'"
		grep -q -- "--help' shows how to use it" "$err" ||
			wrong "'$line' does not say where help is"
	done <<-'LINES'
		create|one NAME is needed, and 0 were given; a COMMAND comes after '--'.
		create a b|one NAME is needed, and 2 were given; a COMMAND comes after '--'.
		create --messages 0 a|--messages '0' is not a number from 1 on.
		create --messages x a|--messages 'x' is not a number from 1 on.
		create --bytes 1T a|--bytes '1T' is not a size from 1 on
		create --max-size 4G a|--max-size '4G' is not a size from 1 to 4294967295
		create --mode 0777 a|--mode '0777' is not an octal mode
		create --rendezvous --unbounded a|--rendezvous and --unbounded exclude each other
		create --rendezvous --messages 1 a|--messages and --bytes set a bound; --rendezvous has none.
		create --fixed a|--fixed needs --max-size
		create --policy drop a|--policy 'drop' is none of block, drop-newest and drop-oldest.
		create --rendezvous --policy drop-oldest a|--rendezvous has no room that could be full
		create --what a|there is no option '--what'.
		create -z a|there is no option '-z'.
		create --mode|the option '--mode' needs a value.
		ls a|no NAME is expected, and 'a' was given.
		stat|at least one NAME is needed.
		peek|one NAME is needed, and 0 were given.
		peek --count 0 a|--count '0' is not a number from 1 on.
		flush|at least one NAME is needed.
		create --rendezvous --broadcast a|--rendezvous is between one sender and one receiver
		create --fds --broadcast a|--fds is for messages with one receiver
		sub|one NAME is needed, and 0 were given.
		sub --count 0 a|--count '0' is not a number from 1 on.
		sub --timeout 1d a|--timeout '1d' is not a time
		pub|a NAME is needed.
		pub a|a MESSAGE is needed, '-' for standard input, or --lines.
		pub --lines a text|'text' is a message already
		pub --tag -1 a text|--tag '-1' is not a number of at most 64 bits
		pub --timeout 1d a text|--timeout '1d' is not a time
		rm|at least one NAME is needed.
		destroy|at least one NAME is needed.
		info x|no argument is expected, and 'x' was given.
		send|a NAME is needed.
		send --priority 32768 a|--priority '32768' is not a number from 0 to 32767.
		send --tag -1 a|--tag '-1' is not a number of at most 64 bits
		send --timeout 1d a|--timeout '1d' is not a time
		send --file x a text|'text' is a message already
		send --file x --whole a|--file and --whole exclude each other.
		send --file x --urgent a|--tag and --urgent are for single messages
		send --sync=1 a|the option '--sync=1' takes no value.
		recv|one NAME is needed, and 0 were given.
		recv --count 0 a|--count '0' is not a number from 1 on.
		recv --follow --count 1 a|--follow and --count exclude each other.
		recv --file x --raw a|--file goes with --nowait and --timeout alone.
		recv --tag x a|--tag 'x' is not a number of at most 64 bits
		recv --not-tag -1 a|--not-tag '-1' is not a number of at most 64 bits
		recv --lowest-tag 7x a|--lowest-tag '7x' is not a number of at most 64 bits
		recv --pid 0 a|--pid '0' is not a process id.
		recv --pid 2147483648 a|--pid '2147483648' is not a process id.
		recv --tag 1 --pid 2 a|only one of --tag, --not-tag, --lowest-tag and --pid can be given.
		recv --file x --tag 1 a|--file goes with --nowait and --timeout alone.
		recv --file - a|--file needs the name of a file
		recv --timeout soon a|--timeout 'soon' is not a time
	LINES
	ends 0 mboxctl ls -q
	prints default
}
it 'a wrong command line is status 2 and changes nothing' command_lines

finish
