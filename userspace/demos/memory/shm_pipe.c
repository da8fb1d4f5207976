// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_pipe: a pipe of our own, in shared memory.
 *
 * Notes: S165 (003:142)
 * Watch: an array of 16 bytes with "start", which the reader moves, and "end",
 *        which the writer moves; a mutex around both, and two condition
 *        variables to sleep at. Items are whole: a length, then the bytes.
 * See:   the writer sleeps when there is no room and the reader when there is
 *        nothing; at its end the array goes on at its beginning; after the last
 *        close the reader gets 0, as from any pipe.
 */
#include "../check.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define SIZE 16
#define ITEMS 500

static struct pipe {
	pthread_mutex_t mutex;
	pthread_cond_t has_room, has_items;
	int start, end, used, closed;
	atomic_int written; /* only for watching */
	char data[SIZE];
} * p;

static void store(char byte)
{
	p->data[p->end] = byte;
	p->end = (p->end + 1) % SIZE;
	p->used++;
}

static char load(void)
{
	char byte = p->data[p->start];

	p->start = (p->start + 1) % SIZE;
	p->used--;
	return byte;
}

static void write_item(const char *item, int n)
{
	need0(pthread_mutex_lock(&p->mutex));
	while (SIZE - p->used < n + 1)
		need0(pthread_cond_wait(&p->has_room, &p->mutex));
	store((char)n);
	for (int i = 0; i < n; i++)
		store(item[i]);
	p->written++;
	need0(pthread_cond_signal(&p->has_items));
	need0(pthread_mutex_unlock(&p->mutex));
}

/* Returns its length; 0 if there will never be one. */
static int read_item(char *item)
{
	int n = 0;

	need0(pthread_mutex_lock(&p->mutex));
	while (!p->used && !p->closed)
		need0(pthread_cond_wait(&p->has_items, &p->mutex));
	if (p->used)
		n = (unsigned char)load();
	for (int i = 0; i < n; i++)
		item[i] = load();
	need0(pthread_cond_signal(&p->has_room));
	need0(pthread_mutex_unlock(&p->mutex));
	return n;
}

static void close_pipe(void)
{
	need0(pthread_mutex_lock(&p->mutex));
	p->closed = 1;
	need0(pthread_cond_signal(&p->has_items));
	need0(pthread_mutex_unlock(&p->mutex));
}

static void make_pipe(void)
{
	pthread_mutexattr_t mutex;
	pthread_condattr_t cond;

	p = need_ptr(mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	need0(pthread_mutexattr_init(&mutex));
	need0(pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED));
	need0(pthread_mutex_init(&p->mutex, &mutex));
	need0(pthread_condattr_init(&cond));
	need0(pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED));
	need0(pthread_cond_init(&p->has_room, &cond));
	need0(pthread_cond_init(&p->has_items, &cond));
}

int main(void)
{
	int room_slept, written, right = 0, n, wrapped = 0, reader_slept, eof;
	char item[SIZE];
	pid_t writer, reader;

	make_pipe();
	writer = need(fork());
	if (!writer) {
		for (int i = 0; i < ITEMS; i++)
			write_item("ABCDEFGHIJ", 1 + i % 10);
		close_pipe();
		_exit(0);
	}
	until(state_of(writer) == 'Z' || asleep_in(writer, SYS_futex));
	room_slept = asleep_in(writer, SYS_futex);
	written = p->written;
	say("writer alone: %d items, start %d, end %d, %d of %d bytes used",
	    written, p->start, p->end, p->used, SIZE);
	check(room_slept && written == 4 && p->start == 0 && p->end == 14,
	      "S165",
	      "the writer moves the end, and sleeps when it finds no room");

	for (int i = 0; (n = read_item(item)) > 0; i++) {
		right += n == 1 + i % 10 && !memcmp(item, "ABCDEFGHIJ", n);
		wrapped += p->start > 0 && p->start <= n;
	}
	eof = n == 0;
	ended(writer);
	say("reader: %d of %d items right, %d of them went round the end",
	    right, ITEMS, wrapped);
	check(right == ITEMS && wrapped > 0, "S165",
	      "items arrive whole, also those that go round the array's end");
	say("after the writer closed: %d; start %d, end %d", n, p->start,
	    p->end);
	check(eof && p->start == p->end, "S165",
	      "the reader moves the start up to the end, then gets 0");

	p->closed = 0;
	reader = need(fork());
	if (!reader)
		_exit(read_item(item) == 5 ? 0 : 1);
	until(state_of(reader) == 'Z' || asleep_in(reader, SYS_futex));
	reader_slept = asleep_in(reader, SYS_futex);
	write_item("HELLO", 5);
	n = ended(reader);
	say("a reader that was first slept (%s), then got its item (%s)",
	    reader_slept ? "yes" : "no", n == 0 ? "yes" : "no");
	check(reader_slept && n == 0, "S165",
	      "the reader sleeps when there is nothing, and is woken");
	return done();
}
