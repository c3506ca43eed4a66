/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_unwind_stacks.c -- walks on other stacks than the first thread's, and
 * across signals: nothing may be read that is not there.
 */
#include "tests/unit/walk.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum { PAGE = 4096, STACK_BYTES = 64 * 1024 };

static uintptr_t interrupted_at;
static jmp_buf after_fault;

static void handle(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	interrupted_at = (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
	look();
	NOT_A_TAIL_CALL;
}

static void handle_and_leave(int number, siginfo_t *info, void *context)
{
	handle(number, info, context);
	longjmp(after_fault, 1);
}

static void catch(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };

	assert_int_equal(sigaction(number, &action, NULL), 0);
}

static void assert_interrupted_address_is_exact(void)
{
	const struct tr_walk *walk = &looked.walk;
	uint32_t n = 0;

	assert_int_equal(count_exact(), 1);
	for (uint32_t i = 0; i < walk->n_frames; i++)
		if (walk->is_exact[i / 64] >> i % 64 & 1) {
			assert_int_equal(walk->frames[i], interrupted_at);
			n++;
		}
	assert_int_equal(n, 1);
}

static void test_walk_passes_a_signal_handler(void **state)
{
	(void)state;
	catch(SIGUSR1, handle, 0);
	raise(SIGUSR1);
	assert_sound_to_main();
	assert_interrupted_address_is_exact();
}

static void test_walk_passes_a_handler_on_an_alternate_stack(void **state)
{
	stack_t alternate = { .ss_sp = malloc(STACK_BYTES), .ss_size = STACK_BYTES };

	(void)state;
	assert_int_equal(sigaltstack(&alternate, NULL), 0);
	catch(SIGUSR1, handle, SA_ONSTACK);
	raise(SIGUSR1);
	assert_sound_to_main();
	assert_interrupted_address_is_exact();
	alternate.ss_flags = SS_DISABLE;
	sigaltstack(&alternate, NULL);
	free(alternate.ss_sp);
}

static NOINLINE void interrupt_recursion(unsigned n)
{
	if (n > 1)
		interrupt_recursion(n - 1);
	else
		raise(SIGUSR1);
	NOT_A_TAIL_CALL;
}

static void test_exact_mark_stays_with_its_frame_when_the_middle_is_left_out(void **state)
{
	(void)state;
	catch(SIGUSR1, handle, 0);
	for (unsigned n = 200; n < 330; n++) {
		interrupt_recursion(n);
		assert_sound_to_main();
		assert_interrupted_address_is_exact();
	}
}

/* A leaf interrupted at its very first instruction: nothing is pushed yet. */
void trap(void);
__asm__(".text\n.type trap, @function\n"
	"trap:\n\t.cfi_startproc\n\tint3\n\tret\n\t.cfi_endproc\n.size trap, .-trap\n");

static void test_walk_passes_a_leaf_interrupted_at_its_first_instruction(void **state)
{
	(void)state;
	catch(SIGTRAP, handle, 0);
	trap();
	assert_same_as_libunwind();
	assert_true(is_near_root((uintptr_t)main));
	assert_int_equal(interrupted_at, (uintptr_t)trap + 1);
}

static void test_walk_finds_who_called_a_wild_pointer(void **state)
{
	void (*volatile wild)(void) = NULL;

	(void)state;
	catch(SIGSEGV, handle_and_leave, SA_NODEFER);
	if (setjmp(after_fault) == 0)
		wild();
	assert_int_equal(interrupted_at, 0);
	assert_interrupted_address_is_exact();
	assert_int_equal(looked.walk.end, MT_STACK_ROOT);
	assert_true(is_near_root((uintptr_t)main));
	signal(SIGSEGV, SIG_DFL);
}

static ucontext_t back, there;
static void (*coroutine_calls)(void);

static void coroutine(void)
{
	coroutine_calls();
	swapcontext(&there, &back);
}

static void run_on(void *stack, size_t n_bytes, void (*function)(void))
{
	coroutine_calls = function;
	getcontext(&there);
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = n_bytes;
	there.uc_link = &back;
	makecontext(&there, coroutine, 0);
	swapcontext(&back, &there);
}

static void assert_sound_to_coroutine(void)
{
	assert_same_as_libunwind();
	assert_int_equal(looked.walk.end, MT_STACK_ROOT);
	assert_true(is_near_root((uintptr_t)coroutine));
}

static void test_walk_ends_at_the_root_of_a_coroutine_on_the_heap(void **state)
{
	char *stack = malloc(STACK_BYTES);

	(void)state;
	run_on(stack, STACK_BYTES, look);
	assert_sound_to_coroutine();
	free(stack);
}

static char *map_stack_below_a_wall(void)
{
	char *stack = mmap(NULL, STACK_BYTES + PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(stack, MAP_FAILED);
	assert_int_equal(mprotect(stack + STACK_BYTES, PAGE, PROT_NONE), 0);
	return stack;
}

static void test_walk_reads_nothing_above_the_stack_of_a_coroutine(void **state)
{
	char *stack = map_stack_below_a_wall();

	(void)state;
	run_on(stack, STACK_BYTES, look);
	assert_sound_to_coroutine();
	munmap(stack, STACK_BYTES + PAGE);
}

/* Its table says that its frame ends at the frame pointer, which it changes. */
static uintptr_t wall;

static void lead_into_the_wall(void)
{
	__asm__ volatile("push %%rbp\n\tpush %%rbp\n\tmov %0, %%rbp\n\t"
			 "call *%1\n\tpop %%rbp\n\tpop %%rbp"
			 :
			 : "r"(wall), "r"(look)
			 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory",
			   "cc");
}

static void test_walk_ends_where_a_frame_pointer_leads_into_a_wall(void **state)
{
	char *stack = map_stack_below_a_wall();

	(void)state;
	/* What the first walk learned of this memory must not be believed later. */
	run_on(stack, STACK_BYTES, look);
	assert_int_equal(mprotect(stack + STACK_BYTES / 2, STACK_BYTES / 2, PROT_NONE), 0);
	for (unsigned at = STACK_BYTES / 2; at <= STACK_BYTES; at += STACK_BYTES / 4) {
		wall = (uintptr_t)stack + at + 64;
		run_on(stack, STACK_BYTES / 2, lead_into_the_wall);
		assert_int_equal(looked.walk.end, MT_STACK_UNREADABLE);
	}
	munmap(stack, STACK_BYTES + PAGE);
}

static void *thread_main(void *argument)
{
	(void)argument;
	looked.mode.thread_high = (uintptr_t)__builtin_thread_pointer();
	for (int i = 0; i < 3; i++) {
		look();
		if (!is_near_root((uintptr_t)thread_main))
			return NULL;
	}
	return &looked;
}

static void run_thread(const pthread_attr_t *attributes)
{
	pthread_t thread;
	void *result = NULL;

	forget();
	assert_int_equal(pthread_create(&thread, attributes, thread_main, NULL), 0);
	pthread_join(thread, &result);
	assert_ptr_equal(result, &looked);
	assert_same_as_libunwind();
	assert_int_equal(looked.walk.end, MT_STACK_ROOT);
	assert_true(looked.unwinder.window_high != 0);
	forget();
}

static void test_walk_ends_at_the_root_of_a_thread_and_keeps_its_stack(void **state)
{
	pthread_attr_t attributes;
	char *stack = map_stack_below_a_wall();

	(void)state;
	run_thread(NULL);
	pthread_attr_init(&attributes);
	assert_int_equal(pthread_attr_setstack(&attributes, stack, STACK_BYTES), 0);
	run_thread(&attributes);
	pthread_attr_destroy(&attributes);
	munmap(stack, STACK_BYTES + PAGE);
}

static NOINLINE void recurse_deeply(unsigned n)
{
	if (n > 0)
		recurse_deeply(n - 1);
	else
		look();
	NOT_A_TAIL_CALL;
}

static void *go_too_deep(void *argument)
{
	recurse_deeply(100001);
	return argument;
}

static void test_walk_gives_up_at_100000_frames(void **state)
{
	pthread_attr_t attributes;
	pthread_t thread;

	(void)state;
	forget();
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 256 * 1024 * 1024);
	assert_int_equal(pthread_create(&thread, &attributes, go_too_deep, NULL), 0);
	pthread_join(thread, NULL);
	assert_int_equal(looked.walk.end, MT_STACK_TOO_DEEP);
	assert_int_equal(looked.walk.n_frames + looked.walk.n_omitted, 100000);
	pthread_attr_destroy(&attributes);
}

/* Kills whoever asks the kernel about a page. */
static void forbid_probing(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigprocmask, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(77);
}

static NOINLINE void walk_only(void)
{
	struct tr_regs regs = CALLER_REGS;

	tr_unwind(&looked.unwinder, &looked.mode, &regs, &looked.walk);
}

static NOINLINE int walk_under_a_filter(uintptr_t stack_high)
{
	forget();
	looked.mode.is_quiet = true;
	looked.mode.main_stack_high = stack_high;
	forbid_probing();
	walk_only();
	if (stack_high == 0)
		return looked.walk.n_frames >= 1 ? 0 : 1;
	return looked.walk.end == MT_STACK_ROOT && is_near_root((uintptr_t)main) ? 0 : 2;
}

static void test_quiet_walk_makes_no_system_call(void **state)
{
	extern char **environ;
	uintptr_t highs[] = { 0, (uintptr_t)environ };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		int status = -1;
		pid_t child = fork();

		if (child == 0)
			_exit(walk_under_a_filter(highs[i]));
		waitpid(child, &status, 0);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk_passes_a_signal_handler),
		cmocka_unit_test(test_walk_passes_a_handler_on_an_alternate_stack),
		cmocka_unit_test(test_exact_mark_stays_with_its_frame_when_the_middle_is_left_out),
		cmocka_unit_test(test_walk_passes_a_leaf_interrupted_at_its_first_instruction),
		cmocka_unit_test(test_walk_finds_who_called_a_wild_pointer),
		cmocka_unit_test(test_walk_ends_at_the_root_of_a_coroutine_on_the_heap),
		cmocka_unit_test(test_walk_reads_nothing_above_the_stack_of_a_coroutine),
		cmocka_unit_test(test_walk_ends_where_a_frame_pointer_leads_into_a_wall),
		cmocka_unit_test(test_walk_ends_at_the_root_of_a_thread_and_keeps_its_stack),
		cmocka_unit_test(test_walk_gives_up_at_100000_frames),
		cmocka_unit_test(test_quiet_walk_makes_no_system_call),
	};

	return RUN_UNIT_TESTS(tests);
}
