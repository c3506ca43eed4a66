/* SPDX-License-Identifier: Apache-2.0 */
/* test_unwind.c -- walks of ordinary code, against libunwind. */
#include "tests/unit/walk.h"

#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static NOINLINE void recurse(unsigned n)
{
	if (n > 1)
		recurse(n - 1);
	else
		look();
	NOT_A_TAIL_CALL;
}

static void test_walk_has_all_frames_down_to_main(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 150; n += n < 10 ? 1 : 35) {
		recurse(n);
		assert_sound_to_main();
		assert_int_equal(looked.walk.n_omitted, 0);
	}
}

static void test_walk_beyond_256_frames_keeps_both_ends_and_counts_the_middle(void **state)
{
	uint32_t n_outside;

	(void)state;
	recurse(1);
	n_outside = looked.walk.n_frames;
	for (uint32_t n = 254; n < 326; n++) {
		recurse(n - n_outside + 1);
		assert_sound_to_main();
		assert_int_equal(looked.walk.n_frames + looked.walk.n_omitted, n);
		assert_int_equal(looked.walk.n_frames, n < 256 ? n : 256);
	}
	recurse(1000);
	assert_sound_to_main();
}

static void test_walk_is_the_same_from_cached_and_from_fresh_rules(void **state)
{
	static struct tr_walk walks[2];

	(void)state;
	forget();
	/* Volatile, so that both calls are one. */
	for (volatile int i = 0; i < 2; i++) {
		recurse(20);
		walks[i] = looked.walk;
	}
	assert_int_equal(walks[0].n_frames, walks[1].n_frames);
	assert_memory_equal(walks[0].frames, walks[1].frames,
			    walks[0].n_frames * sizeof(walks[0].frames[0]));
}

static NOINLINE void take_from_stack(size_t n_bytes)
{
	volatile char *bytes = alloca(n_bytes);

	bytes[0] = 1;
	look();
	bytes[n_bytes - 1] = bytes[0];
}

static void test_walk_passes_frames_of_a_size_known_at_run_time_only(void **state)
{
	(void)state;
	for (size_t n_bytes = 1; n_bytes < 1 << 20; n_bytes *= 3) {
		take_from_stack(n_bytes);
		assert_sound_to_main();
	}
}

static int compare_and_look(const void *a, const void *b)
{
	look();
	return *(const int *)a - *(const int *)b;
}

static void test_walk_passes_a_callback_from_libc(void **state)
{
	int numbers[] = { 3, 1, 2 };

	(void)state;
	qsort(numbers, 3, sizeof(numbers[0]), compare_and_look);
	assert_sound_to_main();
}

__attribute__((noinline, target("avx"), force_align_arg_pointer))
static void realign(size_t n_bytes)
{
	volatile char wide[64] __attribute__((aligned(64)));
	volatile char *bytes = alloca(n_bytes);

	wide[0] = 1;
	bytes[0] = wide[0];
	look();
	wide[63] = bytes[0];
}

static void test_walk_passes_a_function_that_realigns_its_stack(void **state)
{
	(void)state;
	realign(100);
	assert_sound_to_main();
	realign(3);
	assert_sound_to_main();
}

/* Counts its frame from rbx, as the loader's lazy binding does. */
void count_from_rbx(void (*function)(void));
__asm__(".text\n"
	".type count_from_rbx, @function\n"
	"count_from_rbx:\n"
	"	.cfi_startproc\n"
	"	push %rbx\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	.cfi_rel_offset %rbx, 0\n"
	"	mov %rsp, %rbx\n"
	"	.cfi_def_cfa_register %rbx\n"
	"	and $-64, %rsp\n"
	"	sub $256, %rsp\n"
	"	call *%rdi\n"
	"	mov %rbx, %rsp\n"
	"	.cfi_def_cfa_register %rsp\n"
	"	pop %rbx\n"
	"	.cfi_adjust_cfa_offset -8\n"
	"	.cfi_restore %rbx\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size count_from_rbx, .-count_from_rbx\n");

static void change_rbx_and_look(void)
{
	__asm__ volatile("xor %%ebx, %%ebx" ::: "rbx");
	look();
	NOT_A_TAIL_CALL;
}

static void count_twice_and_look(void)
{
	count_from_rbx(change_rbx_and_look);
	NOT_A_TAIL_CALL;
}

static void test_walk_recovers_registers_that_it_does_not_follow(void **state)
{
	(void)state;
	count_from_rbx(change_rbx_and_look);
	assert_sound_to_main();
	count_from_rbx(count_twice_and_look);
	assert_sound_to_main();
}

/* Code in a page of its own, where no table is. */
static void (*code_page(const void *code, size_t n_bytes))(void (*)(void))
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(page, MAP_FAILED);
	memcpy(page, code, n_bytes);
	return (void (*)(void (*)(void)))page;
}

static void test_walk_guesses_by_frame_pointer_where_no_table_is_and_says_so(void **state)
{
	/* push %rbp; mov %rsp, %rbp; call *%rdi; pop %rbp; ret */
	static const uint8_t code[] = { 0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3 };
	void (*call)(void (*)(void)) = code_page(code, sizeof(code));

	(void)state;
	call(look);
	assert_same_as_libunwind();
	assert_int_equal(looked.walk.end, MT_STACK_ROOT);
	assert_int_equal(looked.walk.n_guessed_from, 1);
	assert_true(is_near_root((uintptr_t)main));
	munmap((void *)call, 4096);
}

static void test_walk_ends_where_there_is_nothing_to_guess_with(void **state)
{
	/* push %rbp; mov $..., %ebp; call *%rdi; pop %rbp; ret */
	uint8_t code[] = { 0x55, 0xbd, 0, 0, 0, 0, 0xff, 0xd7, 0x5d, 0xc3 };
	static const uint8_t bad[][4] = {
		{ 0x10, 0, 0, 0 }, { 0xf0, 0xff, 0xff, 0x7f }, { 0xff, 0xff, 0xff, 0xff },
	};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		void (*call)(void (*)(void));

		memcpy(code + 2, bad[i], 4);
		call = code_page(code, sizeof(code));
		call(look);
		assert_int_equal(looked.walk.end, MT_STACK_NO_RULE);
		assert_int_equal(looked.walk.n_frames, 1);
		munmap((void *)call, 4096);
	}
}

static void test_zero_in_the_frame_pointer_marks_the_root_of_code_without_table(void **state)
{
	/* push %rbp; xor %ebp, %ebp; call *%rdi; pop %rbp; ret */
	static const uint8_t code[] = { 0x55, 0x31, 0xed, 0xff, 0xd7, 0x5d, 0xc3 };
	void (*call)(void (*)(void)) = code_page(code, sizeof(code));

	(void)state;
	call(look);
	assert_int_equal(looked.walk.end, MT_STACK_ROOT);
	assert_int_equal(looked.walk.n_frames, 1);
	munmap((void *)call, 4096);
}

static void test_rules_of_an_older_epoch_are_not_used(void **state)
{
	(void)state;
	forget();
	recurse(3);
	for (unsigned i = 0; i < TR_RULES; i++)
		looked.unwinder.rules[i].rule = ~(uint64_t)0;
	for (uint64_t epoch = 1; epoch <= 1u << 18; epoch *= 8) {
		looked.mode.loader_epoch = epoch;
		recurse(3);
		assert_sound_to_main();
	}
	forget();
}

static void test_busy_loader_leaves_the_cache_alone(void **state)
{
	(void)state;
	forget();
	looked.mode.is_loader_busy = true;
	recurse(3);
	assert_sound_to_main();
	assert_false(looked.walk.is_cacheable);
	for (unsigned i = 0; i < TR_RULES; i++)
		assert_int_equal(looked.unwinder.rules[i].pc, 0);
	forget();
}

static void test_walk_leaves_errno_and_descriptors_alone(void **state)
{
	struct tr_regs regs = CALLER_REGS;
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
	close(fd);
	forget();
	errno = 4711;
	tr_unwind(&looked.unwinder, &looked.mode, &regs, &looked.walk);
	assert_int_equal(errno, 4711);
	assert_int_equal(open("/dev/null", O_RDONLY), fd);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk_has_all_frames_down_to_main),
		cmocka_unit_test(test_walk_beyond_256_frames_keeps_both_ends_and_counts_the_middle),
		cmocka_unit_test(test_walk_is_the_same_from_cached_and_from_fresh_rules),
		cmocka_unit_test(test_walk_passes_frames_of_a_size_known_at_run_time_only),
		cmocka_unit_test(test_walk_passes_a_callback_from_libc),
		cmocka_unit_test(test_walk_passes_a_function_that_realigns_its_stack),
		cmocka_unit_test(test_walk_recovers_registers_that_it_does_not_follow),
		cmocka_unit_test(test_walk_guesses_by_frame_pointer_where_no_table_is_and_says_so),
		cmocka_unit_test(test_walk_ends_where_there_is_nothing_to_guess_with),
		cmocka_unit_test(test_zero_in_the_frame_pointer_marks_the_root_of_code_without_table),
		cmocka_unit_test(test_rules_of_an_older_epoch_are_not_used),
		cmocka_unit_test(test_busy_loader_leaves_the_cache_alone),
		cmocka_unit_test(test_walk_leaves_errno_and_descriptors_alone),
	};

	return RUN_UNIT_TESTS(tests);
}
