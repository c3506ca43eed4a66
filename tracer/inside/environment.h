/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment.h -- how a new image learns of the channel, and why the program
 * does not see it: what the runner or a parent put into the environment is
 * taken out at the start, and put in again for every image the program starts,
 * whatever environment it gives it.
 *
 *	LD_PRELOAD=<the library>[:<the user's>]
 *	MEMTRACE_CHANNEL=<trace id, hexadecimal>,<socket>,<token>,<path of FILE.live>
 */
#ifndef TRACER_INSIDE_ENVIRONMENT_H
#define TRACER_INSIDE_ENVIRONMENT_H

#include "tracer/inside/state.h"

/* Reads what envp says of the channel into tr, and removes it. True if it said
 * anything (else the library was preloaded by hand). */
bool tr_environment_clean(char **envp);

/*
 * The environment for a new image: given, with the library and the channel put
 * in. All of it lies in memory of the caller, on his stack, because he may be a
 * vfork child, in his parent's heap:
 *
 *	to       room for tr_environment_count(given) pointers
 *	preload  room for tr_preload_bytes(given)
 *	channel  room for tr_channel_bytes()
 */
size_t tr_environment_count(char *const *given);
size_t tr_preload_bytes(char *const *given);
size_t tr_channel_bytes(void);
char **tr_environment_make(char *const *given, uint64_t token, char **to, char *preload,
			   char *channel);

#endif
