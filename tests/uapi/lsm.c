// SPDX-License-Identifier: GPL-2.0-only
/*
 * lsm.c: a security module that forbids what the ids would allow.
 *
 * Owns: the errno RECV:EACCES, and what C24.1 says of such a module.  It is a
 * program of eBPF at one hook, which refuses once, the nth time that the machine
 * asks there; it is put together here, so that no compiler is needed.  Takes no
 * locks; run by the guest runner.
 *
 * opts: module=test timeout=60 kernels=6.1,6.12,7.2
 */
#include "direct.h"
#include "fds.h"

#include <linux/bpf.h>
#include <linux/btf.h>
#include <sys/mount.h>
#include <sys/syscall.h>

static int bpf(int cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* Bytes that follow a type of the kernel's description of itself. */
static size_t btf_more(const struct btf_type *t)
{
	size_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(__u32);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return n * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return n * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return n * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return n * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

/* The number of the hook's function, or 0. */
static __u32 find_hook(const char *name, const char *btf, size_t size)
{
	const struct btf_header *h = (const void *)btf;
	const char *types = btf + h->hdr_len + h->type_off;
	const char *names = btf + h->hdr_len + h->str_off;
	const char *end = types + h->type_len;
	const struct btf_type *t;
	__u32 id;

	if (end > btf + size)
		return 0;
	for (id = 1; types < end; id++) {
		t = (const void *)types;
		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC &&
		    strcmp(names + t->name_off, name) == 0)
			return id;
		types += sizeof(*t) + btf_more(t);
	}
	return 0;
}

static __u32 hook_id(const char *name)
{
	static char btf[32 << 20];
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
	size_t size = 0;
	ssize_t n = 0;

	if (fd < 0)
		return 0;
	while (size < sizeof(btf) &&
	       (n = read(fd, btf + size, sizeof(btf) - size)) > 0)
		size += (size_t)n;
	close(fd);
	return find_hook(name, btf, size);
}

#define INSN(code_, dst, src, off_, imm_)                            \
	{                                                            \
		.code = (code_), .dst_reg = (dst), .src_reg = (src), \
		.off = (off_), .imm = (imm_)                         \
	}

/*
 * What the hook does, with the only word of a map:
 *
 *	if (word > 0 && --word == 0)
 *		return -EACCES;
 *	return 0;
 */
static int load_program(int map, __u32 hook)
{
	const struct bpf_insn insns[] = {
		INSN(BPF_ST | BPF_MEM | BPF_W, 10, 0, -4, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
		INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 6, 0),
		INSN(BPF_LDX | BPF_MEM | BPF_DW, 1, 0, 0, 0),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 4, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 1, 0, 0, -1),
		INSN(BPF_STX | BPF_MEM | BPF_DW, 0, 1, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, -EACCES),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_LSM;
	attr.expected_attach_type = BPF_LSM_MAC;
	attr.attach_btf_id = hook;
	attr.insns = PTR(insns);
	attr.insn_cnt = sizeof(insns) / sizeof(insns[0]);
	attr.license = PTR("GPL");
	return bpf(BPF_PROG_LOAD, &attr);
}

static int make_map(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = sizeof(__u32);
	attr.value_size = sizeof(__u64);
	attr.max_entries = 1;
	return bpf(BPF_MAP_CREATE, &attr);
}

static int attach(int program)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = (__u32)program;
	return bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
}

static int word = -1;

/* What is asked for at the hook the nth time from now on is refused. */
static void refuse(__u64 nth)
{
	union bpf_attr attr;
	__u32 key = 0;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (__u32)word;
	attr.key = PTR(&key);
	attr.value = PTR(&nth);
	ASSERT_OK(bpf(BPF_MAP_UPDATE_ELEM, &attr));
}

/* Loads the security module, which goes with this process. */
static void guard(const char *name)
{
	static char list[256];
	__u32 hook = hook_id(name);
	int program;

	if (!hook)
		SKIP("the kernel does not describe the hook");
	/* It may be mounted: then this is EBUSY. */
	mount("none", "/sys/kernel/security", "securityfs", 0, NULL);
	if (mbt_read_file("/sys/kernel/security/lsm", list, sizeof(list)) < 0 ||
	    !strstr(list, "bpf"))
		SKIP("no security module of eBPF here: %s", list);
	word = ASSERT_OK(make_map());
	program = ASSERT_OK(load_program(word, hook));
	ASSERT_OK(attach(program));
}

TEST(what_a_security_module_forbids_is_not_installed, "C30.5 C11.1 RECV:EACCES")
{
	int fd = fds_box(), list[3] = { file_at(1), file_at(2), file_at(3) };
	int got[3] = { -1, -1, -1 }, before, i;
	struct mbox_recv r;

	guard("bpf_lsm_file_receive");
	ASSERT_OK(send_fds(fd, "x", 3, list));
	before = open_fds();
	for (i = 1; i <= 3; i++) {
		refuse((__u64)i);
		expect_refused(fd, recv_fds(fd, &r, 3, got), EACCES);
		EXPECT_EQ(open_fds(), before);
	}
	refuse(0);
	ASSERT_OK(recv_fds(fd, &r, 3, got));
	for (i = 0; i < 3; i++)
		expect_file_at(got[i], i + 1);
}

TEST(who_does_not_ask_is_not_asked_for, "C30.4")
{
	struct witness w = witness();
	int fd = fds_box();

	guard("bpf_lsm_file_receive");
	ASSERT_OK(send_fd(fd, "x", w.file));
	close(w.file);
	refuse(1);
	expect_next(fd, "x");
	expect_closed(&w);
}

TEST(whom_a_security_module_protects_nobody_may_send_to, "C24.1 SEND_TO:EPERM")
{
	pid_t pid;

	CHILD(pid)
	pause();
	guard("bpf_lsm_task_kill");
	refuse(1);
	EXPECT_ERRNO(kill(pid, 0), EACCES);
	refuse(1);
	EXPECT_ERRNO(send_to(pid, "x"), EPERM);
	EXPECT_EQ(count_links(pid), 0);
	ASSERT_OK(send_to(pid, "x"));
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
}
