#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# make run: boots the guest and runs the tour in it. On a terminal a shell in
# the same guest follows; without one this ends with the tour's status.
#
# Usage: tour.sh BUILD KERNEL_DIR

set -eu

if [ $# -ne 2 ]; then
	echo "usage: tour.sh BUILD KERNEL_DIR" >&2
	exit 2
fi
run="$(dirname "$0")/run.sh"
tour=/usr/share/mbox/tour
if [ ! -x "$1/initramfs/root/$tour" ]; then
	echo "tour.sh: the guest has no $tour; was userspace/tour built?" >&2
	exit 1
fi
if [ -t 0 ] && [ -t 1 ]; then
	exec "$run" --build "$1" --kernel "$2" --name tour --module none \
		--shell --cmd "$tour; insmod /lib/mbox/mbox.ko; echo;
echo 'This is a shell in the guest; the module is loaded.'
echo 'exit, or Ctrl-A X, ends it.'"
fi
exec "$run" --build "$1" --kernel "$2" --name tour --module none --cmd "$tour"
