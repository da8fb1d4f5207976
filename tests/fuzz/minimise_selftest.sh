#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# fuzz-minimise: minimise.sh keeps what breaks the kernel, and nothing else.
#
# Owns: a stand-in for the guest, which "fails" when a program that sends comes
# before one that destroys in its second thread. Prints TAP; a host test. The
# Makefile beside it puts the path in.

set -u

minimise=@MINIMISE@
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
tests=0 failed=0

ok() {	# ok STATUS TEXT
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		sed 's/^/# /' "$work"/{out,err} | tail -n 30
		echo "not ok $tests - $2"
		failed=$((failed + 1))
	fi
}

cat >"$work/guest" <<'SCRIPT'
#!/bin/sh
# Fails only if every line is one of a program, as the guest would see it.
echo >>"$0.boots"
head -n 1 "$1" | grep -q '^program' || exit 2
! grep -q '^rec$' "$1" || exit 2
awk '/^send/ { sent = 1 } /^@1 destroy/ && sent { found = 1 }
	END { exit found ? 125 : 0 }' "$1"
SCRIPT
chmod +x "$work/guest"
export RUN=$work/guest

run() {
	: >"$work/guest.boots"
	"$minimise" "$@" >"$work/out" 2>"$work/err"
}

{
	echo "noise of another program"
	for i in $(seq 100); do
		printf '# program %d\nprogram user=alice\nr0 = device\n' "$i"
		printf 'r1 = open r0 flags=CREATE\nrecv r1 # or not\n'
	done
	printf '# program 100\nprogram\nr0 = device\nsend r0\nrecv r0\n'
	printf '# program 101\nprogram ns=user\ninfo r0\n\n@1 destroy r0\nlist r0\n'
} >"$work/log"
printf 'program\nsend r0\nprogram ns=user\n@1 destroy r0\n' >"$work/expected"

run "$work/log"
ok $? "what fails is made smaller"
cmp -s "$work/out" "$work/expected"
ok $? "nothing is left but what must be there"
[ "$(wc -l <"$work/guest.boots")" -lt 30 ]
ok $? "a hundred programs take less than thirty boots"

LAST=1 run "$work/log"
[ $? = 1 ]
ok $? "what does not fail is said not to"

printf 'program\nr0 = device\nsend r0\n@1 destroy r0\nclose r0\n' >"$work/log"
run "$work/log" 3
printf 'program\nsend r0\n@1 destroy r0\n' | cmp -s - "$work/out"
ok $? "one program, of which two calls must stay"

printf 'program\nsend r0\n@1 destroy r0\nprogram\nrec' >"$work/log"
run "$work/log"
printf 'program\nsend r0\n@1 destroy r0\n' | cmp -s - "$work/out"
ok $? "a line that a panic cut short is no line"

echo "no word of it" >"$work/log"
run "$work/log"
[ $? = 2 ]
ok $? "a file without a program is refused"

echo "1..$tests"
[ $failed = 0 ]
