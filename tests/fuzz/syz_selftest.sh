#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fuzz-syz: mbox.syz has all of uapi/linux/mbox.h, and as it is there.
#
# Owns: nothing; reads the description, its numbers and the header, and prints
# TAP. Each check is also tried on a copy with one thing wrong, which it must
# see. The Makefile beside it puts the paths in; a host test.

set -u

header=@HEADER@
here=@HERE@
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
tests=0 failed=0

# check TEXT FUNCTION ARGUMENT...: the function prints what is wrong.
check() {
	text=$1
	shift
	tests=$((tests + 1))
	if "$@" >"$work/out" 2>&1 && [ ! -s "$work/out" ]; then
		echo "ok $tests - $text"
	else
		sed 's/^/# /' "$work/out" | head -n 20
		echo "not ok $tests - $text"
		failed=$((failed + 1))
	fi
}

# The same where something must be wrong.
check_sees() {
	text=$1
	shift
	tests=$((tests + 1))
	if "$@" >"$work/out" 2>&1 && [ ! -s "$work/out" ]; then
		echo "not ok $tests - $text"
		failed=$((failed + 1))
	else
		echo "ok $tests - $text"
	fi
}

# All constants of the header that a call could be made with or give.
constants() {
	sed -n 's/^#define \(MBOX_[A-Z0-9_]*\) .*/\1/p' "$header" |
		grep -v -e '^MBOX_IOC_TYPE$' -e '^MBOX_TIMES_SHIFT$' | sort
}

# Which of them the description does not use.
unused() {
	sed 's/#.*//' "$1" | tr -c 'A-Z0-9a-z_' '\n' | sort -u >"$work/words"
	constants >"$work/constants"
	comm -23 "$work/constants" "$work/words" | sed 's/$/ is not used/'
}

# "struct member width", in order, of the header.
members_of_header() {
	awk '/^struct mbox_[a-z_]* \{/ { name = $2; next }
		/^\}/ { name = "" }
		name && /;$/ {
			width = /__aligned_u64/ ? 64 : /char/ ? 8 : 32
			member = $NF
			sub(/;/, "", member)
			count = member ~ /\[/ ? member : ""
			sub(/\[.*/, "", member)
			gsub(/.*\[|\]/, "", count)
			print name, member, width (count ? "x" count : "")
		}' "$1" | sort -s -k 1,1
}

members_of_syz() {
	awk '/^mbox_[a-z_]* \{/ { name = $1; next }
		/^\}/ { name = "" }
		name && NF {
			type = $0
			sub(/^[ \t]*[a-z_0-9]+[ \t]+/, "", type)
			sub(/[ \t]*\((in|out|inout)\)$/, "", type)
			count = ""
			if (type ~ /^(array|string)\[/) {
				count = type
				sub(/.*, /, "x", count)
				sub(/\]$/, "", count)
			}
			width = type ~ /^ptr64/ ? 64 : \
				type ~ /^string|^array\[int8/ ? 8 : \
				type ~ /int64|^mbox_token$/ ? 64 : \
				type ~ /int32|^[ugp]id$/ ? 32 : type
			print name, $1, width count
		}' "$1" | sort -s -k 1,1
}

other_members() {
	members_of_header "$header" >"$work/expected"
	members_of_syz "$1" >"$work/seen"
	[ -s "$work/expected" ] || echo "no structure in $header"
	diff "$work/expected" "$work/seen"
}

# The values that the compiler sees, against those of the .const file.
other_values() {
	{
		echo '#include <stdio.h>'
		echo '#include <fcntl.h>'
		echo "#include \"$header\""
		cat <<'END'
#define SHOW(x) printf(#x " = %llu\n", (unsigned long long)x)
int main(void) {
END
		sed -n 's/^\([MAO][A-Z_]*\) = .*/SHOW(\1);/p' "$1"
		echo '}'
	} >"$work/values.c"
	${CC:-gcc} -o "$work/values" "$work/values.c" || return
	sed -n '/^[MAO][A-Z_]* = /p' "$1" >"$work/written"
	"$work/values" | diff "$work/written" -
	constants >"$work/constants"
	sed -n 's/^\(MBOX_[A-Z_]*\) = .*/\1/p' "$1" | sort |
		comm -23 "$work/constants" - | sed 's/$/ has no value/'
}

# size_in STRUCTURE FILE: the entry_size that it says.
size_in() {
	sed -n "/^$1 {/,/^}/s/^\tentry_size\tconst\[\(.*\), int32\]/\1/p" "$2"
}

# LIST and LINKS tell the kernel how far apart their entries lie.
other_entry_size() {
	{
		echo "#include \"$header\""
		echo "char a[sizeof(struct mbox_list_entry) == $(size_in mbox_list "$1") ? 1 : -1];"
		echo "char b[sizeof(struct mbox_link_entry) == $(size_in mbox_links "$1") ? 1 : -1];"
	} >"$work/size.c"
	${CC:-gcc} -c -o "$work/size.o" "$work/size.c"
}

check "each constant of the header is used" unused "$here/mbox.syz"
check "each structure has the same members, as wide" \
	other_members "$here/mbox.syz"
check "each number is that of the header" other_values "$here/mbox.syz.const"
check "the sizes of entries are right" other_entry_size "$here/mbox.syz"

sed 's/MBOX_SYNC, //' "$here/mbox.syz" >"$work/a"
check_sees "it would see a flag that is missing" unused "$work/a"
sed '/^\tnwaiters/d' "$here/mbox.syz" >"$work/a"
check_sees "it would see a member that is missing" other_members "$work/a"
sed 's/^\ttag\t\tint64/\ttag\t\tint32/' "$here/mbox.syz" >"$work/a"
check_sees "it would see a member of another width" other_members "$work/a"
sed 's/^\(MBOX_IOC_RECV = \).*/\11/' "$here/mbox.syz.const" >"$work/a"
check_sees "it would see a wrong number" other_values "$work/a"
sed '/^MBOX_IOC_RECV/d' "$here/mbox.syz.const" >"$work/a"
check_sees "it would see a number that is missing" other_values "$work/a"
sed 's/const\[104,/const[103,/' "$here/mbox.syz" >"$work/a"
check_sees "it would see a wrong size" other_entry_size "$work/a"

echo "1..$tests"
[ $failed = 0 ]
