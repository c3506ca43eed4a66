/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.c -- what libunwind asks for, and the loop.
 *
 * It asks for registers, for words, and for the table of the code at an address.
 * Words come from the copy of the stack, else from the files that were mapped. A
 * stack that was damaged may lead anywhere: the number of steps is bounded.
 */
#include "tracer/beside/walk.h"

#include <libunwind.h>
#include <string.h>

enum { STEPS_MAX = 20000 };

/* Exported, but in no header: perf uses it the same way. */
extern int UNW_OBJ(dwarf_search_unwind_table)(unw_addr_space_t, unw_word_t, unw_dyn_info_t *,
					      unw_proc_info_t *, int, void *);

struct subject {
	struct run_space *space;
	const struct run_body *body;
};

static int find_proc_info(unw_addr_space_t as, unw_word_t ip, unw_proc_info_t *info,
			  int is_wanted, void *context)
{
	const struct subject *subject = context;
	struct run_table table;
	unw_dyn_info_t found;

	if (!run_space_table(subject->space, ip, &table))
		return -UNW_ENOINFO;
	memset(&found, 0, sizeof(found));
	found.format = UNW_INFO_FORMAT_REMOTE_TABLE;
	found.start_ip = table.start;
	found.end_ip = table.end;
	found.u.rti.segbase = table.header;
	found.u.rti.table_data = table.entries;
	found.u.rti.table_len = table.n_entries;    /* two times 4 bytes are one word */
	return UNW_OBJ(dwarf_search_unwind_table)(as, ip, &found, info, is_wanted, context);
}

static void put_unwind_info(unw_addr_space_t as, unw_proc_info_t *info, void *context)
{
	(void)as, (void)info, (void)context;
}

static int get_dyn_info_list_addr(unw_addr_space_t as, unw_word_t *address, void *context)
{
	(void)as, (void)address, (void)context;
	return -UNW_ENOINFO;
}

static int access_mem(unw_addr_space_t as, unw_word_t address, unw_word_t *value, int is_write,
		      void *context)
{
	const struct subject *subject = context;
	const struct run_body *body = subject->body;
	uint64_t word;

	(void)as;
	if (is_write)
		return -UNW_EINVAL;
	if (body->n_stack >= sizeof(word) && address >= body->stack_at &&
	    address - body->stack_at <= body->n_stack - sizeof(word))
		memcpy(&word, body->stack + (address - body->stack_at), sizeof(word));
	else if (!run_space_word(subject->space, address, &word))
		return -UNW_EINVAL;
	*value = word;
	return 0;
}

#if defined(__x86_64__)
static int access_reg(unw_addr_space_t as, unw_regnum_t number, unw_word_t *value, int is_write,
		      void *context)
{
	const struct subject *subject = context;
	const struct user_regs_struct *regs = &subject->body->registers;
	const unw_word_t values[] = {
		[UNW_X86_64_RAX] = regs->rax, [UNW_X86_64_RDX] = regs->rdx,
		[UNW_X86_64_RCX] = regs->rcx, [UNW_X86_64_RBX] = regs->rbx,
		[UNW_X86_64_RSI] = regs->rsi, [UNW_X86_64_RDI] = regs->rdi,
		[UNW_X86_64_RBP] = regs->rbp, [UNW_X86_64_RSP] = regs->rsp,
		[UNW_X86_64_R8] = regs->r8, [UNW_X86_64_R9] = regs->r9,
		[UNW_X86_64_R10] = regs->r10, [UNW_X86_64_R11] = regs->r11,
		[UNW_X86_64_R12] = regs->r12, [UNW_X86_64_R13] = regs->r13,
		[UNW_X86_64_R14] = regs->r14, [UNW_X86_64_R15] = regs->r15,
		[UNW_X86_64_RIP] = regs->rip,
	};

	(void)as;
	if (is_write || number < 0 || (size_t)number >= sizeof(values) / sizeof(*values))
		return -UNW_EBADREG;
	*value = values[number];
	return 0;
}
#else
#error "memtrace: this processor's registers are not read yet"
#endif

static int access_fpreg(unw_addr_space_t as, unw_regnum_t number, unw_fpreg_t *value,
			int is_write, void *context)
{
	(void)as, (void)number, (void)value, (void)is_write, (void)context;
	return -UNW_EBADREG;
}

static int resume(unw_addr_space_t as, unw_cursor_t *cursor, void *context)
{
	(void)as, (void)cursor, (void)context;
	return -UNW_EINVAL;
}

static int get_proc_name(unw_addr_space_t as, unw_word_t address, char *name, size_t room,
			 unw_word_t *offset, void *context)
{
	(void)as, (void)address, (void)name, (void)room, (void)offset, (void)context;
	return -UNW_ENOINFO;
}

/* The place of frame i: those nearest the root go round in a ring, until all is
 * known. */
static uint32_t place_of(uint32_t i)
{
	return i < MT_STACK_FRAMES_MAX ? i
		: MT_STACK_FRAMES_LEAF + (i - MT_STACK_FRAMES_LEAF) % MT_STACK_FRAMES_ROOT;
}

static void set_exact(struct run_walk *walk, uint32_t at, bool is_exact)
{
	uint64_t bit = UINT64_C(1) << (at % 64);

	walk->is_exact[at / 64] &= ~bit;
	if (is_exact)
		walk->is_exact[at / 64] |= bit;
}

static void turn_ring(struct run_walk *walk, uint32_t n)
{
	uint64_t frames[MT_STACK_FRAMES_ROOT], exact = walk->is_exact[MT_STACK_FRAMES_LEAF / 64];
	uint32_t oldest = (n - MT_STACK_FRAMES_LEAF) % MT_STACK_FRAMES_ROOT;

	memcpy(frames, walk->frames + MT_STACK_FRAMES_LEAF, sizeof(frames));
	for (uint32_t i = 0; i < MT_STACK_FRAMES_ROOT; i++) {
		uint32_t from = (oldest + i) % MT_STACK_FRAMES_ROOT;

		walk->frames[MT_STACK_FRAMES_LEAF + i] = frames[from];
		set_exact(walk, MT_STACK_FRAMES_LEAF + i, exact >> from & 1);
	}
}

static uint32_t step_through(unw_cursor_t *cursor, struct run_walk *walk)
{
	bool is_exact = true;
	uint32_t n = 0;
	int status = 1;

	while (status > 0 && n < STEPS_MAX) {
		unw_word_t ip;

		if (unw_get_reg(cursor, UNW_REG_IP, &ip) < 0 || (!ip && n))
			break;
		walk->frames[place_of(n)] = ip;
		set_exact(walk, place_of(n), is_exact);
		n++;
		is_exact = unw_is_signal_frame(cursor) > 0;
		status = unw_step(cursor);
	}
	walk->end = n == STEPS_MAX ? MT_STACK_TOO_DEEP
		: status < 0 ? MT_STACK_NO_RULE : MT_STACK_ROOT;
	return n;
}

void run_walk(struct run_space *space, const struct run_body *body, struct run_walk *walk)
{
	unw_accessors_t accessors = {
		.find_proc_info = find_proc_info, .put_unwind_info = put_unwind_info,
		.get_dyn_info_list_addr = get_dyn_info_list_addr, .access_mem = access_mem,
		.access_reg = access_reg, .access_fpreg = access_fpreg, .resume = resume,
		.get_proc_name = get_proc_name,
	};
	unw_addr_space_t as = unw_create_addr_space(&accessors, 0);
	struct subject subject = { space, body };
	unw_cursor_t cursor;
	uint32_t n = 0;

	memset(walk, 0, sizeof(*walk));
	if (as && unw_init_remote(&cursor, as, &subject) == 0)
		n = step_through(&cursor, walk);
	if (as)
		unw_destroy_addr_space(as);
	if (!n) {
		walk->frames[n++] = body->registers.rip;
		set_exact(walk, 0, true);
		walk->end = MT_STACK_NO_RULE;
	}
	walk->n_frames = n;
	if (n > MT_STACK_FRAMES_MAX) {
		turn_ring(walk, n);
		walk->n_omitted = n - MT_STACK_FRAMES_MAX;
		walk->n_frames = MT_STACK_FRAMES_MAX;
	}
}
