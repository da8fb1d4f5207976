#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# java_charset: text without a named charset is read as another text elsewhere.
#
# Notes: S330 (000:366)
# Watch: the date server and client as printed, then corrected; the server's
#        machine writes UTF-16 where nothing else is said, the client's UTF-8.
# See:   as printed the client prints rubbish; corrected, the date.
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=/dev/null
. "$here/../check.sh"
PATH=$PATH:/usr/sbin

# Port 6013 may be taken here: into a network of our own, if one can be made.
if [ -z "${OWN_NET-}" ]; then
	for how in -n -rn; do
		! unshare $how ip link set lo up 2>/dev/null ||
			OWN_NET=1 exec unshare $how "$0"
	done
else
	ip link set lo up
fi
work=$(mktemp -d)
cd "$work" || exit
cleanup() {
	# shellcheck disable=SC2046  # each process is a word
	kill -KILL $(jobs -p)
	wait
	rm -rf "$work"
} 2>/dev/null
trap cleanup EXIT
java=(java -Xshare:auto -XX:TieredStopAtLevel=1 -XX:-UsePerfData)
javac=(javac -J-Xshare:auto -J-XX:TieredStopAtLevel=1 -J-XX:-UsePerfData)

# wait_for PROCESS COMMAND...: until COMMAND succeeds; PROCESS must live.
wait_for() {
	local process=$1 tries

	shift
	for ((tries = 0; tries < 1200; tries++)); do
		! "$@" || return 0
		kill -0 "$process" 2>/dev/null || break
		sleep 0.05
	done
	echo "waited in vain for: $*" >&2
	return 1
}

# in_state STATE: is there a socket of port 6013 (177D) in this TCP state?
in_state() {
	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
		awk -v state="$1" '$2 ~ /:177D$/ && $4 == state { found = 1 }
			END { exit !found }'
}
listens=0A
if in_state $listens; then
	echo "port 6013 is taken" >&2
	exit 1
fi

# start ARGUMENT...: a server; what it says goes to the file log.
start() {
	"${java[@]}" "$@" >log 2>&1 &
	server=$!
	wait_for $server in_state $listens || exit
}

stop() {
	kill $server
	wait $server 2>/dev/null
}

is_a_date() {
	LC_ALL=C date -d "${1:-none}" >/dev/null 2>&1
}

# Sets $text to what a client prints; the server's machine has its own charset.
date_in_utf_16() {
	start -Dfile.encoding=UTF-16BE DateServer
	text=$("${java[@]}" -Dfile.encoding=UTF-8 DateClient | tr '\0' .)
	stop
}

is_rubbish() {
	[ -n "$1" ] && ! is_a_date "$1"
}

compile() {
	cp "$here/DateServer.$1" DateServer.java
	cp "$here/DateClient.$1" DateClient.java
	"${javac[@]}" -encoding UTF-8 ./*.java || exit
}

compile printed
date_in_utf_16
say "a server that writes UTF-16 sends, with . for each zero: $text"
check S330 "as printed: the charset is that of each machine, the date rubbish" \
	is_rubbish "$text"

compile java
date_in_utf_16
say "the server whose default is UTF-16 sends: $text"
check S330 "corrected: both have one charset, whatever the machine's is" \
	is_a_date "$text"
finish
