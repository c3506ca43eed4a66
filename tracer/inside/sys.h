/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys.h -- system calls that leave errno alone.
 *
 * Everything the library asks of the kernel goes through here: libc's wrappers
 * set errno, may be cancellation points, and may be the very functions that are
 * hooked. A result between -4095 and -1 is a negative errno.
 */
#ifndef TRACER_INSIDE_SYS_H
#define TRACER_INSIDE_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
static inline long tr_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
#else
#error "memtrace: this processor has no system call sequence yet"
#endif

static inline bool tr_is_error(long result)
{
	return (unsigned long)result > -4096UL;
}

#define tr_sys0(n) tr_syscall(n, 0, 0, 0, 0, 0, 0)
#define tr_sys1(n, a) tr_syscall(n, (long)(a), 0, 0, 0, 0, 0)
#define tr_sys2(n, a, b) tr_syscall(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define tr_sys3(n, a, b, c) tr_syscall(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define tr_sys4(n, a, b, c, d) \
	tr_syscall(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define tr_sys6(n, a, b, c, d, e, f) \
	tr_syscall(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* Anonymous private memory, zeroed; NULL when there is none. */
void *tr_map_anonymous(size_t n_bytes);
/* The file's bytes [offset, offset + n_bytes), shared and writable, or NULL. */
void *tr_map_shared(int fd, uint64_t offset, size_t n_bytes);
void tr_unmap(void *start, size_t n_bytes);
/* What these mapped and did not unmap, as far as it is known: up to room of
 * them; how many there are. */
struct tr_range {
	uintptr_t start, end;
};
/* Where they are kept, for others to read. */
const struct tr_range *tr_own_table(void);
size_t tr_own_ranges(struct tr_range *to, size_t room);
/* Reads a small file from its start; returns how many bytes, 0 on any error. */
size_t tr_read_file(const char *path, void *to, size_t room);
/* Puts the thread to sleep for about that long. */
void tr_nap(long ns);
uint64_t tr_monotonic_ns(void);
uint64_t tr_realtime_ns(void);

#endif
