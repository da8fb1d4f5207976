# SPDX-License-Identifier: GPL-2.0-only
# The notes' ring, ring_printed.h, is compiled twice: here without optimization,
# where it works, and in ring_hangs as everything else, with -O2.
CFLAGS-ring_printed := -O0
