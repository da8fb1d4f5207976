// SPDX-License-Identifier: GPL-2.0-only
/*
 * torture-life.c: how a worker comes and goes: its second thread, its children,
 * and the program it executes, which is this one again.
 *
 * Owns: what a thread of a worker does next, until its end.  Descriptors from
 * HELPER_FDS on belong to the second thread, which alone opens them: the first
 * one closes them under it, and their number never means another mailbox
 * meanwhile.  Takes no locks.  Called by torture.c, and by exec.
 */
#include "torture.h"

#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* What one execs this program with, in the environment. */
#define AGAIN "TORTURE_AGAIN"

static struct me self, helper;
static pthread_t helper_thread;
static bool has_helper;
static uint64_t helper_done;
static pid_t children[CHILDREN];
/* One child may share the descriptors: it, and the one that is for it. */
static pid_t sharer;
static int shared_fd = -1;

/* From now on others send to it. */
static void be_known(void)
{
	run->recent[add(&run->next_recent, 1) % RECENT] = getpid();
}

/* -- A second thread ---------------------------------------------------------- */

static void act_at_random(struct me *me);

static void *help(void *arg)
{
	struct me *me = arg;
	uint64_t left = 10 + rnd(me) % 60;

	sit_down(me);
	while (left-- && !is_over())
		act_at_random(me);
	while (me->nr_handles)
		let_go(me, &me->handle[0]);
	__atomic_store_n(&helper_done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* One that has a handle of its own, and all else of the process. */
static void make_helper(struct me *me, const struct handle *h, int fd)
{
	helper.is_helper = true;
	sow(&helper, rnd(me));
	helper.dev = me->dev;
	helper.file = me->file;
	helper.file_size = me->file_size;
	helper.pipe[0] = me->pipe[0];
	helper.pipe[1] = me->pipe[1];
	helper.event = me->event;
	helper.epoll = me->epoll;
	/* A fork may have copied them half-written. */
	memset(helper.seen, 0, sizeof(helper.seen));
	helper.nr_tokens = 0;
	helper.nr_handles = 1;
	helper.handle[0] = *h;
	helper.handle[0].fd = fd;
	helper.handle[0].serial = new_serial();
}

static void act_thread(struct me *me)
{
	struct handle *h = pick(me, 0);
	int fd;

	if (has_helper && load(&helper_done)) {
		pthread_join(helper_thread, NULL);
		has_helper = false;
	}
	if (has_helper || !h)
		return;
	fd = fcntl(h->fd, F_DUPFD_CLOEXEC, HELPER_FDS);
	if (fd < 0)
		return;
	make_helper(me, h, fd);
	helper_done = 0;
	if (pthread_create(&helper_thread, NULL, help, &helper)) {
		close(fd);
		return;
	}
	has_helper = true;
	happened(N_THREADS);
}

static void act_cut(struct me *me)
{
	int fd = __atomic_load_n(&helper.handle[0].fd, __ATOMIC_SEQ_CST);

	if (sharer && shared_fd >= 0 && once_in(me, 4)) {
		close(shared_fd);
		shared_fd = -1;
		happened(N_CUT);
	} else if (has_helper && fd >= HELPER_FDS && !close(fd)) {
		happened(N_CUT);
	}
}

/* -- Processes ---------------------------------------------------------------- */

static void live(struct me *me, uint64_t acts) __attribute__((noreturn));

void check_end(int status)
{
	if (status && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
		broken("a process ended with %s %d",
		       WIFSIGNALED(status) ? "signal" : "status",
		       WIFSIGNALED(status) ? WTERMSIG(status) :
					     WEXITSTATUS(status));
}

static void reap_children(void)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		check_end(status);
		for (i = 0; i < CHILDREN; i++)
			if (children[i] == pid)
				children[i] = 0;
		if (pid != sharer)
			continue;
		/* Else its number would soon be another mailbox's. */
		if (shared_fd >= 0)
			close(shared_fd);
		shared_fd = -1;
		sharer = 0;
	}
}

/* One that was not waited for keeps its number. */
static void act_children(struct me *me)
{
	pid_t pid = once_in(me, 4) ? sharer : children[rnd(me) % CHILDREN];

	if (pid && once_in(me, 2)) {
		kill(pid, once_in(me, 2) ? SIGUSR1 : SIGKILL);
		happened(N_CHILD_KILLS);
	} else {
		reap_children();
	}
}

/* A child dies with the process that made it. */
static void become_child(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
}

/* What a child is that has just been forked. */
static void be_child(struct me *me)
{
	has_helper = false;
	sharer = 0;
	shared_fd = -1;
	memset(children, 0, sizeof(children));
	me->depth++;
	born = (uint64_t)mbt_now();
	sit_down(me);
	be_known();
}

static void act_fork(struct me *me)
{
	pid_t parent = getpid(), pid;
	unsigned int i;

	reap_children();
	for (i = 0; i < CHILDREN && children[i]; i++)
		;
	if (me->depth > 1 || i == CHILDREN)
		return;
	pid = fork();
	if (pid) {
		children[i] = pid > 0 ? pid : 0;
		return;
	}
	become_child(parent);
	happened(N_FORKS);
	for (i = 0; i < me->nr_tokens; i++)
		me->token[i].foreign = true;
	sow(me, rnd(me) ^ (uint64_t)getpid());
	be_child(me);
	live(me, 5 + rnd(me) % 60);
}

/*
 * A process of its own, with the same table of descriptors, in which it leaves
 * what it has opened: its end closes nothing.
 */
static void act_share(struct me *me)
{
	struct handle *h = pick(me, 0);
	pid_t parent = getpid(), pid;
	int fd;

	reap_children();
	if (sharer || me->depth > 1 || !h)
		return;
	fd = fcntl(h->fd, F_DUPFD_CLOEXEC, SHARED_FDS);
	if (fd < 0)
		return;
	pid = (pid_t)syscall(SYS_clone, (unsigned long)(CLONE_FILES | SIGCHLD),
			     0UL, 0UL, 0UL, 0UL);
	if (pid) {
		shared_fd = fd;
		sharer = pid > 0 ? pid : 0;
		return;
	}
	become_child(parent);
	happened(N_SHARED);
	make_helper(me, h, fd);
	sow(&helper, rnd(me) ^ (uint64_t)getpid());
	be_child(&helper);
	live(&helper, 5 + rnd(me) % 60);
}

static void act_exec(struct me *me)
{
	char text[512], *env[] = { text, NULL }, *argv[] = { "torture", NULL };
	struct token t = { .fd = -1 };
	unsigned int i;
	int n;

	if (!once_in(me, 2))
		return;
	if (me->nr_tokens)
		t = me->token[0];
	n = snprintf(text, sizeof(text),
		     AGAIN "=%llu %llu %u %d %llu %llu %llu",
		     (unsigned long long)born, (unsigned long long)rnd(me),
		     me->depth, t.fd, (unsigned long long)t.token,
		     (unsigned long long)t.number, (unsigned long long)t.box);
	for (i = 0; i < me->nr_handles; i++) {
		if (me->handle[i].fd != t.fd && once_in(me, 2))
			continue;
		fcntl(me->handle[i].fd, F_SETFD, 0);
		n += snprintf(text + n, sizeof(text) - (size_t)n, " %d",
			      me->handle[i].fd);
	}
	/* The program has no handlers until its first line. */
	hold_signals();
	squeeze(false);
	happened(N_EXECS);
	execve("/proc/self/exe", argv, env);
	broken("exec: %s", mbt_errno_name(errno));
	_exit(0);
}

static void act_exit(struct me *me)
{
	if (!once_in(me, 20))
		return;
	happened(N_EXITS);
	_exit(0);
}

/* -- Life --------------------------------------------------------------------- */

static const struct act process_acts[] = {
	{ act_fork, 4 },     { act_share, 2 },	{ act_exec, 2 },
	{ act_children, 4 }, { act_thread, 5 }, { act_cut, 3 },
	{ act_exit, 2 },     { NULL, 0 },
};

static unsigned int weight_of(const struct act *a)
{
	unsigned int sum = 0;

	for (; a->fn; a++)
		sum += a->weight;
	return sum;
}

static bool act_of(struct me *me, const struct act *a, unsigned int *n)
{
	for (; a->fn; a++) {
		if (*n < a->weight) {
			a->fn(me);
			return true;
		}
		*n -= a->weight;
	}
	return false;
}

static void act_at_random(struct me *me)
{
	static const struct act *const all[] = { letter_acts, call_acts,
						 verb_acts, work_acts,
						 process_acts };
	size_t kinds = me->is_helper ? 3 : 5, i;
	unsigned int sum = 1, n; /* to do nothing has a weight, too */

	for (i = 0; i < kinds; i++)
		sum += weight_of(all[i]);
	n = rnd(me) % sum;
	/* Who was called answers soon. */
	if (me->nr_tokens && once_in(me, 2))
		act_of(me, call_acts, &(unsigned int){ 0 });
	for (i = 0; i < kinds && !act_of(me, all[i], &n); i++)
		;
}

/* So many acts, or without end: until the run is over. */
static void live(struct me *me, uint64_t acts)
{
	uint64_t left = acts;

	while (!is_over() && (!acts || left--))
		act_at_random(me);
	_exit(0);
}

static void be_born(struct me *me, uint64_t seed)
{
	sow(me, seed);
	sit_down(me);
	be_known();
	me->dev = open(DEV, O_RDWR | O_CLOEXEC);
	me->file = memfd_create("passed", MFD_CLOEXEC);
	me->file_size = (uint64_t)me->pid;
	me->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	me->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (me->dev < 0 || me->event < 0 || me->epoll < 0 ||
	    pipe2(me->pipe, O_CLOEXEC | O_NONBLOCK) ||
	    ftruncate(me->file, (off_t)me->file_size)) {
		broken("what a worker needs: %s", mbt_errno_name(errno));
		_exit(0);
	}
}

static void open_kept(struct me *me, unsigned int i)
{
	struct mbox_open o = { .size = sizeof(o), .rights = R_SEND | R_RECV };
	char name[16];
	int fd;

	snprintf(name, sizeof(name), "kept-%u", i);
	o.name = PTR(name);
	o.name_len = (uint32_t)strlen(name);
	fd = verb_do(V_OPEN, me->dev, &o);
	if (fd >= 0)
		keep_new(me, fd);
}

void work(uint64_t seed, bool as_alice)
{
	struct me *me = &self;
	unsigned int i;

	close_range(3, RUN_FD - 1, 0);
	umask(0);
	if (as_alice && (setgroups(0, NULL) || setresgid(ALICE, ALICE, ALICE) ||
			 setresuid(ALICE, ALICE, ALICE))) {
		broken("becoming alice: %s", mbt_errno_name(errno));
		_exit(0);
	}
	/* Now: a change of the user takes it away. */
	become_child(run->parent);
	happened(N_STARTS);
	born = (uint64_t)mbt_now();
	catch_signals(seed & 1);
	be_born(me, seed);
	for (i = 0; i < KEPT; i++)
		open_kept(me, i);
	for (i = 0; i < 6; i++)
		act_of(me, verb_acts, &(unsigned int){ 0 });
	live(me, 0);
}

/* What exec has started: instead of main(). */
__attribute__((constructor)) static void again(void)
{
	const char *text = getenv(AGAIN);
	struct me *me = &self;
	struct token t = { .foreign = true };
	unsigned int depth;
	unsigned long long seed, token, number, box, since;
	int n, fd;

	if (!text)
		return;
	if (!run_find() ||
	    sscanf(text, "%llu %llu %u %d %llu %llu %llu%n", &since, &seed,
		   &depth, &t.fd, &token, &number, &box, &n) != 7)
		_exit(3);
	catch_signals(seed & 1);
	born = since;
	be_born(me, seed);
	me->depth = depth;
	for (text += n; sscanf(text, " %d%n", &fd, &n) == 1; text += n)
		keep(me, fd);
	if (t.fd >= 0) {
		t.token = token;
		t.number = number;
		t.box = box;
		t.room = 1000;
		me->token[me->nr_tokens++] = t;
	}
	live(me, depth ? 5 + rnd(me) % 60 : 0);
}
