// SPDX-License-Identifier: GPL-2.0-only
/*
 * corpus.c: the programs that others are made from, and what they reached.
 *
 * Owns: which edges are known.  A program that reaches one that is not is
 * run again, since some edges are chance; what is left is made as small as it
 * can be while it still reaches those, and joins the corpus.
 *
 * Takes no locks.  Called by fuzz.c.
 */
#include "corpus.h"
#include "run.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_CORPUS = 4096 };

static struct {
	struct prog *prog;
	unsigned long number; /* of the program it came from */
	unsigned int edges; /* that it was kept for */
} corpus[MAX_CORPUS];

static unsigned int size, from_files;
static uint64_t known[EDGE_WORDS], fresh[EDGE_WORDS];

/* -- Files ------------------------------------------------------------------- */

unsigned int corpus_read_file(const char *path,
			      bool (*each)(const struct prog *))
{
	FILE *f = fopen(path, "re");
	unsigned int line = 0, bad = 0;
	struct prog p;
	char why[128];
	int ret;

	if (!f)
		die(path, strerror(errno));
	while ((ret = prog_parse(f, &p, &line, why, sizeof(why))) > 0)
		bad += !each(&p);
	fclose(f);
	if (ret < 0) {
		printf("# %s:%u: %s\n", path, line, why);
		die(path, "is no program");
	}
	return bad;
}

static int is_program(const struct dirent *d)
{
	const char *end = strrchr(d->d_name, '.');

	return end && !strcmp(end, ".prog");
}

static int list_files(const char *folder, struct dirent ***entry)
{
	int n = scandir(folder, entry, is_program, alphasort);

	if (n <= 0)
		die(folder, "has no program");
	return n;
}

static void free_files(struct dirent **entry, int n)
{
	while (n--)
		free(entry[n]);
	free(entry);
}

unsigned int corpus_count_files(const char *folder)
{
	struct dirent **entry;
	int n = list_files(folder, &entry);

	free_files(entry, n);
	return (unsigned int)n;
}

unsigned int corpus_read(const char *folder, bool (*each)(const struct prog *),
			 void (*after)(const char *file, unsigned int bad))
{
	struct dirent **entry;
	unsigned int bad, sum = 0;
	char path[512];
	int n, i;

	n = list_files(folder, &entry);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name);
		bad = corpus_read_file(path, each);
		if (after)
			after(entry[i]->d_name, bad);
		sum += bad;
	}
	free_files(entry, n);
	return sum;
}

void corpus_write(const char *folder, unsigned long seed)
{
	char path[512];
	unsigned int i;
	FILE *f;

	mkdir(folder, 0755);
	for (i = from_files; i < size; i++) {
		snprintf(path, sizeof(path), "%s/new-%04u.prog", folder,
			 i - from_files);
		f = fopen(path, "we");
		if (!f)
			die(path, strerror(errno));
		fprintf(f, "# seed %lu, program %lu: %u new edges\n", seed,
			corpus[i].number, corpus[i].edges);
		prog_print(f, corpus[i].prog, NULL);
		fclose(f);
	}
}

/* -- Programs ---------------------------------------------------------------- */

static bool add(const struct prog *p, unsigned long number, unsigned int edges)
{
	struct prog *copy = size < MAX_CORPUS ? malloc(sizeof(*copy)) : NULL;
	unsigned int i;

	if (!copy)
		return false;
	*copy = *p;
	/* What a call must give is true of this program, and of no other. */
	for (i = 0; i < copy->n; i++)
		copy->call[i].want = ANY_RESULT;
	corpus[size].prog = copy;
	corpus[size].number = number;
	corpus[size++].edges = edges;
	return true;
}

bool corpus_keep(const struct prog *p)
{
	bool good = add(p, 0, 0);

	from_files = size;
	return good;
}

unsigned int corpus_size(void)
{
	return size;
}

const struct prog *corpus_pick(struct rng *r)
{
	unsigned int from = rng_below(r, 2) && size > 3 ? size - size / 4 : 0;

	return corpus[from + rng_below(r, size - from)].prog;
}

/* -- Edges ------------------------------------------------------------------- */

static unsigned int count_bits(const uint64_t *words)
{
	unsigned int i, n = 0;

	for (i = 0; i < EDGE_WORDS; i++)
		n += (unsigned int)__builtin_popcountll(words[i]);
	return n;
}

unsigned int corpus_edges(void)
{
	return count_bits(known);
}

unsigned int corpus_learn(void)
{
	unsigned int i;

	for (i = 0; i < EDGE_WORDS; i++) {
		fresh[i] = cover_edges[i] & ~known[i];
		known[i] |= cover_edges[i];
	}
	return count_bits(fresh);
}

struct wanted {
	uint64_t edges[EDGE_WORDS];
	void (*again)(const struct prog *);
};

/* prog_minimise() asks: does a smaller program still reach them? */
static bool reaches(const struct prog *p, void *context)
{
	const struct wanted *w = context;
	unsigned int i;

	w->again(p);
	corpus_learn();
	for (i = 0; i < EDGE_WORDS; i++)
		if (w->edges[i] & ~cover_edges[i])
			return false;
	return true;
}

void corpus_consider(const struct prog *p, unsigned long number,
		     void (*again)(const struct prog *))
{
	static struct wanted w;
	struct prog small = *p;
	unsigned int i;

	if (!corpus_learn())
		return;
	memcpy(w.edges, fresh, sizeof(w.edges));
	w.again = again;
	again(p);
	corpus_learn();
	for (i = 0; i < EDGE_WORDS; i++)
		w.edges[i] &= cover_edges[i];
	if (!count_bits(w.edges))
		return;
	prog_minimise(&small, reaches, &w);
	add(&small, number, count_bits(w.edges));
}
