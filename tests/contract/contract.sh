#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# contract.sh BUILD: compares the contract with the results of the last run.
#
# Owns: the verdict of `make contract`; contract.awk does the comparing.  Reads contract.txt, errno.reasons, the
# errno table of uapi/linux/mbox.h and BUILD/results/*.tap.  A sentence or a
# cell is proven by a test that passed and names it in the bracket at the end
# of its result line.  Skipped, failed or not run is not proven.  Ends with 1
# on a gap, a claim of something unknown, an incomplete result or no result.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
top=$(CDPATH='' cd -- "$here/../.." && pwd)
contract=${CONTRACT:-$here/contract.txt}
reasons=${REASONS:-$here/errno.reasons}
header=${HEADER:-$top/uapi/linux/mbox.h}

if [ $# -ne 1 ]; then
	echo "usage: contract.sh BUILD, the build directory with results/" >&2
	exit 2
fi
results=$1/results
set -- "$results"/*.tap
if [ ! -e "$1" ]; then
	echo "contract: no results in $results: run \"make test\" first" >&2
	echo "0 proven, 0 unproven, 0 not yet due"
	exit 1
fi

exec awk -v prefix=contract -v contract="$contract" -v reasons="$reasons" \
	-v header="$header" -f "$top/tests/harness/results.awk" \
	-f "$here/contract.awk" "$@"
