/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x86_64.h -- what is this processor's own: register numbers of its unwind
 * tables, and the frame the kernel pushes for a signal.
 *
 *   a frame, as every function leaves it to its caller:
 *
 *        CFA ->  | ...            |  the caller's stack pointer after the return
 *                | return address |  CFA - 8
 *                | locals, saves  |
 *        sp  ->  | ...            |
 */
#ifndef TRACER_INSIDE_ARCH_X86_64_H
#define TRACER_INSIDE_ARCH_X86_64_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* DWARF numbers of the registers that calls preserve, and of the two others
 * that a walk needs. */
enum {
	TR_DWARF_RBX = 3,
	TR_DWARF_FP = 6,
	TR_DWARF_SP = 7,
	TR_DWARF_R12 = 12,
	TR_DWARF_R15 = 15,
	TR_DWARF_PC = 16,
};

/* Of a register in the rows of cfi.h. */
enum tr_slot {
	TR_SLOT_PC,
	TR_SLOT_FP,
	TR_SLOT_RBX,
	TR_SLOT_R12,
	TR_SLOT_R13,
	TR_SLOT_R14,
	TR_SLOT_R15,
	TR_N_SLOTS,
	TR_SLOT_SP,    /* has no rule of its own: it is the CFA */
	TR_SLOT_NONE,  /* a register that a call may destroy */
};

static inline enum tr_slot tr_slot_of(uint64_t dwarf_register)
{
	switch (dwarf_register) {
	case TR_DWARF_PC:
		return TR_SLOT_PC;
	case TR_DWARF_FP:
		return TR_SLOT_FP;
	case TR_DWARF_SP:
		return TR_SLOT_SP;
	case TR_DWARF_RBX:
		return TR_SLOT_RBX;
	case TR_DWARF_R12 ... TR_DWARF_R15:
		return (enum tr_slot)(TR_SLOT_R12 + (dwarf_register - TR_DWARF_R12));
	default:
		return TR_SLOT_NONE;
	}
}

enum {
	TR_WORD_BYTES = 8,
	TR_PAGE_BYTES = 4096,       /* the smallest there is: the unit of probing */
	TR_ADDRESS_BITS = 47,       /* of a user address */

	/* When a handler returns, sp is at the kernel's struct ucontext: where in
	 * there the interrupted registers are. */
	TR_SIGNAL_SP_AT = 160,
	TR_SIGNAL_PC_AT = 168,
	TR_SIGNAL_FP_AT = 120,

	TR_SIGRETURN_BYTES = 9,
};

/* The same for every slot. */
static inline uintptr_t tr_signal_slot_at(enum tr_slot slot)
{
	static const uint8_t at[TR_N_SLOTS] = { TR_SIGNAL_PC_AT, TR_SIGNAL_FP_AT, 128,
						72, 80, 88, 96 };

	return at[slot];
}

/* Are these the instructions a handler returns to: mov $15, %rax; syscall? */
static inline bool tr_is_sigreturn(const uint8_t code[TR_SIGRETURN_BYTES])
{
	static const uint8_t wanted[TR_SIGRETURN_BYTES] = {
		0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05,
	};

	return memcmp(code, wanted, sizeof(wanted)) == 0;
}

/* All that calls preserve, as in one frame. */
struct tr_full_regs {
	uintptr_t sp;
	uintptr_t slots[TR_N_SLOTS];
};

/* The registers as they are in the function this is expanded in. */
static inline __attribute__((always_inline)) void tr_capture(struct tr_full_regs *regs)
{
	__asm__ volatile("leaq 1f(%%rip), %%rax\n\t"
			 "movq %%rsp, 0(%0)\n\t"
			 "movq %%rax, 8(%0)\n\t"
			 "movq %%rbp, 16(%0)\n\t"
			 "movq %%rbx, 24(%0)\n\t"
			 "movq %%r12, 32(%0)\n\t"
			 "movq %%r13, 40(%0)\n\t"
			 "movq %%r14, 48(%0)\n\t"
			 "movq %%r15, 56(%0)\n"
			 "1:"
			 :
			 : "r"(regs)
			 : "rax", "memory");
}

#endif
