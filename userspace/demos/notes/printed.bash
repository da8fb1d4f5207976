# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# printed.bash: what the demos share that compile the programs of the notes.
# Read it with ". printed.bash": the demo is then in a new, empty folder, which
# goes when the demo ends. With ". printed.bash own_shm" it also has a /dev/shm
# that nobody else sees, where that is allowed.
#
#   messages              what gcc has to say about x.c
#   mends SED MESSAGE...  are all these messages there, and gone once SED has
#                         mended x.c?
#   run NAME [SED]        runs the program NAME.c, changed; sets $text, $status
here=$(dirname "$(readlink -f "$0")")
if [ "${1-}" = own_shm ]; then
	if [ -z "${OWN_SHM-}" ]; then
		for how in -m -rm; do
			! unshare $how mount -t tmpfs none /dev/shm \
				2>/dev/null || OWN_SHM=1 exec unshare $how sh \
				-c 'mount -t tmpfs none /dev/shm && exec "$0"' "$0"
		done
	fi
	shared=(/dev/shm/OS /dev/shm/sem.OS)
	for file in "${shared[@]}"; do
		if [ -e "$file" ]; then
			echo "$file is somebody else's; remove it first" >&2
			exit 1
		fi
	done
fi
# shellcheck source=/dev/null
. "$here/../check.sh"
export LC_ALL=C
umask 022
ulimit -c 0
dir=$(mktemp -d) || exit
trap 'rm -rf "$dir" "${shared[@]}"' EXIT
cd "$dir" || exit

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
