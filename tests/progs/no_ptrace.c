/* SPDX-License-Identifier: Apache-2.0 */
/*
 * no_ptrace COMMAND...: runs COMMAND where ptrace, process_vm_readv and
 * process_vm_writev fail with EPERM for it and all it starts, as in some containers.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REFUSE(n) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, n, 0, 1), \
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

int main(int argc, char **argv)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		REFUSE(SYS_ptrace), REFUSE(SYS_process_vm_readv), REFUSE(SYS_process_vm_writev),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof rules / sizeof *rules, rules };

	if (argc < 2)
		return 2;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("no_ptrace");
		return 3;
	}
	if (!ptrace(PTRACE_TRACEME, 0, NULL, NULL) || errno != EPERM)
		return 4;
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
