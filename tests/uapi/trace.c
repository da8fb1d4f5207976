// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace.c: what the kernel's tracers show of calls.
 *
 * Owns: C33.2 and C28.4.  The kernel patches itself for a tracer, so this has one
 * processor: see guest-tests.  Takes no locks; run by the guest runner.
 *
 * opts: cpus=1
 */
#include "call.h"

TEST(tracepoints_show_call_and_reply, "C33.2")
{
	static char text[65536];
	int fd = box_new();
	unsigned long long id = stat_of(fd).id;
	char want[2][128];
	pid_t pid;

	ASSERT_OK(mbt_write_file(TRACE "/tracing_on", "0"));
	ASSERT_OK(truncate(TRACE "/trace", 0));
	ASSERT_OK(mbt_write_file(TRACE "/events/mbox/enable", "1"));
	ASSERT_OK(mbt_write_file(TRACE "/tracing_on", "1"));
	pid = caller(fd, "question", "answer");
	ASSERT_OK(do_reply(fd, take_call(fd), "answer"));
	EXPECT_CHILD_OK(pid);
	ASSERT_OK(mbt_write_file(TRACE "/events/mbox/enable", "0"));
	ASSERT_GT(mbt_read_file(TRACE "/trace", text, sizeof(text)), 0);
	snprintf(want[0], sizeof(want[0]),
		 " mbox_call: mailbox=%llu message=1 len=8 ", id);
	snprintf(want[1], sizeof(want[1]),
		 " mbox_reply: mailbox=%llu message=1 len=6 ", id);
	EXPECT_TRUE(strstr(text, want[0]));
	EXPECT_TRUE(strstr(text, want[1]));
}

TEST(a_plain_client_never_touches_the_graph, "C28.4")
{
	static char text[65536];
	int fd = box_new(), i;
	pid_t pid, server;

	CHILD(server)
	{
		become_server(fd);
		for (i = 0; i < 3; i++)
			ASSERT_OK(do_reply(fd, take_call(fd), "x"));
	}
	WAIT_FOR(stat_of(fd).received == 1);
	wait_until_blocked(server);
	if (mbt_write_file(TRACE "/set_ftrace_filter", "mbx_graph_*:mod:mbox"))
		SKIP("this kernel does not trace functions");
	ASSERT_OK(mbt_write_file(TRACE "/current_tracer", "function"));
	for (i = 0; i < 3; i++) {
		ASSERT_OK(truncate(TRACE "/trace", 0));
		pid = i < 2 ? caller(fd, "x", "x") : 0;
		if (i == 2) {
			/* To see that it would be seen. */
			struct mbox_call c;
			char buf[8];
			int other = box_new();

			become_server(other);
			ASSERT_OK(do_call(fd, &c, "x", buf, sizeof(buf)));
		} else {
			EXPECT_CHILD_OK(pid);
		}
		ASSERT_GT(mbt_read_file(TRACE "/trace", text, sizeof(text)), 0);
		EXPECT_EQ(!!strstr(text, "mbx_graph_block"), i == 2);
		EXPECT_EQ(!!strstr(text, " <-mbx_"), i == 2);
	}
	ASSERT_OK(mbt_write_file(TRACE "/current_tracer", "nop"));
	ASSERT_OK(mbt_write_file(TRACE "/set_ftrace_filter", " "));
	EXPECT_CHILD_OK(server);
}
