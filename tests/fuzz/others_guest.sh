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
# Not as root, who may do other harm; its IPC objects go with their namespace. It
# ends by itself after so many calls, and has time for that.
try 2 'trinity comes to its end with the device' \
	unshare -i su alice -c 'cd /tmp && timeout -k 5 @PATIENCE@ trinity -q \
		-l off -C 4 -s 1 -N @CALLS@ --disable-fds=sockets -V /dev/mbox \
		-c ioctl -c read -c write -c readv -c writev -c poll -c ppoll \
		-c select -c dup -c dup2 -c close -c fcntl -c mmap -c lseek \
		-c sendfile -c splice'
