/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memtrace.h -- what a program may tell memtrace about its own memory.
 *
 * Include it and call; nothing is to be linked. Under `memtrace run` the calls
 * reach libmemtrace.so; without it each is a load, a test and a jump not taken. They
 * may be called from anywhere, in signal handlers too, and leave errno alone. For C
 * and C++; memtrace.h(3) has the details.
 *
 * How a call finds the library: through an undefined weak symbol, fetched from the
 * global offset table, where the loader puts its address, or 0. A plain weak reference
 * would do in a position-independent executable; in any other the linker makes 0
 * of it for good. In a static program it is 0, and nothing is recorded.
 */
#ifndef MEMTRACE_H
#define MEMTRACE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(__ELF__) || !defined(__GNUC__)

/* memtrace does not record programs of other systems. */
#define MEMTRACE_CALL(name, parameters, arguments) ((void)0)

#elif defined(__x86_64__) && defined(__LP64__)

#define MEMTRACE_CALL(name, parameters, arguments) \
	do { \
		void (*memtrace_call) parameters; \
		__asm__(".weak memtrace_call_" #name "\n\t" \
			"movq memtrace_call_" #name "@GOTPCREL(%%rip), %0" \
			: "=r"(memtrace_call)); \
		if (__builtin_expect(memtrace_call != NULL, 0)) \
			memtrace_call arguments; \
	} while (0)

#else

#define MEMTRACE_CALL(name, parameters, arguments) \
	do { \
		extern __attribute__((weak)) void memtrace_call_##name parameters; \
		if (memtrace_call_##name) \
			memtrace_call_##name arguments; \
	} while (0)

#endif

/* Names the type of the allocation that begins at object, or, if object lies inside
 * of one, of what begins there. It holds until the allocation is freed. */
static __inline__ void memtrace_type(const void *object, const char *type)
{
	MEMTRACE_CALL(type, (const void *, const char *), (object, type));
	(void)object, (void)type;
}

/* A unit of work, "request", ended. */
static __inline__ void memtrace_mark(const char *name)
{
	MEMTRACE_CALL(mark, (const char *), (name));
	(void)name;
}

/* Is not a leak, nor is what hangs on it. */
static __inline__ void memtrace_ignore(const void *allocation)
{
	MEMTRACE_CALL(ignore, (const void *), (allocation));
	(void)allocation;
}

/* What the pointers in here lead to is held, wherever this lies. */
static __inline__ void memtrace_root(const void *start, size_t size)
{
	MEMTRACE_CALL(root, (const void *, size_t), (start, size));
	(void)start, (void)size;
}

/* What points to what, now: all threads stop for as long as a copy of the process takes.
 * Returns when they go on. The label is cut after 127 bytes. */
static __inline__ void memtrace_snapshot(const char *label)
{
	MEMTRACE_CALL(snapshot, (const char *), (label));
	(void)label;
}

#undef MEMTRACE_CALL

#ifdef __cplusplus
}
#endif

#endif
