#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What README.md says is so: its program compiles as it says, its paths and
# targets are there, its mboxctl commands are known. That the program prints
# what it says is tested in the guest, by tests/cli/commands.sh.
#
# Run by the host tier, without arguments; TAP on standard output. TOP and O
# are put in by the Makefile.

# shellcheck disable=SC2016,SC2013  # back quotes of README.md; words are wanted
set -eu

top=@TOP@
O=@O@
readme=$top/README.md
work=$O/obj/tests-host-cli/readme
number=0
status=0

rm -rf "$work"
mkdir -p "$work"
echo 'TAP version 13'

# it SENTENCE FUNCTION
it() {
	number=$((number + 1))
	if "$2" >"$work/log" 2>&1; then
		echo "ok $number - $1"
	else
		sed 's/^/# /' "$work/log"
		echo "not ok $number - $1"
		status=1
	fi
}

# The program of README.md, by the compiler command of README.md.
program_compiles() {
	sed -n '/^```c$/,/^```$/p' "$readme" | sed '/^```/d' >"$work/hello.c"
	[ -s "$work/hello.c" ] || { echo 'there is no program'; return 1; }
	line=$(sed -n 's/^    gcc //p' "$readme")
	[ -n "$line" ] || { echo 'there is no compiler command'; return 1; }
	line=$(echo "$line" | sed -e "s|build/6.1/demos/hello|@PROGRAM@|" \
		-e "s|hello\.c|$work/hello.c|" -e "s| build/6.1| $O|" \
		-e "s|Lbuild/6.1|L$O|" -e "s|-Iuserspace|-I$top/userspace|" \
		-e "s|@PROGRAM@|$work/hello|")
	# shellcheck disable=SC2086  # the words of a command
	gcc -Wall -Wextra -Werror $line && [ -x "$work/hello" ]
}

# Each name in the tree and in `...` that has a slash or an ending is there.
paths_exist() {
	missing=0
	found=0
	for path in $(sed -n -e 's/^    \([a-zA-Z]*\/[a-z/]*\) .*/\1/p' \
		"$readme") $(grep -o '`[a-z]*/[a-zA-Z0-9_./-]*`' "$readme" |
		tr -d '`' | grep -v -e '^build/' -e '^/'); do
		found=$((found + 1))
		if [ ! -e "$top/$path" ]; then
			echo "there is no $path"
			missing=1
		fi
	done
	[ "$missing" = 0 ] && [ "$found" -ge 15 ]
}

# Each folder at the top is in the tree.
tree_is_complete() {
	missing=0
	for dir in "$top"/*/ "$top"/userspace/*/; do
		name=${dir#"$top/"}
		case $name in
		build/ | userspace/) continue ;;
		esac
		if ! grep -q "^    $name" "$readme"; then
			echo "the tree lacks $name"
			missing=1
		fi
	done
	[ "$missing" = 0 ]
}

targets_exist() {
	missing=0
	found=0
	for target in $(grep -o -E '(^    |`)make [a-z_-]+' "$readme" |
		sed 's/.*make //' | sort -u); do
		found=$((found + 1))
		if ! grep -q -E "^$target:" "$top/Makefile"; then
			echo "there is no target $target"
			missing=1
		fi
	done
	[ "$missing" = 0 ] && [ "$found" -ge 8 ]
}

commands_exist() {
	missing=0
	found=0
	for command in $(grep -o -E '(^    |`|=.)mboxctl [a-z]+' "$readme" |
		sed 's/.*mboxctl //' | sort -u); do
		found=$((found + 1))
		LD_LIBRARY_PATH=$O/lib "$O/bin/mboxctl" help "$command" \
			>/dev/null || missing=1
	done
	[ "$missing" = 0 ] && [ "$found" -ge 4 ]
}

it 'the program in README.md compiles as README.md says' program_compiles
it 'the paths in README.md are there' paths_exist
it 'the tree in README.md shows every folder' tree_is_complete
it 'the targets in README.md are there' targets_exist
it 'the mboxctl commands in README.md are there' commands_exist
echo "1..$number"
[ "$status" = 0 ]
