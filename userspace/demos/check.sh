# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# check.sh: check.h for demos that are shell scripts; the same words. Read it
# with ". check.sh" (in the guest it lies on the PATH).
#
#   say TEXT                      tells the class
#   check ROWS SENTENCE COMMAND   one line of result: COMMAND must succeed
#   finish                        last line: ends with 0 if all checks held

checks_made=0
checks_failed=0

say() {
	echo "  $*"
}

check() {
	rows=$1
	sentence=$2
	shift 2
	checks_made=$((checks_made + 1))
	if "$@"; then
		echo "ok $checks_made - $sentence [$rows]"
	else
		checks_failed=$((checks_failed + 1))
		echo "not ok $checks_made - $sentence [$rows]"
		echo "# does not hold: $*"
	fi
}

finish() {
	echo "1..$checks_made"
	[ "$checks_failed" = 0 ] && [ "$checks_made" != 0 ]
	exit
}
