/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ehframe.h -- finds the unwind instructions of an address in .eh_frame.
 *
 * The loader knows the module (_dl_find_object takes no lock), the module's
 * .eh_frame_hdr has a sorted table of functions, the function's FDE points to
 * its CIE. Whatever a table says, only the module's own readable segments are
 * read: a crazy table gives no result, never a fault.
 */
#ifndef TRACER_INSIDE_EHFRAME_H
#define TRACER_INSIDE_EHFRAME_H

#include "formats/wire/bytes.h"

/* The instructions of one function: first those every function of its kind
 * begins with, then its own. Both ranges are borrowed from the module. */
struct tr_fde {
	uintptr_t start;          /* code: [start, end) */
	uintptr_t end;
	struct mt_in common;
	struct mt_in own;
	uint64_t code_align;
	int64_t data_align;
	uint8_t encoding;         /* of addresses, DW_EH_PE_* */
	bool is_signal_frame;     /* augmentation S: its caller was interrupted */
	bool has_lengths;         /* augmentation z: optional fields can be skipped */
};

enum tr_fde_found {
	TR_FDE_FOUND,
	TR_FDE_NONE,       /* in a module, and not covered by its table */
	TR_FDE_NO_MODULE,  /* no module is at this address */
	TR_FDE_BAD,        /* covered, but by something that cannot be read */
};

/* Finds the FDE that covers pc. Fills *fde only with TR_FDE_FOUND. */
enum tr_fde_found tr_fde_find(uintptr_t pc, struct tr_fde *fde);

/* A signed LEB128. */
int64_t tr_get_sleb(struct mt_in *in);

/* Reads an address in one of the DW_EH_PE_* encodings; sets is_bad for those
 * that no C or C++ compiler writes into unwind tables. */
uintptr_t tr_get_encoded(struct mt_in *in, uint8_t encoding, uintptr_t data_base);

#endif
