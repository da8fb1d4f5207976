// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz.c: makes programs for /dev/mbox up, runs them, keeps the good ones.
 *
 *	fuzz --corpus DIR [--seconds N | --programs N] [--seed N] [--out DIR]
 *	     [--stall MS] [--log stderr|port]	the fuzzer
 *	fuzz --replay --corpus DIR	each program of the corpus, once
 *	fuzz --run FILE [--times N]	the programs of a file, and what they gave
 *	fuzz --print N [--seed N] [--corpus DIR]	made up, but not run
 *
 * Owns: the loop and the report (TAP).  Without KCOV there is no feedback, and
 * program number i of a seed and a corpus is always the same; with it, that
 * depends on which programs found an edge before.  --log writes each program
 * down before it runs, --print shows what a run without KCOV would run.
 *
 * Takes no locks; a process without threads.  Needs root, and a guest.
 */
#include "corpus.h"
#include "run.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <time.h>
#include <unistd.h>

/* What stands still so long is killed: of the corpus, what shall, any other. */
enum { PATIENT_MS = 5000, KILL_MS = 2000 };
enum { LEFT_EVERY = 256, LEFT_MS = 20000, PORT_STDERR = 0xeb };

static struct {
	unsigned long seconds, programs, seed, times, print, stall;
	const char *corpus, *out, *run, *log;
	int replay;
} opt = { .times = 1, .stall = 40 };

static bool has_kcov;
static unsigned int tests, failures, broken;
static unsigned long programs, runs, stuck;
static double started;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void die(const char *what, const char *why)
{
	printf("Bail out! %s: %s\n", what, why);
	exit(1);
}

static void result(bool good, const char *what, const char *skip)
{
	printf("%sok %u - %s%s%s\n", good ? "" : "not ", ++tests, what,
	       skip ? " # SKIP " : "", skip ? skip : "");
	fflush(stdout);
	failures += !good;
}

/* -- Running ----------------------------------------------------------------- */

/*
 * Where it outlives a panic.  The runner of the guest passes standard error on
 * to a debug port of the machine, but that takes a moment in which the guest
 * can die: with --log port the bytes are on the host when this returns.
 */
static void log_program(const struct prog *p)
{
	char *text = NULL;
	size_t len = 0, i;
	FILE *to;

	if (!opt.log)
		return;
	to = open_memstream(&text, &len);
	if (!to)
		return;
	fprintf(to, "# program %lu\n", programs);
	prog_print(to, p, NULL);
	fclose(to);
	if (!strcmp(opt.log, "port"))
		for (i = 0; i < len; i++)
			outb((unsigned char)text[i], PORT_STDERR);
	else
		fwrite(text, 1, len, stderr);
	free(text);
}

static void print_as_comment(const struct prog *p, const int *results)
{
	char *text = NULL, *line, *rest;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return;
	prog_print(to, p, results);
	fclose(to);
	for (rest = text; (line = strsep(&rest, "\n")) && *line;)
		printf("#   %s\n", line);
	free(text);
}

static void run(const struct prog *p, unsigned int stall_ms)
{
	log_program(p);
	stuck += run_prog(p, stall_ms) == STUCK;
	runs++;
	if (!shared->broken[0])
		return;
	broken++;
	printf("# %s; seed %lu, program %lu:\n", shared->broken, opt.seed,
	       programs);
	print_as_comment(p, shared->result);
	shared->broken[0] = '\0';
}

static void run_again(const struct prog *p)
{
	run(p, (unsigned int)opt.stall);
}

/* Runs a program of the corpus; true if each call gave what it must give. */
static bool run_and_check(const struct prog *p)
{
	bool is_stuck = false, good = true;
	unsigned int i, before = broken;

	for (i = 0; i < p->n; i++)
		is_stuck |= p->call[i].want == KILLED;
	run(p, is_stuck ? KILL_MS : PATIENT_MS);
	corpus_learn();
	for (i = 1; i < p->n; i++)
		good &= p->call[i].want == ANY_RESULT ||
			p->call[i].want == shared->result[i];
	if (!good) {
		printf("# expected:\n");
		print_as_comment(p, NULL);
		printf("# saw:\n");
		print_as_comment(p, shared->result);
	}
	return good && broken == before;
}

static bool run_and_show(const struct prog *p)
{
	run(p, KILL_MS);
	prog_print(stdout, p, shared->result);
	return true;
}

/* -- The fuzzer --------------------------------------------------------------- */

static void make_program(struct prog *p)
{
	struct rng r;

	rng_seed(&r, opt.seed, programs);
	if (!corpus_size() || rng_below(&r, 8) == 0) {
		prog_generate(&r, p);
	} else {
		*p = *corpus_pick(&r);
		prog_mutate(&r, p, corpus_pick(&r));
	}
}

static void report_growth(void)
{
	printf("# %.0f s: %lu programs, %lu runs, %u in the corpus, %u edges\n",
	       now() - started, programs, runs, corpus_size(), corpus_edges());
	fflush(stdout);
}

static void fuzz(void)
{
	double pace = opt.seconds > 100 ? (double)opt.seconds / 10 : 10;
	double next = now() + pace;
	struct prog p;

	while (opt.programs ? programs < opt.programs :
			      now() - started < (double)opt.seconds) {
		make_program(&p);
		run(&p, (unsigned int)opt.stall);
		if (has_kcov)
			corpus_consider(&p, programs, run_again);
		programs++;
		if (programs % LEFT_EVERY == 0 &&
		    !run_nothing_is_left(LEFT_MS)) {
			printf("# something is left before program %lu\n",
			       programs);
			broken++;
		}
		if (now() > next) {
			report_growth();
			next = now() + pace;
		}
	}
	report_growth();
}

/* What each verb gave, and whether each ioctl both succeeded and failed. */
static bool report_verbs(void)
{
	unsigned int v, err;
	bool all = true;

	for (v = V_INFO; v < VERBS; v++) {
		unsigned long failed = 0;

		printf("# %-8s", verbs[v].name);
		for (err = 0; err < ERRNOS; err++) {
			if (shared->count[v][err])
				printf(" %s %u", result_name((int)err),
				       shared->count[v][err]);
			failed += err ? shared->count[v][err] : 0;
		}
		printf("\n");
		all &= !verbs[v].cmd || (shared->count[v][0] && failed);
	}
	return all;
}

static void fuzz_and_report(void)
{
	unsigned int bad, edges;
	double took;
	char text[96];

	printf("1..6\n# seed %lu, %u programs in the corpus%s\n", opt.seed,
	       corpus_size(), has_kcov ? "" : ", no KCOV: no feedback");
	bad = corpus_read(opt.corpus, run_and_check, NULL);
	edges = corpus_edges();
	started = now();
	fuzz();
	took = now() - started;
	if (opt.out)
		corpus_write(opt.out, opt.seed);

	snprintf(text, sizeof(text), "it ran %lu programs", programs);
	result(programs >= (opt.programs ? opt.programs : opt.seconds), text,
	       NULL);
	result(!bad, "each program of the corpus gives what it says", NULL);
	result(report_verbs(), "each ioctl succeeded and failed", NULL);
	errno_report();
	result(!broken, "no error that the table lacks, no wrong count", NULL);
	result(run_nothing_is_left(LEFT_MS),
	       "nobody is charged for what is gone", NULL);
	result(!has_kcov || (edges && corpus_edges() > edges),
	       "there are more edges than those of the corpus",
	       has_kcov ? NULL : "the kernel has no KCOV");
	printf("# edges %u, programs %lu, per second %.1f, edges per minute %.1f\n",
	       corpus_edges(), programs, (double)programs / took,
	       (corpus_edges() - edges) * 60 / took);
	printf("# runs %lu, killed because they stood still %lu\n", runs,
	       stuck);
}

static void report_file(const char *file, unsigned int bad)
{
	result(!bad, file, NULL);
}

static void replay(void)
{
	printf("1..%u\n", corpus_count_files(opt.corpus) + 2);
	corpus_read(opt.corpus, run_and_check, report_file);
	result(report_verbs(), "each ioctl succeeded and failed", NULL);
	result(run_nothing_is_left(LEFT_MS),
	       "nobody is charged for what is gone", NULL);
}

static void print_programs(void)
{
	struct prog p;

	for (programs = 0; programs < opt.print; programs++) {
		make_program(&p);
		printf("# program %lu\n", programs);
		prog_print(stdout, &p, NULL);
	}
}

/* -- Options ------------------------------------------------------------------ */

static unsigned long number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	if (*end || end == text)
		die(text, "is no number");
	return n;
}

static void read_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "programs", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 'S' },
		{ "corpus", required_argument, NULL, 'c' },
		{ "out", required_argument, NULL, 'o' },
		{ "log", required_argument, NULL, 'l' },
		{ "run", required_argument, NULL, 'r' },
		{ "times", required_argument, NULL, 't' },
		{ "print", required_argument, NULL, 'P' },
		{ "stall", required_argument, NULL, 'L' },
		{ "replay", no_argument, &opt.replay, 1 },
		{ NULL, 0, NULL, 0 },
	};
	static unsigned long *const numbers[] = {
		['s'] = &opt.seconds, ['p'] = &opt.programs, ['S'] = &opt.seed,
		['t'] = &opt.times,   ['P'] = &opt.print,    ['L'] = &opt.stall,
	};
	static const char **const words[] = {
		['c'] = &opt.corpus,
		['o'] = &opt.out,
		['l'] = &opt.log,
		['r'] = &opt.run,
	};
	int c;

	opt.seed = (unsigned long)time(NULL);
	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (c == '?')
			exit(2);
		if (c && strchr("colr", c))
			*words[c] = optarg;
		else if (c)
			*numbers[c] = number(optarg);
	}
	if (!opt.corpus && !opt.run && !opt.print)
		die("usage", "see the top of fuzz.c");
	if (opt.log && strcmp(opt.log, "port") && strcmp(opt.log, "stderr"))
		die("--log", "stderr or port");
	if (opt.log && !strcmp(opt.log, "port") && ioperm(PORT_STDERR, 1, 1))
		die("--log port", strerror(errno));
}

int main(int argc, char **argv)
{
	char why[128];
	unsigned long i;

	read_options(argc, argv);
	if (opt.corpus && !opt.replay)
		corpus_read(opt.corpus, corpus_keep, NULL);
	if (opt.print) {
		print_programs();
		return 0;
	}
	if (!run_init(why, sizeof(why)))
		die("/dev/mbox", why);
	has_kcov = cover_init();
	if (opt.run)
		for (i = 0; i < opt.times; i++)
			corpus_read_file(opt.run, run_and_show);
	else if (opt.replay)
		replay();
	else
		fuzz_and_report();
	return failures || (opt.run && broken);
}
