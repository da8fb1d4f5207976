// SPDX-License-Identifier: GPL-2.0-only
/*
 * owner.c: mailboxes that end with the process that made them.
 *
 * Owns: what is such an end and what is not, and what else ends them; the
 * claims C4.2 and C4.3.  The end comes a moment after the process's, from a
 * work of the module: the tests wait for it.  Takes no locks; run by the guest
 * runner.
 */
#include "owner.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

#define OWNER .lifetime = MBOX_LIFETIME_OWNER

static bool has_name(const char *name)
{
	int fd = box_open(.rights = 0, NAMED(name));

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* -- The end -------------------------------------------------------------- */

TEST(an_owner_mailbox_ends_as_by_destroy_when_its_process_ends,
     "C4.2 SEND:EIDRM RECV:EIDRM")
{
	struct mbox_info before = info_of();
	struct mbox_recv r;
	pid_t pid, reads, polls;
	char c;
	int fd;

	pid = start_owner("owned", &fd);
	EXPECT_EQ(stat_of(fd).lifetime, MBOX_LIFETIME_OWNER);
	CHILD(reads)
	EXPECT_ERRNO(do_recv(fd, &r, &c, 1), EIDRM);
	wait_until_blocked(reads);
	CHILD(polls)
	{
		struct pollfd p = { .fd = fd, .events = POLLIN };

		ASSERT_EQ(poll(&p, 1, 20000), 1);
		EXPECT_EQ(p.revents & (POLLHUP | POLLERR), POLLHUP | POLLERR);
	}
	wait_until_sleeping(polls, "poll");
	end_owner(pid);
	EXPECT_CHILD_OK(reads);
	EXPECT_CHILD_OK(polls);
	EXPECT_ERRNO(do_send(fd, "x", 1), EIDRM);
	EXPECT_ERRNO(box_open(.rights = R_ALL, NAMED("owned")), ENOENT);
	close(fd);
	WAIT_FOR(info_of().used_mailboxes == before.used_mailboxes);
}

TEST(an_owner_mailbox_without_a_name_ends_too, "C4.2 SEND:EIDRM")
{
	pid_t pid;
	int fd;

	pid = start_owner(NULL, &fd);
	put(fd, "lost");
	end_owner(pid);
	WAIT_FOR(is_destroyed(fd));
	EXPECT_ERRNO(do_send(fd, "x", 1), EIDRM);
}

TEST(what_is_queued_is_dropped_when_the_owner_ends, "C4.2 C14.13")
{
	struct mbox_info before = info_of();
	pid_t pid;
	int fd, i;

	pid = start_owner("owned", &fd);
	for (i = 0; i < 10; i++)
		put(fd, "queued");
	EXPECT_EQ(info_of().used_messages, before.used_messages + 10);
	end_owner(pid);
	WAIT_FOR(info_of().used_messages == before.used_messages);
}

TEST(a_zombie_has_ended, "C4.2")
{
	pid_t pid;
	int fd;

	pid = start_owner("owned", &fd);
	ASSERT_OK(kill(pid, SIGKILL));
	/* Nobody waits for it. */
	WAIT_FOR(is_destroyed(fd));
	EXPECT_FALSE(has_name("owned"));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
}

TEST(an_owner_that_exits_by_itself_has_ended, "C4.2")
{
	int go[2], fd;
	pid_t pid;
	char c;

	ASSERT_OK(pipe(go));
	CHILD(pid)
	{
		box_named("owned", OWNER);
		/* Until the other end is closed. */
		close(go[1]);
		EXPECT_EQ(read(go[0], &c, 1), 0);
	}
	WAIT_FOR(has_name("owned"));
	fd = ASSERT_OK(box_open(.rights = R_ALL, NAMED("owned")));
	close(go[1]);
	EXPECT_CHILD_OK(pid);
	WAIT_FOR(is_destroyed(fd));
}

TEST(all_mailboxes_of_a_process_end_with_it, "C4.2")
{
	enum { MANY = 300 };
	struct mbox_info before = info_of();
	int go[2], i;
	pid_t pid;
	char name[16], c;

	ASSERT_OK(pipe(go));
	CHILD(pid)
	{
		for (i = 0; i < MANY; i++) {
			snprintf(name, sizeof(name), "many-%d", i);
			close(box_named(name, OWNER));
		}
		ASSERT_EQ(write(go[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(go[0], &c, 1), 1);
	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes + MANY);
	end_owner(pid);
	WAIT_FOR(info_of().used_mailboxes == before.used_mailboxes);
	EXPECT_FALSE(has_name("many-0"));
	EXPECT_FALSE(has_name("many-299"));
}

TEST(an_owner_in_a_pid_namespace_of_its_own_ends_too, "C4.2")
{
	int fd;

	ASSERT_OK(unshare(CLONE_NEWPID));
	/* Its pid is 1 in there, and the namespace ends with it. */
	end_owner(start_owner("owned", &fd));
	WAIT_FOR(is_destroyed(fd));
}

/* -- No end --------------------------------------------------------------- */

/*
 * A child that makes the mailbox "owned", in a thread of its own or not, and
 * becomes cat: that ends when its input does, which is *in.
 */
static pid_t becomes_cat(void *(*make)(void *), int *in)
{
	char comm[64], path[64];
	int ends[2];
	pthread_t t;
	pid_t pid;

	ASSERT_OK(pipe2(ends, O_CLOEXEC));
	CHILD(pid)
	{
		ASSERT_OK(dup2(ends[0], STDIN_FILENO));
		if (make) {
			ASSERT_EQ(pthread_create(&t, NULL, make, NULL), 0);
			pthread_join(t, NULL);
		} else {
			box_named("owned", OWNER);
			execlp("cat", "cat", NULL);
		}
		_exit(101);
	}
	close(ends[0]);
	*in = ends[1];
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	WAIT_FOR(mbt_read_file(path, comm, sizeof(comm)) > 0 &&
		 strcmp(comm, "cat\n") == 0);
	return pid;
}

static void lives_through_exec(void *(*make)(void *))
{
	int in, fd;
	pid_t pid = becomes_cat(make, &in);

	fd = ASSERT_OK(box_open(.rights = R_ALL, NAMED("owned")));
	put(fd, "x");
	/* Its own handle goes: they are close-on-exec. */
	WAIT_FOR(stat_of(fd).handles == 1);
	EXPECT_EQ(stat_of(fd).owner_pid, pid);
	/* With the program that it became it ends. */
	close(in);
	EXPECT_CHILD_OK(pid);
	WAIT_FOR(is_destroyed(fd));
}

TEST(exec_is_no_end, "C4.3 C4.2")
{
	lives_through_exec(NULL);
}

/* It takes the number of the leader, which goes. */
static void *exec_in_thread(void *unused)
{
	(void)unused;
	box_named("owned", OWNER);
	execlp("cat", "cat", NULL);
	return NULL;
}

TEST(exec_by_a_thread_that_is_not_the_first_is_no_end, "C4.3 C4.2")
{
	lives_through_exec(exec_in_thread);
}

static void *make_in_thread(void *unused)
{
	(void)unused;
	box_named("owned", OWNER);
	return NULL;
}

TEST(the_end_of_the_thread_that_made_it_is_no_end, "C4.2")
{
	int ends[2], fd;
	pthread_t t;
	pid_t pid;
	char c;

	ASSERT_OK(pipe(ends));
	CHILD(pid)
	{
		ASSERT_EQ(pthread_create(&t, NULL, make_in_thread, NULL), 0);
		ASSERT_EQ(pthread_join(t, NULL), 0);
		ASSERT_EQ(write(ends[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(ends[0], &c, 1), 1);
	fd = ASSERT_OK(box_open(.rights = R_ALL, NAMED("owned")));
	EXPECT_EQ(stat_of(fd).owner_pid, pid);
	put(fd, "x");
	expect_next(fd, "x");
	end_owner(pid);
	WAIT_FOR(is_destroyed(fd));
}

static int go_on[2];

static bool is_zombie(pid_t pid)
{
	char path[64], buf[512], *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (mbt_read_file(path, buf, sizeof(buf)) <= 0)
		return false;
	p = strrchr(buf, ')');
	return p && p[2] == 'Z';
}

/* The last of its threads, with a mailbox that it makes then or not. */
static void *outlive_the_first(void *makes)
{
	char c;

	while (!is_zombie(getpid()))
		usleep(1000);
	if (makes)
		box_named("owned", OWNER);
	EXPECT_EQ(read(go_on[0], &c, 1), 1);
	_exit(0);
}

static void lives_while_a_thread_does(void *makes)
{
	pthread_t t;
	pid_t pid;
	int fd;

	ASSERT_OK(pipe(go_on));
	CHILD(pid)
	{
		if (!makes)
			box_named("owned", OWNER);
		ASSERT_EQ(pthread_create(&t, NULL, outlive_the_first, makes),
			  0);
		pthread_exit(NULL);
	}
	WAIT_FOR(is_zombie(pid) && has_name("owned"));
	fd = ASSERT_OK(box_open(.rights = R_ALL, NAMED("owned")));
	put(fd, "x");
	expect_next(fd, "x");
	/* The last of its threads ends. */
	ASSERT_EQ(write(go_on[1], "x", 1), 1);
	EXPECT_CHILD_OK(pid);
	WAIT_FOR(is_destroyed(fd));
}

TEST(the_end_of_a_forked_child_is_no_end, "C4.2")
{
	int fd = box_named("owned", OWNER);
	pid_t pid;

	CHILD(pid)
	{
		put(fd, "from the child");
		close(fd);
	}
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "from the child");
	EXPECT_TRUE(has_name("owned"));
	EXPECT_EQ(stat_of(fd).owner_pid, getpid());
	ASSERT_OK(do_destroy(fd));
}

TEST(the_end_of_the_first_thread_is_no_end_while_another_lives, "C4.2")
{
	lives_while_a_thread_does(NULL);
}

TEST(a_thread_that_has_outlived_the_first_may_make_one, "C4.2")
{
	lives_while_a_thread_does(&go_on);
}

/* It has the memory of its parent, but is a process. */
static int make_and_end(void *unused)
{
	struct mbox_open o = { .size = sizeof(o),
			       .flags = MBOX_OPEN_CREATE,
			       .rights = R_ALL,
			       .mode = 0600,
			       NAMED("owned"),
			       OWNER };

	(void)unused;
	_exit(box_ioctl(box_dev(), MBOX_IOC_OPEN, &o) < 0);
}

TEST(a_child_that_shares_memory_and_files_is_an_owner_of_its_own, "C4.2")
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid = ASSERT_OK(
		clone(make_and_end, stack + sizeof(stack),
		      CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, NULL));

	/* The handle is in our table too, and did not keep it. */
	EXPECT_CHILD_OK(pid);
	WAIT_FOR(!has_name("owned"));
}

TEST(who_only_opens_it_is_no_owner, "C4.2")
{
	pid_t pid, other;
	int fd;

	pid = start_owner("owned", &fd);
	CHILD(other)
	close(box_named("owned", OWNER));
	EXPECT_CHILD_OK(other);
	EXPECT_EQ(stat_of(fd).owner_pid, pid);
	put(fd, "x");
	expect_next(fd, "x");
	end_owner(pid);
	WAIT_FOR(is_destroyed(fd));
}

/* -- Until then ----------------------------------------------------------- */

TEST(with_a_name_it_stays_without_handles_while_its_owner_lives, "C4.2")
{
	int fd = box_named("owned", OWNER);
	unsigned long long id = stat_of(fd).id;

	put(fd, "kept");
	close(fd);
	fd = ASSERT_OK(box_open(.rights = R_ALL, NAMED("owned")));
	EXPECT_EQ(stat_of(fd).id, id);
	expect_next(fd, "kept");
	ASSERT_OK(do_destroy(fd));
}

TEST(without_a_name_it_is_gone_with_its_last_handle, "C4.2 C14.13")
{
	struct mbox_info before = info_of();
	int i;

	for (i = 0; i < 20; i++)
		close(box_new(OWNER));
	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes);
}

TEST(unlink_ends_it_if_it_has_no_handle, "C4.2 C4.7 C4.8")
{
	struct mbox_info before = info_of();
	int fd = box_named("owned", OWNER);

	put(fd, "goes on");
	ASSERT_OK(do_unlink(fd));
	EXPECT_FALSE(has_name("owned"));
	expect_next(fd, "goes on");
	close(fd);
	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes);
}

TEST(one_whose_name_unlink_took_ends_with_its_owner, "C4.2 C4.7")
{
	pid_t pid;
	int fd;

	pid = start_owner("owned", &fd);
	ASSERT_OK(do_unlink(fd));
	put(fd, "x");
	end_owner(pid);
	WAIT_FOR(is_destroyed(fd));
}

TEST(one_that_was_destroyed_leaves_its_name_to_others, "C4.2 C4.10")
{
	pid_t pid;
	int fd, mine;

	pid = start_owner("owned", &fd);
	ASSERT_OK(do_destroy(fd));
	mine = box_named("owned");
	put(mine, "mine");
	end_owner(pid);
	/* Whatever the end of the process does is done before the next one's. */
	end_owner(start_owner("other", &fd));
	WAIT_FOR(is_destroyed(fd));
	expect_next(mine, "mine");
	EXPECT_TRUE(has_name("owned"));
}

TEST(one_whose_namespace_has_ended_ends_with_its_owner, "C4.2 C4.9")
{
	int home = ASSERT_OK(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
	int ends[2], its, fd;
	pid_t pid;

	ASSERT_OK(pipe(ends));
	CHILD(pid)
	{
		ASSERT_OK(unshare(CLONE_NEWNET));
		its = ASSERT_OK(box_open_at(
			box_dev_here(), .flags = MBOX_OPEN_CREATE,
			.rights = R_ALL, .mode = 0600, NAMED("owned"), OWNER));
		ASSERT_OK(setns(home, CLONE_NEWNET));
		ASSERT_EQ(write(ends[1], &its, sizeof(its)), sizeof(its));
		pause();
	}
	ASSERT_EQ(read(ends[0], &its, sizeof(its)), sizeof(its));
	fd = take_fd(pid, its);
	WAIT_FOR(!stat_of(fd).name[0]);
	put(fd, "goes on");
	expect_next(fd, "goes on");
	end_owner(pid);
	WAIT_FOR(is_destroyed(fd));
}

/* -- STAT ----------------------------------------------------------------- */

TEST(stat_shows_the_owner_to_admin_only, "C33.5 C33.7")
{
	pid_t pid, inside;
	int fd, weak;

	pid = start_owner("owned", &fd);
	EXPECT_EQ(stat_of(fd).owner_pid, pid);
	weak = ASSERT_OK(do_copy(fd, R_SEND | R_RECV));
	EXPECT_EQ(stat_of(weak).owner_pid, 0);
	EXPECT_EQ(stat_of(box_new()).owner_pid, 0);
	ASSERT_OK(unshare(CLONE_NEWPID));
	CHILD(inside)
	EXPECT_EQ(stat_of(fd).owner_pid, 0);
	EXPECT_CHILD_OK(inside);
	end_owner(pid);
	WAIT_FOR(is_destroyed(fd));
}
