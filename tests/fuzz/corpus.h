/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * corpus.h: the programs that others are made from.
 *
 * Owns: the programs of the files, those that found an edge since, and the
 * set of edges that are known.  Takes no locks.  Used by fuzz.c.
 */
#ifndef TESTS_FUZZ_CORPUS_H
#define TESTS_FUZZ_CORPUS_H

#include "prog.h"

/* Prints "Bail out!" and ends the fuzzer. */
void __attribute__((noreturn)) die(const char *what, const char *why);

/* Calls @each for the programs of a file; returns how many it was false for. */
unsigned int corpus_read_file(const char *path,
			      bool (*each)(const struct prog *));
/*
 * The same for each file of a folder, in the order of their names.  @after is
 * told how many were bad in each; it may be NULL.  Returns the sum.
 */
unsigned int corpus_read(const char *folder, bool (*each)(const struct prog *),
			 void (*after)(const char *file, unsigned int bad));
unsigned int corpus_count_files(const char *folder);

/* Takes a program of the files in. */
bool corpus_keep(const struct prog *p);
unsigned int corpus_size(void);
/* One of them, which must not be none; half of the time a late one. */
const struct prog *corpus_pick(struct rng *r);
/* Writes those that came from no file, one file each. */
void corpus_write(const char *folder, unsigned long seed);

/* Knows the edges of the last run from now on; returns how many were new. */
unsigned int corpus_learn(void);
unsigned int corpus_edges(void);
/*
 * The program that ran last, and is the fuzzer's number @number: takes it in
 * if it had an edge that is new.  @again runs a program once more.
 */
void corpus_consider(const struct prog *p, unsigned long number,
		     void (*again)(const struct prog *));

#endif /* TESTS_FUZZ_CORPUS_H */
