#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds the module against a kernel's headers without touching the sources.
# Kbuild writes beside its sources, so it gets a folder of links to them; what
# was built stays there, so that only what has changed is built again. Called by
# the Makefile and by tests/check/check.sh.
#
# Usage: kbuild.sh HEADERS TARGET [ARGUMENT...]    arguments for Kbuild
# SOURCE in the environment is the folder to build, kmod if it is not set.
#
# What a kernel needs for itself stands in kbuild.args beside HEADERS. The folder beside TARGET gets a link "uapi", so that with -I$(src)/.. the
# sources say <uapi/linux/mbox.h>. One build at a time in a TARGET.

set -eu

if [ $# -lt 2 ]; then
	echo "usage: kbuild.sh HEADERS TARGET [ARGUMENT...]" >&2
	exit 2
fi
headers=$1
target=$2
shift 2
top=$(cd "$(dirname "$0")/.." && pwd)
from=$top/${SOURCE:-kmod}

mkdir -p "$target"
exec 9>"$target.lock"
flock 9
[ "$(readlink "$target/../uapi")" = "$top/uapi" ] ||
	ln -sfn "$top/uapi" "$target/../uapi"

# A link for each source, none for sources that are gone.
find "$target" -type l ! -exec test -e {} \; -exec rm -f {} +
cd "$from"
find . -type d ! -name . | while read -r dir; do
	mkdir -p "$target/$dir"
done
find . -type f | sed 's#^\./##' | while read -r file; do
	[ "$(readlink "$target/$file")" = "$from/$file" ] ||
		ln -sf "$from/$file" "$target/$file"
done

own_args=$(cat "$(dirname "$headers")/kbuild.args" 2>/dev/null || true)

# There is no BTF without Debian's debug kernel; Kbuild says so each time.
status=0
# shellcheck disable=SC2086  # words
${MAKE:-make} -C "$headers" M="$target" $own_args "$@" modules 2>"$target.log" ||
	status=$?
grep -v '^Skipping BTF generation' "$target.log" >&2 || true
exit $status
