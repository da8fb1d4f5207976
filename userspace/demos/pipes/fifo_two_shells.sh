#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fifo_two_shells: a FIFO joins processes that are no relatives.
#
# Notes: S179 (000:323)
# Watch: two shells are started so that neither has a parent among us; one
#        writes a line to a FIFO, the other reads it.
# See:   all they share is the name of the FIFO.
. check.sh

# A FIFO for each purpose: who used one first may still have it open.
rm -rf two_shells
mkdir two_shells
cd two_shells || exit
mkfifo line writer_pid reader_pid go heard

# Whoever starts the shell ends at once, and it gets a session of its own.
start_stranger() {
	(setsid sh -c "$1" &)
}

parent_of() {
	sed 's/.*) [A-Z] \([0-9]*\) .*/\1/' "/proc/$1/stat"
}

start_stranger 'echo $$ >writer_pid; echo "hello from $$" >line'
read -r writer <writer_pid
# This one waits until its parent has been looked at.
start_stranger 'echo $$ >reader_pid; read go <go
	cat <line >heard'
read -r reader <reader_pid
say "we are shell $$"
say "writer: shell $writer, parent $(parent_of "$writer")"
say "reader: shell $reader, parent $(parent_of "$reader")"

# shellcheck disable=SC2317  # check calls it
no_relatives() {
	for shell in "$writer" "$reader"; do
		case $(parent_of "$shell") in
		"" | "$writer" | "$reader" | "$$") return 1 ;;
		esac
	done
}
check S179 "neither shell is the parent or a child of the other or of us" \
	no_relatives
echo go >go
read -r line <heard
say "the reader read: $line"
check S179 "the line went from one stranger to the other" \
	test "$line" = "hello from $writer"

# They end by themselves, but nobody else waits for that.
for shell in "$writer" "$reader"; do
	while [ -d "/proc/$shell" ]; do
		sleep 0.1
	done
done
cd ..
rm -r two_shells
finish
