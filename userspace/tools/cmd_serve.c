// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_serve.c: mboxctl serve, a command that answers requests.
 *
 * Owns its options and the loop: one poll() for the mailbox, the signals and
 * the pipes of the commands that run.  A command is a job, see job.h.  A request
 * is received only when there is a job free for it, so what waits, waits in the
 * mailbox.  No locks; one thread.  Called through the table in mboxctl.c.
 */
#include "errors.h"
#include "job.h"
#include "serve.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct option_help options[] = {
	{ 'c', "count", "N", "end after N requests (default: never)" },
	{ 'j', "jobs", "N", "run up to N commands at once (default 1)" },
	{ 'v', "verbose", NULL, "tell of each request on standard error" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_serve = {
	.name = "serve",
	.arguments = "NAME -- COMMAND [ARGUMENT]...",
	.summary = "answer the requests of a mailbox by a command",
	.details =
		"Runs COMMAND for each request: the request is its standard input, what it prints\n"
		"is the answer, and its status is the answer's tag, which tells 'mboxctl call'\n"
		"whether it succeeded. The environment says who asks: MBOX_PID, MBOX_UID,\n"
		"MBOX_GID, MBOX_TAG, MBOX_PRIORITY. For a message that is no request, COMMAND\n"
		"prints where serve does.\n"
		"\n"
		"An answer longer than the caller's room is cut, and the caller is told. SIGTERM\n"
		"and SIGINT end it when the commands that run have ended; a second one, at once.",
	.options = options,
	.run = run,
};

/* Each has pipes and a process. */
#define MOST_JOBS 256

struct serving {
	struct subject subject;
	char **command;
	struct job *jobs;
	struct pollfd *pollfd; /* signals, the mailbox, two for each job */
	uint64_t left; /* requests still to be received */
	size_t njobs;
	size_t busy;
	int signals; /* a signalfd */
	int code; /* how it will end */
	bool ending; /* receives no more */
	bool verbose;
};

enum { AT_SIGNALS, AT_MAILBOX, AT_JOBS };

/* The answer of a job that is done. */
static void answer(struct serving *s, struct job *job)
{
	const struct mbox_message *request = &job->request;
	const struct mbox_reply_options how = {
		.tag = (uint64_t)job->status | (job->cut ? SERVE_CUT : 0),
	};
	int err = 0;

	job_end(job);
	s->busy--;
	if (request->token &&
	    mbox_reply_with(s->subject.mb, request->token, job->output.bytes,
			    job->output_len, &how))
		err = errno;
	if (s->verbose)
		complain("request %" PRIu64
			 " of pid %d, user %u: status %d, %zu bytes%s%s.",
			 request->id, request->pid, request->uid, job->status,
			 job->output_len, job->cut ? ", cut" : "",
			 err == ESTALE	 ? ", and the caller has gone" :
			 !request->token ? ", and nobody waits for them" :
					   "");
	/* Who has gone needs no answer.  The end of the mailbox RECV tells. */
	if (!err || err == ESTALE || err == EIDRM)
		return;
	/* The caller would wait for ever: let it hear of our end. */
	s->code = explain(VERB_REPLY, err, &s->subject);
	s->ending = true;
}

static struct job *free_job(struct serving *s)
{
	size_t i;

	for (i = 0; i < s->njobs && s->jobs[i].busy; i++)
		;
	return &s->jobs[i];
}

/* Receives a request, if there is one, and starts its command. */
static void receive(struct serving *s, bool at_end)
{
	const struct mbox_recv_options how = { .flags = MBOX_NOWAIT };
	struct job *job = free_job(s);
	ssize_t len;

	for (;;) {
		len = mbox_recv_with(s->subject.mb, job->input.bytes,
				     job->input.room, &how, &job->request);
		if (len >= 0 || errno != EMSGSIZE)
			break;
		if (!print_buffer_grow(&job->input, job->request.len))
			break;
	}
	if (len >= 0) {
		job->input_len = (size_t)len;
		s->busy++;
		s->left--;
		job_start(job, s->command);
		return;
	}
	/* Another server was faster. */
	if (errno == EAGAIN && !at_end)
		return;
	s->ending = true;
	/* Without name and senders nothing will ever come. */
	if (errno == EAGAIN)
		errno = EPIPE;
	s->subject.len = job->request.len;
	s->subject.room = job->input.room;
	s->code = explain(VERB_RECV, errno, &s->subject);
}

/* The next one ends us as if nobody had asked for it. */
static void let_signals_through(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void take_signals(struct serving *s)
{
	struct signalfd_siginfo info;
	size_t i;

	while (read(s->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		s->ending = true;
		let_signals_through();
	}
	for (i = 0; i < s->njobs; i++)
		job_reap(&s->jobs[i]);
}

static bool may_receive(const struct serving *s)
{
	return !s->ending && s->left && s->busy < s->njobs;
}

/* One turn: waits until something can be done, and does it. */
static bool serve_once(struct serving *s)
{
	struct pollfd *box = &s->pollfd[AT_MAILBOX];
	int wait_ms = -1;
	size_t i;

	s->pollfd[AT_SIGNALS] =
		(struct pollfd){ .fd = s->signals, .events = POLLIN };
	*box = (struct pollfd){
		.fd = may_receive(s) ? mbox_fd(s->subject.mb) : -1,
		.events = POLLIN,
	};
	for (i = 0; i < s->njobs; i++) {
		job_poll(&s->jobs[i], &s->pollfd[AT_JOBS + 2 * i]);
		/* One that could not be started: nothing more will come of it. */
		if (job_is_done(&s->jobs[i]))
			wait_ms = 0;
	}
	if (poll(s->pollfd, AT_JOBS + 2 * s->njobs, wait_ms) < 0) {
		if (errno == EINTR)
			return true;
		complain("waiting failed: %s.", strerror(errno));
		s->code = EXIT_FAILED;
		return false;
	}
	if (s->pollfd[AT_SIGNALS].revents)
		take_signals(s);
	for (i = 0; i < s->njobs; i++) {
		struct job *job = &s->jobs[i];

		job_move(job, &s->pollfd[AT_JOBS + 2 * i]);
		if (job_is_done(job))
			answer(s, job);
	}
	if (box->revents && may_receive(s))
		receive(s, box->revents & POLLHUP);
	return true;
}

static bool has_work(const struct serving *s)
{
	return s->busy || (!s->ending && s->left);
}

/* Signals come through a descriptor, and a reader that is gone as an error. */
static int prepare_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int serve(struct serving *s)
{
	size_t i;

	s->jobs = calloc(s->njobs, sizeof(*s->jobs));
	s->pollfd = calloc(AT_JOBS + 2 * s->njobs, sizeof(*s->pollfd));
	s->signals = prepare_signals();
	if (!s->jobs || !s->pollfd || s->signals < 0) {
		complain("%zu jobs could not be prepared: %s.", s->njobs,
			 strerror(errno));
		s->code = EXIT_NO_ROOM;
		goto out_free;
	}
	while (has_work(s) && serve_once(s))
		;
	for (i = 0; i < s->njobs; i++)
		job_free(&s->jobs[i]);
	close(s->signals);
out_free:
	free(s->pollfd);
	free(s->jobs);
	return s->code;
}

/* Whether the shell would find it; a typing error should not wait for a call. */
static bool command_exists(const char *command)
{
	const char *path = getenv("PATH");
	char file[4096];
	size_t len;

	if (strchr(command, '/'))
		return !access(command, X_OK);
	for (; path; path = path[len] ? path + len + 1 : NULL) {
		len = strcspn(path, ":");
		snprintf(file, sizeof(file), "%.*s/%s", (int)len,
			 len ? path : ".", command);
		if (!access(file, X_OK))
			return true;
	}
	return false;
}

static int run(int argc, char **argv)
{
	struct serving s = { .subject.rights = MBOX_RECV,
			     .njobs = 1,
			     .left = UINT64_MAX };
	const char *value;
	uint64_t number;
	int code;
	int key;

	while ((key = next_option(&cmd_serve, argc, argv, &value)) >= 0) {
		switch (key) {
		case 'c':
			if (!take_count(&cmd_serve, "count", value, &s.left))
				return EXIT_USAGE;
			break;
		case 'j':
			if (!parse_number(value, MOST_JOBS, &number) || !number)
				return usage_error(
					&cmd_serve,
					"--jobs '%s' is not a number from 1 to %d.",
					value, MOST_JOBS);
			s.njobs = number;
			break;
		case 'v':
			s.verbose = true;
			break;
		}
	}
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (argc - optind < 2)
		return usage_error(
			&cmd_serve,
			"a NAME and, behind '--', a COMMAND are needed.");
	s.subject.name = argv[optind];
	s.command = argv + optind + 1;
	if (!command_exists(s.command[0]))
		return usage_error(&cmd_serve,
				   "there is no command '%s' to run.",
				   s.command[0]);
	s.subject.mb = mbox_open(s.subject.name, MBOX_RECV);
	if (!s.subject.mb)
		return explain(VERB_OPEN, errno, &s.subject);
	code = serve(&s);
	mbox_close(s.subject.mb);
	return code;
}
