// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one place where the tracepoints of trace.h become code.
 */
#include <uapi/linux/mbox.h>

#include "box.h"

#define CREATE_TRACE_POINTS
#include "trace.h"
