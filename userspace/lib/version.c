// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The version of the library in use, which may be newer than the header a
 * program was compiled with.
 *
 * Locking: none.  Called by programs.
 */
#include "internal.h"

const char *mbox_version(void)
{
	return MBOX_VERSION;
}
