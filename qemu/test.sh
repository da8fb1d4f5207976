#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the tests and counts: the programs of BUILD/tests/host on this machine,
# then those of BUILD/tests/guest in one boot of the guest. Called by the
# Makefile (make test). How a program must behave: qemu/README.md.
#
# Usage: test.sh BUILD KERNEL_DIR [ONLY]       ONLY: PROGRAM[:WORD]; PROGRAM may
# be a pattern. SMP in the environment is the number of virtual processors.
#
# What runs hangs on the kernel, which is the name of KERNEL_DIR: with the first
# one (6.1) everything, called the tiers host and vm; with another of Debian's
# what runs in the guest, called like the kernel; with strict and race, which
# are slow, what uses the module, with more patience.
#
# Leaves BUILD/results/TIER-PROGRAM.tap (with ONLY: BUILD/results-only/). The
# last line is "N passed, N failed, N skipped"; the status is 1 if any failed.

set -eu

if [ $# -lt 2 ]; then
	echo "usage: test.sh BUILD KERNEL_DIR [PROGRAM[:WORD]]" >&2
	exit 2
fi
build=$1
kernel=$2
only=${3-}
qemu=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$qemu")
out=$build/results${only:+-only}
work=$build/run/test-state
word=''
if [[ $only == *:* ]]; then
	word=${only#*:}
	only=${only%%:*}
fi

# shellcheck source=qemu/watched.sh
. "$qemu/watched.sh"
watched "${kernel##*/}"

mkdir -p "$work"
exec 9>"$build/run/test.lock"
if ! flock -n 9; then
	echo "test: another 'make test' is under way in $build" >&2
	exit 1
fi
rm -rf "$out" "${work:?}"/*
mkdir -p "$out"

# Some programs want a certain kernel (kernels=A,B); any,A means also A, even if
# that runs only what the module is loaded for.
is_wanted() {
	local kernels

	kernels=$(option "$1" kernels any)
	case ,$kernels, in
	*,"${kernel##*/}",*) true ;;
	,any,*)
		[ "$programs" = all ] || [ "$(option "$1" module prod)" != none ]
		;;
	*) false ;;
	esac
}

# Sets $names to the programs of a tier, or the one that was asked for.
names_in() {
	local file

	names=''
	for file in "$1"/*; do
		# shellcheck disable=SC2053  # a pattern is wanted
		# A link that leads nowhere is a test that did not run.
		if { [ -L "$file" ] || { [ -f "$file" ] && [ -x "$file" ]; }; } &&
			[[ $file != *.opts ]] &&
			[[ -z $only || ${file##*/} = $only ]] &&
			is_wanted "$file"; then
			names+=" ${file##*/}"
		fi
	done
}

option() {
	local value=''

	[ ! -e "$1.opts" ] ||
		value=$(xargs -n 1 <"$1.opts" | sed -n "s/^$2=//p" | tail -n 1)
	echo "${value:-$3}"
}

collect() {
	awk -v tier="$1" -v kernel="${kernel##*/}" -v out="$out" -v state="$work/$1.state" \
		-v expected="$names" -f "$qemu/collect.awk"
}

# What guest-counters printed goes to the file COUNTERS (tests/coverage).
counters() {
	[ -n "${COUNTERS-}" ] || exec cat
	awk -v file="$COUNTERS" '
		/^@counters$/ { inside = 1; next }
		inside { print > file; next }
		{ print; fflush() }'
}

run_on_host() {
	local name program limit start status

	for name in $names; do
		program=$build/tests/host/$name
		limit=$(option "$program" timeout 60)
		echo "@begin $name"
		start=$EPOCHREALTIME
		status=0
		(cd "$work" && LD_LIBRARY_PATH=$build/lib timeout -k 5 "$limit" \
			"$program" ${word:+"$word"} 2>"$work/stderr" </dev/null) || status=$?
		echo
		sed 's/^/# stderr: /' "$work/stderr" | tail -n 100
		[ $status != 124 ] || echo "@bad it did not end in $limit s"
		echo "@end $name $status $(((${EPOCHREALTIME/./} - \
			${start/./}) / 1000))"
	done
	echo "@done"
}

tiers='' names=''
[ "$tier" != vm ] || names_in "$build/tests/host"
if [ -n "$names" ]; then
	tiers+=' host'
	run_on_host | collect host
fi

vm_failed=''
names_in "$build/tests/guest"
if [ -n "$names" ]; then
	tiers+=" $tier"
	# User space that counts (tests/coverage) does so where all may write.
	[ -z "${COUNTERS-}" ] ||
		settings+=' GCOV_PREFIX=/usr/lib/mbox/tests/gcov'
	# shellcheck disable=SC2086  # words
	"$qemu/run.sh" --build "$build" --kernel "$kernel" --module none \
		--name test --timeout "${MBOX_TEST_LIMIT:-$((2400 * slow))}" \
		--mem "$mem" ${SMP:+--smp "$SMP"} \
		--cmd "${COUNTERS:+chmod -R a+rwX /usr/lib/mbox/tests/gcov;}
			$settings guest-tests '${word:-*}' $(printf "'%s' " $names)
			$([ -z "${COUNTERS-}" ] || echo 'guest-counters')" \
		2> >(tee "$work/vm.log" >&2) | counters | collect "$tier" ||
		vm_failed=${PIPESTATUS[0]}
fi

if [ -z "$tiers" ]; then
	echo "test: no program ${only:+called $only }in $build/tests" >&2
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi

passed=0 failed=0 skipped=0
for tier in $tiers; do
	read -r _ p f s <"$work/$tier.state"
	allowed=$(awk -v tier="$tier" '$1 == tier { print $2 }' \
		"$top/tests/skips.allowed")
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	echo
	tail -n +2 "$work/$tier.state"
	if [ "$s" -gt "${allowed:-0}" ]; then
		failed=$((failed + 1))
		echo "FAIL $tier: $s tests were skipped, but" \
			"tests/skips.allowed has ${allowed:-0}"
	fi
	# A splat between two programs, or a guest that did not end well.
	if [ "$tier" != host ] && [ -n "$vm_failed" ] && [ "$f" = 0 ]; then
		failed=$((failed + 1))
		echo "FAIL $tier: the guest failed (status $vm_failed), see above"
	fi
done
echo "results: $out"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
