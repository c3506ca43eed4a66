/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ehframe.c -- whatever an unwind table says, nothing outside the module is
 * read. The module is a copy of one that is loaded, between two walls, shown to
 * the code under test by a _dl_find_object of our own.
 */
#include "tests/unit/unit.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>

#include "tracer/inside/cfi.h"

enum { PAGE = 4096, DAMAGES = 4000, LOOKUPS = 25 };

static struct {
	struct link_map map;
	uint8_t *image;
	size_t n_bytes;
	uint8_t *header;        /* of the table */
	size_t header_bytes;
	bool is_shown;
	bool is_split;          /* the loader shows each segment for itself */
	struct dl_find_object segments[8];
	unsigned n_segments;
} fake;

static int find_fake(uintptr_t address, struct dl_find_object *result)
{
	if (address - (uintptr_t)fake.image >= fake.n_bytes)
		return -1;
	memset(result, 0, sizeof(*result));
	result->dlfo_link_map = &fake.map;
	result->dlfo_eh_frame = fake.header;
	result->dlfo_map_start = fake.image;
	result->dlfo_map_end = fake.image + fake.n_bytes;
	for (unsigned i = 0; fake.is_split && i <= fake.n_segments; i++) {
		if (i == fake.n_segments)
			return -1;
		result->dlfo_map_start = fake.segments[i].dlfo_map_start;
		result->dlfo_map_end = fake.segments[i].dlfo_map_end;
		if (address >= (uintptr_t)result->dlfo_map_start &&
		    address < (uintptr_t)result->dlfo_map_end)
			break;
	}
	return 0;
}

int _dl_find_object(void *address, struct dl_find_object *result)
{
	static int (*real)(void *, struct dl_find_object *);

	if (fake.is_shown)
		return find_fake((uintptr_t)address, result);
	if (!real)
		real = (int (*)(void *, struct dl_find_object *))dlsym(RTLD_NEXT, "_dl_find_object");
	return real(address, result);
}

static uint32_t random_number(void)
{
	static uint64_t seed = 20261121;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33);
}

/* Copies the segments that can be read; between them stay holes that cannot. */
static void copy_segments(const uint8_t *from)
{
	const ElfW(Ehdr) *header = (const void *)from;
	const ElfW(Phdr) *segments = (const void *)(from + header->e_phoff);

	for (unsigned i = 0; i < header->e_phnum; i++) {
		const ElfW(Phdr) *segment = &segments[i];
		uintptr_t start = segment->p_vaddr & ~(uintptr_t)(PAGE - 1);

		if (segment->p_type == PT_GNU_EH_FRAME) {
			fake.header = fake.image + segment->p_vaddr;
			fake.header_bytes = segment->p_memsz;
		}
		if (segment->p_type != PT_LOAD || segment->p_flags & PF_W)
			continue;
		assert_int_equal(mprotect(fake.image + start, segment->p_vaddr - start +
					  segment->p_memsz, PROT_READ | PROT_WRITE), 0);
		memcpy(fake.image + segment->p_vaddr, from + segment->p_vaddr, segment->p_filesz);
		fake.segments[fake.n_segments].dlfo_map_start = fake.image + start;
		fake.segments[fake.n_segments++].dlfo_map_end =
			fake.image + segment->p_vaddr + segment->p_memsz;
	}
}

static int copy_cmocka(void **state)
{
	struct dl_find_object module;

	(void)state;
	assert_int_equal(_dl_find_object(dlsym(RTLD_DEFAULT, "_cmocka_run_group_tests"), &module),
			 0);
	fake.n_bytes = (size_t)((char *)module.dlfo_map_end - (char *)module.dlfo_map_start);
	fake.n_bytes = (fake.n_bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
	fake.image = mmap(NULL, fake.n_bytes + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	assert_ptr_not_equal(fake.image, MAP_FAILED);
	fake.image += PAGE;
	fake.map.l_addr = (uintptr_t)fake.image;
	copy_segments(module.dlfo_map_start);
	return 0;
}

static unsigned look_up_many(void)
{
	unsigned n_found = 0;
	struct tr_row row;

	fake.is_shown = true;
	for (unsigned i = 0; i < LOOKUPS; i++) {
		uintptr_t pc = (uintptr_t)fake.image + random_number() % fake.n_bytes;

		n_found += tr_cfi_row(pc, true, &row) == TR_FDE_FOUND;
	}
	fake.is_shown = false;
	return n_found;
}

static void test_copied_module_has_rows_whole_or_split_by_gaps(void **state)
{
	unsigned n_found[2] = { 0, 0 };

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		fake.is_split = i % 2 == 1;
		n_found[i % 2] += look_up_many();
	}
	assert_true(n_found[0] > 20);
	assert_true(n_found[1] > 20);
}

static void test_damaged_tables_are_never_followed_out_of_the_module(void **state)
{
	size_t room = 4 * fake.header_bytes;   /* .eh_frame comes right behind */

	(void)state;
	for (unsigned i = 0; i < DAMAGES; i++) {
		uint8_t *at = fake.header + random_number() % (i % 2 ? room : 16);
		uint8_t before = *at;

		*at = (uint8_t)random_number();
		fake.is_split = i / 4 % 2 == 1;
		look_up_many();
		/* Every other damage stays, so that they add up. */
		if (i % 4 < 2)
			*at = before;
	}
}

static void test_random_tables_are_never_followed_out_of_the_module(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		for (size_t n = 0; n < 4 * fake.header_bytes; n++)
			fake.header[n] = (uint8_t)(random_number() & random_number());
		fake.header[0] = 1;
		if (i % 2)
			memcpy(fake.header + 1, "\x1b\x03\x3b", 3);
		look_up_many();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copied_module_has_rows_whole_or_split_by_gaps),
		cmocka_unit_test(test_damaged_tables_are_never_followed_out_of_the_module),
		cmocka_unit_test(test_random_tables_are_never_followed_out_of_the_module),
	};

	return cmocka_run_group_tests(tests, copy_cmocka, NULL);
}
