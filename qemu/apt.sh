# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What kernel.sh and debs.sh both do with apt; they source this file.

# Brings the system's package lists up to date, or says how to. One at a time,
# since make -j2 runs both. A source that is down must not stop the others.
apt_update() {
	if [ "$(id -u)" = 0 ]; then
		as_root='env'
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		as_root='sudo -n'
	else
		echo "apt: the package lists are missing or too old;" \
			"type: su -c 'apt-get update'" >&2
		return 1
	fi
	# shellcheck disable=SC2086  # words
	$as_root flock "$(dirname "$0")/apt.sh" apt-get update -qq </dev/null ||
		echo "apt: apt-get update had errors, trying to download" >&2
}

# apt_try FUNCTION LOG: runs FUNCTION, which downloads and writes LOG, and once
# more with new package lists. Ends the script if neither works.
apt_try() {
	"$1" && return
	apt_update
	"$1" && return
	cat "$2" >&2 || true
	echo "${0##*/}: apt-get download failed" >&2
	exit 1
}
