/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cfi.c -- rules and rows of many addresses of large libraries, against
 * elfutils' reading of the same tables. Both are asked what the CFA and the
 * preserved registers would be in an invented machine, whose registers and
 * memory are a hash of their number and address.
 */
#include "tests/unit/unit.h"

#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tracer/inside/cfi.h"
#include "tracer/inside/rule.h"

enum { STEPS_PER_MODULE = 20000, OPS_MAX = 64 };

static const int slot_registers[TR_N_SLOTS] = { 16, 6, 3, 12, 13, 14, 15 };

static uint64_t invented(uint64_t kind, uint64_t number)
{
	uint64_t mixed = (kind + 1) * 0x9e3779b97f4a7c15u ^ number * 0xff51afd7ed558ccdu;

	return mixed ^ mixed >> 29;
}

static uint64_t register_of(int number, uintptr_t pc)
{
	return number == 16 ? pc : invented(1, (uint64_t)number);
}

static uint64_t memory_at(uint64_t address)
{
	return invented(2, address);
}

/* A two-operand operation of the stack machine; false if it is none. */
static bool run_binary(unsigned code, uint64_t left, uint64_t right, uint64_t *result)
{
	switch (code) {
	case DW_OP_and:
		*result = left & right;
		return true;
	case DW_OP_plus:
		*result = left + right;
		return true;
	case DW_OP_shl:
		*result = left << right;
		return true;
	case DW_OP_ge:
		*result = (int64_t)left >= (int64_t)right;
		return true;
	default:
		return false;
	}
}

/* What an operation without operands on the stack pushes; false if it does not. */
static bool run_push(const Dwarf_Op *op, uintptr_t pc, uint64_t cfa, uint64_t *result)
{
	unsigned code = op->atom;

	if (code >= DW_OP_breg0 && code <= DW_OP_breg31)
		*result = register_of((int)(code - DW_OP_breg0), pc) + op->number;
	else if (code == DW_OP_bregx)
		*result = register_of((int)op->number, pc) + op->number2;
	else if (code >= DW_OP_lit0 && code <= DW_OP_lit31)
		*result = code - DW_OP_lit0;
	else if (code == DW_OP_call_frame_cfa)
		*result = cfa;
	else
		return false;
	return true;
}

/*
 * The stack machine of DWARF, as far as unwind tables use it. Gives what is on
 * top in the end, and whether that is a value (else it is the place of one);
 * false for operations it does not know.
 */
static bool run_ops(const Dwarf_Op *ops, size_t n, uintptr_t pc, uint64_t cfa, uint64_t *result,
		    bool *is_value)
{
	uint64_t stack[OPS_MAX + 2] = { 0 };
	unsigned top = 0;

	*is_value = false;
	for (size_t i = 0; i < n && top < OPS_MAX; i++) {
		if (run_push(&ops[i], pc, cfa, &stack[top + 1]))
			top++;
		else if (top > 1 && run_binary(ops[i].atom, stack[top - 1], stack[top],
					       &stack[top - 1]))
			top--;
		else if (ops[i].atom == DW_OP_plus_uconst)
			stack[top] += ops[i].number;
		else if (ops[i].atom == DW_OP_deref)
			stack[top] = memory_at(stack[top]);
		else if (ops[i].atom == DW_OP_stack_value)
			*is_value = true;
		else
			return false;
	}
	*result = stack[top];
	return true;
}

/* What a place of a row gives in the invented machine. */
static bool run_place(const struct tr_place *place, int own, uintptr_t pc, uint64_t cfa,
		      uint64_t *result)
{
	uint64_t from = place->slot == TR_SLOT_SP ? register_of(7, pc)
			: place->slot < TR_N_SLOTS ? register_of(slot_registers[place->slot], pc)
						   : 0;

	*result = register_of(own, pc);
	if (place->where == TR_AT_CFA)
		*result = memory_at(cfa + (uint64_t)place->offset);
	if (place->where == TR_AT_REGISTER)
		*result = memory_at(from + (uint64_t)place->offset) + (uint64_t)place->plus;
	if (place->where == TR_IS_REGISTER)
		*result = from + (uint64_t)place->offset;
	return place->where != TR_STRANGE && place->where != TR_UNDEFINED &&
	       (place->slot != TR_SLOT_NONE || place->where < TR_AT_REGISTER);
}

struct counts {
	unsigned n_rows;      /* compared */
	unsigned n_strange;   /* not understood, and said so */
	unsigned n_none;      /* no table covers it, says either side, and both do */
	unsigned n_other;     /* of the rules: more than a word can say */
};

static void compare_rule(uintptr_t pc, const struct tr_row *row, uint64_t cfa,
			 struct counts *counts)
{
	uint64_t rule = tr_rule_at(pc, true, true);
	uint64_t expected_fp, fp = register_of(6, pc);
	enum tr_base base = tr_rule_base(rule);
	uint64_t ours = (base == TR_BASE_FP || base == TR_BASE_DEREF_FP ? register_of(6, pc)
								       : register_of(7, pc)) +
			(uint64_t)tr_rule_cfa_offset(rule);

	if (base > TR_BASE_DEREF_FP) {
		counts->n_other += base == TR_BASE_OTHER || base == TR_BASE_UNSUPPORTED;
		return;
	}
	if (base == TR_BASE_DEREF_FP || base == TR_BASE_DEREF_SP)
		ours = memory_at(ours) + (rule & TR_RULE_PLUS_8 ? 8 : 0);
	assert_int_equal(ours, cfa);
	if (!run_place(&row->slots[TR_SLOT_FP], 6, pc, cfa, &expected_fp))
		return;
	if (rule & TR_RULE_FP_AT_CFA)
		fp = memory_at(cfa + (uint64_t)tr_rule_fp_offset(rule));
	if (rule & TR_RULE_FP_AT_FP)
		fp = memory_at(fp + (uint64_t)tr_rule_fp_offset(rule));
	assert_int_equal(fp, expected_fp);
}

static void compare_slot(const struct tr_row *row, enum tr_slot slot, uintptr_t pc, uint64_t cfa,
			 Dwarf_Frame *frame)
{
	Dwarf_Op room[3], *ops = NULL;
	size_t n = 0;
	uint64_t ours, theirs = register_of(slot_registers[slot], pc);
	const struct tr_place *place = &row->slots[slot];
	bool is_value;

	assert_int_equal(dwarf_frame_register(frame, slot_registers[slot], room, &ops, &n), 0);
	if (n == 0 && ops == room) {
		/* elfutils calls what no instruction names undefined, too. */
		assert_true(place->where == TR_UNDEFINED || place->where == TR_UNCHANGED);
		return;
	}
	if (place->where == TR_STRANGE)
		return;
	if (n > 0 && !run_ops(ops, n, pc, cfa, &theirs, &is_value))
		return;
	if (n > 0 && !is_value)
		theirs = memory_at(theirs);
	assert_true(run_place(place, slot_registers[slot], pc, cfa, &ours));
	assert_int_equal(ours, theirs);
}

static void compare_at(uintptr_t pc, uintptr_t bias, Dwarf_CFI *cfi, struct counts *counts)
{
	Dwarf_Frame *frame = NULL;
	Dwarf_Op *ops;
	size_t n;
	uint64_t cfa, theirs;
	struct tr_row row;
	bool is_value, is_found = tr_cfi_row(pc, true, &row) == TR_FDE_FOUND;

	if (dwarf_cfi_addrframe(cfi, pc - bias, &frame) != 0) {
		assert_false(is_found);
		counts->n_none++;
		return;
	}
	assert_true(is_found);
	assert_int_equal(dwarf_frame_cfa(frame, &ops, &n), 0);
	if (row.cfa.where == TR_STRANGE || row.cfa.slot == TR_SLOT_NONE) {
		counts->n_strange++;
	} else {
		assert_true(run_place(&row.cfa, 7, pc, 0, &cfa));
		assert_true(run_ops(ops, n, pc, 0, &theirs, &is_value));
		assert_int_equal(cfa, theirs);
		for (unsigned slot = 0; slot < TR_N_SLOTS; slot++)
			compare_slot(&row, slot, pc, cfa, frame);
		compare_rule(pc, &row, cfa, counts);
		counts->n_rows++;
	}
	free(frame);
}

struct segment {
	uintptr_t bias;
	uintptr_t start;
	uintptr_t end;
};

struct wanted {
	uintptr_t inside;
	struct segment found;
};

static int find_code(struct dl_phdr_info *info, size_t n_bytes, void *to)
{
	struct wanted *wanted = to;

	(void)n_bytes;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && segment->p_flags & PF_X &&
		    wanted->inside - start < segment->p_filesz) {
			wanted->found = (struct segment){ info->dlpi_addr, start,
							  start + segment->p_filesz };
			return 1;
		}
	}
	return 0;
}

/* Compares all over the code of the module that an address is in. */
static struct counts compare_module(const void *inside)
{
	struct wanted wanted = { .inside = (uintptr_t)inside };
	struct counts counts = { 0 };
	Dl_info info;
	Dwarf_CFI *cfi;
	Elf *elf;
	uintptr_t step;
	int fd;

	assert_true(dl_iterate_phdr(find_code, &wanted));
	assert_true(dladdr(inside, &info));
	elf_version(EV_CURRENT);
	fd = open(info.dli_fname, O_RDONLY);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	cfi = dwarf_getcfi_elf(elf);
	assert_non_null(cfi);
	step = (wanted.found.end - wanted.found.start) / STEPS_PER_MODULE | 1;
	for (uintptr_t pc = wanted.found.start; pc < wanted.found.end; pc += step)
		compare_at(pc, wanted.found.bias, cfi, &counts);
	dwarf_cfi_end(cfi);
	elf_end(elf);
	close(fd);
	return counts;
}

/* strange_in_1000: hand-written code counts frames from registers that a call may
 * destroy, which is why it calls nobody, and is met only when interrupted. */
static void assert_nearly_all_is_understood(const struct counts *counts, unsigned strange_in_1000)
{
	assert_true(counts->n_rows > 1000);
	assert_true(counts->n_strange * 1000 <= counts->n_rows * strange_in_1000);
	assert_true(counts->n_other * 500 < counts->n_rows);
}

static void test_rows_of_libc_are_what_elfutils_reads(void **state)
{
	struct counts counts = compare_module(dlsym(RTLD_DEFAULT, "malloc"));

	(void)state;
	assert_nearly_all_is_understood(&counts, 1);
}

static void test_rows_of_large_libraries_are_what_elfutils_reads(void **state)
{
	static const struct {
		const char *file, *symbol;
		unsigned strange_in_1000;
	} libraries[] = {
		{ "libstdc++.so.6", "_Znwm", 0 },
		{ "libm.so.6", "sin", 0 },
		{ "libcrypto.so.3", "EVP_DigestInit", 40 },
		{ "libxml2.so.2", "xmlParseFile", 0 },
		{ "libpython3.11.so.1.0", "Py_Initialize", 0 },
		{ "libLLVM-14.so.1", "LLVMContextCreate", 0 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
		void *library = dlopen(libraries[i].file, RTLD_LAZY | RTLD_LOCAL);
		struct counts counts;

		if (!library)
			continue;
		counts = compare_module(dlsym(library, libraries[i].symbol));
		print_message("%s: %u rows, %u strange, %u other, %u without\n", libraries[i].file,
			      counts.n_rows, counts.n_strange, counts.n_other, counts.n_none);
		assert_nearly_all_is_understood(&counts, libraries[i].strange_in_1000);
	}
}

static void test_address_outside_all_modules_has_no_row(void **state)
{
	static const uintptr_t addresses[] = { 1, 0x1000, (uintptr_t)1 << 46, UINTPTR_MAX };
	struct tr_row row;

	(void)state;
	for (unsigned i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		assert_int_equal(tr_cfi_row(addresses[i], true, &row), TR_FDE_NO_MODULE);
		assert_int_equal(tr_rule_at(addresses[i], false, false), TR_BASE_NO_CODE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_of_libc_are_what_elfutils_reads),
		cmocka_unit_test(test_rows_of_large_libraries_are_what_elfutils_reads),
		cmocka_unit_test(test_address_outside_all_modules_has_no_row),
	};

	return RUN_UNIT_TESTS(tests);
}
