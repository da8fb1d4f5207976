#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make check: style and static analysis of the whole tree, all of it at zero.
# Each stage is a function below and prints "check: NAME ok", or what it found.
# An exception stands in the source it is for, with its reason.
#
# Usage: O=BUILD K=KERNEL_DIR [FILES=REGEX] check.sh [STAGE...]

# shellcheck disable=SC2317  # the stages are called by name

set -eu

cd "$(dirname "$0")/../.."
: "${O:?the build folder, absolute}" "${K:?the kernel folder, absolute}"
here=tests/check
work=$O/check
mkdir -p "$work"
# The module is built by a make of its own, which knows nothing of a caller's.
unset MAKEFLAGS MFLAGS MAKELEVEL
# What a stage prints is a finding; what it has to say besides goes here.
exec 3>&1

# All files of the project whose path matches a pattern (extended regex).
files() {
	if [ -e .git ]; then
		git ls-files -co --exclude-standard
	else
		find . -path ./build -prune -o -type f -print | sed 's#^\./##'
	fi | grep -E "$1" | grep -E "${FILES:-.}" | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done | sort -u
}

# All scripts with a shell in their first line.
shell_scripts() {
	files . | while read -r file; do
		case $(head -n 1 "$file" | tr -d '\0') in
		'#!/bin/sh'* | '#!/bin/bash'* | '#!/usr/bin/env bash'*)
			echo "$file"
			;;
		esac
	done
}

# Builds the module in a folder of its own: kbuild FOLDER ARGUMENT...
kbuild() {
	local dir=$work/kmod-$1

	shift
	qemu/kbuild.sh "$K/headers" "$dir" -s "$@" 2>&1 ||
		echo "the build in $dir failed"
}

# -- the stages: silent when all is well ---------------------------------

stage_text() {
	local file

	# A patch has blanks that belong to what it changes; a program of the
	# lecture notes stays as it was printed; and a tool wrote what is pinned.
	files . | grep -vE '\.(patch|printed|pinned)$' | while read -r file; do
		[ -s "$file" ] || continue
		[ -z "$(tail -c 1 "$file" | tr -d '\0')" ] ||
			echo "$file: no newline at the end"
		grep -n '[[:blank:]]$' "$file" | sed "s#^#$file:#; s#\$#<-- blank#"
	done
	# A file above 600 lines is two files, unless it says why it is one.
	files '\.(c|h|sh|awk|mk|pml)$|Makefile$' | xargs -r grep -L 'Long file: ' |
		xargs -r wc -l | awk '$1 > 600 && $2 != "total" {
			print $2 ": " $1 " lines; above 600 it is two files" }'
	# The licence stands first, below a "#!" at most.
	files '\.(c|h|sh|awk|mk|map|pml)$|Makefile$|Kbuild$' | while read -r file; do
		head -n 2 "$file" | grep -q 'SPDX-License-Identifier: ' ||
			echo "$file: no SPDX-License-Identifier at the top"
	done
}

stage_format() {
	files '\.[ch]$' | xargs clang-format-14 --dry-run -Werror 2>&1
}

# What checkpatch may not complain about, and why.
# clang-format decides where lines break, and aligns with blanks.
ignore_all=OPEN_ENDED_LINE,LEADING_SPACE
# Macros that iterate use their arguments more than once.
ignore_all+=,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE
# compat.h is the one place that may ask for the kernel's version.
ignore_compat=$ignore_all,LINUX_VERSION_CODE,CONSTANT_COMPARISON
# Tracepoints have a format of their own.
ignore_trace=$ignore_all,PARENTHESIS_ALIGNMENT
# The errno table has one line for each meaning, and tests read it so.
ignore_uapi=$ignore_all,LONG_LINE_COMMENT
# User space has none of the kernel's helpers, and its own rule for errors;
# sentences for people are long, and may be split.
ignore_user=$ignore_all,ARRAY_SIZE,AVOID_EXTERNS,CAMELCASE,CONSIDER_KSTRTO
ignore_user+=,EMBEDDED_FUNCTION_NAME,ENOSYS,FUNCTION_ARGUMENTS,LONG_LINE_STRING
ignore_user+=,MACRO_WITH_FLOW_CONTROL,PREFER_DEFINED_ATTRIBUTE_MACRO
ignore_user+=,PREFER_FALLTHROUGH,PREFER_KERNEL_TYPES,SPLIT_STRING
ignore_user+=,SSCANF_TO_KSTRTO,STATIC_CONST_CHAR_ARRAY,STRCPY,STRLCPY,STRNCPY
ignore_user+=,SYMBOLIC_PERMS,NAKED_SSCANF,USE_NEGATIVE_ERRNO,USLEEP_RANGE
ignore_user+=,VOLATILE,PARENTHESIS_ALIGNMENT,BIT_MACRO
# Demos keep the form of the notes' programs, and clang-format their blanks.
ignore_demo=$ignore_user,NEW_TYPEDEFS,GLOBAL_INITIALISERS,ASSIGN_IN_IF
ignore_demo+=,MULTIPLE_ASSIGNMENTS,SPACING,LINE_SPACING,COMPARISON_TO_NULL

# Run elsewhere, since it leaves a cache of names behind where it runs, and
# with an empty kernel tree to look for names in.
checkpatch() {	# checkpatch IGNORED-TYPES < FILES
	local top=$PWD

	mkdir -p "$work/tree/include"
	sed "s#^#$top/#" | (cd "$work" && xargs -r \
		"$top/build/checkpatch/checkpatch.pl" --no-tree --strict \
		--root="$work/tree" --terse --quiet --no-summary --show-types --ignore "$1" -f \
		2>&1) | sed "s#^$top/##"
}

stage_checkpatch() {
	"$here/fetch-checkpatch.sh" "$PWD/build/checkpatch" >&3
	files '^kmod/.*\.[ch]$' | grep -vE '/(compat|trace)\.h$' |
		checkpatch "$ignore_all"
	files '^kmod/compat\.h$' | checkpatch "$ignore_compat"
	files '^kmod/trace\.h$' | checkpatch "$ignore_trace"
	files '^uapi/.*\.h$' | checkpatch "$ignore_uapi"
	files '^(userspace|tests|qemu)/.*\.[ch]$' | grep -v '/demos/' |
		checkpatch "$ignore_user"
	files '^userspace/demos/.*\.[ch]$' | checkpatch "$ignore_demo"
}

stage_warnings() {
	kbuild warnings W=1
	kbuild warnings-test W=1 MBX_TEST=1
	SOURCE=tests/unit kbuild warnings-unit W=1
}

stage_sparse() {
	kbuild sparse C=2 CF=-D__CHECK_ENDIAN__
	kbuild sparse-test C=2 CF=-D__CHECK_ENDIAN__ MBX_TEST=1
	SOURCE=tests/unit kbuild sparse-unit C=2 CF=-D__CHECK_ENDIAN__
}

stage_kerneldoc() {
	files '^(kmod|uapi)/.*\.[ch]$' |
		xargs -r perl "$K/headers/scripts/kernel-doc" -none -Werror 2>&1
}

stage_cppcheck() {
	# cppcheck 2.10 calls a ({ }) in a condition an internalAstError, and does
	# not see that a macro of the tests stores through a pointer in one. The
	# canary's mistakes are its purpose.
	files '^(userspace|tests|qemu)/.*\.c$' | grep -v '^tests/canary/' |
		xargs -r cppcheck --quiet --error-exitcode=1 --inline-suppr \
			--enable=warning,performance,portability --std=c11 \
			--suppress=missingIncludeSystem \
			--suppress=internalAstError \
			--suppress='uninitvar:tests/uapi/*' \
			--suppress='legacyUninitvar:tests/uapi/*' -D_GNU_SOURCE \
			-Iuapi -Iuserspace/lib -Iuserspace/rpc -Itests/harness \
			--template='{file}:{line}: {id}: {message}' 2>&1
}

stage_tidy() {
	local tidy options=(-std=gnu11 -D_GNU_SOURCE -Iuapi -Iuserspace/lib
		-Iuserspace/rpc -isystem /usr/include/tirpc)
	local demo_checks=-cert-env33-c,-bugprone-command-processor

	# One file a run: its checks of va_list go wrong from the second on. And
	# two run at a time: each has its own filter, since its count of what it
	# suppressed comes in pieces that would mix.
	# shellcheck disable=SC2016  # $@ is for the inner shell
	tidy='clang-tidy-14 --quiet --warnings-as-errors="*" "$@" 2>&1 |
		{ grep -vE "^[0-9]+ warnings? (generated|treated as)" || true; }'
	{
		files '^(userspace|qemu)/.*\.c$' | grep -v '/demos/' |
			xargs -r -I{} -P 2 sh -c "$tidy" sh {} -- "${options[@]}"
		# A demo may run other programs, multiply small constants and
		# copy short texts, in a way that reads well.
		demo_checks+=,-clang-analyzer-security.insecureAPI.strcpy
		# And the analyzer thinks that getsockname() fills nothing in.
		demo_checks+=,-clang-analyzer-core.CallAndMessage
		demo_checks+=,-bugprone-implicit-widening-of-multiplication-result
		files '^userspace/demos/.*\.c$' |
			xargs -r -I{} -P 2 sh -c "$tidy" sh \
				"--checks=$demo_checks" {} -- "${options[@]}" \
				"-I$O/rpcgen"
	}
}

stage_shellcheck() {
	{
		shell_scripts
		# What is read by a shell has no "#!".
		files '^packaging/completion/'
	} | xargs -r shellcheck -x
}

stage_codespell() {
	files . | grep -vE '\.(patch|printed|pinned)$' | xargs codespell
}

stage_man() {
	files '^docs/man/.*\.[1-8]$' |
		xargs -r mandoc -Tlint -Wwarning,stop
	# A page's name and section stand in its file name.
	files '^docs/man/.*\.[1-8]$' | while read -r page; do
		name=$(basename "$page")
		grep -qiE "^\.(TH|Dt) \"?${name%.*}\"? \"?${name##*.}" "$page" ||
			echo "$page: its title line names another page"
	done
}

stage_uapi() {
	local header std

	header=uapi/linux/mbox.h
	printf '#include "%s"\n#include "%s"\nint mbox_uapi;\n' \
		"$header" "$header" >"$work/uapi.c"
	for std in c90 c11 c17; do
		for bits in 64 32; do
			gcc "-m$bits" "-std=$std" -pedantic -Wall -Wextra -Werror \
				-fsyntax-only -I. "$work/uapi.c" 2>&1 ||
				echo "$header as $std, -m$bits"
		done
	done
	for bits in 64 32; do
		g++ "-m$bits" -std=c++17 -pedantic -Wall -Wextra -Werror \
			-fsyntax-only -I. -x c++ "$work/uapi.c" 2>&1 ||
			echo "$header as C++17, -m$bits"
	done
	header=userspace/lib/mbox.h
	printf '#include "%s"\n#include "%s"\nint mbox_header;\n' \
		"$header" "$header" >"$work/lib.c"
	for std in c11 c17; do
		gcc "-std=$std" -pedantic -Wall -Wextra -Werror -fsyntax-only \
			-I. -Iuapi "$work/lib.c" 2>&1 || echo "$header as $std"
	done
	g++ -std=c++17 -pedantic -Wall -Wextra -Werror -fsyntax-only \
		-I. -Iuapi -x c++ "$work/lib.c" 2>&1 || echo "$header as C++17"
}

stage_abi() {
	O=$O tests/abi/abi.sh 2>&1
}

# The arrows between the parts of the tree.
stage_arrows() {
	# Only the library talks to the device; others go through it.
	files '^userspace/(tools|demos|bench)/.*\.[ch]$' |
		xargs -r grep -nE 'include .*linux/mbox\.h|MBOX_IOC' |
		sed 's/$/ <-- only userspace\/lib may do this/'
	# The raw tests must not lean on the library.
	files '^tests/uapi/.*\.[ch]$' |
		xargs -r grep -nE '#include [<"](\.\./)*(userspace/lib/)?mbox\.h' |
		sed 's/$/ <-- tests\/uapi must not use libmbox/'
	# Nothing reads tests, labs or docs.
	files '^(uapi|kmod|userspace)/.*\.[ch]$' |
		xargs -r grep -nE '#include .*(tests|labs|docs)/' |
		sed 's/$/ <-- nothing may depend on that/'
	# Inside kmod the includes go downward.
	[ ! -d kmod ] || awk '
		function rank_of(file,    base)
		{
			base = file
			sub(/\.[ch]$/, "", base)
			return file in level ? level[file] : level[base]
		}
		FILENAME ~ /arrows\.list$/ {
			if ($0 !~ /^#/ && NF) {
				rank++
				for (i = 1; i <= NF; i++)
					level[$i] = rank
			}
			next
		}
		FNR == 1 {
			me = FILENAME
			sub(/.*\//, "", me)
			if (!rank_of(me))
				print FILENAME ": not in tests/check/arrows.list"
		}
		/^#include "/ {
			split($0, part, "\"")
			if (rank_of(part[2]) < rank_of(me))
				print FILENAME ":" FNR ": includes upward: " part[2]
		}' "$here/arrows.list" kmod/*.[ch]
}

stage_mutants() {
	local patch said

	# That they are killed is shown by make mutants, which takes long.
	for patch in tests/mutants/*.patch tests/unit/mutants/*.patch; do
		said=$(git apply --check -C1 "$patch" 2>&1) ||
			echo "$patch: $said"
	done
}

all='text format checkpatch warnings sparse kerneldoc cppcheck tidy shellcheck
	codespell man uapi abi arrows mutants'

status=0
# shellcheck disable=SC2086  # words
[ $# -gt 0 ] || set -- $all
for stage; do
	if ! declare -F "stage_$stage" >/dev/null; then
		# shellcheck disable=SC2086  # words
		echo "check: no stage '$stage'; there are:" $all >&2
		exit 2
	fi
	if "stage_$stage" >"$work/$stage.log" 2>&1 && [ ! -s "$work/$stage.log" ]; then
		echo "check: $stage ok"
	else
		status=1
		echo "check: $stage FAILED ($(wc -l <"$work/$stage.log") lines," \
			"all in $work/$stage.log)"
		head -n 40 "$work/$stage.log"
	fi
done
exit $status
