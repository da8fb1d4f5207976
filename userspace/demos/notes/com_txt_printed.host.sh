#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# com_txt_printed: what is wrong with the notes' communication by a file.
#
# Notes: S194 (002:46-56), S326 (002:51), S327 (002:51), S328 (002:52-53),
#        S329 (002:46-56)
# Watch: gcc's messages about com_txt.printed, mended one by one; then what its
#        calls return; and com_txt.c.
# See:   it does not compile, then finds no file, then reads nothing, and says
#        so of none; and there is nobody it communicates with.
# shellcheck disable=SC2016,SC2154  # check evals; check.bash sets
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash"

cp "$here/com_txt.printed" x.c
unknown=$(messages | grep -o "function '[a-z]*'\|'[A-Z_]*' undeclared" |
	grep -o "'.*'" | tr -d "'" | xargs)
say "nobody has declared: $unknown"
check S194 "as printed it does not compile" eval 'messages | grep -q "error: "'
check S329 "it includes no header: five names are unknown" \
	test "$unknown" = "open O_RDWR write read close"
sed -i '1i #include <fcntl.h>\n#include <unistd.h>\n#line 1' x.c
run x "s/fd = open.*/return __builtin_printf(\"%d\", 'com.txt') < 0;/"
say "with headers. 'com.txt' is the number $text, its last four letters"
check S326 "'com.txt' is an int, since it is in the wrong quotes" \
	test "$text" = $((0x2e747874))
check S326 "open() wants a pointer: \"com.txt\"" mends "s/'/\"/g" \
	"line 5: warning: character constant too long for its type" \
	"line 5: warning: passing argument 1 of 'open' makes pointer from"
check "S194 S329" "then gcc has nothing more to say" test -z "$(messages)"

see_open='s/fd = open.*/& __builtin_printf("%d: %m", fd);/'
see_read='s/read(fd.*;/int n = &; __builtin_printf("%d %s", n, n ? buf : "");/'
run x "$see_open"
say "open() returns $text"
check S327 "without O_CREAT there is no file: ENOENT" \
	test "$text" = "-1: No such file or directory"
run x
say "it goes on with descriptor -1 and ends with status $status"
check S329 "no call is checked: what failed looks like success" \
	test "$status" = 0
sed 's/O_RDWR/O_RDWR | O_CREAT/' x.c >created.c
gcc -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -c created.c 2>said
say "gcc: $(grep -o 'error: .*' said)"
check S327 "with O_CREAT the mode is missing" \
	grep -q "error: .*open with O_CREAT .* needs 3 arguments" said
sed -i 's/O_RDWR/O_RDWR | O_CREAT, 0644/' x.c
run x "$see_open"
check S327 "with O_CREAT and a mode the file is there" \
	eval '[[ $text != -1* ]] && [ "$(stat -c %a com.txt)" = 644 ]'

run x "$see_read"
say "the file has $(stat -c %s com.txt) bytes; read() returns $text"
check S328 "after write() the offset is at the end: read() returns 0" \
	test "$text $(tr -d '\0' <com.txt)" = "0  test"
run x "s/read(fd/lseek(fd, 0, SEEK_SET); &/; $see_read"
say "after lseek() to the beginning it returns $text"
check S328 "back at the beginning it reads the five bytes" \
	test "$text" = "5 test"

calls() {
	nm -u "$1" | sed 's/.* \([a-z]*\)@GLIBC.*/\1/' |
		grep -x 'open\|read\|write\|fork\|wait' | xargs
}

rm com.txt
run x
say "it calls: $(calls changed)"
check S329 "there is no second process: it writes to itself" \
	test "$(calls changed)" = "open read write"
cp "$here/com_txt.c" . && rm com.txt
run com_txt
say "corrected: $(calls changed); it prints: $text"
check "S194 S329" "corrected, a child writes, and its parent waits and reads" \
	test "$status $text $(calls changed)" = "0 test fork open read wait write"
finish
