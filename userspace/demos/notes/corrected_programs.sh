#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# corrected_programs: the programs of the notes, corrected, one after the other.
#
# Notes: S63 (004:22-23), S139 (000:189-225), S140 (000:228-246),
#        S176 (000:279-313), S177 (001:216-252), S194 (002:46-56)
# Watch: each program's command, and all that it prints.
# See:   what the notes promise. NAME.printed is the text of the notes, NAME.c
#        what was changed; NAME_printed shows why.
. check.sh

dir=$(mktemp -d) || exit
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit

items=$(pc_ring | xargs)
say "pc_ring: $items"
check S63 "the bounded buffer hands over its 50 items in order" \
	test "$items" = "$(seq 50 | xargs)"

shm_write
say "shm_write: $(stat -c '%n, %s bytes' /dev/shm/OS)"
check S139 "the writer leaves an object of 4096 bytes, with both messages" \
	test "$(stat -c %s /dev/shm/OS) $(head -n 1 /dev/shm/OS)" = \
	"4096 Hello, Shared Memory!"
text=$(shm_read)
say "shm_read: $text"
check S140 "the reader prints both messages" \
	test "$text" = "Hello, Shared Memory!"
check S140 "and removes the object" test ! -e /dev/shm/OS
rm /dev/shm/sem.OS

text=$(pipe_greetings)
say "pipe_greetings: $text"
check S176 "the child reads what the parent wrote" \
	test "$text" = "read Greetings"

pipe_hello >bytes
say "pipe_hello:"
od -c bytes | sed 's/^/  /'
check S177 "hello, world and a newline: 13 bytes, no more" \
	test "$(stat -c %s bytes) $(cat bytes)" = "13 hello, world"

text=$(com_txt)
say "com_txt: $text"
check S194 "the parent reads from the file what its child wrote" \
	test "$text $(stat -c %s com.txt)" = "test 5"

finish
