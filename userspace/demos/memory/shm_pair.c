// SPDX-License-Identifier: GPL-2.0-only
/*
 * shm_pair: two processes talk by storing and loading in one region.
 *
 * Notes: S11 (003:27), S24 (000:12), S49 (000:27)
 * Watch: a question is stored by one process, the answer by the other.
 * See:   no call carries the text; the kernel lists the region in the address
 *        space of the two that asked for it, and of nobody else.
 */
#include "../check.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>

#define NAME "/shm_pair"

struct region {
	char question[32];
	char answer[32];
};

static struct region *open_region(int flags)
{
	int fd = need(shm_open(NAME, flags, 0600));
	struct region *region;

	need(ftruncate(fd, sizeof(*region)));
	region = need_ptr(mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd, 0));
	need(close(fd));
	return region;
}

/* Copies of the region's line in /proc/PID/maps, if there is one, what counts. */
static int listed(pid_t pid, char *text, size_t size)
{
	char path[64], line[256], range[64] = "";
	FILE *maps;
	int found = 0;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = need_ptr(fopen(path, "r"));
	while (!found && fgets(line, sizeof(line), maps))
		found = strstr(line, " rw-s ") && strstr(line, "/dev/shm" NAME);
	fclose(maps);
	if (found)
		sscanf(line, "%63s", range);
	snprintf(text, size, "%s %s", found ? range : "nothing",
		 found ? "rw-s /dev/shm" NAME : "");
	return found;
}

int main(void)
{
	char mine[128], theirs[128], nobodys[128];
	struct region *region;
	pid_t other, bystander;
	int status, both;

	bystander = need(fork());
	if (!bystander) {
		raise(SIGSTOP);
		_exit(0);
	}
	other = need(fork());
	if (!other) {
		raise(SIGSTOP);
		region = open_region(O_RDWR);
		if (!strcmp(region->question, "who is there?"))
			strcpy(region->answer, "the other process");
		raise(SIGSTOP);
		_exit(0);
	}

	need(waitpid(bystander, &status, WUNTRACED));
	need(waitpid(other, &status, WUNTRACED));
	region = open_region(O_CREAT | O_RDWR);
	strcpy(region->question, "who is there?");
	say("%d stored \"%s\"", getpid(), region->question);
	need(kill(other, SIGCONT));
	need(waitpid(other, &status, WUNTRACED));
	say("%d stored \"%s\"", other, region->answer);
	check(!strcmp(region->answer, "the other process"), "S11 S24",
	      "each process loads what the other has stored");

	both = listed(getpid(), mine, sizeof(mine)) &&
	       listed(other, theirs, sizeof(theirs));
	say("maps of %d: %s", getpid(), mine);
	say("maps of %d: %s", other, theirs);
	check(both, "S49", "the kernel lists the region in both processes");
	check(!listed(bystander, nobodys, sizeof(nobodys)), "S49",
	      "a process that did not ask for the region does not have it");

	need(kill(bystander, SIGCONT));
	need(kill(other, SIGCONT));
	ended(bystander);
	ended(other);
	need(shm_unlink(NAME));
	return done();
}
