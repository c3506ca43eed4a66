/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objects.h -- the object graph of one process: the words of its snapshot joined
 * with what lived at the cut. Node i is snapshot->live[i]. What a forked child
 * inherited has no size here.
 *
 * Every range is a root by its index, and the registers of thread t are root n_ranges
 * + t. Then follows one that stands for all memory that the program declared to be
 * roots, be it in an allocation or not. The last root holds what the dynamic loader
 * made for itself (the thread-local memory of threads, lists of libraries), which it
 * points to in its own ways. Ranges that hold nothing up (freed heap, stacks of
 * threads that are gone) are roots that are switched off: they say why something is
 * lost.
 */
#ifndef ANALYZER_FINDINGS_OBJECTS_H
#define ANALYZER_FINDINGS_OBJECTS_H

#include "analyzer/graph/reach.h"
#include "analyzer/heap/session.h"

struct an_objects {
	const struct an_session *session;
	const struct an_snapshot *snapshot;
	struct an_node *nodes;
	struct an_graph graph;
	struct an_reach reach;
	uint8_t *root_is_off;        /* by root number */
	uint32_t n_roots;
	uint32_t n_running;          /* threads that did not stand still */
	uint64_t n_unread;           /* roots that could not be read */
	const struct an_module *vtable_module;   /* where the last vtable was, or NULL */
};

/* What memory a root number is, for those who explain. */
enum an_root_kind {
	AN_ROOT_MODULE, AN_ROOT_STACK, AN_ROOT_TLS, AN_ROOT_MAPPING, AN_ROOT_REGISTERS,
	AN_ROOT_FREED,               /* off: memory the program gave back */
	AN_ROOT_ALLOCATOR,           /* off: that, or what an allocator not libc's notes */
	AN_ROOT_DEAD_FRAME,          /* off: below a stack pointer */
	AN_ROOT_DEAD_THREAD,         /* off: the stack of a thread that is gone */
	AN_ROOT_INHERITED,           /* heap of a forked child, nobody knowing what it has */
	AN_ROOT_DECLARED,            /* memtrace_root: at the edge's address */
	AN_ROOT_KERNEL,              /* no address: the kernel keeps it for the program */
	AN_ROOT_LOADER,              /* no address: the dynamic loader keeps it */
};

/* Of a snapshot that has data and lasts as long as the result. Never NULL; to be
 * freed. */
struct an_objects *an_objects_of(const struct an_session *session,
				 const struct an_snapshot *snapshot, const uint64_t *masks,
				 size_t n_masks);
/* Of the one that the session kept of the process: NULL when there is none. */
struct an_objects *an_objects_new(const struct an_session *session, uint32_t process,
				  const uint64_t *masks, size_t n_masks);
void an_objects_free(struct an_objects *objects);

/* Classifies again, with these nodes taken for roots. */
void an_objects_suppress(struct an_objects *objects, const uint32_t *nodes, size_t n_nodes);

enum an_root_kind an_objects_root_kind(const struct an_objects *objects, uint32_t root);
/* Of a range root its range, else NULL. */
const struct an_range *an_objects_root_range(const struct an_objects *objects, uint32_t root);
/* The thread of a stack, of TLS or of registers: an index into session->threads, or
 * AN_NONE. */
uint32_t an_objects_root_thread(const struct an_objects *objects, uint32_t root);

/* A word that is no pointer to an allocation: the address of a vtable, a count. False:
 * none is known there. */
bool an_objects_word(const struct an_objects *objects, uint64_t addr, uint64_t *value);

#endif
