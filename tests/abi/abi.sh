#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The two boundaries that programs were compiled against: the structures and
# constants of uapi/linux/mbox.h, and what libmbox.so exports. Compares them
# with uapi.pinned and libmbox.pinned beside this file, and looks for holes and
# for differences between 64-bit and 32-bit programs. Called by make check.
#
# Usage: O=BUILD abi.sh [pin]     pin writes the references anew, which is right
# only for an addition: say in the commit what was added and why no program
# that exists can notice.
# Output: what is wrong; nothing if all is well.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${O:?the build folder, absolute}"
work=$O/check/abi
header=$top/uapi/linux/mbox.h
mkdir -p "$work"

structs() {
	sed -n 's/^struct \(mbox_[a-z_]*\) {$/\1/p' "$header"
}

# layout BITS: every structure with offsets and sizes, as pahole prints them.
layout() {
	{
		echo '#include <linux/mbox.h>'
		structs | sed 's/.*/struct & &_;/'
	} >"$work/uapi.c"
	gcc "-m$1" -g -c -I"$top/uapi" -o "$work/uapi$1.o" "$work/uapi.c"
	structs | while read -r name; do
		pahole -C "$name" "$work/uapi$1.o"
	done
}

# A cache line is no promise.
plain() {
	grep -v 'cacheline' "$1" | sed 's/[[:space:]]*$//' | cat -s
}

constants() {
	gcc -E -dM -I"$top/uapi" - <<<'#include <linux/mbox.h>' |
		grep '^#define MBOX_' | sort
}

layout 64 >"$work/uapi64"
layout 32 >"$work/uapi32"
{
	plain "$work/uapi64"
	constants
} >"$work/uapi.now"
abidw --no-show-locs --no-corpus-path --no-comp-dir-path --drop-private-types \
	--headers-dir "$top/userspace/lib" --out-file "$work/libmbox.now" \
	"$O/lib/libmbox.so.0"
if [ "${1-}" = pin ]; then
	cp "$work/uapi.now" "$here/uapi.pinned"
	cp "$work/libmbox.now" "$here/libmbox.pinned"
	exit 0
fi

grep -n 'hole\|padding' "$work/uapi64" |
	sed 's/$/ <-- a hole in the boundary/' || true
diff <(plain "$work/uapi64") <(plain "$work/uapi32") ||
	echo 'the layout of a 32-bit program differs'
diff "$here/uapi.pinned" "$work/uapi.now" ||
	echo 'uapi/linux/mbox.h is not what programs were compiled against'
# It also tells of what was added, which is to be pinned.
abidiff "$here/libmbox.pinned" "$work/libmbox.now" ||
	echo 'libmbox.so is not what is pinned'
