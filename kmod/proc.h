/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes, as messages name them: the stamp of a sender.
 *
 * A stamp is taken from the task that acts, is not to be forged, and is
 * translated only when it is shown, for the namespaces of whom it is shown.
 *
 * Locking: none; a stamp does not change after it was taken.
 * Called by: msg.c, handle.c (the opener's, for plain write), stat.c.
 */
#ifndef MBX_PROC_H
#define MBX_PROC_H

#include <linux/pid.h>
#include <linux/types.h>
#include <linux/uidgid.h>

/**
 * struct mbx_stamp - who sent a message
 * @process: its process (a reference)
 * @thread: its thread (a reference, unless it is @process itself)
 * @start_time: when the process started, ns of CLOCK_BOOTTIME
 * @uid: effective user id
 * @gid: effective group id
 */
struct mbx_stamp {
	struct pid *process;
	struct pid *thread;
	u64 start_time;
	kuid_t uid;
	kgid_t gid;
};

void mbx_stamp_current(struct mbx_stamp *stamp);
void mbx_stamp_copy(struct mbx_stamp *to, const struct mbx_stamp *from);
void mbx_stamp_put(struct mbx_stamp *stamp);

u32 mbx_uid_shown(kuid_t uid);
u32 mbx_gid_shown(kgid_t gid);
u64 mbx_boottime_shown(u64 ns);
u64 mbx_monotonic_shown(u64 ns);

#endif /* MBX_PROC_H */
