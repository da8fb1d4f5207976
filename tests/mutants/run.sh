#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make mutants: takes the guards of the module out, one at a time, and shows
# that a test sees it.
#
# Owns: O/mutants. Called by the Makefile, after everything was built. Each
# NN-NAME.patch beside this script is one mutant: a change to kmod/ that
# removes one guard, below a header that says which, and why it is there:
#
#   Guard: what is taken out, and what it is there for
#   Test: PROGRAM:NAME_OF_TEST      which must fail (there may be several)
#   Limit: SECONDS                  for the tests, if they take the guest along
#   Kernel: strict|race             which watches for it; 6.1 if there is none
#   Report: TEXT                    what that kernel must have said of it
#
# A mutant is killed if one of its tests fails, or if the kernel log, a panic
# or a hang shows it while one of them runs; with Report:, only if that text is
# in the log. A run has one kernel, and takes the mutants that are for it. First all named tests run on the
# module as it is, and must pass. A mutant that survives, a patch that does not
# apply or build, and a test that is not there or did not run, fail the run.
#
# Usage: O=BUILD K=KERNEL_DIR [JOBS=2] run.sh [NN...]    all, or only these
#
# Output: KTAP, a line a mutant, with the test that killed it; the last line
# is "N killed, M survived". The status is 0 if none survived.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${O:?the build folder, absolute}"
K=${K:-${O%/*}/kernel/${KERNEL:-6.1}}
# shellcheck source=qemu/watched.sh
. "$top/qemu/watched.sh"
watched "${K##*/}"
JOBS=${JOBS:-2}
work=$O/mutants
src=$work/src
# No longer than this for the tests of one mutant, in seconds; with a test that
# fails by waiting they take some thirty.
LIMIT=$((120 * slow))

say() {
	echo "mutants: $*" >&2
}

# field NAME < PATCH: the values of one field of its header.
field() {
	sed -n "/^--- /q; s/^$1: *//p"
}

# What guest-tests must be told, one a line, and how tests are called in TAP.
tests_of() {
	field Test <"$here/$1.patch"
}

sentence() {
	local name=${1#*:}

	echo "${name//_/ }"
}

# -- building --------------------------------------------------------------

# The sources as they are now; only what differs is written, so that only
# that is compiled again.
restore() {
	local file

	mkdir -p "$src/kmod" "$src/qemu"
	ln -sfn "$top/uapi" "$src/uapi"
	cp "$top/qemu/kbuild.sh" "$src/qemu/"
	for file in "$src"/kmod/*; do
		[ -e "$top/kmod/${file##*/}" ] || rm -f "$file"
	done
	for file in "$top"/kmod/*; do
		cmp -s "$file" "$src/kmod/${file##*/}" ||
			cp "$file" "$src/kmod/"
	done
}

# build NAME: the test flavour from what lies in $src, kept for one mutant.
build() {
	mkdir -p "$work/$1"
	"$src/qemu/kbuild.sh" "$K/headers" "$work/kmod" -s MBX_TEST=1 \
		>"$work/$1/build.log" 2>&1 || return 1
	cp "$work/kmod/mbox.ko" "$work/$1/mbox.ko"
}

# The guest of NAME: that of make test, with another module over both flavours.
pack() {
	local dir=$work/$1

	rm -rf "${dir:?}/lib"
	mkdir -p "$dir/lib/mbox" "$dir/lib/mbox-test"
	cp "$dir/mbox.ko" "$dir/lib/mbox/"
	cp "$dir/mbox.ko" "$dir/lib/mbox-test/"
	ln -sfn "$O/qemu" "$dir/qemu"
	{
		cat "$O/initramfs.cpio"
		(cd "$dir" && find lib | busybox cpio -o -H newc -R 0:0 \
			2>/dev/null)
	} >"$dir/initramfs.cpio"
	rm -r "${dir:?}/lib"
}

# -- running ---------------------------------------------------------------

# boot NAME TEST...: runs the tests; leaves out, log and status.
boot() {
	local dir=$work/$1 cmd='' test word status=0

	shift
	for test; do
		word=${test#*:}
		[ "$word" != "$test" ] || word='*'
		cmd+="guest-tests '$word' '${test%%:*}';"
	done
	pack "${dir##*/}"
	"$top/qemu/run.sh" --build "$dir" --kernel "$K" --module none \
		--name run --timeout "$LIMIT" --mem "$mem" --stdout "$dir/out" \
		--cmd "${settings:+export $settings;} $cmd" \
		>"$dir/log" 2>&1 || status=$?
	echo "$status" >"$dir/status"
	rm -f "$dir/initramfs.cpio"
}

# verdict NAME TEST: ok, not ok (and why), bad (and what), silent or absent.
# Silent means that it began, and the guest did not live to tell.
verdict() {
	awk -v program="${2%%:*}" -v name="$(sentence "$2")" '
		/^@begin / {
			here = $2 == program
			if (here)
				began = 1
			why = ""
		}
		!here { next }
		/^# / && why == "" { why = substr($0, 3) }
		/^(not )?ok / {
			line = $0
			sub(/^(not )?ok *[0-9]* *-? */, "", line)
			sub(/ *\[[^]]*\]( *#.*)?$/, "", line)
			if (line == name) {
				seen = /^not / ? "not ok" : "ok"
				if (/# *SKIP/)
					seen = "skipped"
				because = why
			}
			why = ""
		}
		/^@bad / && bad == "" { bad = substr($0, 6) }
		/^@end / { ended = 1 }
		END {
			if (seen == "not ok")
				print "not ok " because
			else if (bad != "")
				print "bad " bad
			else if (began && !ended)
				print "silent"
			else
				print seen == "" ? "absent" : seen
		}' "$work/$1/out"
}

# report NAME TEXT: what the kernel said with that text in it; false if nothing.
report() {
	grep -m1 -F "$2" "$work/$1/run/run/console.log" | sed 's/^\[[^]]*\] //'
}

# What the guest died of. A hang comes first: what the kernel log has then may
# be the runner's own doing, which asks where everybody is.
splat() {
	local line

	line=$(grep -m1 -o 'no end after .*' "$work/$1/log") || true
	[ -n "$line" ] || line=$(grep -m1 -F -f "$top/qemu/splats.list" \
		"$work/$1/run/run/console.log" 2>/dev/null |
		sed 's/^\[[^]]*\] //') || true
	[ -n "$line" ] || line=$(sed -n 's/^vm: FAILED: //p' \
		"$work/$1/log" | head -n 1)
	echo "${line:-no verdict}"
}

# -- the module as it is ------------------------------------------------------

# Every named test must pass without a mutant.
check_baseline() {
	local tests test name status=0 result

	mapfile -t tests < <(for name in "${mutants[@]}"; do
		tests_of "$name"
	done | sort -u)
	LIMIT=$((slow * (30 * ${#tests[@]} + 60))) boot 00-unchanged "${tests[@]}"
	for test in "${tests[@]}"; do
		result=$(verdict 00-unchanged "$test")
		[ "$result" != ok ] || continue
		status=1
		echo "# $test does not pass on the module as it is: $result"
	done
	if [ "$(cat "$work/00-unchanged/status")" != 0 ]; then
		status=1
		echo "# the guest failed: $(splat 00-unchanged);" \
			"see $work/00-unchanged/log"
	fi
	return $status
}

# -- a mutant -----------------------------------------------------------------

# Prints its KTAP line.
judge() {
	local name=$1 number=$2 test result status killer='' what='' absent='' text

	if [ -e "$work/$name/broken" ]; then
		echo "# $(cat "$work/$name/broken")"
		echo "not ok $number - $name: no mutant was made"
		return
	fi
	status=$(cat "$work/$name/status")
	for test in $(tests_of "$name"); do
		result=$(verdict "$name" "$test")
		case $result in
		'not ok'*) what=${result#not ok} ;;
		bad*) what=${result#bad} ;;
		silent) what=" $(splat "$name")" ;;
		absent | skipped) absent+=" $test" ;;
		esac
		if [ -n "$what" ]; then
			killer=$test
			break
		fi
	done
	if [ -z "$killer" ] && [ "$status" = 125 ] && [ -z "$absent" ]; then
		killer=$(tests_of "$name" | tail -n 1)
		what=" $(splat "$name")"
	fi
	field Guard <"$here/$name.patch" | sed 's/^/# without: /'
	text=$(field Report <"$here/$name.patch")
	if [ -n "$killer" ] && [ -n "$text" ]; then
		what=" $(report "$name" "$text")"
	fi
	if [ "$what" = ' ' ]; then
		echo "not ok $number - $name: $killer failed, and the kernel did" \
			"not say '$text'"
	elif [ -n "$killer" ]; then
		echo "#   saw:$what"
		echo "ok $number - $name killed by $tier, $killer"
	elif [ -n "$absent" ]; then
		echo "not ok $number - $name: no result of$absent;" \
			"see $work/$name/out"
	else
		echo "not ok $number - $name survived" \
			"$(tests_of "$name" | tr '\n' ' ')"
	fi
}

# Makes and builds NAME; false, with a reason in broken, if that fails.
make_mutant() {
	local name=$1

	rm -rf "${work:?}/$name"
	mkdir -p "$work/$name"
	restore
	if [ -z "$(tests_of "$name")" ]; then
		echo "$name.patch names no test" >"$work/$name/broken"
		return 1
	fi
	# git, told not to look for a repository above.
	if ! (cd "$src" && GIT_CEILING_DIRECTORIES=$work git apply -C1 \
		"$here/$name.patch") >"$work/$name/apply.log" 2>&1; then
		echo "$name.patch does not apply: $(head -n 1 \
			"$work/$name/apply.log")" >"$work/$name/broken"
		return 1
	fi
	if ! build "$name"; then
		echo "$name does not compile: $(grep -m1 error \
			"$work/$name/build.log")" >"$work/$name/broken"
		return 1
	fi
}

mkdir -p "$work"
exec 9>"$work/lock"
if ! flock -n 9; then
	say "another 'make mutants' is under way in $O"
	exit 1
fi
[ -e "$O/initramfs.cpio" ] || {
	say "no initramfs '$O/initramfs.cpio'; type make mutants"
	exit 1
}

mutants=()
for patch in "$here"/[0-9][0-9]-*.patch; do
	name=${patch##*/}
	name=${name%.patch}
	kernel=$(field Kernel <"$patch")
	[ "${kernel:-6.1}" = "${K##*/}" ] || continue
	if [ $# = 0 ] || [[ " $* " == *" ${name%%-*} "* ]]; then
		mutants+=("$name")
	fi
done
if [ ${#mutants[@]} = 0 ]; then
	say "no mutant $* in $here for the kernel ${K##*/}"
	exit 1
fi

started=$SECONDS
echo "KTAP version 1"
echo "1..$((${#mutants[@]} + 1))"
rm -rf "$work/00-unchanged"
restore
if ! build 00-unchanged; then
	cat "$work/00-unchanged/build.log" >&2
	say "the module does not build"
	exit 1
fi
failed=0
if check_baseline; then
	echo "ok 1 - without a mutant the named tests pass"
else
	failed=1
	echo "not ok 1 - without a mutant the named tests pass"
fi

# The guests run beside the next build, JOBS at a time.
running=0
for name in "${mutants[@]}"; do
	make_mutant "$name" || continue
	if [ "$running" -ge "$JOBS" ]; then
		wait -n || true
		running=$((running - 1))
	fi
	mapfile -t tests < <(tests_of "$name")
	limit=$(field Limit <"$here/$name.patch")
	LIMIT=${limit:-$LIMIT} boot "$name" "${tests[@]}" 9>&- &
	running=$((running + 1))
done
wait

killed=0
number=1
for name in "${mutants[@]}"; do
	number=$((number + 1))
	line=$(judge "$name" "$number")
	echo "$line"
	case $line in
	*$'\n'"ok $number "* | "ok $number "*) killed=$((killed + 1)) ;;
	esac
done
restore
survived=$((${#mutants[@]} - killed))
echo "# $((SECONDS - started)) s; what was seen: $work"
echo "$killed killed, $survived survived"
[ "$survived" = 0 ] && [ "$failed" = 0 ]
