#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The completion of mboxctl for bash: what it offers for a line that ends where
# the cursor stands, with the real mboxctl and mailboxes that are made up. A
# command or an option that --help shows and it does not offer fails here.
#
# Run by the host tier, without arguments; TAP on standard output. TOP and O
# are put in by the Makefile.

# shellcheck disable=SC2317  # the tests are called by name
set -u

top=@TOP@
O=@O@
work=$O/obj/tests-host-cli/completion
number=0
status=0

rm -rf "$work"
mkdir -p "$work/bin" "$work/files"
cd "$work/files" || exit 1
: >letter.txt
# Without the module there are no mailboxes; all else is the real one.
cat >"$work/bin/mboxctl" <<-END
	#!/bin/sh
	case "\$*" in
	'ls --quiet') printf 'default\njobs\njournal\n' ;;
	*) LD_LIBRARY_PATH=$O/lib exec $O/bin/mboxctl "\$@" ;;
	esac
END
chmod 755 "$work/bin/mboxctl"
PATH=$work/bin:$PATH

# shellcheck source=packaging/completion/mboxctl
. "$top/packaging/completion/mboxctl"
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

# What the last word of a line is completed to, sorted, in one line.
offered() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_mboxctl "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf '%s\n' "${COMPREPLY[@]}" | sort | xargs
}

# offers EXPECTED WORD...
offers() {
	local expected=$1 seen

	shift
	seen=$(offered "$@")
	[ "$seen" = "$expected" ] && return
	echo "'$*' was completed to '$seen', expected '$expected'"
	return 1
}

commands() {
	mboxctl --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# Both forms of each option, one a line.
options_of() {
	mboxctl "$1" --help |
		sed -n 's/^  \(-.\), \(--[a-z-]*\).*/\1\n\2/p'
}

commands_complete() {
	local expected

	expected=$({ commands; printf '%s\n' help --help --version; } |
		sort | xargs)
	[ "$(commands | wc -l)" -ge 11 ] && offers "$expected" mboxctl '' &&
		offers 'send' mboxctl sen && offers '' mboxctl nonsense &&
		offers "$(commands | sort | xargs)" mboxctl help '' &&
		offers '' mboxctl help send ''
}

options_complete() {
	local command expected

	for command in $(commands); do
		expected=$(options_of "$command" | sort | xargs)
		case $expected in
		*--help*) ;;
		*) echo "$command --help was not understood" && return 1 ;;
		esac
		offers "$expected" mboxctl "$command" - || return
		offers "$expected" mboxctl "$command" some-name - || return
	done
	offers '--max-size --messages --mode' mboxctl create --m
}

options_end() {
	offers '' mboxctl send -- - && offers 'jobs journal' mboxctl stat -- j
}

names_complete() {
	local command

	for command in stat watch send recv peek flush rm destroy; do
		offers 'default jobs journal' mboxctl "$command" '' &&
			offers 'jobs journal' mboxctl "$command" jo &&
			offers 'jobs' mboxctl "$command" --help job || return
	done
	for command in stat watch flush rm destroy; do
		offers 'jobs journal' mboxctl "$command" default jo || return
	done
	for command in send recv peek; do
		offers '' mboxctl "$command" default jo || return
	done
}

new_names_do_not() {
	offers '' mboxctl create j && offers '' mboxctl ls '' &&
		offers '' mboxctl info ''
}

values_do_not_count_as_names() {
	offers 'jobs journal' mboxctl send --tag 7 jo &&
		offers 'jobs journal' mboxctl send --tag = 7 jo &&
		offers 'jobs journal' mboxctl send -t 7 --sync jo &&
		offers '' mboxctl send --tag j
}

words_complete() {
	offers 'block drop-newest drop-oldest' mboxctl create --policy '' &&
		offers 'drop-newest drop-oldest' mboxctl create -p dr &&
		offers 'block drop-newest drop-oldest' mboxctl create --policy = &&
		offers 'block' mboxctl create -n 4 --policy = bl
}

# Each option with words takes each of them, and nothing else.
words_are_taken() {
	local command line value word found=0

	for command in $(commands); do
		while read -r line; do
			value=${line#* }
			for word in ${value//|/ }; do
				mboxctl "$command" "${line% *}" "$word" --help \
					>/dev/null || return
				found=$((found + 1))
			done
			! mboxctl "$command" "${line% *}" nonsense --help ||
				return
		done < <(mboxctl "$command" --help |
			sed -n 's/^  -., \(--[a-z-]* [^ ]*|[^ ]*\).*/\1/p')
	done
	[ $found -ge 3 ]
}

files_complete() {
	offers 'letter.txt' mboxctl send --file le &&
		offers 'letter.txt' mboxctl recv -f l &&
		offers 'letter.txt' mboxctl send --file = ''
}

is_registered() {
	complete -p mboxctl | grep -- '-F _mboxctl mboxctl'
}

is_installed() {
	make -s -C "$top/userspace/tools" O="$O" install DESTDIR="$work/root" \
		PREFIX=/usr && cmp "$top/packaging/completion/mboxctl" \
		"$work/root/usr/share/bash-completion/completions/mboxctl"
}

it 'every command of mboxctl --help is completed' commands_complete
it 'every option of mboxctl COMMAND --help is completed' options_complete
it 'behind -- no options are completed' options_end
it 'the names of mailboxes are completed where one is expected' names_complete
it 'the name of a new mailbox is not completed' new_names_do_not
it 'the value of an option is not taken for a name' values_do_not_count_as_names
it 'values that are words are completed, also behind =' words_complete
it 'the words that --help shows for a value are those it takes' words_are_taken
it 'files are completed where one is expected' files_complete
it 'bash knows which command it completes' is_registered
it 'make install puts it where bash-completion looks' is_installed
echo "1..$number"
[ "$status" = 0 ]
