#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs what packaging/deps.list names, and nothing that is there already.
# Called by the Makefile (make deps, and before every build) and by .ci/run.
#
# Usage: deps.sh [--quiet] [GROUP...]     run, test, check, strict (default: all)
#
# When all is there this is one dpkg-query and no network. Otherwise apt-get
# is used as root or by passwordless sudo; where neither is possible the
# script stops with the command to type.

set -eu

list=$(dirname "$0")/deps.list
quiet=
[ "${1-}" = --quiet ] && { quiet=1; shift; }
[ $# -gt 0 ] || set -- run test check strict

for group in "$@"; do
	case $group in
	run | test | check | strict) ;;
	*)
		echo "deps: no group '$group' in $list; use run, test, check or strict" >&2
		exit 2
		;;
	esac
done

if ! command -v dpkg-query >/dev/null; then
	echo "deps: this is no Debian system (dpkg-query is missing);" \
		"install what $list names by hand" >&2
	exit 1
fi

# make -j2 asks for two groups at once.
exec 9<"$list"
flock 9

names=$(awk -v groups=" $* " \
	'!/^#/ && NF && index(groups, " " $2 " ") { print $1 }' "$list")

# dpkg-query fails for a name it never heard of; that one is missing as well.
# shellcheck disable=SC2086  # a list of words
have=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $names \
	2>/dev/null | sed -n 's/^.i  *//p' || true)
missing=
for name in $names; do
	printf '%s\n' "$have" | grep -qx "$name" || missing="$missing $name"
done

if [ -z "$missing" ]; then
	[ "$quiet" ] || echo "deps: everything is there"
	exit 0
fi

if [ "$(id -u)" = 0 ]; then
	as_root='env'
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	as_root='sudo -n env'
else
	echo "deps: packages are missing and this user may not install them." >&2
	echo "deps: type this, then try again:" >&2
	echo "    su -c 'apt-get update && apt-get install -y" \
		"--no-install-recommends$missing'" >&2
	exit 1
fi

echo "deps: installing$missing"
install() {
	# shellcheck disable=SC2086  # words
	$as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends -o Dpkg::Use-Pty=0 \
		-o DPkg::Lock::Timeout=120 $missing </dev/null
}

# Package lists that are absent or out of date show as a failing install.
if ! install >/dev/null 2>&1; then
	echo "deps: apt-get update"
	# A third-party source that is down must not stop the others.
	# shellcheck disable=SC2086  # words
	$as_root apt-get update -qq </dev/null ||
		echo "deps: apt-get update had errors, trying to install" >&2
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	if ! install >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		echo "deps: apt-get install failed for:$missing" >&2
		exit 1
	fi
fi
