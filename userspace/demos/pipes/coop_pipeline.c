// SPDX-License-Identifier: GPL-2.0-only
/*
 * coop_pipeline: cooperating processes: three small programs, or one large one.
 *
 * Notes: S2 (000:6)
 * Watch: "how many primes are there below 5000?": once in one process, once as
 *        generate | filter | count, three processes joined by pipes.
 * See:   the same answer. Each of the three knows nothing of the others but
 *        the numbers it reads or writes; what one writes changes the next.
 */
#include "../check.h"

#define LIMIT 5000

static int is_prime(int n)
{
	for (int i = 2; i * i <= n; i++)
		if (n % i == 0)
			return 0;
	return n >= 2;
}

static int monolith(int limit)
{
	int count = 0;

	for (int n = 0; n < limit; n++)
		count += is_prime(n);
	return count;
}

static void generate(FILE *out, int limit)
{
	for (int n = 0; n < limit; n++)
		fprintf(out, "%d\n", n);
}

static void filter(FILE *in, FILE *out)
{
	int n;

	while (fscanf(in, "%d", &n) == 1)
		if (is_prime(n))
			fprintf(out, "%d\n", n);
}

static int count(FILE *in)
{
	int n, sum = 0;

	while (fscanf(in, "%d", &n) == 1)
		sum++;
	return sum;
}

/* The third process, which counts, is the caller. */
static int pipeline(int limit)
{
	int one[2], two[2], sum;
	pid_t first, second;

	need(pipe(one));
	first = need(fork());
	if (!first) {
		generate(need_ptr(fdopen(one[1], "w")), limit);
		exit(0);
	}
	need(close(one[1]));
	need(pipe(two));
	second = need(fork());
	if (!second) {
		filter(need_ptr(fdopen(one[0], "r")),
		       need_ptr(fdopen(two[1], "w")));
		exit(0);
	}
	need(close(one[0]));
	need(close(two[1]));
	sum = count(need_ptr(fdopen(two[0], "r")));
	say("generate was process %d, filter %d, count %d", first, second,
	    getpid());
	if (ended(first) || ended(second))
		return -1;
	return sum;
}

int main(void)
{
	int alone = monolith(LIMIT), together = pipeline(LIMIT), fewer;

	say("one process counts %d primes below %d, the pipeline %d", alone,
	    LIMIT, together);
	check(alone == 669 && together == alone, "S2",
	      "three cooperating processes find the same as one");
	fewer = pipeline(LIMIT / 2);
	say("when generate stops at %d, count finds %d", LIMIT / 2, fewer);
	check(fewer == monolith(LIMIT / 2) && fewer < together, "S2",
	      "what one process does changes what the others find");
	return done();
}
