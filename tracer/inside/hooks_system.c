/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks_system.c -- what the program does that changes what we may do: unload a
 * library, forbid system calls, name a thread.
 */
#include "tracer/inside/fatal.h"
#include "tracer/inside/globals.h"
#include "tracer/inside/hooks.h"
#include "tracer/inside/modules.h"
#include "tracer/inside/process.h"

#include <linux/seccomp.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A destructor in the library may allocate, and what it did must be walked and
 * named before its code is gone; after that, nothing may be taken for it. */
TR_HOOK int dlclose(void *handle)
{
	struct tr_globals *globals = NULL;
	struct tr_context *context;
	int result;

	tr_ready();
	if (!tr_is_on())
		return tr_real.dlclose(handle);
	tr_loader_begin();
	context = tr_enter();
	if (context) {
		globals = tr_globals_take(context, handle);
		tr_leave();
	}
	result = tr_real.dlclose(handle);
	context = tr_enter();
	if (context) {
		tr_globals_tell(context, globals);
		tr_modules_check_gone(context);
		tr_leave();
	}
	tr_globals_free(globals);
	tr_loader_end();
	return result;
}

/* From before the call on: the filter is in force as soon as it returns, and in
 * other threads perhaps sooner. */
static void be_quiet(void)
{
	tr_fatal_disarm();
	if (!__atomic_load_n(&tr.is_quiet, __ATOMIC_ACQUIRE) && tr_is_on())
		tr_process_be_traced();
	__atomic_store_n(&tr.is_quiet, 1, __ATOMIC_RELEASE);
}

/* Orphans of snapshots would become its children. */
static void note_adopter(unsigned long is_set)
{
	if (is_set && tr_is_on())
		__atomic_store_n(&tr.live->has_adopter, 1, __ATOMIC_RELEASE);
}

static void put_thread_name(uint64_t tid, const char *name)
{
	struct mt_thread_name record = { tid, { name, strnlen(name, 15) } };
	struct tr_context *context = tr_is_on() ? tr_enter() : NULL;
	struct mt_out out;

	if (!context)
		return;
	out = tr_scratch(context);
	mt_put_thread_name(&out, &record);
	tr_stream_put_scratch(context, MT_KIND_THREAD_NAME, &out);
	tr_leave();
}

TR_HOOK int prctl(int option, ...)
{
	unsigned long argument[4];
	va_list list;
	int result;

	va_start(list, option);
	for (int i = 0; i < 4; i++)
		argument[i] = va_arg(list, unsigned long);
	va_end(list);
	tr_ready();
	if (option == PR_SET_SECCOMP)
		be_quiet();
	if (option == PR_SET_CHILD_SUBREAPER)
		note_adopter(argument[0]);
	result = tr_real.prctl(option, argument[0], argument[1], argument[2], argument[3]);
	if (option == PR_SET_NAME && result == 0)
		put_thread_name(0, (const char *)argument[0]);
	return result;
}

TR_HOOK int pthread_setname_np(pthread_t thread, const char *name)
{
	int error;

	tr_ready();
	error = tr_real.pthread_setname_np(thread, name);
	if (!error && pthread_equal(thread, pthread_self()))
		put_thread_name(0, name);
	return error;
}

/* syscall() as a way to exec, to set a signal's disposition or to install a filter. */
long tr_syscall_watched(long number, long a, long b, long c, long d, long e, long f);
long tr_syscall_watched(long number, long a, long b, long c, long d, long e, long f)
{
	tr_ready();
	switch (number) {
	case SYS_execve:
		return execve((const char *)a, (char *const *)b, (char *const *)c);
	case SYS_execveat:
		return execveat((int)a, (const char *)b, (char *const *)c, (char *const *)d,
				(int)e);
	case SYS_seccomp:
		if (a == SECCOMP_SET_MODE_FILTER || a == SECCOMP_SET_MODE_STRICT)
			be_quiet();
		break;
	case SYS_prctl:
		if (a == PR_SET_SECCOMP)
			be_quiet();
		if (a == PR_SET_CHILD_SUBREAPER)
			note_adopter((unsigned long)b);
		break;
	case SYS_rt_sigaction:
		return tr_syscall_sigaction(a, b, c, d);
	default:
		break;
	}
	return tr_real_syscall(number, a, b, c, d, e, f);
}

/* For all other numbers libc's is entered by a jump: a vfork made this way
 * returns twice through its caller's frame, so there must be none of ours. */
#if defined(__x86_64__)
__asm__(".text\n"
	".globl syscall\n"
	".type syscall, @function\n"
	"syscall:\n"
	".cfi_startproc\n"
	"	cmpq $59, %rdi\n"      /* execve */
	"	je tr_syscall_watched\n"
	"	cmpq $322, %rdi\n"     /* execveat */
	"	je tr_syscall_watched\n"
	"	cmpq $317, %rdi\n"     /* seccomp */
	"	je tr_syscall_watched\n"
	"	cmpq $13, %rdi\n"      /* rt_sigaction */
	"	je tr_syscall_watched\n"
	"	cmpq $157, %rdi\n"     /* prctl */
	"	je tr_syscall_watched\n"
	"	movq tr_real_syscall(%rip), %rax\n"
	"	testq %rax, %rax\n"
	"	je tr_syscall_watched\n"
	"	jmpq *%rax\n"
	".cfi_endproc\n"
	".size syscall, . - syscall\n");
#endif
