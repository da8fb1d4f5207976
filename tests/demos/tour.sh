#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: module=prod timeout=150 cpus=1
#
# tour.sh: ipc-tour as a lecturer has it: on a terminal a key for each step,
# and every step on one screen; without one it runs through.
#
# Run in the guest as ipc_tour; the words are those of tests/cli/tap.sh.

checks=''
# shellcheck source=/dev/null
. /usr/lib/mbox/tests/cli/tap.sh

pty=/usr/lib/mbox/tests/cli/pty
screens=/tmp/ipc_tour.screens

runs_through() {
	echo check >>"$checks"
	ipc-tour </dev/null >$screens || return 1
	# Each step has its line "N of M. TITLE".
	steps=$(grep -c '^[0-9]* of [0-9]*\. .' $screens)
	echo "$steps steps"
	[ "$steps" -ge 12 ] && grep -q "^$steps of $steps\. " $screens
}

every_demo_shows_something() {
	echo check >>"$checks"
	awk '/^[0-9]+ of [0-9]+\. / {
			if (NR > 2 && !shown)
				print "nothing is shown before: " $0
			shown = 0
		}
		/^=> / { shown = 1 }
		END { if (!shown) print "nothing is shown at the end" }
	' $screens >$screens.empty
	cat $screens.empty
	[ -s $screens ] && [ ! -s $screens.empty ]
}

fits_a_screen() {
	echo check >>"$checks"
	# 24 lines, three of them for the keys.
	awk '/^[0-9]+ of [0-9]+\. / { lines = 0; title = $0 }
		{ lines++ }
		lines == 23 { print title ": more than a screen" }
		length($0) > 80 { print title ": wider than a screen: " $0 }
	' $screens >$screens.big
	cat $screens.big
	[ -s $screens ] && [ ! -s $screens.big ]
}

# typing KEYS ARGUMENT...: what a person sees who types these at ipc-tour.
typing() {
	keys=$1
	shift
	printf '%s' "$keys" | $pty ipc-tour "$@" >$screens.keys
	status=$?
	tr -d '\033' <$screens.keys
	echo "ipc-tour ended with $status"
	return $status
}

# Three keys: one starts the first step, one goes on, one ends.
waits_for_keys() {
	echo check >>"$checks"
	typing '  q' || return 1
	grep -q '^1 of ' $screens.keys &&
		grep -q '^2 of ' $screens.keys &&
		! grep -q '^3 of ' $screens.keys &&
		[ "$(grep -c '^=> ' $screens.keys)" -ge 1 ]
}

goes_back() {
	echo check >>"$checks"
	typing '  bq' || return 1
	[ "$(grep -c '^1 of ' $screens.keys)" = 2 ]
}

begins_where_it_is_told() {
	echo check >>"$checks"
	typing q 3 || return 1
	grep -q '^3 of ' $screens.keys && ! grep -q '^1 of ' $screens.keys &&
		! ipc-tour nowhere </dev/null 2>/dev/null &&
		! ipc-tour 99 </dev/null 2>/dev/null
}

it 'without a terminal it runs through all its steps' runs_through
it 'every step shows something that was checked' every_demo_shows_something
it 'every step fits a screen' fits_a_screen
it 'on a terminal it waits for a key before each step and after' waits_for_keys
it 'a key goes back' goes_back
it 'it begins where it is told' begins_where_it_is_told
rm -f $screens*
finish
