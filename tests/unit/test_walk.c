/* SPDX-License-Identifier: Apache-2.0 */
/* test_walk.c -- a stopped process, copied, and walked when it is gone. */
#include "tests/unit/unit.h"

#include "tracer/beside/standing.h"
#include "tracer/beside/walk.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	DEPTH = 400,
	NEARBY = 512,    /* bytes from where descend begins, instrumented or not */
	NEIGHBOURS = 2,  /* of its callers may lie there, too */
};

__attribute__((noipa)) static int descend(int depth)
{
	volatile int below;

	if (!depth) {
		raise(SIGSTOP);
		return 0;
	}
	below = descend(depth - 1);
	return below + 1;
}

static void copy_of(pid_t pid, struct run_space *space, struct run_body *body)
{
	struct iovec part = { &body->registers, sizeof(body->registers) }, to, from;
	const struct run_map *map;

	*body = (struct run_body){ .tid = pid };
	assert_int_equal(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &part), 0);
	assert_true(run_space_open(space, pid));
	map = run_space_find(space, body->registers.rsp);
	assert_non_null(map);
	body->stack_at = body->registers.rsp;
	body->n_stack = map->end - body->stack_at;
	body->stack = malloc(body->n_stack);
	to = (struct iovec){ body->stack, body->n_stack };
	from = (struct iovec){ (void *)(uintptr_t)body->stack_at, body->n_stack };
	assert_int_equal(process_vm_readv(pid, &to, 1, &from, 1, 0), body->n_stack);
}

static pid_t stopped_child(int depth)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		_exit(descend(depth));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
	return pid;
}

static void kill_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static unsigned count_in(const struct run_walk *walk, uint64_t function, uint64_t n_bytes)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < walk->n_frames; i++)
		n += walk->frames[i] - function < n_bytes;
	return n;
}

static void test_a_process_that_is_gone_is_walked_to_its_root(void **state)
{
	struct run_space space;
	struct run_body body;
	struct run_walk walk;
	pid_t pid = stopped_child(10);

	(void)state;
	copy_of(pid, &space, &body);
	kill_child(pid);
	run_walk(&space, &body, &walk);
	assert_int_equal(walk.end, MT_STACK_ROOT);
	assert_int_equal(walk.is_exact[0] & 3, 1);
	assert_in_range(count_in(&walk, (uintptr_t)descend, NEARBY), 11, 11 + NEIGHBOURS);
	free(body.stack);
	run_space_release(&space);
}

static void test_of_a_deep_stack_both_ends_are_kept(void **state)
{
	struct run_space space;
	struct run_body body;
	struct run_walk walk;
	pid_t pid = stopped_child(DEPTH);
	uint32_t n;

	(void)state;
	copy_of(pid, &space, &body);
	run_walk(&space, &body, &walk);
	kill_child(pid);
	assert_int_equal(walk.n_frames, MT_STACK_FRAMES_MAX);
	n = walk.n_frames + walk.n_omitted;
	assert_in_range(n, DEPTH + 4, DEPTH + 40);
	assert_in_range(count_in(&walk, (uintptr_t)descend, NEARBY) + walk.n_omitted, DEPTH + 1,
			DEPTH + 1 + NEIGHBOURS);
	/* Nothing of descend is at the root's end. */
	assert_true(walk.frames[MT_STACK_FRAMES_MAX - 1] - (uintptr_t)descend >= NEARBY);
	free(body.stack);
	run_space_release(&space);
}

static void test_a_damaged_stack_ends_the_walk(void **state)
{
	struct run_space space;
	struct run_body body;
	struct run_walk walk;
	pid_t pid = stopped_child(10);

	(void)state;
	copy_of(pid, &space, &body);
	kill_child(pid);
	srandom(4711);
	for (unsigned round = 0; round < 200; round++) {
		for (size_t i = 0; i + 8 < body.n_stack; i += 8 * (1 + (size_t)random() % 8))
			body.stack[i + (size_t)random() % 8] = (uint8_t)random();
		run_walk(&space, &body, &walk);
		assert_in_range(walk.n_frames, 1, MT_STACK_FRAMES_MAX);
	}
	body.n_stack = 0;
	run_walk(&space, &body, &walk);
	assert_in_range(walk.n_frames, 1, 2);
	free(body.stack);
	run_space_release(&space);
}

/* Code in a file that says it is ELF, and is not. */
static void test_a_file_that_lies_about_its_tables_has_none(void **state)
{
	uint8_t page[4096];
	struct run_space space;
	struct run_table table;
	char path[] = "/tmp/test_walk_XXXXXX";
	int fd = mkstemp(path);
	void *at;
	uint64_t word;

	(void)state;
	srandom(17);
	for (unsigned round = 0; round < 300; round++) {
		Elf64_Ehdr *header = (void *)page;

		for (size_t i = 0; i < sizeof(page); i++)
			page[i] = (uint8_t)(random() % 4 ? 0 : random());
		memcpy(header->e_ident, ELFMAG, SELFMAG);
		header->e_ident[EI_CLASS] = ELFCLASS64;
		header->e_phentsize = sizeof(Elf64_Phdr);
		header->e_phnum = (uint16_t)(random() % 70);
		header->e_phoff = round % 2 ? 64 : UINT64_MAX - 8;
		assert_int_equal(pwrite(fd, page, sizeof(page), 0), sizeof(page));
		at = mmap(NULL, sizeof(page), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
		assert_ptr_not_equal(at, MAP_FAILED);
		assert_true(run_space_open(&space, getpid()));
		assert_false(run_space_table(&space, (uintptr_t)at + 100, &table));
		assert_true(run_space_word(&space, (uintptr_t)at, &word));
		assert_memory_equal(&word, page, sizeof(word));
		/* It became shorter since. */
		run_space_release(&space);
		assert_true(run_space_open(&space, getpid()));
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_false(run_space_word(&space, (uintptr_t)at, &word));
		run_space_release(&space);
		munmap(at, sizeof(page));
	}
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_process_that_is_gone_is_walked_to_its_root),
		cmocka_unit_test(test_of_a_deep_stack_both_ends_are_kept),
		cmocka_unit_test(test_a_damaged_stack_ends_the_walk),
		cmocka_unit_test(test_a_file_that_lies_about_its_tables_has_none),
	};

	return RUN_UNIT_TESTS(tests);
}
