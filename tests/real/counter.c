/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counter.c -- counts, for memtrace to be compared with: a preload that stands
 * behind memtrace's in the same run and adds up every successful call of the
 * whole process tree in a shared page, the file PAGE (given when it is built,
 * so that no environment has to carry it).
 *
 * An allocation is a call that returned memory; realloc is one allocation and
 * one free, realloc(NULL, n) an allocation, realloc(p, 0) that gives NULL a
 * free; free(NULL) is nothing. A free is counted before the real one and an
 * allocation after, as memtrace records them. The memtrace command itself,
 * which inherits LD_PRELOAD as well, is not counted.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct page {
	uint64_t n_allocations;
	uint64_t n_frees;
	uint64_t n_images;
};

static struct page *page;
static struct page nowhere;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);
static int (*real_posix_memalign)(void **, size_t, size_t);
static void *(*real_aligned_alloc)(size_t, size_t);
static void *(*real_memalign)(size_t, size_t);
static void *(*real_valloc)(size_t);
static void *(*real_pvalloc)(size_t);

static int is_memtrace(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	if (n < 0)
		return 0;
	path[n] = 0;
	return n >= 9 && !strcmp(path + n - 9, "/memtrace");
}

static struct page *open_page(void)
{
	int fd = is_memtrace() ? -1 : open(PAGE, O_RDWR | O_CLOEXEC);
	void *bytes = fd < 0 ? MAP_FAILED
			     : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd >= 0)
		close(fd);
	if (bytes == MAP_FAILED)
		return &nowhere;
	__atomic_add_fetch(&((struct page *)bytes)->n_images, 1, __ATOMIC_RELAXED);
	return bytes;
}

static void start(void)
{
	int error = errno;

	real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
	real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	real_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
	real_posix_memalign =
		(int (*)(void **, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
	real_aligned_alloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
	real_memalign = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "memalign");
	real_valloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "valloc");
	real_pvalloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "pvalloc");
	__atomic_store_n(&page, open_page(), __ATOMIC_RELEASE);
	errno = error;
}

static struct page *counts(void)
{
	if (!__atomic_load_n(&page, __ATOMIC_ACQUIRE))
		start();
	return page;
}

static void *allocated(void *p)
{
	if (p)
		__atomic_add_fetch(&page->n_allocations, 1, __ATOMIC_RELAXED);
	return p;
}

static void freed(void)
{
	__atomic_add_fetch(&counts()->n_frees, 1, __ATOMIC_RELAXED);
}

void *malloc(size_t n)
{
	counts();
	return allocated(real_malloc(n));
}

void *calloc(size_t n, size_t each)
{
	counts();
	return allocated(real_calloc(n, each));
}

void free(void *p)
{
	if (p) {
		freed();
		real_free(p);
	}
}

void *realloc(void *p, size_t n)
{
	void *q;

	counts();
	q = real_realloc(p, n);
	if (p && (q || n == 0))
		freed();
	return allocated(q);
}

void *reallocarray(void *p, size_t n, size_t each)
{
	size_t n_bytes;

	if (__builtin_mul_overflow(n, each, &n_bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, n_bytes);
}

int posix_memalign(void **p, size_t align, size_t n)
{
	int error;

	counts();
	error = real_posix_memalign(p, align, n);
	if (error == 0)
		allocated(*p);
	return error;
}

void *aligned_alloc(size_t align, size_t n)
{
	counts();
	return allocated(real_aligned_alloc(align, n));
}

void *memalign(size_t align, size_t n)
{
	counts();
	return allocated(real_memalign(align, n));
}

void *valloc(size_t n)
{
	counts();
	return allocated(real_valloc(n));
}

void *pvalloc(size_t n)
{
	counts();
	return allocated(real_pvalloc(n));
}
