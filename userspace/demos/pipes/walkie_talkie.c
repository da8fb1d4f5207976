// SPDX-License-Identifier: GPL-2.0-only
/*
 * walkie_talkie: half duplex: two processes take turns on one FIFO.
 *
 * Notes: S110 (000:262), S192 (002:18)
 * Watch: both processes open one FIFO to read and write. First one of them
 *        talks and listens at once; then they take turns, with "over".
 * See:   without turns it hears itself. With turns each hears the other, and
 *        the word is always there when the turn comes: no read has to wait.
 */
#include "../check.h"
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define FIFO "walkie_talkie.fifo"
#define ROUNDS 5

enum side { BASE, CAR };

static sem_t *turn; /* turn[side]: posted when this side may use the FIFO */

static void talk(int radio, enum side me, int round)
{
	char word[2] = { me == BASE ? 'B' : 'C', '0' + round };

	need(write(radio, word, 2));
	need(sem_post(&turn[!me])); /* "over" */
}

/* Waits for the turn; returns whether it heard the other side. */
static int listen_to(int radio, enum side other, int round)
{
	char word[2] = "";

	need(sem_wait(&turn[!other]));
	if (read(radio, word, 2) != 2)
		return 0;
	say("%s heard %.2s", other == BASE ? "car " : "base", word);
	return word[0] == (other == BASE ? 'B' : 'C') && word[1] == '0' + round;
}

int main(void)
{
	int radio, heard = 0;
	char word[2] = "";
	pid_t car;

	turn = need_ptr(mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need(sem_init(&turn[BASE], 1, 0));
	need(sem_init(&turn[CAR], 1, 0));
	unlink(FIFO);
	need(mkfifo(FIFO, 0600));

	radio = need(open(FIFO, O_RDWR | O_NONBLOCK));
	need(write(radio, "B?", 2));
	need(read(radio, word, 2));
	say("base talks and listens at once: it hears %.2s, itself", word);
	check(word[0] == 'B', "S192",
	      "on a half-duplex channel one cannot talk and listen at once");

	car = need(fork());
	if (!car) {
		radio = need(open(FIFO, O_RDWR | O_NONBLOCK));
		for (int i = 0; i < ROUNDS; i++) {
			heard += listen_to(radio, BASE, i);
			talk(radio, CAR, i);
		}
		_exit(heard);
	}
	for (int i = 0; i < ROUNDS; i++) {
		talk(radio, BASE, i);
		heard += listen_to(radio, CAR, i);
	}
	check(ended(car) == ROUNDS && heard == ROUNDS, "S110 S192",
	      "taking turns, both sides hear each other on one FIFO");
	need(unlink(FIFO));
	return done();
}
