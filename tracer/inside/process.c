/* SPDX-License-Identifier: Apache-2.0 */
/* process.c -- see process.h. */
#include "tracer/inside/process.h"

#include "tracer/inside/channel.h"
#include "tracer/inside/snapshot.h"
#include "tracer/inside/stream.h"
#include "tracer/inside/sys.h"
#include "tracer/inside/target.h"

enum { PATIENCE_NS = 200000000, NAP_NS = 100000 };

bool tr_process_is_own(void)
{
	return !__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED) &&
	       (uint64_t)tr_sys0(SYS_getpid) == tr.pid;
}

static void put_end(uint8_t how, uint32_t status)
{
	struct mt_end end = { how, status };
	struct tr_context *context = tr_enter();
	struct mt_out out;

	if (!context)
		return;
	out = tr_scratch(context);
	mt_put_end(&out, &end);
	tr_stream_put_scratch(context, MT_KIND_END, &out);
	tr_leave();
}

void tr_process_end(uint8_t how, uint32_t status)
{
	if (!tr_is_on() || !tr_process_is_own())
		return;
	tr_snapshot_at_exit(how == MT_END__EXIT ? MT_SNAPSHOT__EXIT : 0);
	put_end(how, status);
}

void tr_process_fatal(const struct mt_snapshot_thread *self, const struct tr_end_signal *signal)
{
	if (!tr_is_on())
		return;
	tr_snapshot_fatal(self, signal);
	put_end(MT_END_SIGNAL, (uint32_t)signal->number);
}

void tr_process_be_traced(void)
{
	const uint64_t until_ns = tr_monotonic_ns() + PATIENCE_NS;

	if (!tr.live->has_runner || tr.live->is_exit_snapshot_off || !tr_process_is_own())
		return;
	__atomic_store_n(&tr.control->mortem_pid, tr.pid, __ATOMIC_RELEASE);
	tr_channel_wake();
	while (__atomic_load_n(&tr.control->mortem_pid, __ATOMIC_ACQUIRE) == tr.pid &&
	       tr_monotonic_ns() < until_ns)
		tr_nap(NAP_NS);
}

static void put_fork(uint64_t token, uint64_t pid)
{
	struct mt_fork forked = { token, pid };
	struct tr_context *context = tr_enter();
	struct mt_out out;

	if (!context)
		return;
	out = tr_scratch(context);
	mt_put_fork(&out, &forked);
	tr_stream_put_scratch(context, MT_KIND_FORK, &out);
	tr_leave();
}

void tr_process_fork_begin(void)
{
	if (!tr_is_on())
		return;
	tr_fork_token = __atomic_add_fetch(&tr.live->n_tokens, 1, __ATOMIC_RELAXED);
	put_fork(tr_fork_token, 0);
}

void tr_process_fork_end(uint64_t pid)
{
	if (pid && tr_fork_token)
		put_fork(tr_fork_token, pid);
	tr_fork_token = 0;
}

struct tr_exec tr_process_exec(const char *path, uint8_t flags)
{
	struct mt_exec exec = { .flags = flags,
				.path = { path, strnlen(path, MT_STACK_BYTES_MAX / 2) } };
	struct tr_context *context;
	struct mt_out out;

	if (!tr_is_on() || __atomic_load_n(&tr.live->is_closed, __ATOMIC_ACQUIRE))
		return (struct tr_exec){ 0 };
	if (!__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED) &&
	    !tr_target_takes_us(path, flags & MT_EXEC_SEARCH))
		exec.flags |= MT_EXEC_DETACHED;
	context = tr_enter();
	if (!context)
		return (struct tr_exec){ 0 };
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
	return (struct tr_exec){ exec.token, exec.token && !(exec.flags & MT_EXEC_DETACHED) };
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
