/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fatal.c -- see fatal.h.
 *
 * The handler may run on a stack of 2 KB: it saves what the signal interrupted
 * and goes on on a stack of the library's own. Should memory be in such a state
 * that the scan itself faults, the saved context is put in place of the
 * fault's, and the process ends of the first signal after all.
 *
 *	signal --> save --> own stack: hold, scan, END --> SIG_DFL, queue --> return
 *	                         |                              ^
 *	                         `------ a fault: give up ------'
 */
#include "tracer/inside/fatal.h"

#include "tracer/inside/fatal_program.h"
#include "tracer/inside/process.h"
#include "tracer/inside/snapshot.h"
#include "tracer/inside/sys.h"

#include <string.h>
#include <ucontext.h>

#define BIT(number) (UINT64_C(1) << ((number) - 1))

static const uint64_t faults =
	BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGFPE) | BIT(SIGTRAP);
/* What ends a process by default, but for what only the kernel's own timers and
 * devices send, and the real-time signals. */
static const uint64_t watched =
	BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGFPE) | BIT(SIGTRAP) | BIT(SIGABRT) |
	BIT(SIGSYS) | BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGQUIT) | BIT(SIGTERM) | BIT(SIGPIPE) |
	BIT(SIGALRM) | BIT(SIGVTALRM) | BIT(SIGPROF) | BIT(SIGXCPU) | BIT(SIGXFSZ) |
	BIT(SIGUSR1) | BIT(SIGUSR2);

enum {
	STACK_BYTES = 64 << 10,
	SIGSET_BYTES = 8,
	NAP_NS = 1000000,
	RESTORER = 0x04000000,             /* SA_RESTORER: the kernel's own flag */
};
static const uint64_t patience_ns = UINT64_C(60) * 1000000000;

struct death {
	uint64_t tid;                      /* atomic: of the thread that scans; 0: none */
	int number;
	siginfo_t info;
	ucontext_t context;
};

static struct death death;
static uint32_t is_armed;                  /* atomic */
static uint8_t own_stack[STACK_BYTES] __attribute__((aligned(64)));

void tr_fatal_restorer(void);
void tr_fatal_on_stack(void *top, void (*call)(void));

#if defined(__x86_64__)
/* Outside of every table, and preceded by a byte that is: so unwinders look at
 * the instructions, and know them for the end of a handler. */
__asm__(".text\n"
	"	nop\n"
	"	.p2align 4\n"
	"	nop\n"
	".globl tr_fatal_restorer\n"
	".hidden tr_fatal_restorer\n"
	".type tr_fatal_restorer, @function\n"
	"tr_fatal_restorer:\n"
	"	movq $15, %rax\n"      /* rt_sigreturn */
	"	syscall\n"
	".size tr_fatal_restorer, . - tr_fatal_restorer\n");

__asm__(".text\n"
	".globl tr_fatal_on_stack\n"
	".hidden tr_fatal_on_stack\n"
	".type tr_fatal_on_stack, @function\n"
	"tr_fatal_on_stack:\n"
	".cfi_startproc\n"
	"	pushq %rbp\n"
	".cfi_def_cfa_offset 16\n"
	".cfi_offset %rbp, -16\n"
	"	movq %rsp, %rbp\n"
	".cfi_def_cfa_register %rbp\n"
	"	movq %rdi, %rsp\n"
	"	call *%rsi\n"
	"	leave\n"
	".cfi_def_cfa %rsp, 8\n"
	"	ret\n"
	".cfi_endproc\n"
	".size tr_fatal_on_stack, . - tr_fatal_on_stack\n");

static void read_context(struct mt_snapshot_thread *thread)
{
	const greg_t *regs = death.context.uc_mcontext.gregs;
	static const int general[] = { REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI,
				       REG_RBP, REG_RSP, REG_R8, REG_R9, REG_R10, REG_R11,
				       REG_R12, REG_R13, REG_R14, REG_R15 };

	thread->pc = (uint64_t)regs[REG_RIP];
	thread->sp = (uint64_t)regs[REG_RSP];
	thread->fp = (uint64_t)regs[REG_RBP];
	for (size_t i = 0; i < sizeof(general) / sizeof(*general); i++)
		thread->registers[thread->n_registers++] = (uint64_t)regs[general[i]];
}

/* As it was, but for the floating point registers, whose place the second
 * signal may have taken. */
static void put_back(ucontext_t *context)
{
	fpregset_t floating = context->uc_mcontext.fpregs;

	*context = death.context;
	context->uc_mcontext.fpregs = floating;
}
#else
#error "memtrace: this processor's signal frame is not known yet"
#endif

static void set_mask(uint64_t mask)
{
	tr_sys4(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, SIGSET_BYTES);
}

static long set_action(int number, const struct tr_kernel_action *action)
{
	return tr_sys4(SYS_rt_sigaction, number, action, NULL, SIGSET_BYTES);
}

/* From here on the process ends as soon as the handler returns. */
static void pass_on(int number, siginfo_t *info)
{
	static const struct tr_kernel_action by_default;
	long pid = tr_sys0(SYS_getpid), tid = tr_sys0(SYS_gettid);

	set_mask(~UINT64_C(0));
	set_action(number, &by_default);
	if (tr_is_error(tr_sys4(SYS_rt_tgsigqueueinfo, pid, tid, number, info)))
		tr_sys3(SYS_tgkill, pid, tid, number);
}

static void scan(void)
{
	struct mt_snapshot_thread self = {
		.hold = MT_HOLD_SELF, .tid = death.tid,
		.thread_pointer = (uintptr_t)__builtin_thread_pointer(),
	};

	struct tr_end_signal signal = { .number = death.number, .code = death.info.si_code };

	read_context(&self);
	if (BIT(signal.number) & faults && signal.code > 0)
		signal.address = (uintptr_t)death.info.si_addr;
	tr_process_fatal(&self, &signal);
}

/* Another thread's crash will end us all; the wait is bounded. */
static void wait_for_other(void)
{
	uint64_t until_ns = tr_monotonic_ns() + patience_ns;

	while (__atomic_load_n(&death.tid, __ATOMIC_ACQUIRE) && tr_monotonic_ns() < until_ns)
		tr_nap(NAP_NS);
}

static void die(int number, siginfo_t *info, ucontext_t *context)
{
	uint64_t nobody = 0, tid;

	tr_process_begin_child();
	if (!tr_process_is_own() || !__atomic_load_n(&is_armed, __ATOMIC_ACQUIRE)) {
		pass_on(number, info);
		return;
	}
	tid = (uint64_t)tr_sys0(SYS_gettid);
	if (!__atomic_compare_exchange_n(&death.tid, &nobody, tid, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE)) {
		if (nobody == tid) {
			tr_snapshot_give_up();
			pass_on(death.number, &death.info);
			put_back(context);
			return;
		}
		wait_for_other();
		pass_on(number, info);
		return;
	}
	death.number = number;
	death.info = *info;
	death.context = *context;
	set_mask(~faults);
	tr_fatal_on_stack(own_stack + STACK_BYTES, scan);
	pass_on(number, &death.info);
	__atomic_store_n(&death.tid, 0, __ATOMIC_RELEASE);
}

/* Two flags of the program's are ours to set; its own are in which of these it is. */
#define ENTRY(name) \
	static void name(int number, siginfo_t *info, void *context) \
	{ \
		die(number, info, context); \
	}
ENTRY(on_plain)
ENTRY(on_siginfo)
ENTRY(on_stack)
ENTRY(on_both)

static void (*const entries[])(int, siginfo_t *, void *) = {
	on_plain, on_siginfo, on_stack, on_both,
};

enum { ENTRY_SIGINFO = 1, ENTRY_STACK = 2, N_ENTRIES = 4 };

bool tr_fatal_replace(int number, struct tr_kernel_action *action)
{
	unsigned entry = 0;

	if (action->handler != (uintptr_t)SIG_DFL || number < 1 || number > 64 ||
	    !(watched & BIT(number)) || !__atomic_load_n(&is_armed, __ATOMIC_ACQUIRE))
		return false;
	if (action->flags & SA_SIGINFO)
		entry |= ENTRY_SIGINFO;
	if (action->flags & SA_ONSTACK)
		entry |= ENTRY_STACK;
	action->handler = (uintptr_t)entries[entry];
	action->flags |= SA_SIGINFO | SA_ONSTACK;
	if (!(action->flags & RESTORER)) {
		action->flags |= RESTORER;
		action->restorer = (uintptr_t)tr_fatal_restorer;
	}
	return true;
}

void tr_fatal_disguise(struct tr_kernel_action *action)
{
	for (unsigned i = 0; i < N_ENTRIES; i++) {
		if (action->handler != (uintptr_t)entries[i])
			continue;
		action->handler = (uintptr_t)SIG_DFL;
		if (!(i & ENTRY_SIGINFO))
			action->flags &= ~(uint64_t)SA_SIGINFO;
		if (!(i & ENTRY_STACK))
			action->flags &= ~(uint64_t)(unsigned)SA_ONSTACK;
		if (action->restorer == (uintptr_t)tr_fatal_restorer) {
			action->restorer = 0;
			action->flags &= ~(uint64_t)RESTORER;
		}
	}
}

void tr_fatal_arm(void)
{
	struct tr_kernel_action action;

	if (tr.live->is_exit_snapshot_off || __atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED) ||
	    tr.pid == 1 || tr_program_is_go())
		return;
	__atomic_store_n(&is_armed, 1, __ATOMIC_RELEASE);
	for (int number = 1; number <= 64; number++) {
		if (!(watched & BIT(number)) ||
		    tr_is_error(tr_sys4(SYS_rt_sigaction, number, NULL, &action, SIGSET_BYTES)))
			continue;
		if (tr_fatal_replace(number, &action))
			set_action(number, &action);
	}
}

void tr_fatal_disarm(void)
{
	struct tr_kernel_action action;

	if (!__atomic_exchange_n(&is_armed, 0, __ATOMIC_ACQ_REL))
		return;
	for (int number = 1; number <= 64; number++) {
		uintptr_t before;

		if (!(watched & BIT(number)) ||
		    tr_is_error(tr_sys4(SYS_rt_sigaction, number, NULL, &action, SIGSET_BYTES)))
			continue;
		before = action.handler;
		tr_fatal_disguise(&action);
		if (action.handler != before)
			set_action(number, &action);
	}
}
