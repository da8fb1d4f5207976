// SPDX-License-Identifier: GPL-2.0-only
/*
 * job.c: one command that answers one request; see job.h.
 *
 * Owns the pipes and the process.  Knows nothing of mailboxes.  No locks; one
 * thread.  Called by cmd_serve.c.
 */
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* As the shell has it. */
#define STATUS_NOT_RUN 126
#define STATUS_NOT_FOUND 127
#define STATUS_SIGNAL 128

#define CHUNK 65536

static void set_number(const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	setenv(name, text, 1);
}

/* Who asks, for the command. */
static void set_environment(const struct mbox_message *request)
{
	set_number("MBOX_PID", (uint64_t)request->pid);
	set_number("MBOX_UID", request->uid);
	set_number("MBOX_GID", request->gid);
	set_number("MBOX_TAG", request->tag);
	set_number("MBOX_PRIORITY", request->priority);
}

static void close_pipe(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A pipe whose end of ours does not wait; ours is 0 or 1. */
static bool make_pipe(int fd[2], int ours)
{
	fd[0] = -1;
	fd[1] = -1;
	return !pipe2(fd, O_CLOEXEC) && !fcntl(fd[ours], F_SETFL, O_NONBLOCK);
}

/* 0 or an errno. */
static int spawn(struct job *job, char **command, int in, int out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, piped;
	int err;

	sigemptyset(&none);
	sigemptyset(&piped);
	sigaddset(&piped, SIGPIPE);
	err = posix_spawn_file_actions_init(&actions);
	if (err)
		return err;
	err = posix_spawnattr_init(&attr);
	if (err)
		goto out_actions;
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &piped);
	err = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	/* Where nobody waits for an answer, it prints where we do. */
	if (!err && out >= 0)
		err = posix_spawn_file_actions_adddup2(&actions, out,
						       STDOUT_FILENO);
	if (!err)
		err = posix_spawnp(&job->pid, command[0], &actions, &attr,
				   command, environ);
	if (err)
		job->pid = 0;
	posix_spawnattr_destroy(&attr);
out_actions:
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

void job_start(struct job *job, char **command)
{
	bool answers = job->request.token;
	int in[2], out[2] = { -1, -1 };
	int err = 0;

	job->busy = true;
	job->status = 0;
	job->cut = false;
	job->input_done = 0;
	job->output_len = 0;
	set_environment(&job->request);
	if (!make_pipe(in, 1) || (answers && !make_pipe(out, 0)))
		err = errno;
	if (!err)
		err = spawn(job, command, in[0], out[1]);
	close_pipe(&in[0]);
	close_pipe(&out[1]);
	job->in = in[1];
	job->out = out[0];
	if (!err && job->input_len)
		return;
	close_pipe(&job->in);
	if (!err)
		return;
	close_pipe(&job->out);
	job->status = err == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUN;
	complain("the command '%s' could not be started: %s.", command[0],
		 strerror(err));
}

void job_poll(const struct job *job, struct pollfd pollfd[2])
{
	pollfd[0] = (struct pollfd){ .fd = job->busy ? job->in : -1,
				     .events = POLLOUT };
	pollfd[1] = (struct pollfd){ .fd = job->busy ? job->out : -1,
				     .events = POLLIN };
}

static void feed(struct job *job)
{
	ssize_t n = write(job->in, job->input.bytes + job->input_done,
			  job->input_len - job->input_done);

	if (n < 0 && errno == EAGAIN)
		return;
	/* A command need not read what it is given. */
	if (n >= 0)
		job->input_done += (size_t)n;
	if (n < 0 || job->input_done == job->input_len)
		close_pipe(&job->in);
}

/* What the caller has no room for is read, too: the command shall end. */
static void collect(struct job *job)
{
	static unsigned char surplus[CHUNK];
	size_t most = job->request.reply_room;
	size_t room = most - job->output_len;
	ssize_t n;

	if (room > CHUNK)
		room = CHUNK;
	if (room && !print_buffer_grow(&job->output, job->output_len + room)) {
		complain("no memory for an answer of more than %zu bytes.",
			 job->output_len);
		room = 0;
	}
	if (room)
		n = read(job->out, job->output.bytes + job->output_len, room);
	else
		n = read(job->out, surplus, sizeof(surplus));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		close_pipe(&job->out);
	else if (room)
		job->output_len += (size_t)n;
	else
		job->cut = true;
}

void job_move(struct job *job, const struct pollfd pollfd[2])
{
	if (pollfd[0].fd >= 0 && pollfd[0].revents)
		feed(job);
	if (pollfd[1].fd >= 0 && pollfd[1].revents)
		collect(job);
}

void job_reap(struct job *job)
{
	int status;

	if (!job->pid || waitpid(job->pid, &status, WNOHANG) != job->pid)
		return;
	job->pid = 0;
	job->status = WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) :
					    WEXITSTATUS(status);
	/* What it has not read nobody will. */
	close_pipe(&job->in);
}

bool job_is_done(const struct job *job)
{
	return job->busy && !job->pid && job->out < 0;
}

void job_end(struct job *job)
{
	job->busy = false;
}

void job_free(struct job *job)
{
	free(job->input.bytes);
	free(job->output.bytes);
}
