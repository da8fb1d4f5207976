#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: module=none timeout=120
#
# mboxctl without the module, with something else in its place, with help;
# and the tour of make run, which loads and unloads the module.
# Run by the vm tier, with the module not loaded; see tap.sh.

out='' err=''
# shellcheck source=/dev/null
. /usr/lib/mbox/tests/cli/tap.sh

tour=/usr/share/mbox/tour

not_loaded() {
	: >in
	for line in 'create a' ls 'stat a' 'send a x' 'recv a' 'rm a' \
		'destroy a' info 'send -f in a' 'recv -f copy a' 'peek a' \
		'flush a' watch 'watch a' 'ls -j' 'info -j' 'recv -j a' \
		'watch -j'; do
		# shellcheck disable=SC2086  # a command line
		ends 12 mboxctl $line
		complains "the module mbox is not loaded: nothing answers at /dev/mbox. Load it as root with 'modprobe mbox', or with 'insmod mbox.ko' from where it was built."
		prints ''
	done
	only_files in
}
it 'a module that is not loaded is status 12 and told how to load it' \
	not_loaded

other_device() {
	mknod /dev/mbox c 1 3
	for line in ls 'send a x' info; do
		# shellcheck disable=SC2086  # a command line
		mboxctl $line >"$out" 2>"$err"
		status=$?
		[ $status = 12 ] || break
	done
	rm /dev/mbox
	equal "$status" 12
	complains '/dev/mbox does not know this request: it is another device, or its module is older than this mboxctl.'
}
it 'another device at /dev/mbox is status 12' other_device

help() {
	ends 0 mboxctl --help
	silent
	for word in create ls stat watch send recv peek flush rm destroy info \
		'Exit status:' '  12  the module is not loaded'; do
		shows "$word"
	done
	cp "$out" help.log
	ends 0 mboxctl help
	same help.log "$out"
	ends 0 mboxctl -h
	same help.log "$out"
	for command in create ls stat watch send recv peek flush rm destroy \
		info; do
		ends 0 mboxctl $command --help
		silent
		shows "Usage: mboxctl $command "
		shows '-h, --help'
		cp "$out" one.log
		ends 0 mboxctl help $command
		same one.log "$out"
		checked
		awk 'length($0) > 80 { exit 1 }' one.log ||
			wrong 'a line of the help is longer than 80 columns'
	done
	ends 2 mboxctl help nonsense
	complains "there is no command 'nonsense'."
}
it 'help works without the module' help

version() {
	ends 0 mboxctl --version
	shows 'mboxctl '
	shows 'libmbox '
}
it 'the version is shown without the module' version

# Whether the module could be unloaded; while watch looks it is in use.
unloaded() {
	rmmod mbox 2>/dev/null
}

watch_keeps_nothing() {
	ends 0 insmod /lib/mbox/mbox.ko
	mboxctl watch --interval 1h >watch.log & watcher=$!
	until_true grep -q default watch.log
	until_true unloaded
	kill $watcher
	ended 143 $watcher
}
it 'watch does not keep the module between two looks' watch_keeps_nothing

watch_unloaded() {
	ends 0 insmod /lib/mbox/mbox.ko
	mboxctl watch --interval 10ms >watch.log 2>"$err" & watcher=$!
	until_true grep -q default watch.log
	until_true unloaded
	ended 12 $watcher
	complains 'the module mbox is not loaded'
}
it 'watch ends when the module is unloaded' watch_unloaded

full_disk() {
	mboxctl --help >/dev/full 2>"$err"
	equal $? 1
	complains 'the output could not be written: No space left on device.'
}
it 'output that cannot be written is no success' full_disk

take_tour() {
	ends 0 $tour
	silent
	for n in 1 2 3 4 5 6 7 8; do
		shows "== $n. "
	done
	shows '1 sender, 0 receivers'
	shows 'That was the tour'
	gone /dev/mbox
	gone /sys/module/mbox
	checked
	awk 'length($0) > 80 { exit 1 }' "$out" ||
		wrong 'a line of the tour is longer than 80 columns'
	ends 0 $tour
}
it 'the tour runs, checks itself and leaves nothing, twice' take_tour

# A mboxctl that lies in one place.
broken_tour() {
	mkdir bin
	cat >bin/mboxctl <<-'SCRIPT'
		#!/bin/sh
		case "$*" in
		'recv --count 3 jobs') printf 'one\nthree\ntwo\n' ;;
		*) exec /usr/bin/mboxctl "$@" ;;
		esac
	SCRIPT
	chmod 755 bin/mboxctl
	ends 1 env PATH="$PWD/bin:$PATH" $tour
	checked
	grep -q 'The tour failed at step 3, A producer and a consumer: the messages did not come in their order' \
		"$err" || wrong 'it should name the step'
	ends 0 rmmod mbox
	ends 1 $tour /nonexistent.ko
	checked
	grep -q 'there is no module /nonexistent.ko' "$err" ||
		wrong 'it should name the module'
}
it 'a tour that fails names the step' broken_tour

finish
