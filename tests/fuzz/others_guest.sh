#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's half of others.sh: each fuzzer for its time, as the guest program
# fuzz-others. What it says is a comment; whether the kernel minded is seen by
# guest-tests, which also unloads the module.

# try NUMBER SENTENCE COMMAND...
try() {
	number=$1 sentence=$2
	shift 2
	if "$@" >/tmp/others.log 2>&1; then
		verdict=ok
	else
		verdict='not ok'
	fi
	grep -v '^$' /tmp/others.log | tail -n 25 | sed 's/^/# /'
	echo "$verdict $number - $sentence"
}

echo '1..2'
try 1 'stress-ng has nothing to report of the device' \
	stress-ng --dev 2 --dev-file /dev/mbox --timeout @SECONDS@s \
	--metrics-brief
# shellcheck disable=SC2016  # for that shell
# Not as root, who may do other harm; and not stopped by the taint of any
# module that is not the kernel's own.
try 2 'trinity comes to its end with the device' \
	su alice -c 'cd /tmp && timeout -k 5 @SECONDS@ trinity -q -l off \
		-T 0 -C 4 -s 1 -V /dev/mbox -c ioctl -c read -c write \
		-c readv -c writev -c poll -c ppoll -c select -c dup -c dup2 \
		-c close -c fcntl -c mmap -c lseek -c sendfile -c splice \
		-c fstat; s=$?; [ $s = 0 ] || [ $s = 124 ]'
