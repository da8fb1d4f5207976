// SPDX-License-Identifier: GPL-2.0-only
/*
 * param_server: training with a parameter server and four workers.
 *
 * Notes: S38 (001:46)
 * Watch: the server sends the weights to all workers; each computes the
 *        gradient for its share of the data and sends it to one mailbox.
 * See:   the loss falls in every round; the line y = 3x + 1 is found.
 */
#include "../check.h"

#include <mbox.h>

#define WORKERS 4
#define POINTS 4 /* of each worker */
#define ROUNDS 100
#define RATE 0.5

struct weights {
	double slope, offset;
};

struct gradient {
	double slope, offset, loss;
};

/* Knows its points of y = 3x + 1 only. An empty message is the end. */
static void work(int worker, struct mbox *in, struct mbox *out)
{
	const struct mbox_send_options from = { .tag = (uint64_t)worker };
	struct weights w;

	while (need(mbox_recv(in, &w, sizeof(w)))) {
		struct gradient g = { 0 };

		for (int i = 0; i < POINTS; i++) {
			double x = (worker * POINTS + i) / 16.0;
			double error = w.slope * x + w.offset - (3 * x + 1);

			g.slope += 2 * error * x;
			g.offset += 2 * error;
			g.loss += error * error;
		}
		need(mbox_send_with(out, &g, sizeof(g), &from));
	}
	_exit(0);
}

int main(void)
{
	int pushed[WORKERS] = { 0 }, all_pushed = 0, rounds_better = 0;
	struct mbox *to[WORKERS], *gradients;
	const unsigned int flags = MBOX_SEND | MBOX_RECV;
	double last_loss = 0, loss = 0;
	struct weights w = { 0 };
	struct mbox_message message;

	gradients = need_ptr(mbox_create(NULL, flags, 0, NULL));
	for (int i = 0; i < WORKERS; i++) {
		to[i] = need_ptr(mbox_create(NULL, flags, 0, NULL));
		if (!need(fork()))
			work(i, to[i], gradients);
	}
	for (int round = 0; round < ROUNDS; round++) {
		struct gradient g, sum = { 0 };

		for (int i = 0; i < WORKERS; i++)
			need(mbox_send(to[i], &w, sizeof(w)));
		/* In whatever order they are ready. */
		for (int i = 0; i < WORKERS; i++) {
			need(mbox_recv_with(gradients, &g, sizeof(g), NULL,
					    &message));
			pushed[message.tag]++;
			sum.slope += g.slope;
			sum.offset += g.offset;
			sum.loss += g.loss;
		}
		loss = sum.loss / (WORKERS * POINTS);
		rounds_better += round > 0 && loss < last_loss;
		last_loss = loss;
		w.slope -= RATE * sum.slope / (WORKERS * POINTS);
		w.offset -= RATE * sum.offset / (WORKERS * POINTS);
		if (round % 20 == 0 || round == ROUNDS - 1)
			say("round %3d: loss %.6f", round, loss);
	}
	for (int i = 0; i < WORKERS; i++)
		need(mbox_send(to[i], NULL, 0));
	while (wait(NULL) > 0)
		;
	say("found: y = %.2f x + %.2f", w.slope, w.offset);
	for (int i = 0; i < WORKERS; i++)
		all_pushed += pushed[i] == ROUNDS;
	check(all_pushed == WORKERS, "S38",
	      "in each round each worker sent its gradient to the server");
	check(rounds_better == ROUNDS - 1, "S38",
	      "the loss fell in every round");
	check(loss < 0.001 && w.slope > 2.8 && w.slope < 3.2, "S38",
	      "together they found a line that none of them had seen whole");
	for (int i = 0; i < WORKERS; i++)
		mbox_close(to[i]);
	mbox_close(gradients);
	return done();
}
