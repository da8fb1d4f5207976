/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * job.h: one request of mboxctl serve, and the command that answers it.
 *
 * A job is started with the request, fed and read whenever poll() says so, and
 * is done when the command has ended and what it prints is at its end.  No
 * locks; one thread.
 */
#ifndef MBOXCTL_JOB_H
#define MBOXCTL_JOB_H

#include "print.h"

#include <poll.h>

/* Starts as all zeroes: free. */
struct job {
	pid_t pid; /* of the command; 0: free, or it has ended */
	bool busy; /* from job_start() to job_end() */
	int in; /* to its standard input, or -1 */
	int out; /* from its standard output, or -1 */
	int status; /* when it has ended, as the shell has it */
	bool cut; /* it has printed more than the caller has room for */
	struct mbox_message request;
	struct print_buffer input; /* the request, of input_len bytes */
	size_t input_len;
	size_t input_done; /* so much of it is written */
	struct print_buffer output; /* the answer, output_len bytes so far */
	size_t output_len;
};

/*
 * job_start() - start the command
 * @job: busy is false; request, input and input_len are set
 * @command: the command's words, ending with NULL
 *
 * The caller has SIGPIPE ignored and SIGCHLD blocked; the command has neither.
 * If it could not be started, the job is done, with the status that the shell
 * has for that, and the reason was printed.
 */
void job_start(struct job *job, char **command);

/* What to wait for with poll(): two entries. */
void job_poll(const struct job *job, struct pollfd pollfd[2]);
/* Moves what can be moved. */
void job_move(struct job *job, const struct pollfd pollfd[2]);
/* Looks whether the command has ended. */
void job_reap(struct job *job);

bool job_is_done(const struct job *job);
/* Makes it free again; its buffers stay for the next. */
void job_end(struct job *job);
/* Frees the buffers. */
void job_free(struct job *job);

#endif /* MBOXCTL_JOB_H */
