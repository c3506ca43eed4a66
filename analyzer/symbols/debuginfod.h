/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debuginfod.h -- debug information by build-id over the network, if the user
 * asked for it by setting DEBUGINFOD_URLS.
 *
 * The client library is loaded at run time, and only then: memtrace works
 * without it. How long a download may take is the library's own business
 * (DEBUGINFOD_TIMEOUT, DEBUGINFOD_MAXTIME); but once a server could not be
 * reached, no further module waits for it.
 */
#ifndef ANALYZER_SYMBOLS_DEBUGINFOD_H
#define ANALYZER_SYMBOLS_DEBUGINFOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Valid when zeroed. */
struct an_debuginfod {
	bool is_tried;
	bool is_given_up;
	void *library;
	void *client;
};

/* A descriptor of the debug file, which the caller closes, and its path in the
 * cache, which the caller frees; or -1. */
int an_debuginfod_find(struct an_debuginfod *debuginfod, const uint8_t *build_id,
		       size_t n_build_id, char **path);
void an_debuginfod_release(struct an_debuginfod *debuginfod);

#endif
