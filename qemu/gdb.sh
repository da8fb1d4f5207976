#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make gdb: boots the guest, loads the module, and starts gdb on it with the
# symbols of kernel and module, before CMD runs in the guest. "break mbx_..."
# and "continue" then do what they say. Debian keeps its kernel's debug file in
# a package of a gigabyte, so the kernel has names here, but no lines or types;
# the module has all of it.
#
# Usage: gdb.sh BUILD KERNEL_DIR MODULE CMD [GDB-ARGUMENT...]

set -eu

if [ $# -lt 4 ]; then
	echo "usage: gdb.sh BUILD KERNEL_DIR MODULE CMD [GDB-ARGUMENT...]" >&2
	exit 2
fi
build=$1
kernel=$2
module=$3
cmd=$4
shift 4
qemu=$(cd "$(dirname "$0")" && pwd)
out=$build/run/gdb
case $module in
test) ko=$build/kmod-test/mbox.ko ;;
*) module=prod ko=$build/kmod/mbox.ko ;;
esac

# The kernel's symbol table, once for each kernel: the guest's /proc/kallsyms
# becomes an object file of empty sections with labels. The kernel lies where
# it was linked, since it is booted without the decompressor that moves it.
make_symbols() {
	local dir=$build/run/symbols

	mkdir -p "$dir"
	echo "gdb: reading the kernel's symbols, once"
	# shellcheck disable=SC2016  # awk of the guest
	"$qemu/run.sh" --build "$build" --kernel "$kernel" --quiet \
		--name symbols --module none --timeout 120 \
		--stdout "$dir/symbols.gz" --cmd \
		'grep -v "\[" /proc/kallsyms | sort | gzip -1'
	gzip -dc "$dir/symbols.gz" | awk '
		BEGIN { print ".section .kernel,\"ax\",@nobits" }
		$1 !~ /^ffffffff[89a-f]/ || $3 !~ /^[A-Za-z_][A-Za-z0-9_.]*$/ ||
			seen[$3]++ { next }
		{
			printf ".org 0x%s\n", substr($1, 10)
			if ($2 ~ /[tTwW]/)
				printf ".type %s,@function\n", $3
			printf ".globl %s\n%s:\n", $3, $3
		}' >"$dir/symbols.s"
	as --64 -o "$dir/symbols.o" "$dir/symbols.s"
	ld -o "$kernel/vmlinux.sym.new" --section-start=.kernel=0xffffffff80000000 -e 0 \
		"$dir/symbols.o"
	mv "$kernel/vmlinux.sym.new" "$kernel/vmlinux.sym"
	rm -rf "$dir"
}

[ -e "$kernel/vmlinux.sym" ] || make_symbols

# shellcheck disable=SC2016  # for the shell of the guest
wait_and_run='cd /sys/module/mbox/sections
for s in .*; do [ ! -f $s ] || echo "$s $(cat $s)"; done; echo "@go"
cd /tmp; while [ ! -e /run/go ]; do usleep 50000; done; '
"$qemu/run.sh" --build "$build" --kernel "$kernel" --name gdb --gdb \
	--module "$module" --timeout 0 --cmd "$wait_and_run $cmd" \
	>"$build/run/gdb.out" &
runner=$!
trap 'kill $runner 2>/dev/null || true; wait $runner 2>/dev/null || true; rm -f "$build/run/gdb.out"' EXIT

until grep -q '^@go' "$out/stdout" 2>/dev/null && [ -S "$out/gdb" ]; do
	if ! kill -0 $runner 2>/dev/null; then
		echo "gdb: the guest did not come up" >&2
		exit 1
	fi
	sleep 0.1
done
text=$(sed -n 's/^\.text //p' "$out/stdout")
sections=$(sed -n -E 's/^(\.(data|bss|rodata|(init|exit|ref).*|text\..*)) /-s \1 /p' \
	"$out/stdout" | tr '\n' ' ')

echo "gdb: the guest stands before: $cmd"
echo "gdb: its output goes to $out/stdout and $out/stderr"
gdb -q -nx \
	-ex 'set pagination off' -ex 'set confirm off' \
	-ex 'set architecture i386:x86-64' \
	-ex "file $kernel/vmlinux.sym" \
	-ex "add-symbol-file $ko $text $sections" \
	-ex "target remote $out/gdb" \
	-ex "shell echo g >$out/ctl.in" \
	"$@" || true
