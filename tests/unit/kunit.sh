#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: module=none kernels=strict timeout=120
#
# The unit tests of the module's pure files, in the kernel: loads mbox_unit.ko,
# with which KUnit runs them, and makes TAP of the results it leaves, one test
# for each case. A suite that has left no result is a failure. The same cases
# run on the host, as kmod-queue, kmod-search and kmod-limits.
#
# Run as "kunit", with the module mbox not loaded, by the tier strict, whose
# kernel has KUnit (the race kernel too, but one thread has no races).
# Debian's have not.
#
# Usage: kunit [NAME=VALUE...] [WORD]    parameters of the module; a word that
#                                        the sentences of the cases must have
#
# KO in the environment is another file of that module.

ko=${KO:-/lib/mbox/mbox_unit.ko}
results=/sys/kernel/debug/kunit
suites='mbox-queue mbox-search mbox-limits'
params='' word='' number=0 failed=0 shown=0

for arg; do
	case $arg in
	*=*) params="$params $arg" ;;
	*) word=$arg ;;
	esac
done

# test_is SENTENCE STATUS: one result of our own.
test_is() {
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number - $1"
	else
		failed=$((failed + 1))
		echo "not ok $number - $1"
	fi
}

finish() {
	echo "1..$number"
	[ $failed = 0 ]
	exit
}

# cases SUITE: TAP of its results, numbered from $number on; its last line is
# "= NUMBER FAILED INCOMPLETE". What is said of a case stands before its
# result. KUnit indents cases by four blanks; what is not indented is of the
# whole suite.
cases() {
	awk -v number="$number" -v word="$word" '
		/^    (not )?ok [0-9]+ / {
			seen++
			name = $0
			sub(/^ *(not )?ok [0-9]+ (- )?/, "", name)
			is_bad = $1 == "not"
			bad += is_bad
			if (word == "" || index(name, word)) {
				failed += is_bad
				printf "%s%s %d - %s\n", diag, \
					is_bad ? "not ok" : "ok", ++number, name
			}
			diag = ""
			next
		}
		/^    1\.\.[0-9]+$/ {
			plan = substr($1, 4)
			next
		}
		/^(not )?ok / {
			suite = $1 == "not" ? "failed" : "passed"
			next
		}
		/KTAP version|# Subtest:|# module:|^1\.\.1$|^ *$/ { next }
		/Test should be marked slow/ { next }
		{
			sub(/^ *(# )?/, "")
			diag = diag "# " $0 "\n"
		}
		END {
			printf "%s", diag
			if (!plan || seen != plan || !suite ||
			    (suite == "failed") != (bad > 0)) {
				printf "# planned %d, ran %d, %d failed, %s\n", \
					plan, seen, bad, \
					suite ? "the suite " suite : "no end"
				print "= ", number, failed + 0, 1
			} else {
				print "= ", number, failed + 0, 0
			}
		}' "$results/$1/results"
}

echo 'TAP version 13'
# shellcheck disable=SC2086  # words
insmod "$ko" $params
test_is 'the module with the unit tests can be loaded' $?
[ $failed = 0 ] || finish

for suite in $suites; do
	if [ -r "$results/$suite/results" ]; then
		cases "$suite" >/tmp/kunit.tap
		sed '$d' /tmp/kunit.tap
		shown=$((shown - number))
		read -r _ number bad incomplete <<-END
			$(tail -n 1 /tmp/kunit.tap)
		END
		shown=$((shown + number))
		failed=$((failed + bad))
	else
		echo "# there is no $results/$suite/results"
		incomplete=1
	fi
	test_is "all cases of the suite $suite have a result" "$incomplete"
done

if [ $shown = 0 ]; then
	echo "# no case ${word:+whose sentence has \"$word\" }has run"
	test_is 'there are cases' 1
fi
rmmod mbox_unit
left=$?
for path in /sys/module/mbox_unit "$results"/mbox-*; do
	[ ! -e "$path" ] || {
		echo "# $path is still there"
		left=1
	}
done
test_is 'the module with the unit tests can be unloaded' $left
finish
