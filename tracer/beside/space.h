/* SPDX-License-Identifier: Apache-2.0 */
/*
 * space.h -- what a process had mapped at one moment, kept so that its stacks
 * can be walked when it runs again or is gone: the list of its mappings, and the
 * files behind them, read page by page when somebody asks.
 *
 * A file that is not the one that was mapped (another took its path) is not read.
 * What is in a file may be anything: nothing of it is believed without a look at
 * its size.
 */
#ifndef TRACER_BESIDE_SPACE_H
#define TRACER_BESIDE_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { RUN_SPACE_PAGE = 4096, RUN_SPACE_PAGES = 64, RUN_VDSO_BYTES_MAX = 64 << 10 };

struct run_map {
	uint64_t start, end, offset;
	uint64_t device, inode;
	char *path;                  /* of a file; else NULL */
	char *name;                  /* as the kernel has it: a path, "[heap]", or "" */
	int fd;                      /* -1: not open; -2: cannot be */
	bool is_code, is_readable, is_writable, is_shared;
	bool is_vdso;
};

struct run_space_page {
	uint64_t address;            /* 0: none */
	uint8_t bytes[RUN_SPACE_PAGE];
};

/* Accepts zeroes: an empty one. */
struct run_space {
	pid_t pid;
	struct run_map *maps;
	size_t n_maps, n_room;
	uint8_t *vdso;
	size_t n_vdso;
	struct run_space_page *pages;
};

/* The functions of a mapping's file: where its table of them lies in memory. */
struct run_table {
	uint64_t start, end;         /* code */
	uint64_t header;             /* .eh_frame_hdr */
	uint64_t entries;
	uint64_t n_entries;
};

/* Reads the list of mappings. False: there is none. Release in any case. */
bool run_space_open(struct run_space *space, pid_t pid);
void run_space_release(struct run_space *space);
/* The mapping at an address, or NULL. */
struct run_map *run_space_find(const struct run_space *space, uint64_t address);
/* A word of a mapped file or of the vDSO; false: none there. */
bool run_space_word(struct run_space *space, uint64_t address, uint64_t *word);
/* Where the ELF object whose code or data is mapped here ends in memory; 0: it is none. */
uint64_t run_space_object_end(struct run_space *space, struct run_map *map);
/* Finds the table that covers the code at an address. */
bool run_space_table(struct run_space *space, uint64_t address, struct run_table *table);

#endif
