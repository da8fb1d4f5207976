// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_two_producers: the ring of the notes with a second producer: items get
 * lost, others come twice.
 *
 * Notes: S62 (004:26), S304 (000:57)
 * Watch: producer A stores its item and is stopped before it moves "in"; B puts
 *        two items; A goes on; the consumer takes all there is. Ten times.
 * See:   B's first item is stored over A's, and A moves "in" over a slot that
 *        nobody filled. No atomic index helps: storing and moving on must be
 *        one step. See ring_many for the cure.
 */
#include "../check.h"
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define BUFFER_SIZE 10
#define ROUNDS 10
#define SENT (3 * ROUNDS)

static struct ring {
	int buffer[BUFFER_SIZE];
	atomic_int in;
	atomic_int out;
} * ring;

/* WRONG with two producers; each of the two lines alone is right. */
static void put(int number, int stop_between)
{
	ring->buffer[ring->in] = number;
	if (stop_between)
		raise(SIGSTOP);
	ring->in = (ring->in + 1) % BUFFER_SIZE;
}

static pid_t start_producer(int first, int n, int stop_between)
{
	pid_t child = need(fork());

	if (child)
		return child;
	for (int i = 0; i < n; i++)
		put(first + i, stop_between);
	_exit(0);
}

int main(void)
{
	int arrived[SENT + 1] = { 0 }; /* how often; [0]: an empty slot */
	int taken = 0, lost = 0, doubled = 0, status;
	char text[256] = "";
	pid_t a, b;

	ring = need_ptr(mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	for (int round = 0; round < ROUNDS; round++) {
		int first = 3 * round + 1;

		a = start_producer(first, 1, 1);
		need(waitpid(a, &status, WUNTRACED));
		b = start_producer(first + 1, 2, 0);
		ended(b);
		need(kill(a, SIGCONT));
		ended(a);
		while (ring->in != ring->out) {
			int number = ring->buffer[ring->out];

			ring->out = (ring->out + 1) % BUFFER_SIZE;
			arrived[number]++;
			taken++;
			sprintf(text + strlen(text), " %d", number);
		}
	}
	for (int number = 1; number <= SENT; number++) {
		lost += arrived[number] == 0;
		doubled += arrived[number] > 1;
	}
	say("sent 1 to %d, got%s", SENT, text);
	say("%d taken; %d never came, %d came again, %d were empty slots",
	    taken, lost, doubled, arrived[0]);
	check(taken == SENT && lost == ROUNDS, "S62 S304",
	      "with two producers items are lost: one is stored over another");
	check(doubled > 0 && doubled + arrived[0] == ROUNDS, "S62",
	      "in their place come old items and slots that nobody filled");
	return done();
}
