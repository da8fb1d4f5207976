# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What kernel.sh and debs.sh both do with apt; they source this file.

# Brings the system's package lists up to date, or says how to.
apt_update() {
	if [ "$(id -u)" = 0 ]; then
		apt-get update -qq </dev/null
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		sudo -n apt-get update -qq </dev/null
	else
		echo "apt: the package lists are missing or too old;" \
			"type: su -c 'apt-get update'" >&2
		return 1
	fi
}
