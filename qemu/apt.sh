# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What kernel.sh, strict.sh and debs.sh do with apt; they source this file. It
# downloads, and never installs. Owns: with apt_use_suite, package lists of
# another release of Debian, in a folder of ours.

# Options for that other release; none for the system's own.
apt_options=''

# apt_use_suite SUITE FOLDER: takes packages from there, from the mirror and
# with the keys that the system's own sources name.
apt_use_suite() {
	apt_lists=$2
	mkdir -p "$apt_lists/lists/partial" "$apt_lists/archives/partial"
	# shellcheck disable=SC2016  # apt's own variable
	uri=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' |
		grep -E 'debian\.org/debian/?$|/debian/?$' | head -n 1)
	if [ -z "$uri" ]; then
		uri=http://deb.debian.org/debian
	fi
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
		"$uri $1 main" >"$apt_lists/suite.list"
	apt_options="-o Dir::Etc::sourcelist=$apt_lists/suite.list
		-o Dir::Etc::sourceparts=- -o Dir::State::Lists=$apt_lists/lists
		-o Dir::Cache=$apt_lists"
}

apt_get() {
	# shellcheck disable=SC2086  # words
	apt-get $apt_options "$@"
}

apt_cache() {
	# shellcheck disable=SC2086  # words
	apt-cache $apt_options "$@"
}

# Brings the package lists up to date, or says how to. One at a time, since
# make -j2 runs several. A source that is down must not stop the others.
apt_update() {
	if [ -n "$apt_options" ] || [ "$(id -u)" = 0 ]; then
		as_root='env'
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		as_root='sudo -n'
	else
		echo "apt: the package lists are missing or too old;" \
			"type: su -c 'apt-get update'" >&2
		return 1
	fi
	# shellcheck disable=SC2086  # words
	$as_root flock "$(dirname "$0")/apt.sh" apt-get $apt_options update \
		-qq </dev/null ||
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
