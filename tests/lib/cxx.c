// SPDX-License-Identifier: GPL-2.0-only
/*
 * libmbox from C++: cxx.cc does the work, this puts it in the harness.
 *
 * Locking: none.  Run by the vm tier.
 */
#include "lib.h"

const char *cxx_round_trip(char *buf, size_t room);

TEST(a_CXX_program_sends_and_receives, "")
{
	char buf[32];

	EXPECT_STR(cxx_round_trip(buf, sizeof(buf)), "from C++");
}
