/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debuginfod.c -- debug information by build-id over the network.
 */
#include "analyzer/symbols/debuginfod.h"

#include <dlfcn.h>
#include <elfutils/debuginfod.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/xalloc.h"

static void *function(const struct an_debuginfod *debuginfod, const char *name)
{
	return dlsym(debuginfod->library, name);
}

static void load(struct an_debuginfod *debuginfod)
{
	const char *urls = getenv(DEBUGINFOD_URLS_ENV_VAR);
	__typeof__(debuginfod_begin) *begin;

	debuginfod->is_tried = true;
	if (!urls || !urls[strspn(urls, " ")])
		return;
	debuginfod->library = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!debuginfod->library)
		return;
	/* Its own default is 90 s without a word, which nobody waits for who only
	 * wants a report. */
	setenv(DEBUGINFOD_TIMEOUT_ENV_VAR, "10", 0);
	begin = function(debuginfod, "debuginfod_begin");
	if (begin)
		debuginfod->client = begin();
}

int an_debuginfod_find(struct an_debuginfod *debuginfod, const uint8_t *build_id,
		       size_t n_build_id, char **path)
{
	__typeof__(debuginfod_find_debuginfo) *find;
	int fd;

	if (!debuginfod->is_tried)
		load(debuginfod);
	if (!debuginfod->client || debuginfod->is_given_up || !n_build_id)
		return -1;
	find = function(debuginfod, "debuginfod_find_debuginfo");
	*path = NULL;
	fd = find ? find(debuginfod->client, build_id, (int)n_build_id, path) : -ENOSYS;
	if (fd >= 0) {
		if (!*path)
			*path = xstrdup("debuginfod");
		return fd;
	}
	/* ENOENT: asked, and it has none. Anything else would only happen
	 * again, and take its time again. */
	debuginfod->is_given_up = fd != -ENOENT;
	return -1;
}

void an_debuginfod_release(struct an_debuginfod *debuginfod)
{
	__typeof__(debuginfod_end) *end;

	if (debuginfod->client) {
		end = function(debuginfod, "debuginfod_end");
		if (end)
			end(debuginfod->client);
	}
	/* The library stays loaded: libcurl does not like to be unloaded. */
	memset(debuginfod, 0, sizeof(*debuginfod));
}
