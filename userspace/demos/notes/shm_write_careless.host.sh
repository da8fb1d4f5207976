#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# shm_write_careless: what the compiler does not find in the notes' writer.
#
# Notes: S308 (000:201), S309 (000:209-222)
# Watch: shm_write.printed, mended so far that it compiles, when a call fails,
#        when there is no room, and when the reader comes too early; and
#        shm_write.c in the same situations.
# See:   the first does not look for errors, for room, or whether anybody may
#        read yet; the second does.
# shellcheck disable=SC2016,SC2034,SC2154  # check evals; check.bash sets
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash" own_shm
object=/dev/shm/OS

cp "$here"/shm_{write,read}.c .
sed 's/sstring/string/; s/ORDWR/O_RDWR/; s/sys\/shm\.h/unistd.h/' \
	"$here/shm_write.printed" >x.c
run x
inode=$(stat -c %i $object)
run x 's/"OS"/"\/OS"/'
check S308 "on Linux the name OS is the same as /OS" \
	eval '[ -n "$inode" ] && [ "$(stat -c %i $object)" = "$inode" ]'
cat >mq.c <<'C'
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>

int main(void)
{
	const char *name = "OS";

	if (mq_open(name, O_RDWR) == (mqd_t)-1)
		perror(name);
	return 0;
}
C
run mq
without=$text
run mq 's/"OS"/"\/OS"/'
say "mq_open() says: $without; $text"
check S308 "but mq_open() takes only /OS: POSIX promises nothing for OS" \
	test "$without;$text" = "OS: Invalid argument;/OS: No such file or directory"

rm $object && mkdir $object
run x
say "shm_open() fails: as printed status $status (139 is SIGSEGV)"
check S309 "without checks an error makes it crash" test $status = 139
run shm_write
check S309 "with checks it says which call failed" \
	eval 'say "corrected: $text"; [[ "$status $text" = "1 shm_open: "* ]]'
rmdir $object

room='s/SIZE = 4096/SIZE = 8/'
run x "$room"
say "room for 8 bytes: as printed status $status, in it \"$(cat $object)\""
check S309 "sprintf() writes over the end, and nobody is told" \
	eval '[ $status = 0 ] && [ "$(cat $object)" = "Hello, S" ]'
rm $object
run shm_write "$room"
check S309 "snprintf() does not, and tells" eval 'say "corrected: $text"
	[ "$status $text" = "1 the message does not fit" ]'

look='s/return 0;/return system("grep OS \/proc\/$PPID\/maps; ls -l \/proc\/$PPID\/fd");/'
run x "$look"
check S309 "as printed it still has mapping and descriptor at its end" \
	eval '[ "$(echo "$text" | grep -c "/dev/shm/OS$")" = 2 ]'
rm $object
run shm_write "$look"
check S309 "corrected it has neither" \
	eval '[ -n "$text" ] && ! echo "$text" | grep -q "/dev/shm/OS$"'
rm $object /dev/shm/sem.OS

# A reader comes before the first sprintf(), and one between the two.
early='s/^ *sprintf/system("cat \/dev\/shm\/OS; echo ,"); &/'
run x "$early"
say "as printed: the readers see \"$(echo "$text" | xargs)\""
check S309 "a second process may read before and while it writes" \
	test "$(echo "$text" | xargs)" = ", Hello, ,"
rm $object
gcc -std=gnu17 -pthread -o shm_read shm_read.c
./shm_read >seen &
reader=$!
while [ -e /proc/$reader ] && ! grep -q 'State:.S' /proc/$reader/status; do
	sleep 0.01
done
run shm_write
[ "$status" = 0 ] || kill $reader
wait $reader
say "corrected: a reader that came too early prints \"$(cat seen)\""
check S309 "with a semaphore the reader waits for the whole message" \
	test "$(cat seen)" = "Hello, Shared Memory!"
finish
