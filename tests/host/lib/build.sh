#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# libmbox as its users build against it: the header in every language, beside
# <linux/mbox.h> in both orders; the exports, the SONAME, the installed tree
# and pkg-config.  TAP on stdout.  Run by the host tier.
set -eu

top=@TOP@
build=@O@
work=$build/obj/tests-host-lib/build
number=0
failed=0

rm -rf "$work"
mkdir -p "$work"

# result NAME COMMAND...: one test; it passes if every step of it succeeds.
result()
{
	local name=$1 log=$work/log pid

	shift
	number=$((number + 1))
	# In the background, since errexit does not hold inside a condition.
	(
		set -e
		"$@"
	) > "$log" 2>&1 &
	pid=$!
	if wait "$pid"; then
		echo "ok $number - $name"
	else
		sed 's/^/# /' "$log"
		echo "not ok $number - $name"
		failed=$((failed + 1))
	fi
}

# The header alone, or beside the uapi header, in one language.
header_compiles()
{
	local language=$1 standard=$2 headers

	shift 2
	for headers in mbox.h "mbox.h linux/mbox.h" "linux/mbox.h mbox.h"; do
		{
			for header in $headers; do
				echo "#include <$header>"
			done
			echo "struct mbox_attr a; struct mbox_message m;"
			echo "int f(struct mbox *b, struct mbox_status *s);"
			echo "int f(struct mbox *b, struct mbox_status *s)"
			echo "{ return mbox_status(b, s); }"
		} > "$work/header.src"
		gcc -x "$language" -std="$standard" "$@" -Wall -Wextra \
			-Wpedantic -Werror -I"$top/userspace/lib" \
			-I"$top/uapi" -c "$work/header.src" -o /dev/null
	done
}

declared()
{
	sed -n '/^ \*/d; s/^MBOX_API.*[ *]\(mbox_[a-z_]*\)(.*/\1/p;
		s/^\(mbox_[a-z_]*\)(.*/\1/p' "$top"/userspace/lib/mbox*.h | sort
}

exports_are_the_functions_of_the_header()
{
	nm -D --defined-only "$build/lib/libmbox.so" |
		sed -n 's/.* T \([a-z_0-9]*\)@@LIBMBOX_0.1$/\1/p' |
		sort > "$work/exported"
	declared > "$work/declared"
	diff "$work/declared" "$work/exported"
	test "$(wc -l < "$work/exported")" -ge 22
	# Nothing else leaves the library, versioned or not.
	test "$(nm -D --defined-only "$build/lib/libmbox.so" |
		grep -vc ' T mbox_')" = 1
}

static_library_defines_only_our_prefixes()
{
	nm -g --defined-only "$build/lib/libmbox.a" |
		awk 'NF == 3 { print $3 }' > "$work/static"
	test -s "$work/static"
	! grep -v '^mboxi\{0,1\}_' "$work/static"
}

soname_is_stable()
{
	readelf -d "$build/lib/libmbox.so" |
		grep 'SONAME.*\[libmbox.so.0\]$'
	test "$(readlink "$build/lib/libmbox.so")" = libmbox.so.0
}

only_libc_is_needed()
{
	readelf -d "$build/lib/libmbox.so" | grep NEEDED > "$work/needed"
	! grep -v 'libc\.so\.6' "$work/needed"
}

# The programs that the installed library must build, in C and C++.
write_consumers()
{
	cat > "$work/consumer.c" <<-'END'
	#include <mbox.h>
	#include <linux/mbox.h>
	#include <stdio.h>
	#include <string.h>
	int main(void)
	{
		struct mbox *mb = mbox_open("x", MBOX_SEND);
		mbox_close(mb);
		puts(mbox_version());
		return strcmp(mbox_version(), MBOX_VERSION) || MBOX_ABI != 1;
	}
	END
	cp "$work/consumer.c" "$work/consumer.cc"
}

installed_library_builds_programs()
{
	local root=$work/root flags

	rm -rf "$root"
	make -s -C "$top/userspace/lib" O="$build" install DESTDIR="$root" \
		PREFIX=/opt/mbox
	test -f "$root/opt/mbox/include/mbox.h"
	test -f "$root/opt/mbox/include/mbox_call.h"
	test -f "$root/opt/mbox/include/mbox_direct.h"
	test -f "$root/opt/mbox/include/mbox_batch.h"
	test -f "$root/opt/mbox/include/mbox_status.h"
	test -f "$root/opt/mbox/include/linux/mbox.h"
	export PKG_CONFIG_PATH=$root/opt/mbox/lib/pkgconfig
	export PKG_CONFIG_SYSROOT_DIR=$root
	test "$(pkg-config --modversion libmbox)" = 0.1.0
	flags=$(pkg-config --cflags --libs libmbox)
	write_consumers
	# shellcheck disable=SC2086 # flags are words
	gcc -Wall -Werror "$work/consumer.c" $flags -o "$work/shared-c"
	# shellcheck disable=SC2086
	g++ -Wall -Werror "$work/consumer.cc" $flags -o "$work/shared-cc"
	# shellcheck disable=SC2086
	gcc -static -Wall -Werror "$work/consumer.c" $flags -o "$work/static-c"
	readelf -d "$work/shared-c" | grep 'NEEDED.*libmbox.so.0'
	LD_LIBRARY_PATH=$root/opt/mbox/lib "$work/shared-c" | grep -x 0.1.0
	LD_LIBRARY_PATH=$root/opt/mbox/lib "$work/shared-cc" | grep -x 0.1.0
	"$work/static-c" | grep -x 0.1.0
}

# libtirpc is the system's, so there is no root for pkg-config to put in front.
installed_rpc_library_builds_programs()
{
	local root=$work/rpc flags part

	rm -rf "$root"
	for part in lib rpc; do
		make -s -C "$top/userspace/$part" O="$build" install \
			PREFIX="$root"
	done
	cat > "$work/rpc.c" <<-'END'
	#include <mbox_rpc.h>
	int main(void)
	{
		struct mbox_rpc rpc = { .program = 1 };
		return mbox_rpc_call(&rpc, 1, NULL, NULL, NULL, NULL) != -1;
	}
	END
	flags=$(PKG_CONFIG_PATH=$root/lib/pkgconfig pkg-config --cflags --libs \
		libmbox-rpc)
	# shellcheck disable=SC2086 # flags are words
	gcc -Wall -Werror "$work/rpc.c" $flags -o "$work/rpc-c"
	cp "$work/rpc.c" "$work/rpc.cc"
	# shellcheck disable=SC2086
	g++ -Wall -Werror "$work/rpc.cc" $flags -o "$work/rpc-cc"
	LD_LIBRARY_PATH=$root/lib "$work/rpc-c"
	LD_LIBRARY_PATH=$root/lib "$work/rpc-cc"
	nm -g --defined-only "$root/lib/libmbox-rpc.a" |
		awk 'NF == 3 { print $3 }' > "$work/rpc-names"
	test -s "$work/rpc-names"
	! grep -v '^mbox_rpc_' "$work/rpc-names"
}

every_function_has_an_installed_page()
{
	local name

	while read -r name; do
		test -s "$work/root/opt/mbox/share/man/man3/$name.3"
	done < <(declared)
	test -s "$work/root/opt/mbox/share/man/man7/libmbox.7"
}

a_relative_build_directory_is_refused()
{
	if make -C "$top/userspace/lib" O=somewhere; then
		return 1
	fi
	test ! -e "$top/userspace/lib/somewhere"
}

echo "TAP version 13"
for standard in c99 c11 c17 gnu2x; do
	result "the_header_compiles_as_$standard" \
		header_compiles c "$standard"
done
for standard in c++11 c++17 c++20; do
	result "the_header_compiles_as_$standard" \
		header_compiles c++ "$standard"
done
result exports_are_the_functions_of_the_header \
	exports_are_the_functions_of_the_header
result the_static_library_defines_only_our_prefixes \
	static_library_defines_only_our_prefixes
result the_soname_is_stable soname_is_stable
result only_libc_is_needed only_libc_is_needed
result the_installed_library_builds_C_and_CXX_programs \
	installed_library_builds_programs
result the_installed_rpc_library_builds_C_and_CXX_programs \
	installed_rpc_library_builds_programs
result every_function_has_an_installed_page \
	every_function_has_an_installed_page
result a_relative_build_directory_is_refused \
	a_relative_build_directory_is_refused
echo "1..$number"
test "$failed" = 0
