/* SPDX-License-Identifier: Apache-2.0 */
/*
 * real.h -- the functions behind ours.
 *
 * Found by walking the loader's list of objects from the library on, and
 * looking in each one's hash table: what dlsym(RTLD_NEXT) does, without its
 * lock and without its malloc, so that it works at the very first call, which
 * comes before any constructor has run. An allocator that the program brings
 * along or preloads behind us is found this way, too.
 */
#ifndef TRACER_INSIDE_REAL_H
#define TRACER_INSIDE_REAL_H

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdbool.h>
#include <sys/types.h>
#include <wordexp.h>

/* name, result, parameters */
#define TR_REAL_LIST(X) \
	X(malloc, void *, (size_t)) \
	X(free, void, (void *)) \
	X(calloc, void *, (size_t, size_t)) \
	X(realloc, void *, (void *, size_t)) \
	X(reallocarray, void *, (void *, size_t, size_t)) \
	X(posix_memalign, int, (void **, size_t, size_t)) \
	X(aligned_alloc, void *, (size_t, size_t)) \
	X(memalign, void *, (size_t, size_t)) \
	X(valloc, void *, (size_t)) \
	X(pvalloc, void *, (size_t)) \
	X(malloc_usable_size, size_t, (void *)) \
	X(mmap, void *, (void *, size_t, int, int, int, off_t)) \
	X(munmap, int, (void *, size_t)) \
	X(execve, int, (const char *, char *const *, char *const *)) \
	X(execvpe, int, (const char *, char *const *, char *const *)) \
	X(fexecve, int, (int, char *const *, char *const *)) \
	X(execveat, int, (int, const char *, char *const *, char *const *, int)) \
	X(posix_spawn, int, (pid_t *, const char *, const posix_spawn_file_actions_t *, \
			     const posix_spawnattr_t *, char *const *, char *const *)) \
	X(posix_spawnp, int, (pid_t *, const char *, const posix_spawn_file_actions_t *, \
			      const posix_spawnattr_t *, char *const *, char *const *)) \
	X(system, int, (const char *)) \
	X(popen, FILE *, (const char *, const char *)) \
	X(wordexp, int, (const char *, wordexp_t *, int)) \
	X(fork, pid_t, (void)) \
	X(exit, void, (int)) \
	X(_exit, void, (int)) \
	X(quick_exit, void, (int)) \
	X(dlclose, int, (void *)) \
	X(sigaction, int, (int, const struct sigaction *, struct sigaction *)) \
	X(signal, sighandler_t, (int, sighandler_t)) \
	X(__sysv_signal, sighandler_t, (int, sighandler_t)) \
	X(sigset, sighandler_t, (int, sighandler_t)) \
	X(siginterrupt, int, (int, int)) \
	X(prctl, int, (int, unsigned long, unsigned long, unsigned long, unsigned long)) \
	X(pthread_setname_np, int, (pthread_t, const char *)) \
	X(__register_atfork, int, (void (*)(void), void (*)(void), void (*)(void), void *))

/* C++'s, under their mangled names: operator new in its eight forms, operator
 * delete in its twelve. */
typedef void (*tr_new_handler)(void);

#define TR_REAL_CXX_LIST(X) \
	X(_ZSt15get_new_handlerv, tr_new_handler, (void)) \
	X(_Znwm, void *, (size_t)) \
	X(_Znam, void *, (size_t)) \
	X(_ZnwmRKSt9nothrow_t, void *, (size_t, const void *)) \
	X(_ZnamRKSt9nothrow_t, void *, (size_t, const void *)) \
	X(_ZnwmSt11align_val_t, void *, (size_t, size_t)) \
	X(_ZnamSt11align_val_t, void *, (size_t, size_t)) \
	X(_ZnwmSt11align_val_tRKSt9nothrow_t, void *, (size_t, size_t, const void *)) \
	X(_ZnamSt11align_val_tRKSt9nothrow_t, void *, (size_t, size_t, const void *)) \
	X(_ZdlPv, void, (void *)) \
	X(_ZdaPv, void, (void *)) \
	X(_ZdlPvm, void, (void *, size_t)) \
	X(_ZdaPvm, void, (void *, size_t)) \
	X(_ZdlPvRKSt9nothrow_t, void, (void *, const void *)) \
	X(_ZdaPvRKSt9nothrow_t, void, (void *, const void *)) \
	X(_ZdlPvSt11align_val_t, void, (void *, size_t)) \
	X(_ZdaPvSt11align_val_t, void, (void *, size_t)) \
	X(_ZdlPvmSt11align_val_t, void, (void *, size_t, size_t)) \
	X(_ZdaPvmSt11align_val_t, void, (void *, size_t, size_t)) \
	X(_ZdlPvSt11align_val_tRKSt9nothrow_t, void, (void *, size_t, const void *)) \
	X(_ZdaPvSt11align_val_tRKSt9nothrow_t, void, (void *, size_t, const void *))

#define TR_REAL_FIELD(name, result, parameters) result (*name) parameters;
struct tr_real {
	TR_REAL_LIST(TR_REAL_FIELD)
	TR_REAL_CXX_LIST(TR_REAL_FIELD)
	/* Set by an oracle library behind us; see oracle.h. */
	int (*tr_oracle_walk)(uintptr_t *frames, int room);
	bool is_libc_malloc;     /* malloc is libc's: it never calls back into us */
	bool is_default_new;     /* operator new is the C++ library's own: it is malloc plus
	                          * what happens when there is no memory */
	bool has_cxx;
};
#undef TR_REAL_FIELD

extern struct tr_real tr_real;
/* libc's syscall(), by itself so that assembly can reach it. */
extern long (*tr_real_syscall)(long, long, long, long, long, long, long);

/* Fills tr_real. A function that nobody defines stays NULL. */
void tr_real_resolve(void);
/* True if the executable defines malloc itself: then it never calls ours. */
bool tr_real_is_bypassed(void);
/* True if some object knows functions by which other allocators give memory without
 * our seeing it, such as jemalloc's mallocx; or if that cannot be known now. */
bool tr_real_is_passed_by(void);
/* Tries again for C++, whose library may have come by dlopen. */
void tr_real_resolve_cxx(void);

#endif
