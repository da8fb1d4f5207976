# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a guest wants that runs tests. The kernels that watch (strict, race) are
# slow, and their books take memory. Sourced by test.sh and tests/mutants/run.sh.
#
# watched KERNEL: sets $tier, what the tests with that kernel are called; $slow,
# how many times as long everything takes; $settings, words of the environment
# of guest-tests; and $mem, megabytes.
watched() {
	tier=$1 slow=1 settings='' mem=1024
	case $1 in
	6.1) tier=vm ;;
	strict | race)
		slow=4 mem=2048
		settings="MBOX_TEST_SLOW=$slow messages=25000"
		;;
	esac
}
