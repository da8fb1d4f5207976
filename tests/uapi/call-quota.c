// SPDX-License-Identifier: GPL-2.0-only
/*
 * call-quota.c: who pays for a call and for its answer.
 *
 * Owns: the sentences of C14 on calls; part of the program uapi-call.  Takes no
 * locks; run by the guest runner.
 */
#include "call.h"

#include <sched.h>

/* What alice is charged now. */
static struct mbox_info alices(void)
{
	struct mbox_info *info = mbt_shared(sizeof(*info));
	pid_t pid;

	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		*info = info_of();
	}
	EXPECT_CHILD_OK(pid);
	return *info;
}

/* A call by alice that is to fail with err, or be answered. */
static pid_t alice_calls(int fd, unsigned int room, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char *buf = malloc(room + 1);

		mbt_become(ALICE, ALICE);
		if (err)
			expect_refused(fd, do_call(fd, &c, "x", buf, room),
				       err);
		else
			ASSERT_OK(do_call(fd, &c, "x", buf, room));
	}
	return pid;
}

TEST(by_default_a_user_has_128_pending_calls, "C14.14")
{
	EXPECT_EQ(info_of().user_calls, 128);
	EXPECT_EQ(param_get("user_calls"), 128);
}

TEST(pending_calls_are_counted_for_the_caller, "C14.5 C14.9 C14.13 CALL:EDQUOT")
{
	int fd = box_new(), i;
	pid_t pid[3], other;
	__u64 token[3];

	param_set("user_calls", 3);
	for (i = 0; i < 3; i++) {
		pid[i] = alice_calls(fd, 8, 0);
		wait_until_blocked(pid[i]);
		/* Queued or taken, it is pending. */
		EXPECT_EQ(alices().used_calls, i + 1);
		token[i] = take_call(fd);
		EXPECT_EQ(alices().used_calls, i + 1);
	}
	EXPECT_CHILD_OK(alice_calls(fd, 8, EDQUOT));
	/* Others have a share of their own. */
	other = caller(fd, "root", "root");
	ASSERT_OK(do_reply(fd, take_call(fd), "root"));
	EXPECT_CHILD_OK(other);
	ASSERT_OK(do_reply(fd, token[0], ""));
	EXPECT_CHILD_OK(pid[0]);
	EXPECT_EQ(alices().used_calls, 2);
	pid[0] = alice_calls(fd, 8, 0);
	ASSERT_OK(do_reply(fd, take_call(fd), ""));
	EXPECT_CHILD_OK(pid[0]);
	for (i = 1; i < 3; i++) {
		ASSERT_OK(do_reply(fd, token[i], ""));
		EXPECT_CHILD_OK(pid[i]);
	}
	EXPECT_EQ(alices().used_calls, 0);
	EXPECT_EQ(alices().used_bytes, 0);
	EXPECT_EQ(alices().used_messages, 0);
}

TEST(an_answer_is_charged_to_the_caller, "C14.8 C14.2 C14.13 CALL:EDQUOT")
{
	int fd = box_new(.max_size = 60000);
	unsigned long long roots, used;
	__u64 token;
	pid_t pid;

	become_server(fd);
	roots = info_of().used_bytes;
	pid = alice_calls(fd, 50000, 0);
	token = take_call(fd);
	used = alices().used_bytes;
	EXPECT_GT(used, 50000);
	EXPECT_LT(used, 60000);
	EXPECT_EQ(alices().used_messages, 1);
	ASSERT_OK(do_reply(fd, token, "short"));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(alices().used_bytes, 0);
	/* The server pays nothing but for itself. */
	EXPECT_EQ(info_of().used_bytes, roots);
	/* No more than the longest answer there can be. */
	pid = alice_calls(fd, 1000000, 0);
	token = take_call(fd);
	EXPECT_GT(alices().used_bytes, 60000);
	EXPECT_LT(alices().used_bytes, 70000);
	ASSERT_OK(do_reply(fd, token, "short"));
	EXPECT_CHILD_OK(pid);
	/* And at once, or not at all. */
	param_set("user_bytes", 40000);
	EXPECT_CHILD_OK(alice_calls(fd, 50000, EDQUOT));
	param_set("user_bytes", 4 << 20);
	param_set("user_messages", 1);
	/* The request is one message, and the answer another. */
	EXPECT_CHILD_OK(alice_calls(fd, 8, EDQUOT));
	EXPECT_EQ(alices().used_calls, 0);
	expect_empty(fd);
}

TEST(a_call_of_a_namespace_is_paid_by_its_maker_too,
     "C14.5 C14.7 C14.8 C14.13 CALL:EDQUOT")
{
	int fd = box_new(), made[2], go[2];
	struct mbox_info before;
	struct mbox_call c;
	char buf[8], path[64];
	__u64 token;
	pid_t pid;

	become_server(fd);
	before = info_of();
	ASSERT_OK(pipe(made));
	ASSERT_OK(pipe(go));
	param_set("user_calls", 1);
	CHILD(pid)
	{
		/* Made by root; alice in it is not alice outside. */
		ASSERT_OK(unshare(CLONE_NEWUSER));
		ASSERT_EQ(write(made[1], "x", 1), 1);
		ASSERT_EQ(read(go[0], buf, 1), 1);
		ASSERT_OK(setresgid(ALICE, ALICE, ALICE));
		ASSERT_OK(setresuid(ALICE, ALICE, ALICE));
		ASSERT_OK(do_call(fd, &c, "x", buf, sizeof(buf)));
	}
	ASSERT_EQ(read(made[0], buf, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)pid);
	ASSERT_OK(mbt_write_file(path, "0 0 5000"));
	snprintf(path, sizeof(path), "/proc/%d/gid_map", (int)pid);
	ASSERT_OK(mbt_write_file(path, "0 0 5000"));
	ASSERT_EQ(write(go[1], "x", 1), 1);
	token = take_call(fd);
	EXPECT_EQ(info_of().used_calls, 1);
	EXPECT_GT(info_of().used_bytes, before.used_bytes);
	EXPECT_EQ(alices().used_calls, 0);
	expect_refused(fd, do_call(fd, &c, "x", buf, sizeof(buf)), EDQUOT);
	ASSERT_OK(do_reply(fd, token, ""));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_calls, 0);
	EXPECT_EQ(info_of().used_bytes, before.used_bytes);
}

TEST(who_takes_a_request_is_charged_for_being_known, "C14.2 C14.13 RECV:EDQUOT")
{
	__u64 before = info_of().used_bytes, token;
	int fd = box_new();
	struct mbox_recv r;
	pid_t pid = caller(fd, "question", "answer");
	char buf[8];

	wait_until_blocked(pid);
	param_set("user_bytes", info_of().used_bytes);
	expect_refused(fd, do_recv(fd, &r, buf, sizeof(buf)), EDQUOT);
	param_set("user_bytes", 1 << 24);
	token = take_call(fd);
	ASSERT_OK(do_reply(fd, token, "answer"));
	EXPECT_CHILD_OK(pid);
	EXPECT_GT(info_of().used_bytes, before);
	close(fd);
	WAIT_FOR(info_of().used_bytes == before);
}
