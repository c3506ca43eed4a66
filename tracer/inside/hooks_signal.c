/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks_signal.c -- the program's view of its signals' dispositions, without the
 * handlers that fatal.c installs. Each change is one system call, as it is
 * without us: two threads that set the same signal race as they always did.
 */
#include "tracer/inside/fatal.h"
#include "tracer/inside/hooks.h"
#include "tracer/inside/readable.h"
#include "tracer/inside/sys.h"

enum { SIGSET_BYTES = 8, INTERRUPT = 0x20000000 };    /* SA_INTERRUPT: none of the kernel's */

static uint64_t interrupting;    /* atomic: signals of which siginterrupt said so */

static struct tr_kernel_action kernel_action(const struct sigaction *from)
{
	return (struct tr_kernel_action){
		.handler = (uintptr_t)from->sa_handler, .flags = (unsigned)from->sa_flags,
		.restorer = (uintptr_t)from->sa_restorer,
	};
}

static void copy_back(struct sigaction *to, const struct tr_kernel_action *from)
{
	to->sa_handler = (sighandler_t)from->handler;
	to->sa_flags = (int)from->flags;
	to->sa_restorer = (void (*)(void))from->restorer;
}

TR_HOOK int sigaction(int number, const struct sigaction *wanted, struct sigaction *old)
{
	struct tr_kernel_action action;
	struct sigaction ours;
	int result;

	tr_ready();
	if (wanted) {
		action = kernel_action(wanted);
		if (tr_fatal_replace(number, &action)) {
			ours = *wanted;
			copy_back(&ours, &action);
			wanted = &ours;
		}
	}
	result = tr_real.sigaction(number, wanted, old);
	if (result == 0 && old) {
		action = kernel_action(old);
		tr_fatal_disguise(&action);
		copy_back(old, &action);
	}
	return result;
}

int __sigaction(int number, const struct sigaction *wanted, struct sigaction *old);
TR_HOOK int __sigaction(int number, const struct sigaction *wanted, struct sigaction *old)
{
	return sigaction(number, wanted, old);
}

static sighandler_t disguised(sighandler_t handler)
{
	struct tr_kernel_action action = { .handler = (uintptr_t)handler };

	tr_fatal_disguise(&action);
	return (sighandler_t)action.handler;
}

static sighandler_t set_default(int number, int flags, bool is_masked)
{
	struct sigaction wanted = { .sa_handler = SIG_DFL, .sa_flags = flags }, old;

	if (is_masked && number >= 1 && number <= 64)
		((uint64_t *)&wanted.sa_mask)[0] = UINT64_C(1) << (number - 1);
	return sigaction(number, &wanted, &old) ? SIG_ERR : old.sa_handler;
}

TR_HOOK sighandler_t signal(int number, sighandler_t handler)
{
	uint64_t bit = number >= 1 && number <= 64 ? UINT64_C(1) << (number - 1) : 0;

	tr_ready();
	if (handler == SIG_DFL && bit)
		return set_default(number, __atomic_load_n(&interrupting, __ATOMIC_RELAXED) & bit
					   ? 0 : SA_RESTART, true);
	return disguised(tr_real.signal(number, handler));
}

sighandler_t bsd_signal(int number, sighandler_t handler);
TR_HOOK sighandler_t bsd_signal(int number, sighandler_t handler)
{
	return signal(number, handler);
}

TR_HOOK sighandler_t ssignal(int number, sighandler_t handler)
{
	return signal(number, handler);
}

TR_HOOK sighandler_t __sysv_signal(int number, sighandler_t handler)
{
	tr_ready();
	if (handler == SIG_DFL)
		return set_default(number, (int)(SA_RESETHAND | SA_NODEFER | INTERRUPT), false);
	return disguised(tr_real.__sysv_signal(number, handler));
}

TR_HOOK sighandler_t sysv_signal(int number, sighandler_t handler)
{
	return __sysv_signal(number, handler);
}

TR_HOOK int siginterrupt(int number, int is_interrupting)
{
	int result;

	tr_ready();
	result = tr_real.siginterrupt(number, is_interrupting);
	if (result == 0 && is_interrupting)
		__atomic_fetch_or(&interrupting, UINT64_C(1) << (number - 1), __ATOMIC_RELAXED);
	else if (result == 0)
		__atomic_fetch_and(&interrupting, ~(UINT64_C(1) << (number - 1)),
				   __ATOMIC_RELAXED);
	return result;
}

/* Sets, then unblocks; was it blocked before, then that is the answer. */
TR_HOOK sighandler_t sigset(int number, sighandler_t handler)
{
	sighandler_t old;
	uint64_t bit, before = 0;

	tr_ready();
	if (handler != SIG_DFL)
		return disguised(tr_real.sigset(number, handler));
	old = set_default(number, 0, false);
	if (old == SIG_ERR)
		return SIG_ERR;
	bit = UINT64_C(1) << (number - 1);
	tr_sys4(SYS_rt_sigprocmask, SIG_UNBLOCK, &bit, &before, SIGSET_BYTES);
	return before & bit ? SIG_HOLD : old;
}

static bool is_readable(long action)
{
	uintptr_t last = (uintptr_t)action + sizeof(struct tr_kernel_action) - 1;

	return !__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED) &&
	       tr_page_is_readable((uintptr_t)action) && tr_page_is_readable(last);
}

/* syscall(SYS_rt_sigaction): bad addresses are for the kernel to refuse. */
long tr_syscall_sigaction(long number, long wanted, long old, long size)
{
	struct tr_kernel_action ours;
	long result;

	if (size == SIGSET_BYTES && wanted && is_readable(wanted)) {
		ours = *(const struct tr_kernel_action *)wanted;
		if (tr_fatal_replace((int)number, &ours))
			wanted = (long)&ours;
	}
	result = tr_real_syscall(SYS_rt_sigaction, number, wanted, old, size, 0, 0);
	if (result == 0 && size == SIGSET_BYTES && old)
		tr_fatal_disguise((struct tr_kernel_action *)old);
	return result;
}
