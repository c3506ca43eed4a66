/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cfi.c -- runs the unwind instructions of a function up to an address.
 *
 * Of DWARF expressions only the forms that compilers, linkers and well-known
 * assembly write are recognised, by their bytes; there is no stack machine.
 */
#include "tracer/inside/cfi.h"

#include "tracer/inside/ehframe.h"

enum {
	CFA_ADVANCE = 0x40,       /* these three hold an operand in the low six bits */
	CFA_OFFSET = 0x80,
	CFA_RESTORE = 0xc0,
	CFA_NOP = 0x00,
	CFA_SET_LOC = 0x01,
	CFA_ADVANCE1 = 0x02,
	CFA_ADVANCE2 = 0x03,
	CFA_ADVANCE4 = 0x04,
	CFA_OFFSET_EXTENDED = 0x05,
	CFA_RESTORE_EXTENDED = 0x06,
	CFA_UNDEFINED = 0x07,
	CFA_SAME_VALUE = 0x08,
	CFA_REGISTER = 0x09,
	CFA_REMEMBER_STATE = 0x0a,
	CFA_RESTORE_STATE = 0x0b,
	CFA_DEF_CFA = 0x0c,
	CFA_DEF_CFA_REGISTER = 0x0d,
	CFA_DEF_CFA_OFFSET = 0x0e,
	CFA_DEF_CFA_EXPRESSION = 0x0f,
	CFA_EXPRESSION = 0x10,
	CFA_OFFSET_EXTENDED_SF = 0x11,
	CFA_DEF_CFA_SF = 0x12,
	CFA_DEF_CFA_OFFSET_SF = 0x13,
	CFA_VAL_OFFSET = 0x14,
	CFA_VAL_OFFSET_SF = 0x15,
	CFA_VAL_EXPRESSION = 0x16,
	CFA_GNU_ARGS_SIZE = 0x2e,
	CFA_GNU_NEGATIVE_OFFSET = 0x2f,

	OP_DEREF = 0x06,
	OP_AND = 0x1a,
	OP_PLUS = 0x22,
	OP_PLUS_UCONST = 0x23,
	OP_SHL = 0x24,
	OP_GE = 0x2a,
	OP_LIT0 = 0x30,
	OP_BREG0 = 0x70,

	/* Compilers nest one; hand-written tables two. */
	REMEMBER_MAX = 3,
};

/* A run of the instructions. */
struct machine {
	const struct tr_fde *fde;
	uintptr_t pc;           /* as the frame has it, for expressions */
	uintptr_t wanted;       /* the row wanted is that of this address */
	uintptr_t at;           /* the instructions have come to this one */
	struct tr_row row;
	struct tr_row initial;  /* what restore goes back to */
	unsigned n_remembered;
	bool is_bad;
	struct tr_row remembered[REMEMBER_MAX];
};

static struct tr_place place_of(enum tr_where where, enum tr_slot slot, int64_t offset)
{
	bool fits = offset == (int32_t)offset;

	return (struct tr_place){ .where = (uint8_t)(fits ? where : TR_STRANGE),
				  .slot = (uint8_t)slot, .offset = (int32_t)offset };
}

/* The jump stubs of the linker: sp + 8, and 8 more when the low four bits of
 * the address say that the stub has pushed its number. The address is known, so
 * this is a plain row. */
static bool read_stub_expression(struct mt_in in, uintptr_t pc, struct tr_place *place)
{
	static const uint8_t head[] = { OP_BREG0 + TR_DWARF_SP, 8, OP_BREG0 + TR_DWARF_PC, 0,
					OP_LIT0 + 15, OP_AND };
	static const uint8_t tail[] = { OP_GE, OP_LIT0 + 3, OP_SHL, OP_PLUS };
	unsigned threshold;

	if ((size_t)(in.end - in.at) != sizeof(head) + 1 + sizeof(tail) ||
	    memcmp(in.at, head, sizeof(head)) != 0 ||
	    memcmp(in.at + sizeof(head) + 1, tail, sizeof(tail)) != 0)
		return false;
	threshold = in.at[sizeof(head)] - OP_LIT0;
	if (threshold > 31)
		return false;
	*place = place_of(TR_IS_REGISTER, TR_SLOT_SP, (pc & 15) >= threshold ? 16 : 8);
	return true;
}

/* register + offset, then perhaps the word there, then perhaps plus a constant. */
static struct tr_place read_expression(struct mt_in in, uintptr_t pc)
{
	struct tr_place place = place_of(TR_STRANGE, TR_SLOT_NONE, 0);
	int64_t offset;
	uint64_t plus = 0;
	uint8_t op;

	if (read_stub_expression(in, pc, &place))
		return place;
	op = mt_get_u8(&in);
	if (op < OP_BREG0 || op > OP_BREG0 + 31)
		return place;
	offset = tr_get_sleb(&in);
	if (in.at == in.end && !in.is_bad)
		return place_of(TR_IS_REGISTER, tr_slot_of(op - OP_BREG0), offset);
	if (mt_get_u8(&in) != OP_DEREF)
		return place;
	if (in.at < in.end) {
		if (mt_get_u8(&in) != OP_PLUS_UCONST)
			return place;
		plus = mt_get_uleb(&in);
	}
	if (in.at < in.end || in.is_bad || plus > INT32_MAX)
		return place;
	place = place_of(TR_AT_REGISTER, tr_slot_of(op - OP_BREG0), offset);
	place.plus = (int32_t)plus;
	return place;
}

static struct mt_in get_block(struct mt_in *in)
{
	struct mt_text text = mt_get_text(in);
	const uint8_t *at = (const uint8_t *)text.bytes;

	return (struct mt_in){ at, at + text.n_bytes, in->is_bad };
}

static void put_place(struct machine *m, uint64_t dwarf_register, struct tr_place place)
{
	enum tr_slot slot = tr_slot_of(dwarf_register);

	if (slot < TR_N_SLOTS)
		m->row.slots[slot] = place;
}

static void restore(struct machine *m, uint64_t dwarf_register)
{
	enum tr_slot slot = tr_slot_of(dwarf_register);

	if (slot < TR_N_SLOTS)
		m->row.slots[slot] = m->initial.slots[slot];
}

static void remember_or_go_back(struct machine *m, bool is_remember)
{
	if (is_remember ? m->n_remembered == REMEMBER_MAX : m->n_remembered == 0)
		m->is_bad = true;
	else if (is_remember)
		m->remembered[m->n_remembered++] = m->row;
	else
		m->row = m->remembered[--m->n_remembered];
}

/* An instruction about the CFA; false if it is another one. */
static __attribute__((noinline)) bool run_cfa(struct machine *m, uint8_t op, struct mt_in *in)
{
	struct tr_place *cfa = &m->row.cfa;
	enum tr_slot slot;

	switch (op) {
	case CFA_DEF_CFA:
	case CFA_DEF_CFA_SF:
		slot = tr_slot_of(mt_get_uleb(in));
		*cfa = place_of(TR_IS_REGISTER, slot, op == CFA_DEF_CFA
				? (int64_t)mt_get_uleb(in) : tr_get_sleb(in) * m->fde->data_align);
		return true;
	case CFA_DEF_CFA_REGISTER:
		cfa->slot = tr_slot_of(mt_get_uleb(in));
		return true;
	case CFA_DEF_CFA_OFFSET:
		*cfa = place_of(cfa->where, cfa->slot, (int64_t)mt_get_uleb(in));
		return true;
	case CFA_DEF_CFA_OFFSET_SF:
		*cfa = place_of(cfa->where, cfa->slot, tr_get_sleb(in) * m->fde->data_align);
		return true;
	case CFA_DEF_CFA_EXPRESSION:
		*cfa = read_expression(get_block(in), m->pc);
		return true;
	default:
		return false;
	}
}

/* An instruction about where a register was saved; false if it is another one. */
static __attribute__((noinline)) bool run_register(struct machine *m, uint8_t op, struct mt_in *in)
{
	int64_t align = m->fde->data_align;
	uint64_t reg = mt_get_uleb(in);

	switch (op) {
	case CFA_OFFSET_EXTENDED:
		put_place(m, reg, place_of(TR_AT_CFA, 0, (int64_t)mt_get_uleb(in) * align));
		return true;
	case CFA_OFFSET_EXTENDED_SF:
		put_place(m, reg, place_of(TR_AT_CFA, 0, tr_get_sleb(in) * align));
		return true;
	case CFA_GNU_NEGATIVE_OFFSET:
		put_place(m, reg, place_of(TR_AT_CFA, 0, -(int64_t)mt_get_uleb(in) * align));
		return true;
	case CFA_RESTORE_EXTENDED:
		restore(m, reg);
		return true;
	case CFA_UNDEFINED:
		put_place(m, reg, place_of(TR_UNDEFINED, 0, 0));
		return true;
	case CFA_SAME_VALUE:
		put_place(m, reg, place_of(TR_UNCHANGED, 0, 0));
		return true;
	case CFA_REGISTER:
		put_place(m, reg, place_of(TR_IS_REGISTER, tr_slot_of(mt_get_uleb(in)), 0));
		return true;
	case CFA_EXPRESSION: {
		struct tr_place place = read_expression(get_block(in), m->pc);

		place.where = place.where == TR_IS_REGISTER ? TR_AT_REGISTER : TR_STRANGE;
		put_place(m, reg, place);
		return true;
	}
	case CFA_VAL_OFFSET:
	case CFA_VAL_OFFSET_SF:
		tr_get_sleb(in);
		put_place(m, reg, place_of(TR_STRANGE, 0, 0));
		return true;
	case CFA_VAL_EXPRESSION:
		put_place(m, reg, read_expression(get_block(in), m->pc));
		return true;
	default:
		return false;
	}
}

static void run_one(struct machine *m, uint8_t op, struct mt_in *in)
{
	uint64_t low = op & 0x3f;

	switch (op & 0xc0) {
	case CFA_ADVANCE:
		m->at += low * m->fde->code_align;
		return;
	case CFA_OFFSET:
		put_place(m, low, place_of(TR_AT_CFA, 0,
					   (int64_t)mt_get_uleb(in) * m->fde->data_align));
		return;
	case CFA_RESTORE:
		restore(m, low);
		return;
	}
	switch (op) {
	case CFA_NOP:
		return;
	case CFA_SET_LOC:
		m->at = tr_get_encoded(in, m->fde->encoding, 0);
		return;
	case CFA_ADVANCE1:
	case CFA_ADVANCE2:
	case CFA_ADVANCE4:
		m->at += mt_get_le(in, 1u << (op - CFA_ADVANCE1)) * m->fde->code_align;
		return;
	case CFA_REMEMBER_STATE:
	case CFA_RESTORE_STATE:
		remember_or_go_back(m, op == CFA_REMEMBER_STATE);
		return;
	case CFA_GNU_ARGS_SIZE:
		mt_get_uleb(in);
		return;
	default:
		if (!run_cfa(m, op, in) && !run_register(m, op, in))
			m->is_bad = true;
	}
}

static void run(struct machine *m, struct mt_in in)
{
	while (in.at < in.end && !m->is_bad) {
		run_one(m, mt_get_u8(&in), &in);
		if (in.is_bad)
			m->is_bad = true;
		if (m->at > m->wanted)
			return;
	}
}

/* Apart from the search for the table entry, so that the two do not lie on the
 * stack together: see struct tr_place. */
static __attribute__((noinline)) bool run_row(const struct tr_fde *fde, uintptr_t pc,
					      uintptr_t wanted, struct tr_row *row)
{
	struct machine m;

	memset(&m, 0, offsetof(struct machine, remembered));
	m.fde = fde;
	m.pc = pc;
	m.row.cfa.where = TR_STRANGE;
	m.row.is_next_exact = fde->is_signal_frame;
	m.wanted = UINTPTR_MAX;
	run(&m, fde->common);
	m.initial = m.row;
	m.wanted = wanted;
	m.at = fde->start;
	run(&m, fde->own);
	*row = m.row;
	return !m.is_bad;
}

enum tr_fde_found tr_cfi_row(uintptr_t pc, bool is_exact, struct tr_row *row)
{
	struct tr_fde fde;
	/* A return address may lie behind its function, when the call was its
	 * last instruction: the call itself is one byte before. */
	uintptr_t wanted = is_exact ? pc : pc - 1;
	enum tr_fde_found found = tr_fde_find(wanted, &fde);

	if (found != TR_FDE_FOUND)
		return found;
	return run_row(&fde, pc, wanted, row) ? TR_FDE_FOUND : TR_FDE_BAD;
}
