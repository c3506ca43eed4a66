/* SPDX-License-Identifier: Apache-2.0 */
/* process.c -- see process.h. */
#include "tracer/inside/process.h"

#include "tracer/inside/channel.h"
#include "tracer/inside/stream.h"
#include "tracer/inside/sys.h"

static const char preload_key[] = "LD_PRELOAD=";
static const char channel_key[] = "MEMTRACE_CHANNEL=";
static char quiet_entry[] = "MEMTRACE_QUIET=1";

static bool has_key(const char *entry, const char *key)
{
	return strncmp(entry, key, strlen(key)) == 0;
}

/* A vfork child has its parent's memory and must not speak for it. */
static bool is_own_image(void)
{
	return !__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED) &&
	       (uint64_t)tr_sys0(SYS_getpid) == tr.pid;
}

void tr_process_end(uint8_t how, uint32_t status)
{
	struct mt_end end = { how, status };
	struct tr_context *context;
	struct mt_out out;

	if (!tr_is_on() || !is_own_image())
		return;
	context = tr_enter();
	if (!context)
		return;
	out = tr_scratch(context);
	mt_put_end(&out, &end);
	tr_stream_put_scratch(context, MT_KIND_END, &out);
	tr_leave();
}

uint64_t tr_process_exec(const char *path, uint8_t flags)
{
	struct mt_exec exec = { .flags = flags,
				.path = { path, strnlen(path, MT_STACK_BYTES_MAX / 2) } };
	struct tr_context *context;
	struct mt_out out;

	if (!tr_is_on() || __atomic_load_n(&tr.live->is_closed, __ATOMIC_ACQUIRE))
		return 0;
	context = tr_enter();
	if (!context)
		return 0;
	exec.token = __atomic_add_fetch(&tr.live->n_tokens, 1, __ATOMIC_RELAXED);
	out = tr_scratch(context);
	mt_put_exec(&out, &exec);
	if (!tr_stream_put_scratch(context, MT_KIND_EXEC, &out)) {
		tr_count_drop(MT_DROP_FULL, 1);
		exec.token = 0;
	}
	/* If it succeeds nobody would: the image is gone, its thread lives on. */
	if (!(flags & MT_EXEC_SPAWN))
		tr_stream_give_back(&context->stream);
	tr_leave();
	return exec.token;
}

void tr_process_exec_failed(uint64_t token, int error)
{
	struct mt_exec_failed failed = { token, (uint32_t)error };
	struct tr_context *context = token ? tr_enter() : NULL;
	struct mt_out out;

	if (!context)
		return;
	out = tr_scratch(context);
	mt_put_exec_failed(&out, &failed);
	tr_stream_put_scratch(context, MT_KIND_EXEC_FAILED, &out);
	tr_leave();
}

size_t tr_environment_count(char *const *given)
{
	size_t n = 4;    /* ours, and the end */

	for (; given && *given; given++)
		n++;
	return n;
}

static const char *given_preload(char *const *given)
{
	for (; given && *given; given++)
		if (has_key(*given, preload_key))
			return *given + strlen(preload_key);
	return "";
}

size_t tr_preload_bytes(char *const *given)
{
	return sizeof(preload_key) + strlen(tr.library) + 1 + strlen(given_preload(given));
}

size_t tr_channel_bytes(void)
{
	return sizeof(channel_key) + strlen(tr.channel_name) + strlen(tr.live_path) + 48;
}

static char *put_text(char *to, const char *text)
{
	size_t n = strlen(text);

	memcpy(to, text, n + 1);
	return to + n;
}

static char *put_number(char *to, uint64_t value, unsigned base)
{
	char digits[24];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n)
		*to++ = digits[--n];
	*to = '\0';
	return to;
}

static void put_channel(char *to, uint64_t token)
{
	bool is_quiet = __atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED);

	to = put_text(to, channel_key);
	to = put_text(put_number(to, tr.live->trace_id, 16), ",");
	/* Under a filter a socket may be what it forbids; opening files is what the
	 * loader does as well. */
	to = put_text(put_text(to, is_quiet ? "" : tr.channel_name), ",");
	to = put_text(put_number(to, token, 10), ",");
	put_text(to, tr.live_path);
}

char **tr_environment_make(char *const *given, uint64_t token, char **to, char *preload,
			   char *channel)
{
	const char *theirs = given_preload(given);
	char **at = to;
	char *end = put_text(put_text(preload, preload_key), tr.library);

	if (theirs[0])
		put_text(put_text(end, ":"), theirs);
	put_channel(channel, token);
	*at++ = preload;
	*at++ = channel;
	if (__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED))
		*at++ = quiet_entry;
	for (; given && *given; given++)
		if (!has_key(*given, preload_key) && !has_key(*given, channel_key))
			*at++ = *given;
	*at = NULL;
	return to;
}
