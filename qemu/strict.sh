#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds one of the two kernels that watch what the module does: strict (KASAN,
# lockdep, kmemleak, fault injection, coverage) or race (KCSAN), from the source
# that Debian packages and the fragments in qemu/config. Called by the Makefile.
#
# Usage: strict.sh strict|race DIRECTORY
#
# Leaves in DIRECTORY what kernel.sh leaves there: release, vermagic, vmlinux,
# vmlinuz (packed), headers, modules, kbuild.args, and stamp, written last;
# and cmdline, words for its command line. The stamp has a hash of all that went
# in but the source: while it is the same nothing is built, without a network.
# Building takes some 6 minutes on two processors, and 3 GB meanwhile.

set -eu

if [ $# -ne 2 ]; then
	echo "usage: strict.sh strict|race DIRECTORY" >&2
	exit 2
fi
name=$1
qemu=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=qemu/apt.sh
. "$qemu/apt.sh"
package=linux-source-6.12
base=$qemu/config/base.config own=$qemu/config/$name.config
if [ ! -e "$own" ] || [ "$name" = base ]; then
	echo "strict.sh: no kernel '$name'; there are strict and race" >&2
	exit 2
fi

mkdir -p "$2"
dir=$(cd "$2" && pwd)
exec 9>"$dir/lock"
flock 9
key=$(cat "$base" "$own" "$0" | sha256sum | cut -c 1-16)-gcc-$(gcc -dumpfullversion)
if [ "$(cat "$dir/stamp" 2>/dev/null)" = "$key" ]; then
	exit 0
fi

tmp=$dir/build
out=$tmp/out
rm -rf "$tmp" "$dir/stamp" "$dir/headers" "$dir/modules"
mkdir -p "$out" "$dir/modules/kernel"
trap 'rm -rf "$tmp"' EXIT

download() {
	(cd "$tmp" && apt_get download -qq $package >log 2>&1 </dev/null)
}
echo "kernel $name: downloading $package"
apt_try download "$tmp/log"
dpkg-deb -x "$tmp"/$package*.deb "$tmp"
tar -xJf "$tmp/usr/src/$package.tar.xz" -C "$tmp"
source=$tmp/$package

# The same build twice is the same kernel.
export KBUILD_BUILD_TIMESTAMP='' KBUILD_BUILD_USER=mbox KBUILD_BUILD_HOST=mbox
build() {
	${MAKE:-make} -s -C "$source" "O=$out" "-j$(nproc)" "$@" \
		>>"$tmp/log" 2>&1 || {
		tail -n 30 "$tmp/log" >&2
		echo "strict.sh: the kernel '$name' could not be built" >&2
		exit 1
	}
}
unset MAKEFLAGS MFLAGS MAKELEVEL
build tinyconfig
(cd "$source" && scripts/kconfig/merge_config.sh -m -O "$out" \
	"$out/.config" "$base" "$own" >>"$tmp/log" 2>&1)
build olddefconfig

# An option that kconfig has dropped is a detector that says nothing.
lost=$(grep -hE '^(CONFIG_|# CONFIG_.* is not set$)' "$base" "$own" |
	while read -r line; do
		option=$(echo "$line" | grep -oE 'CONFIG_[A-Z0-9_a-z]+')
		case $line in
		*=*) grep -qxF "$line" "$out/.config" || echo "$line" ;;
		*) ! grep -q "^$option=" "$out/.config" || echo "$line" ;;
		esac
	done)
if [ -n "$lost" ]; then
	echo "strict.sh: kconfig did not take these lines of qemu/config:" >&2
	echo "$lost" >&2
	exit 1
fi

echo "kernel $name: building, for some minutes"
# KCSAN watches the module and not the kernel, whose races are not ours: faster,
# and each report has the module on one side at least. But it must see that locks
# are barriers.
case $name in
race)
	echo 'KCSAN_INSTRUMENT_BARRIERS := y' >>"$source/kernel/locking/Makefile"
	build vmlinux modules KCSAN_SANITIZE=n
	;;
*) build vmlinux modules ;;
esac
# shellcheck disable=SC2016  # for make
build run-command KBUILD_RUN_COMMAND='+$(srctree)/scripts/package/install-extmod-build '"$dir/headers"
cp "$out/.config" "$dir/headers/.config"
touch "$dir/modules/modules.order" "$dir/modules/modules.builtin"
strip -g -o "$dir/vmlinux" "$out/vmlinux"
gzip -1 -n -c "$dir/vmlinux" >"$dir/vmlinuz"
cp "$out/include/config/kernel.release" "$dir/release"
: >"$dir/kbuild.args"
: >"$dir/cmdline"
if [ "$name" = strict ]; then
	# The module is built so that KCOV can follow it: for the fuzzer.
	echo KCOV_INSTRUMENT=y >"$dir/kbuild.args"
	# KASAN reports everything, not only what comes first.
	echo kasan_multi_shot >"$dir/cmdline"
fi
# What insmod compares: the same words as in a module of this kernel.
mkdir "$tmp/empty"
echo 'obj-m := empty.o' >"$tmp/empty/Kbuild"
printf '%s\n' '#include <linux/module.h>' 'MODULE_DESCRIPTION("nothing");' \
	'MODULE_LICENSE("GPL");' >"$tmp/empty/empty.c"
${MAKE:-make} -s -C "$dir/headers" M="$tmp/empty" modules >>"$tmp/log" 2>&1
PATH=$PATH:/usr/sbin:/sbin modinfo -F vermagic "$tmp/empty/empty.ko" \
	>"$dir/vermagic"
echo "$key" >"$dir/stamp"
echo "kernel $name: $(cat "$dir/release") is ready in $dir"
