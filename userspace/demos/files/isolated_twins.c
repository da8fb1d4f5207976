// SPDX-License-Identifier: GPL-2.0-only
/*
 * isolated_twins: two processes of one program know nothing of each other.
 *
 * Notes: S1 (000:3-5; 003:13-16)
 * Watch: this program is started twice more. Each of the two writes its
 *        number into the same global variable.
 * See:   each keeps its own number. The variable has an address in each
 *        process, but behind the two addresses are two pages of RAM.
 */
#include "../check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>

static volatile int number;

struct twin {
	pid_t pid;
	uintptr_t address; /* of its variable */
	int value; /* what it holds there */
	uint64_t frame; /* number of the page of RAM behind it */
};

/* The program as a student would write it: no word about the other. */
static int be_twin(const char *which)
{
	uintptr_t address = (uintptr_t)&number;

	number = atoi(which);
	need(write(STDOUT_FILENO, &address, sizeof(address)));
	pause();
	return 0;
}

static void start(struct twin *twin, const char *which)
{
	int fd[2];

	need(pipe(fd));
	twin->pid = need(fork());
	if (!twin->pid) {
		need(dup2(fd[1], STDOUT_FILENO));
		need(execl("/proc/self/exe", "isolated_twins", which, NULL));
	}
	close(fd[1]);
	need(read(fd[0], &twin->address, sizeof(twin->address)));
	close(fd[0]);
}

/* The kernel may look into every process: proc(5), mem, pagemap and maps. */
static void look_into(struct twin *twin)
{
	long page = sysconf(_SC_PAGESIZE);
	char path[64], line[256];
	unsigned long from, to;
	FILE *maps;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)twin->pid);
	fd = need(open(path, O_RDONLY));
	need(pread(fd, &twin->value, sizeof(int), (off_t)twin->address));
	close(fd);
	snprintf(path, sizeof(path), "/proc/%d/pagemap", (int)twin->pid);
	fd = need(open(path, O_RDONLY));
	need(pread(fd, &twin->frame, 8, (off_t)twin->address / page * 8));
	twin->frame &= (UINT64_C(1) << 55) - 1;
	close(fd);
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)twin->pid);
	maps = need_ptr(fopen(path, "r"));
	while (need_ptr(fgets(line, sizeof(line), maps)))
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 &&
		    from <= twin->address && twin->address < to)
			break;
	fclose(maps);
	say("process %d: number = %d at %#lx, frame %#lx of RAM",
	    (int)twin->pid, twin->value, (unsigned long)twin->address,
	    (unsigned long)twin->frame);
	line[strcspn(line, " ")] = 0;
	say("    it lies in the range %s of its /proc/%d/maps", line,
	    (int)twin->pid);
}

int main(int argc, char **argv)
{
	struct twin one, two;
	int status;

	if (argc > 1)
		return be_twin(argv[1]);
	start(&one, "1");
	start(&two, "2");
	look_into(&one);
	look_into(&two);
	check(one.value == 1 && two.value == 2, "S1",
	      "each of two processes keeps what it wrote into the variable");
	check(one.frame && two.frame && one.frame != two.frame, "S1",
	      "the variable of each lies in a page of RAM of its own");
	need(kill(one.pid, SIGKILL));
	status = ended(one.pid);
	say("process %d is killed", (int)one.pid);
	look_into(&two);
	check(status == 128 + SIGKILL && two.value == 2 &&
		      state_of(two.pid) != 'Z',
	      "S1", "when one is killed the other does not notice");
	need(kill(two.pid, SIGKILL));
	ended(two.pid);
	return done();
}
