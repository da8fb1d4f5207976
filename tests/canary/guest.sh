#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh: lets canary.ko commit its bugs, one after the other, and looks in
# the kernel log whether the detector has spoken. Called by canary.sh, in the
# guest of the strict or the race kernel.
#
# Usage: guest.sh strict|race|fatal      fatal: the bug that stops the kernel
#
# Order matters: lockdep is silent after its first report, and after any of
# KASAN's; rcu_dereference() and lockdep_assert_held() ask it too.

log=/tmp/canary.log
number=0
failed=0

result() {	# result 0|1 SENTENCE
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		failed=$((failed + 1))
		tail -n 40 $log | sed 's/^/# /'
		echo "not ok $number - $2"
	fi
}

commit() {
	dmesg -c >/dev/null
	insmod /lib/mbox/canary.ko bug="$1" 2>/dev/null
	dmesg -c >$log
}

# sees BUG PATTERN SENTENCE
sees() {
	commit "$1"
	grep -q "$2" $log
	result $? "$3"
}

# It lists what has been lost for some seconds.
sees_leak() {
	commit leak
	echo clear >/sys/kernel/debug/kmemleak
	commit leak
	sleep 6
	echo scan >/sys/kernel/debug/kmemleak
	sleep 6
	echo scan >/sys/kernel/debug/kmemleak
	cat /sys/kernel/debug/kmemleak >$log
	grep -q 'comm "insmod"' $log
	result $? 'kmemleak sees memory that nobody points to'
}

case ${1-} in
strict)
	sees no-rcu-lock 'suspicious RCU usage' \
		'RCU is read without its lock: seen'
	sees not-held 'WARNING: .*not_held' \
		'lockdep_assert_held() sees a lock that is not held'
	sees sleep-under-spinlock 'BUG: sleeping function called' \
		'an allocation that sleeps under a spinlock is seen'
	sees lock-inversion 'possible circular locking dependency' \
		'lockdep sees two locks in two orders'
	sees use-after-free 'KASAN: slab-use-after-free in use_after_free' \
		'KASAN sees a use after free'
	sees out-of-bounds 'KASAN: slab-out-of-bounds in out_of_bounds' \
		'KASAN sees a write behind an object'
	sees double-free 'KASAN: double-free in double_free' \
		'KASAN sees a double free'
	sees shift-too-far 'UBSAN: shift-out-of-bounds' \
		'UBSAN sees a shift that is too far'
	sees list-twice 'list_add double add' \
		'DEBUG_LIST sees an entry that is added twice'
	sees count-from-zero 'refcount_t: addition on 0' \
		'a reference taken on what has none is seen'
	sees free-armed-timer 'ODEBUG: free active' \
		'DEBUG_OBJECTS sees that an armed timer is freed'
	sees_leak
	;;
race)
	sees data-race 'KCSAN: data-race in count_without_lock' \
		'KCSAN sees two tasks that count without a lock'
	sees sleep-under-spinlock 'BUG: sleeping function called' \
		'an allocation that sleeps under a spinlock is seen'
	;;
fatal)
	commit copy-too-much
	echo 'the kernel goes on' >$log
	result 1 'HARDENED_USERCOPY stops a copy of more than an object'
	;;
esac
echo "1..$number"
[ "$failed" = 0 ]
