// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz-self: what the fuzzer does without a kernel, with ASan and UBSan.
 *
 * Owns: the proof that text and programs are the same thing, that whatever
 * mutation makes can be run, that all of the table is used, that a smaller
 * program keeps what it must keep, and that a seed means one sequence.
 * Takes no locks.  A host test; CORPUS is the folder of the corpus.
 */
#include "prog.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PROGRAMS = 3000 };

static void print(const struct prog *p, char **text)
{
	size_t len;
	FILE *to = open_memstream(text, &len);

	assert_non_null(to);
	prog_print(to, p, NULL);
	assert_int_equal(fclose(to), 0);
}

static int parse(const char *text, struct prog *p, char *why, size_t size)
{
	FILE *from = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	unsigned int line = 0;
	int ret;

	assert_non_null(from);
	ret = prog_parse(from, p, &line, why, size);
	fclose(from);
	return ret;
}

static void assert_survives_text(const struct prog *p)
{
	char *text, why[128] = "";
	struct prog back;

	print(p, &text);
	if (parse(text, &back, why, sizeof(why)) != 1 || !prog_equal(p, &back))
		fail_msg("%s:\n%s", why, text);
	free(text);
}

/* Each file of the corpus, and each program in it. */
static unsigned int each_of_corpus(void (*each)(const struct prog *p))
{
	char path[512], why[128];
	unsigned int n = 0, line;
	DIR *d = opendir(CORPUS);
	struct dirent *e;
	struct prog p;
	FILE *f;
	int ret;

	assert_non_null(d);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", CORPUS, e->d_name);
		f = fopen(path, "re");
		assert_non_null(f);
		line = 0;
		while ((ret = prog_parse(f, &p, &line, why, sizeof(why))) > 0) {
			each(&p);
			n++;
		}
		if (ret < 0)
			fail_msg("%s:%u: %s", path, line, why);
		fclose(f);
	}
	closedir(d);
	return n;
}

/* Calls @each for many programs that were made up and mutated. */
static void each_of_many(void (*each)(const struct prog *p))
{
	struct prog p, other;
	struct rng r;
	unsigned int i;

	for (i = 0; i < PROGRAMS; i++) {
		rng_seed(&r, 7, i);
		prog_generate(&r, &p);
		each(&p);
		prog_generate(&r, &other);
		prog_mutate(&r, &p, &other);
		each(&p);
		prog_mutate(&r, &p, &other);
		each(&p);
	}
}

static void random_programs_survive_text(void **state)
{
	(void)state;
	each_of_many(assert_survives_text);
}

static void the_corpus_survives_text(void **state)
{
	(void)state;
	assert_true(each_of_corpus(assert_survives_text) >= 20);
}

static void assert_sound(const struct prog *p)
{
	char *text;

	if (prog_is_sound(p))
		return;
	print(p, &text);
	fail_msg("%s", text);
}

static void mutation_keeps_programs_sound(void **state)
{
	struct prog p, other;
	struct rng r;
	unsigned int i;

	(void)state;
	each_of_many(assert_sound);
	/* One program, far away from where it began, and always near full. */
	rng_seed(&r, 1, 2);
	prog_generate(&r, &p);
	for (i = 0; i < 10 * PROGRAMS; i++) {
		prog_generate(&r, &other);
		prog_mutate(&r, &p, &other);
		assert_sound(&p);
	}
}

static bool is_verb_seen[VERBS], is_field_seen[VERBS][MAX_ARGS];
static bool is_thread_seen[THREADS], is_slot_seen[SLOTS];

static void see(const struct prog *p)
{
	unsigned int i, k;

	for (i = 0; i < p->n; i++) {
		const struct call *c = &p->call[i];
		const struct verb *v = &verbs[c->verb];

		is_verb_seen[c->verb] = true;
		is_thread_seen[c->thread] = true;
		if (c->slot >= 0)
			is_slot_seen[c->slot] = true;
		for (k = 0; k < verb_fields(v); k++)
			is_field_seen[c->verb][k] |= c->arg[k] !=
						     v->field[k].normal;
	}
}

static void everything_of_the_table_is_used(void **state)
{
	unsigned int i, k;

	(void)state;
	each_of_many(see);
	for (i = 0; i < VERBS; i++) {
		if (!is_verb_seen[i])
			fail_msg("%s is never chosen", verbs[i].name);
		for (k = 0; k < verb_fields(&verbs[i]); k++)
			if (!is_field_seen[i][k])
				fail_msg("%s of %s is never changed",
					 verbs[i].field[k].name, verbs[i].name);
	}
	for (i = 0; i < THREADS; i++)
		assert_true(is_thread_seen[i]);
	for (i = 0; i < SLOTS; i++)
		assert_true(is_slot_seen[i]);
}

static unsigned int in_corpus[VERBS];

static void count_verbs(const struct prog *p)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		in_corpus[p->call[i].verb]++;
}

static void each_verb_is_in_the_corpus(void **state)
{
	unsigned int i;

	(void)state;
	each_of_corpus(count_verbs);
	for (i = 0; i < VERBS; i++)
		if (!in_corpus[i])
			fail_msg("%s is in no file", verbs[i].name);
}

static void what_is_no_program_is_refused(void **state)
{
	static const struct {
		const char *text;
		const char *why;
	} bad[] = {
		{ "send r0\n", "a program must begin with 'program'" },
		{ "program\nsent r0\n", "no verb 'sent'" },
		{ "program\nopen r0\n", "a result has 'open'" },
		{ "program\nr1 = close r0\n", "no result has 'close'" },
		{ "program\nr8 = open r0\n", "no verb 'r8'" },
		{ "program\nr1 open r0\n", "no '=' but 'open'" },
		{ "program\nsend r9\n", "no descriptor 'r9'" },
		{ "program\nsend r0 leng=1\n",
		  "this verb has no field 'leng'" },
		{ "program\nsend r0 len=1x\n", "no value '1x'" },
		{ "program\nsend r0 len=-1\n", "no value '-1'" },
		{ "program\nsend r0 len=auto\n", "no value 'auto'" },
		{ "program\nsend r0 flags=NOWAT\n", "no value 'NOWAT'" },
		{ "program\nsend r0 data=moon\n", "no value 'moon'" },
		{ "program\nsend r0 len\n", "no field 'len'" },
		{ "program\nsend r0 x9999\n", "no number of times 'x9999'" },
		{ "program\nsend r0 -> EWRONG\n", "no result 'EWRONG'" },
		{ "program\nsend r0 ->\n", "no result ''" },
		{ "program\n@4 send r0\n", "no thread '@4'" },
		{ "program\n@1\n", "no verb ''" },
		{ "program\nr1 = open r0 name=a\n", "no value 'a'" },
		{ "program\nr1 = open r0 name=\"q\"\n", "no value '\"q'" },
		/* A number that the structure has no room for. */
		{ "program\nsend r0 len=0x100000000\n", "" },
	};
	char why[128];
	struct prog p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		if (parse(bad[i].text, &p, why, sizeof(why)) != -1)
			fail_msg("taken: %s", bad[i].text);
		if (*bad[i].why)
			assert_string_equal(why, bad[i].why);
	}
}

static void programs_of_one_file_are_told_apart(void **state)
{
	static const char text[] = "# one\nprogram\nsend r1 # what\n\n"
				   "program user=alice\nrecv r2\nrecv r3\n";
	FILE *from = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	unsigned int line = 0;
	char why[128];
	struct prog p;

	(void)state;
	assert_int_equal(prog_parse(from, &p, &line, why, sizeof(why)), 1);
	assert_int_equal(p.n, 2);
	assert_int_equal(p.call[1].verb, V_SEND);
	assert_int_equal(p.call[1].arg[0], 1);
	assert_int_equal(prog_parse(from, &p, &line, why, sizeof(why)), 1);
	assert_int_equal(p.n, 3);
	assert_int_equal(p.call[0].arg[PROG_USER], USER_ALICE);
	assert_int_equal(p.call[2].verb, V_RECV);
	assert_int_equal(prog_parse(from, &p, &line, why, sizeof(why)), 0);
	fclose(from);
}

/* A stand-in for a crash: a SEND, and later a DESTROY of another thread. */
static bool has_property(const struct prog *p, void *calls)
{
	unsigned int i, k;

	++*(unsigned int *)calls;
	for (i = 1; i < p->n; i++)
		for (k = i + 1; k < p->n; k++)
			if (p->call[i].verb == V_SEND &&
			    p->call[k].verb == V_DESTROY &&
			    p->call[i].thread != p->call[k].thread)
				return true;
	return false;
}

static void a_smaller_program_keeps_what_matters(void **state)
{
	unsigned int i, calls, found = 0;
	struct prog p, q;
	struct rng r;

	(void)state;
	for (i = 0; i < 20 * PROGRAMS; i++) {
		rng_seed(&r, 3, i);
		prog_generate(&r, &p);
		calls = 0;
		if (!has_property(&p, &calls))
			continue;
		found++;
		q = p;
		prog_minimise(&q, has_property, &calls);
		assert_true(has_property(&q, &calls));
		assert_true(prog_is_sound(&q));
		/* Each call was tried once, and two is the least there is. */
		assert_int_equal(calls, p.n - 1 + 2);
		assert_int_equal(q.n, 3);
	}
	assert_true(found > 10);
}

static void a_seed_means_one_sequence(void **state)
{
	unsigned int i, same_seed = 0, same_number = 0;
	struct prog a, b;
	struct rng r;

	(void)state;
	for (i = 0; i < PROGRAMS; i++) {
		rng_seed(&r, 5, i);
		prog_generate(&r, &a);
		prog_mutate(&r, &a, &a);
		rng_seed(&r, 5, i);
		prog_generate(&r, &b);
		prog_mutate(&r, &b, &b);
		assert_true(prog_equal(&a, &b));
		rng_seed(&r, 5, i + 1);
		prog_generate(&r, &b);
		same_seed += prog_equal(&a, &b);
		rng_seed(&r, 6, i);
		prog_generate(&r, &b);
		same_number += prog_equal(&a, &b);
	}
	assert_int_equal(same_seed, 0);
	assert_int_equal(same_number, 0);
}

/* What is printed is the name with blanks. */
#define SENTENCE(test_, text_)                 \
	{                                      \
		text_, test_, NULL, NULL, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SENTENCE(random_programs_survive_text,
			 "random programs survive text"),
		SENTENCE(the_corpus_survives_text, "the corpus survives text"),
		SENTENCE(mutation_keeps_programs_sound,
			 "mutation keeps programs sound"),
		SENTENCE(everything_of_the_table_is_used,
			 "everything of the table is used"),
		SENTENCE(each_verb_is_in_the_corpus,
			 "each verb is in the corpus"),
		SENTENCE(what_is_no_program_is_refused,
			 "what is no program is refused"),
		SENTENCE(programs_of_one_file_are_told_apart,
			 "programs of one file are told apart"),
		SENTENCE(a_smaller_program_keeps_what_matters,
			 "a smaller program keeps what matters"),
		SENTENCE(a_seed_means_one_sequence,
			 "a seed means one sequence"),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
