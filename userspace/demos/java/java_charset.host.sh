#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# java_charset: text without a named charset is read as another text elsewhere.
#
# Notes: S330 (000:366)
# Watch: the date server and client as printed, then corrected; the server's
#        machine writes UTF-16 where nothing else is said, the client's UTF-8.
# See:   as printed the client prints rubbish; corrected, the date.
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash" own_net
needs_port 6013

# Sets $text to what a client prints; the server's machine has its own charset.
date_in_utf_16() {
	start -Dfile.encoding=UTF-16BE DateServer
	text=$("${java[@]}" -Dfile.encoding=UTF-8 DateClient | tr '\0' .)
	stop
}

is_rubbish() {
	[ -n "$1" ] && ! is_a_date "$1"
}

compile() {
	cp "$here/DateServer.$1" DateServer.java
	cp "$here/DateClient.$1" DateClient.java
	"${javac[@]}" ./*.java || exit
}

compile printed
date_in_utf_16
say "a server that writes UTF-16 sends, with . for each zero: $text"
check S330 "as printed: the charset is that of each machine, the date rubbish" \
	is_rubbish "$text"

compile java
date_in_utf_16
say "the server whose default is UTF-16 sends: $text"
check S330 "corrected: both have one charset, whatever the machine's is" \
	is_a_date "$text"
finish
