# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# check.bash: the words of check.sh and some more, for the demos that run on
# your machine since they need a compiler or a JDK. Read it with ". check.bash":
# the demo is then in a new, empty folder, which goes when the demo ends, as do
# the processes it has started. ". check.bash own_net" also gives it a network
# of its own, "own_shm" a /dev/shm, where that is allowed.
#
#   $here                         the folder of the demo
#   wait_for PROCESS COMMAND...   until COMMAND succeeds; PROCESS must live
#
# For programs in C, as the notes print them:
#
#   messages                      what gcc has to say about x.c
#   mends SED MESSAGE...          are all these messages there, and gone once
#                                 SED has mended x.c?
#   run NAME [SED]                runs the program NAME.c, changed; sets $text
#                                 and $status
#
# For programs in Java, most of which serve or ask the notes' date server:
#
#   "${javac[@]}" FILE...         compiles
#   "${java[@]}" CLASS            runs a program
#   needs_port NUMBER             ends the demo if somebody listens there
#   in_state $listens             is a socket of that port in this TCP state?
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
umask 022
ulimit -c 0

case ${1-} in
own_net) space=-n own='ip link set lo up' ;;
own_shm) space=-m own='mount -t tmpfs none /dev/shm' ;;
*) OWN=none ;;
esac
if [ -z "${OWN-}" ]; then
	for how in $space "-r $space"; do
		# shellcheck disable=SC2086  # two words
		! unshare $how sh -c "$own" 2>/dev/null ||
			OWN=$1 exec unshare $how sh -c "$own && exec \"\$0\"" "$0"
	done
fi
shared=()
if [ "${1-}" = own_shm ]; then
	shared=(/dev/shm/OS /dev/shm/sem.OS)
	for file in "${shared[@]}"; do
		if [ -e "$file" ]; then
			echo "$file is somebody else's; remove it first" >&2
			exit 1
		fi
	done
fi
work=$(mktemp -d) || exit
cd "$work" || exit
cleanup() {
	# shellcheck disable=SC2046  # each process is a word
	kill -KILL $(jobs -p)
	wait
	rm -rf "$work" "${shared[@]}"
} 2>/dev/null
trap cleanup EXIT

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

messages() {
	gcc -std=gnu17 -Wall -fsyntax-only x.c 2>&1 |
		sed -n 's/^x\.c:\([0-9]*\):[0-9]*: /  gcc: line \1: /p'
}

# Since gcc 14 some of its warnings are errors.
mends() {
	local sed=$1 message

	shift
	set -- "${@/: warning: /: [a-z]*: }"
	for message; do
		messages | grep -m 1 "$message" || return
	done
	sed -i "$sed" x.c
	for message; do
		! messages | grep "$message" || return
	done
}

run() {
	sed "${2-}" "$1.c" >changed.c
	text='' status=none
	gcc -std=gnu17 -O2 -w -pthread -o changed changed.c || return
	{
		text=$(./changed 2>&1 | tr -d '\0'; exit "${PIPESTATUS[0]}")
		status=$?
	} 2>/dev/null # where the shell says that it was killed
}

java=(java -Xshare:auto -XX:TieredStopAtLevel=1 -XX:-UsePerfData)
javac=(javac -J-Xshare:auto -J-XX:TieredStopAtLevel=1 -J-XX:-UsePerfData
	-encoding UTF-8)

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
	[ -d "/proc/$1" ] && ! grep -qv ') T ' /proc/"$1"/task/*/stat
}
