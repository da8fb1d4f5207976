#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# shm_write_printed: what is wrong with the notes' writer to shared memory.
#
# Notes: S139 (000:189-225), S305 (000:192), S306 (000:209), S307 (000:194)
# Watch: gcc's messages about shm_write.printed, mended one by one.
# See:   three mistakes are found by the compiler. shm_write_careless shows
#        those that it does not find.
# shellcheck disable=SC2016,SC2154  # check evals; check.bash sets
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash" own_shm
object=/dev/shm/OS

# compile NAME: makes NAME of NAME.c.
compile() {
	gcc -std=gnu17 -O2 -w -pthread -o "$1" "$1.c"
}

cp "$here/shm_write.c" .
cp "$here/shm_write.printed" x.c
check "S139 S305" "as printed it does not compile: there is no sstring.h" \
	mends 's/sstring/string/' 'line 3: fatal error: sstring.h: No such file'
check S306 "ORDWR is no flag, O_RDWR is" \
	mends 's/ORDWR/O_RDWR/' "line 20: error: 'ORDWR' undeclared"
echo '#include <sys/shm.h>' | gcc -E -x c - >shm.h
say "sys/shm.h declares $(grep -o 'shm[a-z_]* (' shm.h | tr -d '(' | xargs)"
check S307 "sys/shm.h is the header of System V, without shm_open()" \
	eval 'grep -q shmget shm.h && ! grep -q shm_open shm.h'
check S307 "what is missing is unistd.h, for ftruncate()" \
	mends 's/sys\/shm\.h/unistd.h/' \
	"line 23: warning: implicit declaration of function 'ftruncate'"
check "S139 S307" "then gcc has nothing more to say" test -z "$(messages)"

compile x && ./x
say "it links without -lrt: $(nm -D x | grep -o 'shm_open@.*')"
check S307 "shm_open() is in the C library itself since glibc 2.34" \
	eval "nm -D x | grep -q 'shm_open@.*2\.34'"
say "$(stat -c 'it leaves %n, %s bytes' $object)"
check S139 "then it runs: /dev/shm/OS has the text" \
	grep -q "Hello, Shared Memory!" $object
rm $object
compile shm_write && ./shm_write
check S139 "the corrected program leaves /dev/shm/OS too, of 4096 bytes" \
	test "$(stat -c %s $object)" = 4096
finish
