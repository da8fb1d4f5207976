// SPDX-License-Identifier: GPL-2.0-only
// The bounded buffer of the notes, corrected: ring_buffer.printed,
// ring_producer.printed and ring_consumer.printed in one program, in which a
// thread produces and main() consumes. Three fixes are marked;
// real_code.host.sh shows what happens without each.
#include <pthread.h> // new, as all of these
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define BUFFER_SIZE 10
#define ITEMS 50 // new

typedef struct {
	int number; // was: ...
} item; // fix 1, was: no semicolon

item buffer[BUFFER_SIZE];
atomic_int in = 0; // fix 2, was: int
atomic_int out = 0; // fix 2, was: int

// A thread, for processes do not share global variables.
void *producer(void *unused)
{
	item next_produced = { 0 }; // was: no first value

	(void)unused;
	while (true) {
		next_produced.number++; // fix 3, was: nothing is produced
		while (((in + 1) % BUFFER_SIZE) == out)
			; /* do nothing */
		buffer[in] = next_produced;
		in = (in + 1) % BUFFER_SIZE;
	}
	return NULL;
}

void consumer(void)
{
	item next_consumed;

	while (true) {
		while (in == out)
			; /* do nothing */
		next_consumed = buffer[out];
		out = (out + 1) % BUFFER_SIZE;
		printf("%d\n", next_consumed.number); // fix 3: or consumed
		if (next_consumed.number == ITEMS)
			exit(0); // new: an end
	}
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, producer, NULL)) {
		fprintf(stderr, "there is no thread\n");
		return 1;
	}
	consumer();
}
