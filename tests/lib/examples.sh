#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the programs of the man pages in the guest; each must end with 0 and
# print what its page says.  TAP on stdout.  Run by the vm tier.
set -u

dir=/usr/lib/mbox/tests/examples
number=0
failed=0

echo "TAP version 13"
for expected in "$dir"/*.out; do
	program=${expected%.out}
	number=$((number + 1))
	name="the_program_${program##*/}_prints_what_the_page_says"
	"$program" > /tmp/example.out 2>&1
	status=$?
	if [ "$status" = 0 ] && cmp -s /tmp/example.out "$expected"; then
		echo "ok $number - $name"
		continue
	fi
	failed=$((failed + 1))
	echo "# status $status; it printed"
	sed 's/^/#   /' /tmp/example.out
	echo "# and should have printed"
	sed 's/^/#   /' "$expected"
	echo "not ok $number - $name"
done
rm -f /tmp/example.out
# A loop over nothing proves nothing.
if [ "$number" -lt 12 ]; then
	number=$((number + 1))
	failed=$((failed + 1))
	echo "not ok $number - there_are_examples_to_run"
fi
echo "1..$number"
[ "$failed" = 0 ]
