#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/verbs.md: which function of the module a verb is, and where it stands.
#
# Owns: that file. Made from the ioctl table in kmod/chardev.c, the numbers in
# uapi/linux/mbox.h and the definitions in kmod/. Called by the Makefile, which
# writes it, and by the test docs-verbs, which compares.
#
# Usage: verbs.sh TOP    to standard output

set -eu
cd "${1:?the top of the tree}"

# "FILE FUNCTION" of each function that is defined at the left margin.
functions()
{
	for file in kmod/*.c; do
		sed -n "s|^[a-z][a-z_ ]*[ *]\(mbx_[a-z0-9_]*\)(.*|${file#kmod/} \1|p" \
			"$file" | grep -v ';$' || true
	done
}

# "VERB FUNCTION STRUCTURE" of each line of the table, and of the two that
# mbx_ioctl() calls.
table()
{
	tr -s '\n\t ' '   ' <kmod/chardev.c |
		grep -oE 'MBX_VERB(_GROWN)?\(MBOX_IOC_[A-Z_]+, mbx_[a-z_]+, mbox_[a-z]+' |
		sed -E 's/.*MBOX_IOC_([A-Z_]+), (mbx_[a-z_]+), (mbox_[a-z]+)/\1 \2 \3/'
	echo SEND mbx_send mbox_send
	echo RECV mbx_recv mbox_recv
}

numbers()
{
	sed -n 's/^#define MBOX_IOC_\([A-Z_]*\) _IO(MBOX_IOC_TYPE, \(0x[0-9a-f]*\))$/\1 \2/p' \
		uapi/linux/mbox.h
}

cat <<'EOF'
# Verbs

What each ioctl of `/dev/mbox` is in the module: the table in
[chardev.c](../kmod/chardev.c) checks the argument's size, fetches it, and calls
the function. Written by `make docs/verbs.md`.

| verb | number | structure | function |
|---|---|---|---|
EOF
found=$(mktemp)
trap 'rm -f "$found"' EXIT
functions >"$found"
table | while read -r verb function structure; do
	number=$(numbers | sed -n "s/^$verb //p")
	file=$(sed -n "s/ $function\$//p" "$found" | head -n 1)
	if [ -z "$number" ] || [ -z "$file" ]; then
		echo "verbs.sh: no number or no function of $verb: $function" >&2
		exit 1
	fi
	echo "| $verb | $number | struct $structure | [$file](../kmod/$file): $function() |"
done | sort -t '|' -k 3
cat <<'EOF'

`write()` is `mbx_write()` in [send.c](../kmod/send.c), `read()` is `mbx_read()` in
[recv.c](../kmod/recv.c), `poll` is `mbx_handle_poll()` in
[handle.c](../kmod/handle.c).
EOF
