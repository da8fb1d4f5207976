#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boots the guest, has it do one job, and ends with the verdict. Called by the
# Makefile; qemu/README.md explains how it works and what it prints.
#
# Usage: run.sh [OPTION...]
#
#   --build DIR     what was built (default: build/6.1 of this tree)
#   --kernel DIR    the kernel to boot (default: build/kernel/6.1)
#   --cmd CMD       run CMD in the guest and end with its status (default: true)
#   --shell         on this terminal: CMD, then a shell; Ctrl-A X leaves
#   --gdb           let a debugger connect to the socket RUN/gdb
#   --module KIND   module to load first: prod (default), test or none
#   --params TEXT   parameters of that module
#   --stdout FILE   write the command's standard output there, not here
#   --smp N         processors (default 2)
#   --mem MIB       memory (default 1024)
#   --icount        count instructions: one processor, virtual time
#   --append TEXT   more words for the kernel's command line
#   --timeout S     time for the job (default 60)
#   --name NAME     folder for this run below BUILD/run (default vm)
#   --quiet         say nothing about a run that went well
#
# Exit status: that of the job; 125 if the guest failed: no full verdict, a
# panic, a line in the kernel log that must not be there, or the time was up.

set -eu

FAILED=125
BOOT_LIMIT=${MBOX_BOOT_LIMIT:-}

qemu_dir=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$qemu_dir")
build=$top/build/6.1 kernel=$top/build/kernel/6.1 cmd=true mode=cmd module=prod params='' stdout='' smp=2
mem=1024 icount='' append='' timeout=60 name=vm quiet='' gdb=''

say() {
	echo "vm: $*" >&2
}

die() {
	say "$*"
	exit $FAILED
}

while [ $# -gt 0 ]; do
	option=$1
	case $option in
	--shell) mode=shell timeout=0 ;;
	--gdb) gdb=1 ;;
	--icount) icount=1 smp=1 ;;
	--quiet) quiet=1 ;;
	--build | --kernel | --cmd | --module | --params | --stdout | --smp | \
		--mem | --append | --timeout | --name)
		[ $# -ge 2 ] || die "$option needs a value"
		printf -v "${option#--}" %s "$2"
		shift
		;;
	*) die "unknown option $option; see the top of $0" ;;
	esac
	shift
done
# KASAN and KCSAN make the unpacking of the initramfs slow.
case ${kernel##*/} in
strict | race) : "${BOOT_LIMIT:=240}" ;;
*) : "${BOOT_LIMIT:=60}" ;;
esac
for value in "$smp" "$mem" "$timeout" "$BOOT_LIMIT"; do
	[[ $value =~ ^[0-9]+$ ]] || die "'$value' is no number"
done
initrd=$build/initramfs.cpio
[ -e "$kernel/vmlinuz" ] || die "no kernel in '$kernel'; type make"
[ -e "$initrd" ] || die "no initramfs '$initrd'; type make"
case $module in
prod) module=/lib/mbox/mbox.ko ko=$build/kmod/mbox.ko ;;
test) module=/lib/mbox-test/mbox.ko ko=$build/kmod-test/mbox.ko ;;
none) module='' ko='' ;;
*) die "no module '$module'; use prod, test or none" ;;
esac

# One folder a run, taken by a lock that ends with this process.
take_folder() {
	local n path

	for n in '' .2 .3 .4 .5 .6 .7 .8 .9; do
		path=$build/run/$name$n
		mkdir -p "$path"
		exec 8>"$path/lock"
		if flock -n 8; then
			out=$path
			return
		fi
	done
	die "nine runs called '$name' are under way in $build/run"
}

check_vermagic() {
	local ours theirs

	[ -n "$ko" ] || return 0
	[ -e "$ko" ] || die "no module $ko; type make"
	ours=$(PATH=$PATH:/usr/sbin:/sbin modinfo -F vermagic "$ko")
	theirs=$(cat "$kernel/vermagic")
	if [ "$ours" != "$theirs" ]; then
		say "$ko was built for another kernel than the one to boot:"
		say "    module  $ours"
		say "    kernel  $theirs"
		die "remove $(dirname "$ko") and type make"
	fi
}

write_job() {
	if [ "$mode" = shell ]; then
		cmd="stty $(stty_size); cd /root; $cmd; exec sh -l"
	fi
	rm -rf "$out/job"
	mkdir -p "$out/job"
	printf '%s\n' "$mode" >"$out/job/mode"
	printf '%s\n' "$cmd" >"$out/job/cmd"
	printf '%s\n' "$module" >"$out/job/module"
	printf '%s\n' "$params" >"$out/job/params"
	{
		cat "$initrd"
		(cd "$out" && find job | busybox cpio -o -H newc -R 0:0 2>log)
	} >"$out/initrd"
}

# The guest's console is a serial port, which does not know how wide it is.
stty_size() {
	local rows columns

	if read -r rows columns < <(stty size 2>/dev/null) && [ "$columns" -gt 0 ]; then
		echo "rows $rows columns $columns"
	else
		echo "rows 24 columns 80"
	fi
}

# Machine, clock and processor: see "Why these settings" in README.md.
choose_machine() {
	local khz cpu=max,-cx16

	khz=$("$build/qemu/tsckhz")
	machine=microvm,acpi=off,pit=on,pic=on,rtc=on,isa-serial=off
	machine+=,x-option-roms=off,auto-kernel-cmdline=on
	kargs="console=ttyS0 loglevel=$([ "$mode" = shell ] && echo 2 || echo 5)"
	kargs+=" reboot=t panic=-1 oops=panic"
	kargs+=" unknown_nmi_panic=1 panic_print=0x41 log_buf_len=1M"
	kargs+=" rcupdate.rcu_cpu_stall_timeout=60 tsc=reliable"
	kargs+=" mitigations=off syscall.x32=y random.trust_cpu=on"
	# On a busy host the kernel sees too few ticks, and would panic.
	kargs+=" no_timer_check"
	if [ "$icount" ]; then
		accel=(-accel 'tcg,thread=single' -icount 'shift=0,sleep=off')
		cpu+=,-erms,-fsrm
		khz=1000000
	elif [ -z "${1-}" ]; then
		accel=(-accel 'tcg,thread=multi')
	else
		accel=(-accel kvm)
		cpu=host
	fi
	cpu_args=(-cpu "$cpu" -smp "$smp")
	kargs+=" tsc_early_khz=$khz $(cat "$kernel/cmdline" 2>/dev/null || true) $append"
}

start_qemu() {
	local serial extra=()

	rm -f "$out"/{verdict,stdout,stderr,console.log} "$out"/{mon,ctl}.{in,out}
	mkfifo "$out"/{mon,ctl}.{in,out}
	touch "$out"/{verdict,stdout,stderr,console.log}
	if [ "$mode" = shell ]; then
		serial=(-chardev "stdio,id=con,mux=on,signal=off,logfile=$out/console.log")
		serial+=(-mon chardev=con)
	else
		serial=(-chardev "file,id=con,path=$out/console.log")
	fi
	if [ "$gdb" ]; then
		extra+=(-gdb "unix:$out/gdb,server=on,wait=off")
		rm -f "$out/gdb"
	fi
	# QEMU must not outlive this script, however that ends.
	setpriv --pdeathsig KILL -- qemu-system-x86_64 \
		-M "$machine" "${accel[@]}" "${cpu_args[@]}" -m "$mem" \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$kernel/vmlinux" -initrd "$out/initrd" \
		-append "$kargs" \
		"${serial[@]}" -device isa-serial,index=0,chardev=con \
		-chardev "pipe,id=ctl,path=$out/ctl" \
		-device isa-serial,index=1,chardev=ctl \
		-chardev "pipe,id=mon,path=$out/mon" \
		-mon chardev=mon,mode=readline \
		-chardev "file,id=verdict,path=$out/verdict" \
		-device isa-debugcon,iobase=0xe9,chardev=verdict \
		-chardev "file,id=stdout,path=$out/stdout" \
		-device isa-debugcon,iobase=0xea,chardev=stdout \
		-chardev "file,id=stderr,path=$out/stderr" \
		-device isa-debugcon,iobase=0xeb,chardev=stderr \
		"${extra[@]}" <&"$1" 2>"$out/qemu.log" 8>&- &
	qemu=$!
	started=$EPOCHREALTIME
}

alive() {
	kill -0 "$qemu" 2>/dev/null
}

stop_qemu() {
	if [ -n "${qemu-}" ]; then
		kill -KILL "$qemu" 2>/dev/null || true
		wait "$qemu" 2>/dev/null || true
	fi
	qemu=''
}

elapsed_ms() {
	echo $(((${EPOCHREALTIME/./} - ${started/./}) / 1000))
}

has() {
	grep -q "^$1" "$out/verdict"
}

# Waits until the verdict has a line that begins with $1, $2 seconds (0: for
# ever) have passed, or QEMU has ended; fails in the latter two cases.
wait_for() {
	local limit=$(($2 * 1000 + $(elapsed_ms)))

	until has "$1"; do
		alive || return 1
		# A terminal that went away does not always send a signal.
		[ -z "${tty_state-}" ] || [ -t 0 ] || exit 143
		[ "$2" = 0 ] || [ "$(elapsed_ms)" -lt "$limit" ] || return 1
		sleep 0.05
	done
}

boot() {
	local start_fd=$1

	for attempt in 1 2; do
		start_qemu "$start_fd"
		wait_for ready "$BOOT_LIMIT" && break
		# A retry is for the known hang only: alive, and never at PID 1.
		if ! alive || has boot || [ $attempt = 2 ]; then
			return 1
		fi
		stop_qemu
		say "RETRY: no sign of life after $BOOT_LIMIT s; booting again"
		say "last lines of the console:"
		tail -n 5 "$out/console.log" >&2
	done
	ready_ms=$(elapsed_ms)
	[ "$quiet" ] || say "$(printf 'ready after %d.%01d s (%s, %d CPU)' \
		$((ready_ms / 1000)) $((ready_ms % 1000 / 100)) \
		"$([ "$icount" ] && echo icount || echo "${accel[1]%%,*}")" "$smp")"
}

# The console as it was before this script made the kernel print its tasks.
console() {
	head -n "${console_lines:-1000000}" "$out/console.log"
}

show_console() {
	local from

	# From the first bad line on, else the end.
	from=$(console | grep -n -m1 -F -f "$qemu_dir/splats.list" |
		cut -d: -f1 || true)
	if [ -n "$from" ]; then
		say "the console ($out/console.log) from the first bad line:"
		console | tail -n "+$((from > 3 ? from - 3 : 1))" |
			head -n 60 >&2
	else
		say "last lines of the console ($out/console.log):"
		console | tail -n 25 >&2
	fi
}

# tell PIPE WORD: opened for both ways, since else it would wait for a reader
# when QEMU has just ended.
tell() {
	if [ -p "$out/$1.in" ]; then
		echo "$2" 1<>"$out/$1.in"
	fi
}

# Asks PID 1 where each task sleeps and each processor runs; if user space is
# dead, an NMI makes the kernel panic, and its panic handler prints all tasks.
show_tasks() {
	console_lines=$(wc -l <"$out/console.log")
	tell ctl d
	if wait_for dumped 5; then
		say "where each task is:"
		sed -n 's/^task /    /p' "$out/verdict" >&2
		sleep 0.2
		say "where each processor is:"
	else
		say "PID 1 does not answer; all tasks by NMI:"
		tell mon nmi
		for _ in $(seq 100); do
			alive || break
			sleep 0.1
		done
	fi
	tail -n "+$((console_lines + 1))" "$out/console.log" | head -n 300 >&2
}

# Prints why the run is no good; true if it is good.
judge() {
	local bad='' splats

	if [ "$hung" ]; then
		say "FAILED: $hung"
		bad=1
	elif ! has 'end '; then
		say "FAILED: the guest stopped without a verdict$(grep -q \
			'Kernel panic' "$out/console.log" && echo ': a panic')"
		bad=1
	fi
	if grep -q '^broken' "$out/verdict"; then
		say "FAILED: the guest could not be set up:"
		sed -n 's/^broken /    /p' "$out/verdict" >&2
		bad=1
	fi
	# What the kernel prints when asked for its tasks is no news.
	splats=$(sed -n -e '/^task /q' -e '/^dumped/q' -e 's/^splat /    /p' \
		"$out/verdict")
	if [ -n "$splats" ]; then
		say "FAILED: the kernel log has lines that must not be there:"
		printf '%s\n' "$splats" >&2
		bad=1
	elif console | grep -q -F -f "$qemu_dir/splats.list" &&
		[ "$mode" != shell ]; then
		bad=1
	fi
	if [ "$bad" ]; then
		[ -s "$out/qemu.log" ] && cat "$out/qemu.log" >&2
		show_console
		return 1
	fi
}

# KVM is used only where a boot with it has worked within five seconds.
kvm_works() {
	local key answer=no

	[ -w /dev/kvm ] && [ -z "$icount" ] || return 1
	key="$(cat /proc/sys/kernel/random/boot_id) $(cat "$kernel/release")"
	if [ -e "$build/kvm-probe" ] &&
		[ "$(cut -d' ' -f2- "$build/kvm-probe")" = "$key" ]; then
		[ "$(cut -d' ' -f1 "$build/kvm-probe")" = yes ]
		return
	fi
	choose_machine kvm
	# Where it does not work QEMU aborts, and the shell would say so.
	{
		start_qemu 7
		wait_for ready 5 && answer=yes
		stop_qemu
	} 2>/dev/null
	echo "$answer $key" >"$build/kvm-probe"
	[ "$quiet" ] || say "KVM probe: $answer"
	[ $answer = yes ]
}

# shellcheck disable=SC2317  # called by the traps
finish() {
	stop_qemu
	if [ -n "${out-}" ]; then
		rm -rf "$out"/{initrd,job,log,gdb} "$out"/{mon,ctl}.{in,out}
	fi
	[ -z "${tty_state-}" ] || stty "$tty_state" 2>/dev/null || true
}

check_vermagic
take_folder
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
exec 7</dev/null 6>&1
[ -z "$stdout" ] || exec 6>"$stdout"
write_job
if kvm_works; then
	choose_machine kvm
else
	choose_machine
fi
if [ "$mode" = shell ] && [ -t 0 ]; then
	tty_state=$(stty -g)
	say "Ctrl-A X ends the guest"
fi

hung=''
input=7
[ "$mode" != shell ] || input=0
if boot "$input"; then
	if [ "$mode" = cmd ]; then
		tail -q -s 0.1 --pid="$qemu" -f -c +1 "$out/stdout" \
			>&6 8>&- &
		tail_out=$!
		tail -q -s 0.1 --pid="$qemu" -f -c +1 "$out/stderr" >&2 8>&- &
		tail_err=$!
	fi
	if ! wait_for 'end ' "$timeout" && alive; then
		hung="no end after $timeout s"
		say "$hung"
		show_tasks
		stop_qemu
	fi
	# After its last word the guest resets, and QEMU ends.
	for _ in $(seq 100); do
		alive || break
		sleep 0.02
	done
	stop_qemu
	[ "$mode" != cmd ] || wait "$tail_out" "$tail_err"
elif alive; then
	hung="the guest did not come up in $BOOT_LIMIT s"
	say "$hung"
	show_tasks
	stop_qemu
fi
if [ "$mode" = shell ] && ! has 'exit ' && ! grep -q '^splat' "$out/verdict"; then
	exit 0	# left with Ctrl-A X
fi
judge || exit $FAILED
exit "$(sed -n 's/^exit //p' "$out/verdict")"
