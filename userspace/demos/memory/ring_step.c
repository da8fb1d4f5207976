// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_step: the bounded buffer step by step, with its two indexes.
 *
 * Notes: S55 (003:75), S56 (000:51), S57 (000:60), S58 (000:75)
 * Watch: "in" is where the next item goes, "out" where the next one is taken;
 *        both start at 0, and 9 is followed by 0. "ring_step --step" waits for
 *        the Enter key after each line.
 * See:   10 slots accept 9 items. A tenth would make in == out, which means
 *        empty: all ten would be lost.
 */
#include "../check.h"

#define BUFFER_SIZE 10

static int buffer[BUFFER_SIZE], in, out;
static int wait_for_key;

static int is_full(void)
{
	return (in + 1) % BUFFER_SIZE == out;
}

static int is_empty(void)
{
	return in == out;
}

/* "put 9  [123456789.]  in 9  out 0" */
static void show(const char *what, int number)
{
	char slots[BUFFER_SIZE + 1] = "..........";

	for (int i = out; i != in; i = (i + 1) % BUFFER_SIZE)
		slots[i] = (char)('0' + buffer[i] % 10);
	say("%-7s %2d  [%s]  in %d  out %d%s", what, number, slots, in, out,
	    is_empty() ? "  empty" :
	    is_full()  ? "  full" :
			 "");
	if (wait_for_key)
		getchar();
}

static int put(int number)
{
	if (is_full()) {
		show("refused", number);
		return 0;
	}
	buffer[in] = number;
	in = (in + 1) % BUFFER_SIZE;
	show("put", number);
	return 1;
}

static int take(void)
{
	int number = buffer[out];

	out = (out + 1) % BUFFER_SIZE;
	show("took", number);
	return number;
}

int main(int argc, char **argv)
{
	int empty_first, empty_between = 0, accepted = 0, in_place = 0;
	int start_in = in, start_out = out, last_in, wrapped_in, wrong = 0;

	wait_for_key = argc > 1 && !strcmp(argv[1], "--step");
	empty_first = is_empty();
	while (put(accepted + 1)) {
		in_place += buffer[accepted] == accepted + 1;
		accepted++;
		empty_between += is_empty();
	}
	say("BUFFER_SIZE %d accepts %d", BUFFER_SIZE, accepted);
	check(accepted == 9, "S57",
	      "the test (in + 1) % N == out leaves one slot of ten unused");
	check(in_place == 9, "S55",
	      "each item went to the slot that \"in\" named");

	for (int i = 1; i <= 2; i++)
		wrong += take() != i;
	last_in = in;
	put(10);
	wrapped_in = in;
	put(11);
	check(start_in == 0 && start_out == 0 && last_in == 9 &&
		      wrapped_in == 0 && buffer[9] == 10 && buffer[0] == 11,
	      "S56", "the indexes start at 0, and after 9 comes 0 again");

	for (int i = 3; i <= 11; i++) {
		empty_between += is_empty();
		wrong += take() != i;
	}
	check(wrong == 0 && out == 1, "S55 S56",
	      "the items were taken in order, where \"out\" named them");
	check(empty_first && !empty_between && is_empty(), "S58",
	      "in == out exactly when nothing is in the buffer");

	/* WRONG: the tenth item without the test for full. */
	for (int i = 0; i < BUFFER_SIZE; i++) {
		buffer[in] = i;
		in = (in + 1) % BUFFER_SIZE;
	}
	say("ten items put without the test: in %d, out %d%s", in, out,
	    is_empty() ? ", \"empty\"" : "");
	check(is_empty(), "S57 S58",
	      "with ten items in == out too: full would look empty");
	return done();
}
