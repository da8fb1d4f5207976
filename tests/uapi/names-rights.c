// SPDX-License-Identifier: GPL-2.0-only
/*
 * names-rights.c: who may do what: rights, modes, owners, capabilities, and
 * descriptors that run out.
 *
 * Owns: the claims of C3 but for creation, and EMFILE and ENFILE; part of the
 * program uapi-names.  Takes no locks; run by the guest runner.
 */
#include "box.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* -- Rights ----------------------------------------------------------------- */

TEST(a_handle_can_do_what_its_rights_allow_and_nothing_else,
     "C3.3 C4.14 SEND:EBADF RECV:EBADF UNLINK:EPERM DESTROY:EPERM STAT:EPERM")
{
	struct mbox_waiter w[2];
	struct mbox_stat st;
	struct mbox_recv r;
	char buf[8];
	int all = box_named("rights"), rights, fd;

	for (rights = 0; rights <= R_ALL; rights++) {
		fd = ASSERT_OK(do_copy(all, (__u32)rights));
		EXPECT_EQ(stat_of(fd).rights, rights);
		put(all, "m");
		if (rights & R_SEND) {
			EXPECT_OK(do_send(fd, "n", 1, .flags = MBOX_NOWAIT));
			EXPECT_EQ(write(fd, "n", 1), 1);
		} else {
			expect_refused(fd, do_send(fd, "n", 1), EBADF);
			expect_refused(fd, write(fd, "n", 1), EBADF);
		}
		if (rights & R_RECV) {
			EXPECT_OK(
				do_recv(fd, &r, buf, 8, .flags = MBOX_NOWAIT));
		} else {
			expect_refused(fd, do_recv(fd, &r, buf, 8), EBADF);
			expect_refused(fd, read(fd, buf, 8), EBADF);
		}
		memset(&st, 0, sizeof(st));
		st.size = sizeof(st);
		st.waiters = PTR(w);
		st.nwaiters = 2;
		if (rights & R_ADMIN) {
			EXPECT_OK(box_ioctl(fd, MBOX_IOC_STAT, &st));
		} else {
			expect_refused(fd, box_ioctl(fd, MBOX_IOC_STAT, &st),
				       EPERM);
			expect_refused(fd, do_unlink(fd), EPERM);
			expect_refused(fd, do_destroy(fd), EPERM);
		}
		while (do_recv(all, &r, buf, 8, .flags = MBOX_NOWAIT) == 0)
			;
		close(fd);
	}
}

TEST(rights_show_in_the_access_mode_of_the_descriptor, "C3.3")
{
	int all = box_new(), fd;
	char c;

	fd = ASSERT_OK(do_copy(all, R_SEND));
	EXPECT_ERRNO(read(fd, &c, 1), EBADF);
	fd = ASSERT_OK(do_copy(all, R_RECV));
	EXPECT_ERRNO(write(fd, "x", 1), EBADF);
}

TEST(a_copy_has_fewer_rights_and_never_more, "C3.7 COPY:EACCES")
{
	int all = box_new(), from, to, fd, twice;

	for (from = 0; from <= R_ALL; from++) {
		fd = ASSERT_OK(do_copy(all, (__u32)from));
		for (to = 0; to <= R_ALL; to++) {
			if ((to & from) != to) {
				expect_refused(fd, do_copy(fd, (__u32)to),
					       EACCES);
				continue;
			}
			twice = ASSERT_OK(do_copy(fd, (__u32)to));
			EXPECT_EQ(stat_of(twice).rights, to);
			close(twice);
		}
		close(fd);
	}
}

static void check_mode(unsigned int mode, uid_t uid, gid_t gid,
		       unsigned int granted)
{
	pid_t pid;

	CHILD(pid)
	{
		unsigned int rights;

		mbt_become(uid, gid);
		for (rights = 0; rights <= (R_SEND | R_RECV); rights++) {
			int fd = box_open(.rights = rights, NAMED("mode"));
			/* Even without a right, only who could have one. */
			bool may = rights ? (rights & granted) == rights :
					    granted || uid == ALICE;

			if (may) {
				if (fd < 0)
					FAIL("mode %o uid %d rights %u: %s",
					     mode, (int)uid, rights,
					     mbt_errno_name(errno));
				close(fd);
			} else {
				EXPECT_EQ(fd, -1);
				EXPECT_EQ(errno, EACCES);
			}
		}
	}
	ASSERT_CHILD_OK(pid);
}

static unsigned int rwx(unsigned int bits)
{
	return (bits & 4 ? R_RECV : 0) | (bits & 2 ? R_SEND : 0);
}

TEST_FOR(the_mode_says_who_may_send_and_receive, "C3.4 C2.5 OPEN:EACCES", 90)
{
	static const unsigned int modes[] = { 0,    0600, 0400, 0200, 0060,
					      0040, 0020, 0006, 0004, 0002,
					      0666, 0640, 0026 };
	size_t i;

	umask(0);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		unsigned int m = modes[i];
		int made[2], done[2];
		pid_t pid;
		char c;

		ASSERT_OK(pipe(made));
		ASSERT_OK(pipe(done));
		CHILD(pid)
		{
			int fd;

			close(done[1]);
			mbt_become(ALICE, ALICE);
			/* The creator has what it asked for, mode or not. */
			fd = ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE,
						.rights = R_ALL, .mode = m,
						NAMED("mode")));
			EXPECT_EQ(stat_of(fd).mode, m);
			EXPECT_EQ(stat_of(fd).uid, ALICE);
			EXPECT_EQ(stat_of(fd).gid, ALICE);
			ASSERT_EQ(write(made[1], "x", 1), 1);
			ASSERT_EQ(read(done[0], &c, 1), 0);
		}
		close(made[1]);
		ASSERT_EQ(read(made[0], &c, 1), 1);
		check_mode(m, ALICE, BOB, rwx(m >> 6));
		check_mode(m, BOB, ALICE, rwx(m >> 3));
		check_mode(m, BOB, BOB, rwx(m));
		check_mode(m, 0, 0, R_SEND | R_RECV);
		close(done[0]);
		close(done[1]);
		ASSERT_CHILD_OK(pid);
		close(made[0]);
	}
}

TEST(supplementary_groups_count, "C3.4")
{
	pid_t pid;
	int fd;

	umask(0);
	fd = box_named("grp", .mode = 0060);
	CHILD(pid)
	{
		gid_t groups[] = { 0 };

		ASSERT_OK(syscall(SYS_setgroups, 1, groups));
		ASSERT_OK(setresgid(BOB, BOB, BOB));
		ASSERT_OK(setresuid(BOB, BOB, BOB));
		EXPECT_OK(box_open(.rights = R_SEND | R_RECV, NAMED("grp")));
	}
	ASSERT_CHILD_OK(pid);
	close(fd);
}

TEST(create_applies_the_umask, "C3.5")
{
	static const unsigned int masks[] = { 0, 0022, 0077, 0777, 0246 };
	size_t i;

	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		int fd;

		umask(masks[i]);
		fd = box_named("masked", .mode = 0666);
		EXPECT_EQ(stat_of(fd).mode, 0666 & ~masks[i]);
		close(fd);
	}
}

TEST(rights_are_frozen_into_the_handle, "C3.6")
{
	int fd = box_named("frozen");
	pid_t pid;

	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		/* Not one of this user's, yet the handle works. */
		put(fd, "from bob");
		expect_next(fd, "from bob");
		EXPECT_OK(do_unlink(fd));
	}
	ASSERT_CHILD_OK(pid);
	EXPECT_STR(stat_of(fd).name, "");
}

TEST(open_checks_the_caller_and_not_who_opened_the_device, "C2.5")
{
	int dev = box_dev_here(); /* opened by root */
	int fd = box_named("private");
	pid_t pid;

	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		expect_refused(fd,
			       box_open_at(dev, .rights = R_SEND,
					   NAMED("private")),
			       EACCES);
		expect_refused(fd,
			       box_open_at(dev, .rights = R_ADMIN,
					   NAMED("private")),
			       EPERM);
	}
	ASSERT_CHILD_OK(pid);
}

static void keep_only_cap(int cap)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	ASSERT_OK(prctl(PR_SET_KEEPCAPS, 1));
	mbt_become(BOB, BOB);
	memset(d, 0, sizeof(d));
	if (cap >= 0) {
		d[cap / 32].permitted = 1U << (cap % 32);
		d[cap / 32].effective = 1U << (cap % 32);
	}
	ASSERT_OK(syscall(SYS_capset, &h, d));
}

TEST(cap_ipc_owner_passes_the_mode_and_has_admin, "C3.8 C3.9 OPEN:EPERM")
{
	int fd = box_named("capped", .mode = 0);
	pid_t pid;

	CHILD(pid)
	{
		keep_only_cap(CAP_IPC_OWNER);
		EXPECT_OK(box_open(.rights = R_ALL, NAMED("capped")));
	}
	ASSERT_CHILD_OK(pid);
	CHILD(pid)
	{
		keep_only_cap(CAP_DAC_OVERRIDE);
		expect_refused(fd, box_open(.rights = R_SEND, NAMED("capped")),
			       EACCES);
		expect_refused(fd, box_open(.rights = R_ADMIN, NAMED("capped")),
			       EPERM);
	}
	ASSERT_CHILD_OK(pid);
	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		/* Asks for nothing: may be seen, if at all, without a right. */
		expect_refused(fd, box_open(.rights = R_ADMIN, NAMED("capped")),
			       EPERM);
	}
	ASSERT_CHILD_OK(pid);
}

/*
 * Alice, root in a user namespace of her own: she rules the network namespace
 * that belongs to it, and no other.
 */
TEST(the_capability_counts_in_the_owner_of_the_network_namespace,
     "C3.8 C3.9 OPEN:EACCES OPEN:EPERM")
{
	int fd = box_named("outside"), dev = box_dev_here(), made[2], go[2];
	char c;
	pid_t pid;

	ASSERT_OK(pipe(made));
	ASSERT_OK(pipe(go));
	CHILD(pid)
	{
		struct __user_cap_header_struct h = {
			_LINUX_CAPABILITY_VERSION_3, 0
		};
		struct __user_cap_data_struct d[2];
		int inside;

		ASSERT_OK(setresgid(ALICE, ALICE, ALICE));
		ASSERT_OK(setresuid(ALICE, ALICE, ALICE));
		enter_user_ns(CLONE_NEWNET, 0);
		expect_refused(fd,
			       box_open_at(dev, .rights = R_SEND,
					   NAMED("outside")),
			       EACCES);
		expect_refused(fd,
			       box_open_at(dev, .rights = R_ADMIN,
					   NAMED("outside")),
			       EPERM);
		/* default in here belongs to this namespace's root: to her. */
		inside = box_dev_here();
		EXPECT_OK(
			box_open_at(inside, .rights = R_ALL, NAMED("default")));
		umask(0);
		ASSERT_OK(box_open_at(inside, .flags = MBOX_OPEN_CREATE,
				      .rights = 0, .mode = 0, NAMED("closed")));
		EXPECT_OK(
			box_open_at(inside, .rights = R_ALL, NAMED("closed")));
		/* The owner without the capability: ADMIN, but no mode. */
		memset(d, 0, sizeof(d));
		ASSERT_OK(syscall(SYS_capset, &h, d));
		EXPECT_OK(box_open_at(inside, .rights = R_ADMIN,
				      NAMED("closed")));
		expect_refused(fd,
			       box_open_at(inside, .rights = R_SEND,
					   NAMED("closed")),
			       EACCES);
		ASSERT_EQ(write(made[1], "x", 1), 1);
		ASSERT_EQ(read(go[0], &c, 1), 1);
	}
	ASSERT_EQ(read(made[0], &c, 1), 1);
	/* The capability out here counts in there. */
	EXPECT_OK(
		box_open_at(box_dev_of(pid), .rights = R_ALL, NAMED("closed")));
	ASSERT_EQ(write(go[1], "x", 1), 1);
	EXPECT_CHILD_OK(pid);
}

/* A user namespace that has no root: then it is that of the machine. */
TEST(default_belongs_to_the_first_root_where_the_namespace_has_none, "C6.4")
{
	int made[2], fd;
	char c;
	pid_t pid;

	ASSERT_OK(pipe(made));
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		enter_user_ns(CLONE_NEWNET, ALICE);
		ASSERT_EQ(write(made[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(made[0], &c, 1), 1);
	fd = ASSERT_OK(
		box_open_at(box_dev_of(pid), .rights = 0, NAMED("default")));
	EXPECT_EQ(stat_of(fd).uid, 0);
	EXPECT_EQ(stat_of(fd).gid, 0);
	kill(pid, SIGKILL);
	mbt_reap(__FILE__, __LINE__, pid);
}

TEST(the_owner_has_admin_whatever_the_mode, "C3.8")
{
	pid_t pid;

	CHILD(pid)
	{
		int fd, again;

		mbt_become(BOB, BOB);
		fd = ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE,
					.rights = R_ALL, NAMED("mine")));
		again = ASSERT_OK(box_open(.rights = R_ADMIN, NAMED("mine")));
		expect_refused(again, box_open(.rights = R_SEND, NAMED("mine")),
			       EACCES);
		EXPECT_OK(do_destroy(again));
		close(fd);
	}
	ASSERT_CHILD_OK(pid);
}

TEST(open_reports_the_owner, "C3.10")
{
	struct mbox_open o = { .size = sizeof(o),
			       .rights = R_SEND,
			       .uid = 77,
			       .gid = 77,
			       NAMED("owned") };
	int made[2];
	pid_t pid;
	char c;

	ASSERT_OK(pipe(made));
	CHILD(pid)
	{
		struct mbox_open n = { .size = sizeof(n),
				       .flags = MBOX_OPEN_CREATE,
				       .rights = R_ALL,
				       .mode = 0600,
				       NAMED("owned") };

		mbt_become(ALICE, BOB);
		ASSERT_OK(box_ioctl(box_dev(), MBOX_IOC_OPEN, &n));
		EXPECT_EQ(n.uid, ALICE);
		EXPECT_EQ(n.gid, BOB);
		ASSERT_EQ(write(made[1], "x", 1), 1);
		pause();
	}
	close(made[1]);
	ASSERT_EQ(read(made[0], &c, 1), 1);
	ASSERT_OK(box_ioctl(box_dev(), MBOX_IOC_OPEN, &o));
	EXPECT_EQ(o.uid, ALICE);
	EXPECT_EQ(o.gid, BOB);
}

TEST(an_expected_owner_that_is_another_is_refused, "C3.11 OPEN:EACCES")
{
	int fd = box_named("identity");

	EXPECT_OK(box_open(.flags = MBOX_OPEN_OWNED, .rights = R_SEND, .uid = 0,
			   NAMED("identity")));
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_OWNED, .rights = R_SEND,
				.uid = ALICE, NAMED("identity")),
		       EACCES);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_OWNED, .rights = R_SEND,
				.uid = 0xffffffff, NAMED("identity")),
		       EACCES);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_OWNED | MBOX_OPEN_CREATE,
				.rights = R_SEND, .uid = ALICE,
				NAMED("identity")),
		       EACCES);
	/* Without OWNED the field is no input. */
	EXPECT_OK(box_open(.rights = R_SEND, .uid = ALICE, NAMED("identity")));
}

/* -- Descriptors run out ------------------------------------------------------ */

TEST(no_descriptor_left_leaves_nothing_behind, "OPEN:EMFILE COPY:EMFILE C11.1")
{
	int fd = box_named("files");
	struct rlimit rl;
	int dir;

	ASSERT_OK(getrlimit(RLIMIT_NOFILE, &rl));
	dir = ASSERT_OK(dup(fd));
	rl.rlim_cur = (rlim_t)dir + 1;
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &rl));
	expect_refused(fd, do_copy(fd, R_SEND), EMFILE);
	expect_refused(fd, box_open(.rights = R_SEND, NAMED("files")), EMFILE);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_SEND),
		       EMFILE);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_SEND,
				NAMED("new")),
		       EMFILE);
	close(dir);
	/* The name was not left behind. */
	EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("new")), ENOENT);
}

TEST(no_file_left_in_the_system_leaves_nothing_behind,
     "OPEN:ENFILE COPY:ENFILE C11.1")
{
	unsigned long long used, spare, max;
	char text[128], limit[32];
	int fd = box_named("files"), ready_[2], go[2];
	pid_t pid;
	char c;

	umask(0);
	ASSERT_OK(pipe(ready_));
	ASSERT_OK(pipe(go));
	ASSERT_GT(mbt_read_file("/proc/sys/fs/file-nr", text, sizeof(text)), 0);
	ASSERT_EQ(sscanf(text, "%llu %llu %llu", &used, &spare, &max), 3);
	/* Root's CAP_SYS_ADMIN passes the limit, bob has to obey it. */
	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		ASSERT_EQ(write(ready_[1], "x", 1), 1);
		ASSERT_EQ(read(go[0], &c, 1), 1);
		expect_refused(fd, do_copy(fd, R_SEND), ENFILE);
		expect_refused(fd,
			       box_open(.flags = MBOX_OPEN_CREATE,
					.rights = R_SEND),
			       ENFILE);
		expect_refused(fd,
			       box_open(.flags = MBOX_OPEN_CREATE,
					.rights = R_SEND, NAMED("new")),
			       ENFILE);
	}
	ASSERT_EQ(read(ready_[0], &c, 1), 1);
	ASSERT_OK(mbt_write_file("/proc/sys/fs/file-max", "0"));
	ASSERT_EQ(write(go[1], "x", 1), 1);
	mbt_reap(__FILE__, __LINE__, pid);
	snprintf(limit, sizeof(limit), "%llu", max);
	ASSERT_OK(mbt_write_file("/proc/sys/fs/file-max", limit));
	EXPECT_EQ(mbt_last_status(), 0);
	EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("new")), ENOENT);
}

TEST(fdinfo_shows_a_handle, "C1.11 C33.3")
{
	int fd = box_named("shown"), copy = ASSERT_OK(do_copy(fd, R_SEND));
	char path[64], text[4096], want[64];
	int anon = box_new();

	put(fd, "12345");
	put(fd, "678");
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	snprintf(want, sizeof(want), "mbox-id:\t%llu\n",
		 (unsigned long long)stat_of(fd).id);
	EXPECT_TRUE(strstr(text, want));
	EXPECT_TRUE(strstr(text, "mbox-name:\tshown\n"));
	EXPECT_TRUE(strstr(text, "mbox-rights:\tsra\n"));
	EXPECT_TRUE(strstr(text, "mbox-messages:\t2\n"));
	EXPECT_TRUE(strstr(text, "mbox-bytes:\t8\n"));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", copy);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	EXPECT_TRUE(strstr(text, "mbox-rights:\ts\n"));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", anon);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	EXPECT_TRUE(strstr(text, "mbox-name:\t-\n"));
}
