# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# java.bash: what the demos with Java share. Read it with ". java.bash": the
# demo is then in a new, empty folder, which goes when the demo ends, and in a
# network of its own, where that is allowed.
#
#   "${javac[@]}" FILE...         compiles
#   "${java[@]}" CLASS            runs a program
#   needs_port NUMBER             ends the demo if somebody listens there
#   in_state $listens             is a socket of that port in this TCP state?
#   wait_for PROCESS COMMAND...   until COMMAND succeeds; PROCESS must live
#   start CLASS                   starts a server of that port: $server; what
#                                 it says goes to the file log
#   stop                          ends it
#   ask                           sets $line to what a new client is sent
#   is_a_date TEXT, is_stopped PROCESS
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=/dev/null
. "$here/../check.sh"
PATH=$PATH:/usr/sbin
# What is printed shall not depend on whose machine this is.
export LC_ALL=C TZ=UTC
unset CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS JDK_JAVAC_OPTIONS \
	_JAVA_OPTIONS

if [ -z "${OWN_NET-}" ]; then
	for how in -n -rn; do
		! unshare $how ip link set lo up 2>/dev/null ||
			OWN_NET=1 exec unshare $how "$0"
	done
else
	ip link set lo up
fi
work=$(mktemp -d) || exit
cd "$work" || exit
cleanup() {
	# shellcheck disable=SC2046  # each process is a word
	kill -KILL $(jobs -p)
	wait
	rm -rf "$work"
} 2>/dev/null
trap cleanup EXIT
java=(java -Xshare:auto -XX:TieredStopAtLevel=1 -XX:-UsePerfData)
javac=(javac -J-Xshare:auto -J-XX:TieredStopAtLevel=1 -J-XX:-UsePerfData
	-encoding UTF-8)

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

# Two states as proc(5) net/tcp has them, with all numbers in hexadecimal.
listens=0A
connected=01

in_state() {
	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
		awk -v port=":$port$" -v state="$1" '
			$2 ~ port && $4 == state { found = 1 }
			END { exit !found }'
}

needs_port() {
	port=$(printf %04X "$1")
	if in_state $listens; then
		echo "port $1 is taken" >&2
		exit 1
	fi
}

start() {
	"${java[@]}" "$@" >log 2>&1 &
	server=$!
	wait_for "$server" in_state $listens && return
	cat log >&2
	exit 1
}

stop() {
	kill "$server"
	wait "$server" 2>/dev/null
}

ask() {
	line=''
	exec 3>&- # if it was open
	exec 3<>/dev/tcp/127.0.0.1/6013
	read -r -t 30 line <&3
}

is_a_date() {
	date -d "${1:-none}" >/dev/null 2>&1
}

# All of its threads are stopped.
is_stopped() {
	! grep -qv ') T ' /proc/"$1"/task/*/stat
}
