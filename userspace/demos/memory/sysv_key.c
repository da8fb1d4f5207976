// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysv_key: how two programs find the same segment: ftok() and IPC_PRIVATE.
 *
 * Notes: S145 (implied by 003:120)
 * Watch: the program starts itself anew with exec() as the other program; they
 *        have nothing in common but a file name and a letter.
 * See:   both get the same key from ftok(), so they meet. IPC_PRIVATE is a new
 *        segment each time, for relatives who inherit the identifier.
 */
#include "../check.h"
#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define FILE_NAME "/tmp/sysv_key.file"

static int other_program(void)
{
	char *place;

	place = need_ptr(
		shmat(need(shmget(need(ftok(FILE_NAME, 'A')), 0, 0)), NULL, 0));
	if (strcmp(place, "let us meet"))
		return 1;
	strcpy(place, "here I am");
	return 0;
}

int main(int argc, char **argv)
{
	int id, key, other_key, fresh[2], end;
	char *place;
	pid_t child;

	if (argc > 1 && !strcmp(argv[1], "other"))
		return other_program();

	need(close(need(open(FILE_NAME, O_CREAT | O_WRONLY, 0600))));
	key = need(ftok(FILE_NAME, 'A'));
	other_key = need(ftok(FILE_NAME, 'B'));
	id = need(shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600));
	place = need_ptr(shmat(id, NULL, 0));
	strcpy(place, "let us meet");
	child = need(fork());
	if (!child) {
		execl("/proc/self/exe", argv[0], "other", NULL);
		_exit(127);
	}
	end = ended(child);
	say("key %#x; the other program stored \"%s\" (status %d)", key, place,
	    end);
	check(end == 0 && !strcmp(place, "here I am"), "S145",
	      "two programs meet by the key that ftok() makes");
	say("same file, letter B: key %#x", other_key);
	check(other_key != key && shmget(other_key, 0, 0) == -1 &&
		      errno == ENOENT,
	      "S145", "another letter is another key, with no segment");

	for (int i = 0; i < 2; i++)
		fresh[i] = need(shmget(IPC_PRIVATE, 4096, 0600));
	say("IPC_PRIVATE twice: segments %d and %d", fresh[0], fresh[1]);
	check(fresh[0] != fresh[1], "S145",
	      "IPC_PRIVATE makes a new segment each time");

	for (int i = 0; i < 2; i++)
		need(shmctl(fresh[i], IPC_RMID, NULL));
	need(shmctl(id, IPC_RMID, NULL));
	need(unlink(FILE_NAME));
	return done();
}
