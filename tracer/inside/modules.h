/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modules.h -- which ELF object an address belongs to, while objects come and
 * go.
 *
 * An address alone does not name a function: a library may be unloaded and
 * another take its place, also inside libc (iconv, NSS), where no dlclose of
 * ours is passed. Two things notice: the loader's own state, looked at on every
 * event, because loading and unloading allocate and free; and the identity of
 * the object, looked at for every frame that a new stack does not share with
 * the one before it.
 */
#ifndef TRACER_INSIDE_MODULES_H
#define TRACER_INSIDE_MODULES_H

#include "tracer/inside/state.h"

#include <link.h>

/* Writes MODULE records for those modules of the frames that the trace does not
 * know yet. False: no room. */
bool tr_modules_describe(struct tr_context *context, const uint64_t *frames, uint32_t n_frames);

/* Writes MODULE records for all that is loaded: at the start of an image, when
 * nobody else can be changing the list. */
void tr_modules_describe_all(struct tr_context *context);

/* One that the trace knows. The identity is what must be equal for an address
 * to still mean the same: not the link_map's address alone, which is reused,
 * and nothing that would have to be read from the module itself, which another
 * thread may be unmapping. */
struct tr_module {
	uint32_t id;
	uintptr_t start, end;
	const struct link_map *map;
	const ElfW(Dyn) *dynamic;
	uint64_t name_hash;
};

/* Those that came after the program started, as far as the trace knows them; that
 * at the address wanted becomes known. How many there are, at most room. */
uint32_t tr_modules_late(struct tr_context *context, uintptr_t wanted, struct tr_module *to,
			 uint32_t room);
bool tr_module_is_there(const struct tr_module *module);

/* Something may have been unloaded: tells the trace which modules went and
 * raises the generation if any did. */
void tr_modules_check_gone(struct tr_context *context);

/* In a forked child: whoever held the lock is gone. */
void tr_modules_forked(void);

/* Before and after a call that may unload. */
void tr_loader_begin(void);
void tr_loader_end(void);

extern struct r_debug _r_debug;

/* Once per event: is the loader at work? Then the caches of unwind rules are
 * neither used nor filled. Remembers it, so that the first event after it
 * starts a new epoch. */
static inline bool tr_loader_is_busy(void)
{
	if (__builtin_expect(_r_debug.r_state != RT_CONSISTENT, 0)) {
		__atomic_fetch_or(&tr.saw_loader, _r_debug.r_state == RT_DELETE ? 2 : 1,
				  __ATOMIC_RELAXED);
		return true;
	}
	return __builtin_expect(__atomic_load_n(&tr.n_loaders_busy, __ATOMIC_RELAXED) != 0, 0);
}

#endif
