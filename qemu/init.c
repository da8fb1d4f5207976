// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the guest. It mounts, starts one job, watches the kernel log while
 * the job runs, and reports over the side channel. The job is a child: nothing
 * it does can end PID 1, and PID 1 runs no other program.
 *
 * Side channel: three debug ports of the machine, each a file on the host. A
 * byte written to a port is in that file before the next instruction runs, so
 * nothing is lost in a tty, a driver or a panic. Written by this process only.
 *
 *   0xe9  verdict: lines "boot", "ready", "splat TEXT", "task TEXT", "dumped",
 *         "exit N", "end" (see README.md)
 *   0xea  standard output of the job
 *   0xeb  standard error of the job
 *
 * The job lies in /job (a second archive behind the initramfs): "cmd" is a
 * shell command, "mode" is cmd or shell (on the console), "module" the .ko to
 * load first, "params" its parameters. On the second serial port the host sends
 * 'd' to have every task's stack reported, and 'g' to have /run/go made.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum port { PORT_VERDICT = 0xe9, PORT_OUT = 0xea, PORT_ERR = 0xeb };

#define SPLAT_LIST "/etc/mbox/splats"
#define MAX_SPLATS 64
#define SPLATS_SHOWN 40

static char *splats[MAX_SPLATS];
static int nr_splats;
static int splats_seen;

/* Not outsb() of sys/io.h: that one does not say that it reads memory. */
static void port_write(enum port port, const char *bytes, size_t len)
{
	__asm__ volatile("cld; rep outsb"
			 : "+S"(bytes), "+c"(len)
			 : "d"(port)
			 : "memory", "cc");
}

static void __attribute__((format(printf, 1, 2))) verdict(const char *fmt, ...)
{
	char line[1024];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(line, sizeof(line) - 1, fmt, args);
	va_end(args);
	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	port_write(PORT_VERDICT, line, len);
}

/* A guest that is not as the tests expect it must not look like a good one. */
static void broken(const char *what)
{
	verdict("broken %s: %s", what, strerror(errno));
}

static void make_mount(const char *type, const char *dir, const char *data)
{
	mkdir(dir, 0755);
	if (mount(type, dir, type, 0, data))
		broken(dir);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		broken(path);
	if (fd >= 0)
		close(fd);
}

/* Returns the file's text without the last newline, or NULL. */
static char *read_file(const char *path)
{
	size_t len = 0, room = 4096;
	char *text = malloc(room);
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !text) {
		free(text);
		return NULL;
	}
	while ((n = read(fd, text + len, room - len - 1)) > 0) {
		len += n;
		if (room - len < 2) {
			char *more = realloc(text, room *= 2);

			if (!more)
				break;
			text = more;
		}
	}
	close(fd);
	if (len && text[len - 1] == '\n')
		len--;
	text[len] = 0;
	return text;
}

static void mount_all(void)
{
	make_mount("proc", "/proc", NULL);
	make_mount("sysfs", "/sys", NULL);
	make_mount("devtmpfs", "/dev", "mode=0755");
	make_mount("devpts", "/dev/pts", "mode=0620,ptmxmode=0666");
	make_mount("tmpfs", "/dev/shm", "mode=1777");
	make_mount("mqueue", "/dev/mqueue", NULL);
	make_mount("tmpfs", "/tmp", "mode=1777");
	make_mount("tmpfs", "/run", "mode=0755");
	make_mount("debugfs", "/sys/kernel/debug", NULL);
	make_mount("tracefs", "/sys/kernel/tracing", NULL);
	make_mount("cgroup2", "/sys/fs/cgroup", NULL);
	if (symlink("/proc/self/fd", "/dev/fd") ||
	    symlink("/proc/self/fd/0", "/dev/stdin") ||
	    symlink("/proc/self/fd/1", "/dev/stdout") ||
	    symlink("/proc/self/fd/2", "/dev/stderr"))
		broken("/dev/fd");
}

static void set_up_network(void)
{
	struct ifreq req = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &req)) {
		broken("lo");
		return;
	}
	req.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &req))
		broken("lo");
	close(fd);
}

static void set_up_kernel(void)
{
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory +pids");
	if (sethostname("mbox", 4))
		broken("hostname");
	/* A task that sleeps uninterruptibly for long is a bug of ours. */
	write_file("/proc/sys/kernel/hung_task_timeout_secs", "20");
	/* A busy host stops the guest's processors; that is no lockup. */
	write_file("/proc/sys/kernel/watchdog_thresh", "30");
	write_file("/proc/sys/kernel/sysrq", "1");
	/* The host's NMI reads as a bus error here; it asks for a panic. */
	write_file("/proc/sys/kernel/panic_on_unrecovered_nmi", "1");
	/* Bad pointers are in the tests; their faults are not news. */
	write_file("/proc/sys/debug/exception-trace", "0");
	write_file("/proc/sys/kernel/core_pattern", "/dev/null");
	/* Off at boot: see qemu/config/race.config. */
	if (!access("/sys/kernel/debug/kcsan", F_OK))
		write_file("/sys/kernel/debug/kcsan", "on");
	/* With names every trace patches the scheduler: see README.md, QEMU. */
	write_file("/sys/kernel/tracing/trace_options", "norecord-cmd");
}

static void set_up_homes(void)
{
	if (chown("/home/alice", 1000, 1000) ||
	    chown("/home/bob", 1001, 1001) || chown("/home/carol", 1002, 1002))
		broken("/home");
}

static void load_splats(void)
{
	char *text = read_file(SPLAT_LIST);
	char *line, *rest = text;

	if (!text)
		broken(SPLAT_LIST);
	while (rest && (line = strsep(&rest, "\n"))) {
		if (*line && nr_splats < MAX_SPLATS)
			splats[nr_splats++] = line;
	}
}

/* In a child: a module that fails in its init must not take PID 1 along. */
static void load_module(const char *path, const char *params)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int status = 0;
	pid_t pid;

	if (fd < 0) {
		broken(path);
		return;
	}
	pid = fork();
	if (pid == 0) {
		if (!syscall(SYS_finit_module, fd, params ? params : "", 0))
			_exit(0);
		_exit(errno);
	}
	close(fd);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
		errno = WEXITSTATUS(status);
		broken(path);
	}
}

/* One record of /dev/kmsg: "prio,seq,usec,flags;text". */
static void check_record(char *record)
{
	long prio = strtol(record, NULL, 10);
	char *text = strchr(record, ';');
	int i;

	/* What a program wrote to /dev/kmsg is not the kernel's. */
	if (!text || prio >> 3)
		return;
	text++;
	text[strcspn(text, "\n")] = 0;
	for (i = 0; i < nr_splats; i++) {
		if (strstr(text, splats[i])) {
			if (splats_seen++ < SPLATS_SHOWN)
				verdict("splat %s", text);
			return;
		}
	}
}

static void check_kmsg(int fd)
{
	char record[8192];
	ssize_t len;

	for (;;) {
		len = read(fd, record, sizeof(record) - 1);
		if (len < 0 && errno == EPIPE) {
			verdict("splat the kernel log overran its buffer");
			continue;
		}
		if (len <= 0)
			return;
		record[len] = 0;
		check_record(record);
	}
}

static void report_stack(int pid, int tid)
{
	char path[128], state = '?';
	char *stat, *stack, *syscall_text, *line, *rest, *name = NULL;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	stat = read_file(path);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stack", pid, tid);
	stack = read_file(path);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid, tid);
	syscall_text = read_file(path);
	if (stat) {
		name = strchr(stat, '(');
		rest = strrchr(stat, ')');
		if (rest && rest[1] == ' ')
			state = rest[2];
		if (rest)
			rest[1] = 0;
	}
	verdict("task %d/%d %s state %c, system call %.60s", pid, tid,
		name ? name : "?", state, syscall_text ? syscall_text : "?");
	rest = stack;
	while (rest && (line = strsep(&rest, "\n"))) {
		if (*line)
			verdict("task     %s", line);
	}
	free(stat);
	free(stack);
	free(syscall_text);
}

static int is_kernel_thread(int pid)
{
	char path[64], target[8];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return readlink(path, target, sizeof(target)) < 0;
}

static void report_threads(int pid)
{
	struct dirent *task;
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	while (tasks && (task = readdir(tasks))) {
		if (isdigit(task->d_name[0]))
			report_stack(pid, atoi(task->d_name));
	}
	if (tasks)
		closedir(tasks);
}

/* Where does each task sleep? Asked by the host when the time is up. */
static void report_tasks(void)
{
	struct dirent *proc;
	DIR *procs;
	int pid;

	procs = opendir("/proc");
	while (procs && (proc = readdir(procs))) {
		pid = atoi(proc->d_name);
		if (pid > 1 && !is_kernel_thread(pid))
			report_threads(pid);
	}
	if (procs)
		closedir(procs);
	/* What runs has no stack to read; each processor prints its own. */
	write_file("/proc/sys/kernel/printk", "8");
	write_file("/proc/sysrq-trigger", "l");
	verdict("dumped");
}

static int open_control(void)
{
	int fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios tio;

	if (fd < 0 || tcgetattr(fd, &tio)) {
		broken("/dev/ttyS1");
		return fd;
	}
	cfmakeraw(&tio);
	tio.c_cflag |= CLOCAL;
	if (tcsetattr(fd, TCSANOW, &tio))
		broken("/dev/ttyS1");
	return fd;
}

static void answer_control(int fd)
{
	char byte;

	while (read(fd, &byte, 1) == 1) {
		if (byte == 'd')
			report_tasks();
		else if (byte == 'g')
			close(creat("/run/go", 0644));
	}
}

static void __attribute__((noreturn)) run_job(int on_console, char *cmd)
{
	char *const argv[] = { "sh", "-c", cmd, NULL };
	sigset_t none;
	int tty;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setpriority(PRIO_PROCESS, 0, 0);
	iopl(0);
	setsid();
	if (on_console) {
		tty = open("/dev/ttyS0", O_RDWR);
		if (tty < 0)
			_exit(126);
		ioctl(tty, TIOCSCTTY, 1);
		dup2(tty, 0);
		dup2(tty, 1);
		dup2(tty, 2);
	}
	execv("/bin/sh", argv);
	_exit(127);
}

/* Passes on what is there; returns 0 at the end of the pipe. */
static int forward(int fd, enum port port)
{
	char buf[16384];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n > 0)
		port_write(port, buf, n);
	return n > 0 || (n < 0 && errno == EAGAIN);
}

static void drain(int out, int err)
{
	struct pollfd fds[] = { { out, POLLIN, 0 }, { err, POLLIN, 0 } };

	/* A background process may hold the pipes open; it gets no more. */
	while ((fds[0].fd >= 0 || fds[1].fd >= 0) && poll(fds, 2, 20) > 0) {
		if (fds[0].revents && !forward(out, PORT_OUT))
			fds[0].fd = -1;
		if (fds[1].revents && !forward(err, PORT_ERR))
			fds[1].fd = -1;
	}
}

/* Reaps all that ended; returns 1 and the status when it was the job. */
static int reap(pid_t job, int *status)
{
	int done = 0, st;
	pid_t pid;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0) {
		if (pid == job) {
			*status = st;
			done = 1;
		}
	}
	return done;
}

/* Ends what the job left behind. One that cannot die is for the host to see. */
static void end_all(int control)
{
	struct pollfd fds = { control, POLLIN, 0 };

	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) >= 0) {
		if (poll(&fds, 1, 1) > 0)
			answer_control(control);
	}
}

static int supervise(pid_t job, int out, int err, int kmsg, int control)
{
	struct pollfd fds[5] = {
		{ .events = POLLIN },
		{ .fd = kmsg, .events = POLLIN },
		{ .fd = control, .events = POLLIN },
		{ .fd = out, .events = POLLIN },
		{ .fd = err, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	int status = 0;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	fds[0].fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	for (;;) {
		if (poll(fds, 5, -1) < 0)
			continue;
		if (fds[1].revents)
			check_kmsg(kmsg);
		if (fds[2].revents)
			answer_control(control);
		if (fds[3].revents && !forward(out, PORT_OUT))
			fds[3].fd = -1;
		if (fds[4].revents && !forward(err, PORT_ERR))
			fds[4].fd = -1;
		if (fds[0].revents) {
			while (read(fds[0].fd, &info, sizeof(info)) > 0)
				;
			if (reap(job, &status))
				break;
		}
	}
	drain(fds[3].fd, fds[4].fd);
	end_all(control);
	check_kmsg(kmsg);
	return status;
}

static void uptime_line(const char *word)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	verdict("%s %ld.%03ld", word, (long)now.tv_sec, now.tv_nsec / 1000000);
}

static void set_environment(void)
{
	setenv("PATH", "/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin", 1);
	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("TERM", "vt100", 1);
	setenv("ENV", "/etc/profile", 1);
	umask(022);
}

int main(void)
{
	int out[2], err[2], kmsg, control, status, shell;
	char *mode, *cmd, *module, *params;
	sigset_t all;
	pid_t job;

	if (iopl(3))
		return 1;
	uptime_line("boot");
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setpriority(PRIO_PROCESS, 0, -20);
	mount_all();
	set_up_network();
	set_up_kernel();
	set_up_homes();
	set_environment();
	load_splats();
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	control = open_control();
	mode = read_file("/job/mode");
	cmd = read_file("/job/cmd");
	module = read_file("/job/module");
	params = read_file("/job/params");
	if (kmsg < 0 || !mode || !cmd || pipe2(out, O_CLOEXEC) ||
	    pipe2(err, O_CLOEXEC)) {
		broken("/job");
		goto end;
	}
	/* People at the console need not read that a module taints. */
	shell = !strcmp(mode, "shell");
	write_file("/proc/sys/kernel/printk", shell ? "4" : "5");
	if (module && *module)
		load_module(module, params);
	uptime_line("ready");
	if (chdir("/tmp"))
		broken("/tmp");
	job = fork();
	if (job == 0) {
		dup2(open("/dev/null", O_RDONLY), 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		run_job(shell, cmd);
	}
	close(out[1]);
	close(err[1]);
	if (job < 0) {
		broken("fork");
		goto end;
	}
	status = supervise(job, out[0], err[0], kmsg, control);
	if (WIFSIGNALED(status))
		verdict("exit %d", 128 + WTERMSIG(status));
	else
		verdict("exit %d", WEXITSTATUS(status));
	uptime_line("end");
end:
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
