#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# ipc-tour: a walk through inter-process communication for a first lecture, one
# demo a screen. Before each it says what to look at; then a key starts it. Runs
# in the guest, where the demos are on the PATH; without a terminal it does not
# wait for keys.
#
# Usage: ipc-tour [STEP]     begins with that step
# Keys: any key goes on, b goes back one step, q ends
# Exit status: 0, 1 if a demo failed, 2 if there is no such step

set -u

steps='isolated_twins shm_pair shm_lost_update ring_semaphores pipe_stream
	coop_pipeline fifo_open signal_coalesce queue_overtake mbox_six_lines
	full_and_empty rendezvous_mailbox accept_same_port two_machines
	rpc_link_switch copy_count syscalls_table'
failed=

terminal=
if [ -t 0 ] && [ -t 1 ]; then
	terminal=1
fi

# What to look at. The title is the first line.
words() {
	case $1 in
	isolated_twins) cat <<-'END' ;;
		Two processes, two memories
		The same program runs twice. Each process writes its own number into
		the same global variable, and reads it again.
		Do they disturb each other? Then why would they need the kernel to talk?
		END
	shm_pair) cat <<-'END' ;;
		Shared memory: one region in both
		Two processes ask the kernel for the same object, by name, and map it.
		Look at the last lines: the same object stands in the map of both.
		END
	shm_lost_update) cat <<-'END' ;;
		Shared memory: nobody watches over it
		Two processes add one to the same number, a million times each.
		What is the sum?
		END
	ring_semaphores) cat <<-'END' ;;
		The bounded buffer, with semaphores
		A producer, a consumer, and a few slots between them. Two semaphores count
		the free and the used slots.
		Who waits when the buffer is full, who when it is empty? Who burns CPU time?
		END
	pipe_stream) cat <<-'END' ;;
		A pipe is a stream
		Message passing: the kernel carries the bytes. Two writes, then one read.
		How many bytes does the read return?
		END
	coop_pipeline) cat <<-'END' ;;
		generate | filter | count
		Three processes cooperate through two pipes; one process does it all alone.
		Is the result the same? And what if the first one stops earlier?
		END
	fifo_open) cat <<-'END' ;;
		A FIFO is a pipe with a name
		The processes need not be related. But open() itself has to meet somebody.
		Look at who waits for whom, and at the error of the one who will not wait.
		END
	signal_coalesce) cat <<-'END' ;;
		Signals tell, they do not carry
		A hundred signals are sent while the receiver holds them back.
		How often does its handler run?
		END
	queue_overtake) cat <<-'END' ;;
		Message queues keep boundaries, and can choose
		Unlike a pipe, a queue can give out the second message first.
		Three queues do the same; the third is the mailbox of this project.
		END
	mbox_six_lines) cat <<-'END' ;;
		The mailbox: send and receive
		The producer and the consumer of the notes, word for word. The consumer
		comes late. Where are the messages meanwhile, and what does the producer do?
		END
	full_and_empty) cat <<-'END' ;;
		Blocking, seen from the kernel
		A receiver at an empty mailbox, then a sender at a full one.
		State S is asleep; mbx_wait_sleep is the function of the module it sleeps in.
		END
	rendezvous_mailbox) cat <<-'END' ;;
		Rendezvous: no buffer at all
		With capacity 0 a send completes only when a receiver takes the message.
		Who waits if the sender is first? If the receiver is?
		END
	accept_same_port) cat <<-'END' ;;
		Sockets: one port, many connections
		A server accepts three clients. The notes say that accept() returns a
		socket with a new port number. Look at the server's own ports.
		END
	two_machines) cat <<-'END' ;;
		Sockets leave the machine
		Two network namespaces are two machines with a cable between them.
		The socket reaches the other one. Does a FIFO?
		END
	rpc_link_switch) cat <<-'END' ;;
		Remote procedure call
		The same call of add(2, 3), compiled once, is linked with the function and
		then with a stub. Look at which process has done the work.
		END
	copy_count) cat <<-'END' ;;
		What does it cost? Copies
		A register of the processor watches one byte of the sender's message and
		one of the receiver's buffer: how often does the kernel touch them?
		END
	syscalls_table) cat <<-'END' ;;
		What does it cost? System calls
		strace counts them. Which mechanism needs none? Is it always the best?
		END
	esac
}

# Waits for a key if somebody is there; its name is in $key.
wait_for_key() {
	key=
	[ -n "$terminal" ] || return 0
	printf '\n  [ %s ] ' "$1"
	# shellcheck disable=SC3045  # the guest's shell has -s and -n
	read -r -s -n 1 key || key=q
	printf '\r\033[K'
}

# A demo's lines; what it has checked stands out.
show() {
	echo "\$ $1"
	"$1" >/tmp/ipc-tour.$$ 2>&1 && status=0 || status=$?
	sed -e '/^1\.\./d' -e 's/^ok [0-9]* - \(.*\) \[.*\]$/=> \1/' \
		/tmp/ipc-tour.$$
	rm -f /tmp/ipc-tour.$$
	[ "$status" = 0 ] || {
		failed=1
		echo "$1 failed with status $status: what it shows is not so here"
	}
}

# step NUMBER NAME
step() {
	[ -z "$terminal" ] || printf '\033[2J\033[H'
	words "$2" >/tmp/ipc-tour.$$
	echo
	echo "$1 of $count. $(head -n 1 /tmp/ipc-tour.$$)"
	echo
	tail -n +2 /tmp/ipc-tour.$$ | sed 's/^/   /'
	rm -f /tmp/ipc-tour.$$
	wait_for_key 'a key starts it'
	[ "$key" != q ] && [ "$key" != b ] || return 0
	echo
	show "$2"
	wait_for_key 'a key goes on, b back, q ends'
}

# shellcheck disable=SC2086  # words
set -- ${1-1} $steps
number=$1
shift
count=$#
case $number in
*[!0-9]* | '' | 0)
	number=$((count + 1))
	;;
esac
if [ "$number" -gt "$count" ]; then
	echo "usage: ipc-tour [STEP], STEP from 1 to $count" >&2
	exit 2
fi

while [ "$number" -le "$count" ]; do
	eval "step $number \${$number}"
	case $key in
	q) break ;;
	b) [ "$number" = 1 ] || number=$((number - 1)) ;;
	*) number=$((number + 1)) ;;
	esac
done
echo
echo "demos lists them and all others; each is a command, and checks itself."
[ -z "$failed" ]
