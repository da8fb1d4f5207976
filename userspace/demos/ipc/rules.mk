# SPDX-License-Identifier: GPL-2.0-only
# The programs of ipc/ share the mechanisms behind ipc.h.

ipc_mechanisms := $(addprefix ipc/,stream.c queue.c ring.c box.c)
NOT_PROGRAMS += $(ipc_mechanisms)
SOURCES-ipc_same := $(ipc_mechanisms)
SOURCES-syscalls_table := $(ipc_mechanisms)
SOURCES-copy_count := $(ipc_mechanisms)
SOURCES-ipc_objects := $(ipc_mechanisms)
