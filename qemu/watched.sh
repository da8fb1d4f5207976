# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a guest wants that runs tests. The kernels that watch (strict, race) are
# slow, and their books take memory; the real-time kernel is slow where many wait
# for one lock. Sourced by test.sh, tests/mutants/run.sh and tests/fuzz/others.sh.
#
# watched KERNEL: sets $tier, what the tests with that kernel are called; $slow,
# how many times as long everything may take; $settings, words of the environment
# of guest-tests; $mem, megabytes; and $programs: all, or those that load the
# module, since the others show nothing new.
# shellcheck disable=SC2034  # for who sources it
watched() {
	tier=$1 slow=1 settings='' mem=1024 programs=all
	case $1 in
	6.1) tier=vm ;;
	6.1-rt)
		slow=2
		settings="MBOX_TEST_SLOW=$slow messages=100000"
		;;
	strict | race)
		slow=4 mem=2048 programs=module
		settings="MBOX_TEST_SLOW=$slow messages=25000"
		;;
	esac
}
