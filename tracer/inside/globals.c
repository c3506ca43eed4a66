/* SPDX-License-Identifier: Apache-2.0 */
/* globals.c -- see globals.h. */
#include "tracer/inside/globals.h"

#include "formats/wire/snapshot.h"
#include "tracer/inside/arch/x86_64.h"
#include "tracer/inside/modules.h"
#include "tracer/inside/snapshot_parts.h"
#include "tracer/inside/stream.h"
#include "tracer/inside/sys.h"

#include <dlfcn.h>
#include <elf.h>

enum {
	MODULES_MAX = 32,
	WORDS_MAX = 2048,        /* of one module: they fit into one record */
	BYTES_MAX = 4 << 20,     /* looked at in one call */
	SEGMENTS_MAX = 32,
};

struct word {
	uint64_t slot, value;
};

struct globals_of {
	struct tr_module module;
	uint32_t n_words;
	struct word words[WORDS_MAX];
};

struct tr_globals {
	uint64_t n_bytes;        /* looked at */
	uint64_t n_modules;
	struct globals_of of[MODULES_MAX];
	struct tr_module modules[MODULES_MAX];
	uint64_t copy[TR_SHOT_PAGE / 8];
	uint8_t payload[WORDS_MAX * MT_SNAPSHOT_WORD_BYTES_MAX + 2 * MT_ULEB_BYTES_MAX];
};

/* There is one; of several threads in dlclose the first has it. */
static struct tr_globals the_one;
static uint32_t is_taken;

/* What points into a module is not to an allocation. */
static bool may_be_pointer(uint64_t value)
{
	struct dl_find_object found;

	return value >= 1 << 16 && value >> TR_ADDRESS_BITS == 0 &&
	       _dl_find_object((void *)value, &found) != 0;
}

static void take_words(struct tr_globals *globals, struct globals_of *of, uintptr_t start,
		       uintptr_t end)
{
	for (uintptr_t at = (start + 7) & ~(uintptr_t)7; at < end;) {
		size_t n = TR_SHOT_PAGE - at % TR_SHOT_PAGE;

		n = n < end - at ? n : end - at;
		globals->n_bytes += n;
		if (globals->n_bytes > BYTES_MAX ||
		    !tr_read_memory_of(tr.pid, at, globals->copy, n))
			return;
		for (size_t i = 0; i < n / 8 && of->n_words < WORDS_MAX; i++)
			if (globals->copy[i] && may_be_pointer(globals->copy[i]))
				of->words[of->n_words++] = (struct word){ at + 8 * i,
									  globals->copy[i] };
		at += n;
	}
}

static void take_module(struct tr_globals *globals, const struct tr_module *module)
{
	struct globals_of *of = &globals->of[globals->n_modules];
	ElfW(Phdr) segments[SEGMENTS_MAX];
	struct link_map map;
	ElfW(Ehdr) header;

	of->module = *module;
	of->n_words = 0;
	if (!tr_read_memory_of(tr.pid, module->start, &header, sizeof(header)) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phnum > SEGMENTS_MAX ||
	    !tr_read_memory_of(tr.pid, module->start + header.e_phoff, segments,
			    header.e_phnum * sizeof(segments[0])) ||
	    !tr_read_memory_of(tr.pid, (uintptr_t)module->map, &map, sizeof(map)))
		return;
	for (unsigned i = 0; i < header.e_phnum; i++) {
		uintptr_t start = map.l_addr + segments[i].p_vaddr;
		uintptr_t end = start + segments[i].p_memsz;

		if (segments[i].p_type == PT_LOAD && segments[i].p_flags & PF_W &&
		    start >= module->start && start < end && end <= module->end)
			take_words(globals, of, start, end);
	}
	if (of->n_words)
		globals->n_modules++;
}

/* Where the handle's module is, or 0 if it is no handle. */
static uintptr_t module_of(void *handle)
{
	struct dl_find_object found;
	struct link_map map;

	if (!handle ||
	    !tr_read_memory_of(tr.pid, (uintptr_t)handle, &map, sizeof(map)) ||
	    _dl_find_object(map.l_ld, &found) != 0 || found.dlfo_link_map != handle)
		return 0;
	return (uintptr_t)map.l_ld;
}

struct tr_globals *tr_globals_take(struct tr_context *context, void *handle)
{
	struct tr_globals *globals;
	uintptr_t wanted;
	uint32_t n;

	if (__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED))
		return NULL;
	wanted = module_of(handle);
	if (!wanted || __atomic_exchange_n(&is_taken, 1, __ATOMIC_ACQUIRE))
		return NULL;
	globals = &the_one;
	globals->n_bytes = globals->n_modules = 0;
	n = tr_modules_late(context, wanted, globals->modules, MODULES_MAX);
	for (uint32_t i = 0; i < n; i++)
		take_module(globals, &globals->modules[i]);
	return globals;
}

static void tell(struct tr_context *context, struct tr_globals *globals,
		 const struct globals_of *of)
{
	struct mt_snapshot_words words;
	uint8_t *at = mt_put_snapshot_words(&words, globals->payload, of->module.id,
					    of->words[0].slot);

	for (uint32_t i = 0; i < of->n_words; i++)
		at = mt_put_snapshot_word(&words, at, of->words[i].slot, of->words[i].value);
	tr_stream_put(context, MT_KIND_MODULE_GLOBALS, globals->payload,
		      (size_t)(at - globals->payload));
}

void tr_globals_tell(struct tr_context *context, struct tr_globals *globals)
{
	for (uint32_t i = 0; globals && i < globals->n_modules; i++)
		if (!tr_module_is_there(&globals->of[i].module))
			tell(context, globals, &globals->of[i]);
}

void tr_globals_free(struct tr_globals *globals)
{
	if (globals)
		__atomic_store_n(&is_taken, 0, __ATOMIC_RELEASE);
}

void tr_globals_forked(void)
{
	tr_globals_free(&the_one);
}
