#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# shm_read_printed: what is wrong with the notes' reader of shared memory.
#
# Notes: S140 (000:228-246), S310 (000:228), S311 (000:238), S312 (000:239),
#        S313 (000:241), S314 (000:243)
# Watch: gcc's messages about shm_read.printed, mended one by one; then how it
#        runs, once and twice; and how shm_read.c does.
# See:   it may not map for writing what it opened for reading, prints what
#        mmap() returned without a look, and removes what others may want.
# shellcheck disable=SC2016,SC2154  # check evals; check.bash sets
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash" own_shm
object=/dev/shm/OS

# As the writer leaves it.
write_message() {
	printf 'Hello, Shared Memory!\n' >$object
	truncate -s 4096 $object
}

cp "$here"/shm_{write,read}.c .
cp "$here/shm_read.printed" x.c
errors=$(messages | grep -c ': error: ')
say "as printed: $errors errors"
check S140 "as printed it does not compile" test "$errors" -ge 5
check S310 "no header is included: functions and constants are unknown" mends \
	'1i #include <fcntl.h>\n#include <stdio.h>\n#include <sys/mman.h>\n#line 1' \
	"line 10: warning: implicit declaration of function 'shm_open'" \
	"line 11: error: 'PROT_READ' undeclared" \
	"line 13: warning: implicit declaration of function 'printf'"
check S311 "O_RDDONLY is no flag, O_RDONLY is" \
	mends 's/O_RDDONLY/O_RDONLY/' "line 10: error: 'O_RDDONLY' undeclared"
check S313 "there is no variable str: the pointer is called ptr" \
	mends 's/)str/)ptr/' "line 13: error: 'str' undeclared"
check S140 "then gcc has nothing more to say" test -z "$(messages)"

write_message
run x 's/printf(.*/perror("mmap"); return ptr == MAP_FAILED;/'
say "now it runs. $text"
check S312 "mmap() for writing fails on a descriptor for reading: EACCES" \
	test "$status $text" = "1 mmap: Permission denied"
run x
say "it prints the text at MAP_FAILED: status $status (139 is SIGSEGV)"
check S312 "the address is not looked at, so printing crashes" \
	test "$status" = 139
sed -i 's/PROT_READ | PROT_WRITE/PROT_READ/' x.c
run x
say "with PROT_READ alone it prints: $text"
check "S140 S312" "with PROT_READ alone it prints what was written" \
	test "$status $text" = "0 Hello, Shared Memory!"

run x 's/shm_fd = .*/& perror("shm_open");/'
say "a second reader: $text, status $status"
check S314 "the first reader removed the object: the second finds nothing" \
	test "$status $text" = "139 shm_open: No such file or directory"
look='s/return 0;/char maps[99]; sprintf(maps, "grep OS \/proc\/%d\/maps", getpid()); fflush(stdout); return system(maps) == -1;/'
write_message
run x "$look"
say "at its end: $(echo "$text" | grep -o '/dev/shm.*')"
check S314 "at its end the object is still mapped, though removed" \
	eval 'echo "$text" | grep -q "/dev/shm/OS (deleted)"'

rm -f $object
gcc -std=gnu17 -pthread -o shm_write shm_write.c
./shm_write
run shm_read "$look"
say "corrected, it prints: $text"
check "S140 S314" "corrected, it prints the text, and unmaps it before its end" \
	test "$status $text" = "0 Hello, Shared Memory!"
check S140 "and the object is removed" test ! -e $object
gcc -std=gnu17 -pthread -o shm_read shm_read.c
./shm_read >second &
reader=$!
while [ -e /proc/$reader ] && ! grep -q 'State:.S' /proc/$reader/status; do
	sleep 0.01
done
state=$(grep -s State /proc/$reader/status | xargs)
./shm_write || kill $reader
wait $reader
say "a second reader has $state; after a second message it prints:"
say "$(cat second)"
check S314 "corrected, a message has one reader; the next waits for its own" \
	eval '[[ $state = *sleeping* ]] && [ "$(cat second)" = "Hello, Shared Memory!" ]'
finish
