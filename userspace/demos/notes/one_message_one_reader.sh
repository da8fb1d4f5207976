#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# one_message_one_reader: who may read shared memory, when, and who removes it.
#
# Notes: S309 (000:209-222), S314 (000:243)
# Watch: two readers (shm_read) come before the writer (shm_write) has written;
#        then the writer runs, and later runs once more; and twice in a row.
# See:   both readers sleep. Each message wakes one, which prints and removes
#        it; a message that nobody has taken is not overwritten.
. check.sh

asleep() {
	grep -qs 'State:.S' "/proc/$1/status"
}

# soon COMMAND...: waits until it succeeds, but not for ever.
soon() {
	for _ in $(seq 2000); do
		! "$@" || return 0
		sleep 0.01
	done
	echo "# did not come true: $*"
	return 1
}

both_asleep() {
	asleep "$first" && asleep "$second"
}

# Readers that have printed the message.
readers_done() {
	cat first second | grep -c "^Hello, Shared Memory!$"
}

done_is() {
	[ "$(readers_done)" = "$1" ]
}

one_asleep() {
	asleep "$first" || asleep "$second"
}

dir=$(mktemp -d) || exit
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit
shm_read >first &
first=$!
shm_read >second &
second=$!
check S309 "readers that come before the writer sleep" soon both_asleep
check S309 "and have printed nothing" test "$(cat first second)" = ""

shm_write || kill "$first" "$second"
soon done_is 1
say "one message: $(readers_done) reader has printed it"
check S314 "one reader has the message, the other sleeps, and did not crash" \
	eval 'done_is 1 && soon one_asleep'
check S314 "who had the message has removed it" test ! -e /dev/shm/OS
if ! shm_write || ! soon done_is 2; then
	kill "$first" "$second"
fi
wait "$first"
ends=$?
wait "$second"
ends="$ends $?"
say "a second message: $(readers_done) readers have printed; status $ends"
check S314 "the next message is for the other reader" \
	test "$(readers_done) $ends" = "2 0 0"

shm_write
text=$(shm_write 2>&1)
status=$?
say "two messages in a row: \"$text\", status $status"
check S309 "a message that nobody has read is not overwritten" \
	test "$status $text" = "1 shm_open: File exists"
rm -f /dev/shm/OS /dev/shm/sem.OS
finish
