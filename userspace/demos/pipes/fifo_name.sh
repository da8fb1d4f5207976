#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fifo_name: a FIFO is a pipe with a name, a special file.
#
# Notes: S178 (000:320), S180 (002:71)
# Watch: mkfifo makes a name; ls and stat say what kind of file it is; another
#        shell writes a line to that name, and this one reads it.
# See:   the letter p and the word fifo. The file stays empty while a line is
#        in the pipe: only the name is in the file system.
. check.sh

fifo=fifo_name.fifo
rm -f $fifo
mkfifo $fifo

listing=$(ls -l $fifo)
say "$listing"
check S178 "ls shows the letter p: a pipe with a name" \
	test "$(echo "$listing" | cut -c 1)" = p
say "stat says: $(stat -c %F $fifo)"
check S180 "stat calls it a fifo, not a regular file" \
	test "$(stat -c %F $fifo)" = fifo

# Opened to read and write, so that neither end has to wait for the other.
exec 3<>$fifo
sh -c "echo by name >$fifo"
size=$(stat -c %s $fifo)
say "another shell wrote a line; size of the file: $size"
check S180 "what is written is not stored in the file" test "$size" = 0
read -r line <$fifo
say "read from $fifo: $line"
check S178 "two who know the name are connected" test "$line" = "by name"
rm $fifo
finish
