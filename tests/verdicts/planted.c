/* SPDX-License-Identifier: Apache-2.0 */
/*
 * planted.c -- a preload that loses one allocation in whatever program it is in,
 * so that a leak is known to be there.
 *
 * PLANTED=<moment> says when: 0000 when the library is loaded, 9999 when it is
 * finished, never if it is no number, else at that call of the functions below
 * which programs use, or at the end if they call them less often.
 *
 * Nothing points to it: a program may well keep pointers to what it has freed, and
 * the next allocation there is then as good as held. So its place is taken when the
 * library is loaded, with the address kept in disguise, and planted_here() reallocates
 * it where it is. What that left in registers and on the stack is overwritten; the
 * memory is zeroed, so that it holds nothing. One byte is added to the file PLANTED_IN
 * each time.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APART __attribute__((noipa))

enum { PLACE_BYTES = 160, PLANTED_BYTES = 152, BELOW_BYTES = 24 << 10, NEVER = -1, AT_END = 9999 };

static long moment = NEVER, n_calls;
static uintptr_t disguised;
static char done_file[4096];

/* Of 24 kB, zeroed: where the frames of the calls before lay. */
APART static void wipe_below(void)
{
	char below[BELOW_BYTES];

	memset(below, 0, sizeof below);
	__asm__ volatile("" : : "r"(below) : "memory");
}

APART static void wipe_registers(void)
{
	__asm__ volatile("xor %%eax, %%eax\n\txor %%ecx, %%ecx\n\txor %%edx, %%edx\n\t"
			 "xor %%esi, %%esi\n\txor %%edi, %%edi\n\txor %%r8d, %%r8d\n\t"
			 "xor %%r9d, %%r9d\n\txor %%r10d, %%r10d\n\txor %%r11d, %%r11d"
			 : : : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory");
}

__attribute__((noipa)) void planted_here(void);
void planted_here(void)
{
	void *was = (void *)~disguised;

	if (realloc(was, PLANTED_BYTES) != was)
		abort();
}

APART static void plant(void)
{
	int error = errno, fd;

	moment = NEVER;
	planted_here();
	fd = open(done_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0) {
		if (write(fd, "x", 1) != 1)
			abort();
		close(fd);
	}
	wipe_below();
	wipe_registers();
	errno = error;
}

APART static void take_place(void)
{
	disguised = ~(uintptr_t)calloc(1, PLACE_BYTES);
	wipe_below();
	wipe_registers();
}

static int is_memtrace(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	return n >= 9 && !memcmp(path + n - 9, "/memtrace", 9);
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static void called(void)
{
	if (moment > 0 && moment != AT_END && ++n_calls >= moment)
		plant();
}

#define PASS_ON(result, name, parameters, arguments) \
	result name parameters; \
	result name parameters \
	{ \
		static __typeof__(name) *real; \
\
		if (!real) \
			real = (__typeof__(name) *)next(#name); \
		called(); \
		return real arguments; \
	}

PASS_ON(const unsigned short **, __ctype_b_loc, (void), ())
PASS_ON(char *, getenv, (const char *key), (key))
PASS_ON(ssize_t, write, (int fd, const void *from, size_t n), (fd, from, n))
PASS_ON(size_t, fwrite, (const void *from, size_t size, size_t n, FILE *to), (from, size, n, to))
PASS_ON(int, fputs, (const char *text, FILE *to), (text, to))
PASS_ON(int, fflush, (FILE *to), (to))
PASS_ON(size_t, strspn, (const char *text, const char *set), (text, set))
PASS_ON(long, strtol, (const char *text, char **end, int base), (text, end, base))

__attribute__((constructor)) static void begin(void)
{
	const char *when = secure_getenv("PLANTED"), *file = secure_getenv("PLANTED_IN");

	if (!when || !file || is_memtrace())
		return;
	strncpy(done_file, file, sizeof done_file - 1);
	take_place();
	if (*when < '0' || *when > '9')
		return;
	moment = (when[0] - '0') * 1000 + (when[1] - '0') * 100 + (when[2] - '0') * 10 + when[3] - '0';
	if (moment == 0)
		plant();
}

__attribute__((destructor)) static void finish(void)
{
	if (moment > 0)
		plant();
}
