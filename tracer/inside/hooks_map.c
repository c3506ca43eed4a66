/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks_map.c -- mmap and munmap, for mapped.h: what matters is who calls them. libc's
 * own malloc maps without them, and then they do nothing.
 */
#include "tracer/inside/hooks.h"
#include "tracer/inside/mapped.h"

#include <dlfcn.h>
#include <sys/mman.h>

static uintptr_t page_up(uintptr_t at)
{
	return (at + 4095) & ~(uintptr_t)4095;
}

static bool is_allocators(uintptr_t caller)
{
	struct dl_find_object its, of_malloc;

	return _dl_find_object((void *)caller, &its) == 0 &&
	       _dl_find_object((void *)tr_real.malloc, &of_malloc) == 0 &&
	       its.dlfo_link_map == of_malloc.dlfo_link_map;
}

static void *map(uintptr_t caller, void *at, size_t n_bytes, int protection, int flags, int fd,
		 off_t offset)
{
	void *p;

	tr_ready();
	p = tr_real.mmap(at, n_bytes, protection, flags, fd, offset);
	if (__builtin_expect(!tr_real.is_libc_malloc, 0) && p != MAP_FAILED)
		tr_mapped_add((uintptr_t)p, page_up((uintptr_t)p + n_bytes),
			      (flags & MAP_ANONYMOUS) && is_allocators(caller));
	return p;
}

TR_HOOK void *mmap(void *at, size_t n_bytes, int protection, int flags, int fd, off_t offset)
{
	return map((uintptr_t)__builtin_return_address(0), at, n_bytes, protection, flags, fd,
		   offset);
}

TR_HOOK void *mmap64(void *at, size_t n_bytes, int protection, int flags, int fd, off_t offset)
{
	return map((uintptr_t)__builtin_return_address(0), at, n_bytes, protection, flags, fd,
		   offset);
}

/* Before the real one: after it another thread may get the place. */
TR_HOOK int munmap(void *at, size_t n_bytes)
{
	tr_ready();
	if (__builtin_expect(!tr_real.is_libc_malloc, 0))
		tr_mapped_add((uintptr_t)at, page_up((uintptr_t)at + n_bytes), false);
	return tr_real.munmap(at, n_bytes);
}
