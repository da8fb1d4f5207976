// SPDX-License-Identifier: GPL-2.0-only
/*
 * text.c: programs as text, one call a line, and back.
 *
 *	program user=alice
 *	r0 = open flags=CREATE rights=SEND|RECV max_messages=1
 *	send r0 len=3 flags=NOWAIT -> ok
 *	@1 send r0 x3
 *
 * Owns: the form of tests/fuzz/corpus.  Fields that have their normal value
 * are left out; @1 is the thread, x3 how often, "->" what the call must give:
 * ok, an errno, or KILLED where it waits for ever.  "#" begins a comment.  A
 * line "program" begins a program.  Takes no locks.  Called by fuzz.c.
 */
#include "prog.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { ERRNO_LIMIT = 134 };

/* -- Writing ---------------------------------------------------------------- */

const char *result_name(int result)
{
	static char number[16];
	const char *name;

	if (result == 0)
		return "ok";
	if (result == KILLED)
		return "KILLED";
	name = strerrorname_np(result);
	if (name)
		return name;
	snprintf(number, sizeof(number), "%d", result);
	return number;
}

static void print_number(FILE *to, uint64_t value)
{
	fprintf(to, value < 100000 ? "%" PRIu64 : "0x%" PRIx64, value);
}

static void print_flags(FILE *to, const struct word *w, uint64_t value)
{
	const char *between = "";

	for (; w->name; w++)
		if (value & w->value) {
			fprintf(to, "%s%s", between, w->name);
			value &= ~w->value;
			between = "|";
		}
	if (value || !*between) {
		fputs(between, to);
		print_number(to, value);
	}
}

static void print_value(FILE *to, const struct field *f, uint64_t value)
{
	const struct word *w = f->words;

	if (f->kind == FLAGS) {
		print_flags(to, w, value);
		return;
	}
	while (w && w->name && w->value != value)
		w++;
	if (value == AUTO && f->normal == AUTO)
		fputs("auto", to);
	else if (f->kind == OCTAL)
		fprintf(to, "%#" PRIo64, value);
	else if (!w || !w->name)
		print_number(to, value);
	else
		fprintf(to, f->kind == NAME ? "\"%s\"" : "%s", w->name);
}

static void print_call(FILE *to, const struct call *c, int result)
{
	const struct verb *v = &verbs[c->verb];
	unsigned int i;

	if (c->thread)
		fprintf(to, "@%u ", c->thread);
	if (v->makes)
		fprintf(to, "r%d = ", c->slot);
	fputs(v->name, to);
	for (i = 0; i < verb_fields(v); i++) {
		if (v->field[i].kind == SLOT) {
			fprintf(to, " r%" PRIu64, c->arg[i]);
		} else if (c->arg[i] != v->field[i].normal) {
			fprintf(to, " %s=", v->field[i].name);
			print_value(to, &v->field[i], c->arg[i]);
		}
	}
	if (c->times != 1)
		fprintf(to, " x%u", c->times);
	if (result != ANY_RESULT)
		fprintf(to, " -> %s", result_name(result));
	fputc('\n', to);
}

void prog_print(FILE *to, const struct prog *p, const int *result)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		print_call(to, &p->call[i],
			   result && i ? result[i] : p->call[i].want);
}

/* -- Reading ---------------------------------------------------------------- */

/* A line and what is wrong with it. */
struct reader {
	char *rest;
	char *why;
	size_t size;
};

static bool wrong(struct reader *r, const char *what, const char *word)
{
	snprintf(r->why, r->size, "%s '%s'", what, word ? word : "");
	return false;
}

/* The next word, or NULL at the end; blanks between quotes do not end it. */
static char *next_word(struct reader *r)
{
	bool quoted = false;
	char *word;

	r->rest += strspn(r->rest, " \t\n");
	if (!*r->rest || *r->rest == '#')
		return NULL;
	word = r->rest;
	for (; *r->rest; r->rest++) {
		if (*r->rest == '"')
			quoted = !quoted;
		if (!quoted && strchr(" \t\n", *r->rest)) {
			*r->rest++ = '\0';
			break;
		}
	}
	return word;
}

static bool parse_number(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return !errno && end != text && !*end && *text != '-';
}

static bool parse_small(const char *text, unsigned int limit, unsigned int *to)
{
	uint64_t value;

	if (!parse_number(text, &value) || value >= limit)
		return false;
	*to = (unsigned int)value;
	return true;
}

static bool parse_word(const struct word *w, const char *text, uint64_t *value)
{
	for (; w && w->name; w++)
		if (!strcmp(w->name, text)) {
			*value = w->value;
			return true;
		}
	return false;
}

static bool parse_flags(const struct word *w, char *text, uint64_t *value)
{
	uint64_t bits;
	char *one;

	*value = 0;
	while ((one = strsep(&text, "|"))) {
		if (!parse_word(w, one, &bits) && !parse_number(one, &bits))
			return false;
		*value |= bits;
	}
	return true;
}

static bool parse_value(const struct field *f, char *text, uint64_t *value)
{
	size_t len = strlen(text);

	switch (f->kind) {
	case FLAGS:
		return parse_flags(f->words, text, value);
	case NAME:
		if (len < 2 || text[0] != '"' || text[len - 1] != '"')
			return false;
		text[len - 1] = '\0';
		return parse_word(f->words, text + 1, value);
	case PLACE:
	case TIME:
		return parse_word(f->words, text, value);
	default:
		if (f->normal == AUTO && !strcmp(text, "auto")) {
			*value = AUTO;
			return true;
		}
		return parse_word(f->words, text, value) ||
		       parse_number(text, value);
	}
}

static bool parse_result(const char *text, int *result)
{
	int i;

	*result = KILLED;
	if (text && !strcmp(text, "KILLED"))
		return true;
	*result = 0;
	if (text && !strcmp(text, "ok"))
		return true;
	for (i = 1; text && i < ERRNO_LIMIT; i++)
		if (strerrorname_np(i) && !strcmp(strerrorname_np(i), text)) {
			*result = i;
			return true;
		}
	return false;
}

static bool parse_field(struct reader *r, struct call *c, char *word)
{
	const struct field *f = verbs[c->verb].field;
	char *value = strchr(word, '=');
	unsigned int i;

	if (!value)
		return wrong(r, "no field", word);
	*value++ = '\0';
	for (i = 0; i < verb_fields(&verbs[c->verb]); i++)
		if (f[i].kind != SLOT && !strcmp(f[i].name, word))
			return parse_value(&f[i], value, &c->arg[i]) ||
			       wrong(r, "no value", value);
	return wrong(r, "this verb has no field", word);
}

static bool parse_call(struct reader *r, struct call *c, char *word)
{
	unsigned int thread = 0, slot = 0, verb, given;
	bool has_slot = false, has_fd = false;

	if (*word == '@') {
		if (!parse_small(word + 1, THREADS, &thread))
			return wrong(r, "no thread", word);
		word = next_word(r);
	}
	if (word && *word == 'r' && parse_small(word + 1, SLOTS, &slot)) {
		word = next_word(r);
		if (!word || strcmp(word, "="))
			return wrong(r, "no '=' but", word);
		has_slot = true;
		word = next_word(r);
	}
	for (verb = 0; word && verb < VERBS; verb++)
		if (!strcmp(verbs[verb].name, word))
			break;
	if (!word || verb == VERBS)
		return wrong(r, "no verb", word);
	if (verbs[verb].makes != has_slot)
		return wrong(r, has_slot ? "no result has" : "a result has",
			     word);

	call_init(c, verb);
	c->thread = thread;
	if (has_slot)
		c->slot = (int)slot;
	while ((word = next_word(r))) {
		if (!strcmp(word, "->")) {
			word = next_word(r);
			if (!parse_result(word, &c->want))
				return wrong(r, "no result", word);
		} else if (*word == 'x' && !strchr(word, '=')) {
			if (!parse_small(word + 1, MAX_TIMES + 1, &c->times))
				return wrong(r, "no number of times", word);
		} else if (!has_fd && verbs[verb].field[0].kind == SLOT) {
			if (*word != 'r' ||
			    !parse_small(word + 1, SLOTS, &given))
				return wrong(r, "no descriptor", word);
			c->arg[0] = given;
			has_fd = true;
		} else if (!parse_field(r, c, word)) {
			return false;
		}
	}
	return true;
}

int prog_parse(FILE *from, struct prog *p, unsigned int *line, char *why,
	       size_t size)
{
	char *text = NULL, *word;
	size_t room = 0;
	struct reader r = { .why = why, .size = size };
	int ret = 0;
	long start;

	p->n = 0;
	for (;;) {
		start = ftell(from);
		if (getline(&text, &room, from) < 0)
			break;
		(*line)++;
		r.rest = text;
		word = next_word(&r);
		if (!word)
			continue;
		/* The next program: to be read again by the next call. */
		if (p->n && !strcmp(word, verbs[V_PROGRAM].name)) {
			(*line)--;
			fseek(from, start, SEEK_SET);
			break;
		}
		ret = -1;
		if (p->n == MAX_CALLS) {
			wrong(&r, "too many calls at", word);
			goto out;
		}
		if (!parse_call(&r, &p->call[p->n], word))
			goto out;
		p->n++;
		ret = 1;
	}
	if (ret > 0 && !prog_is_sound(p)) {
		wrong(&r, "a program must begin with", verbs[V_PROGRAM].name);
		ret = -1;
	}
out:
	free(text);
	return ret;
}
