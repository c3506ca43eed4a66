/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.c -- how programs begin, turn into others, and end.
 *
 * The trace's ids are claims. A process gets its parent once, and only while
 * nobody calls it a parent itself, so that parents never form a ring.
 */
#include "analyzer/heap/replay.h"

#include <string.h>

static struct an_process_state *new_process(struct an_replay *replay, uint32_t id)
{
	struct an_process_state *process = xcalloc(1, sizeof(*process));

	process->index = (uint32_t)replay->processes.n;
	process->first_ticks = UINT64_MAX;
	process->out.trace_id = id;
	process->out.parent = AN_NONE;
	process->out.snapshot = AN_NONE;
	process->out.exe = process->out.cwd = "";
	u64map_init(&process->live, sizeof(struct an_allocation));
	u64map_init(&process->definitions, sizeof(struct an_definition));
	struct u64map *const links[] = { &process->waiting, &process->site_of,
					 &process->thread_of, &process->thread_of_tid,
					 &process->module_of, &process->graves,
					 &process->freed_inherited };

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		u64map_init(links[i], sizeof(struct an_link));
	*VEC_PUSH(&replay->processes) = process;
	return process;
}

void an_process_release(struct an_process_state *process)
{
	struct u64map *const maps[] = { &process->live, &process->definitions,
					&process->waiting, &process->site_of,
					&process->thread_of, &process->thread_of_tid,
					&process->module_of, &process->graves,
					&process->freed_inherited };

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		u64map_release(maps[i]);
	VEC_RELEASE(&process->modules);
	VEC_RELEASE(&process->lost_modules);
	VEC_RELEASE(&process->grave);
	an_error_forget(process);
	an_snapshot_release(process);
	an_annotations_release(process);
	free(process);
}

struct an_process_state *an_process_by_id(struct an_replay *replay, uint32_t id)
{
	bool is_new;
	struct an_link *link = u64map_put(&replay->process_of, id, &is_new);

	if (!is_new)
		return replay->processes.at[link->value];
	link->value = replay->processes.n;
	return new_process(replay, id);
}

/* A new image knows only the token of the exec that made it. */
static uint32_t parent_of(const struct an_replay *replay, const struct mt_process *told)
{
	const struct an_link *link = u64map_get(&replay->process_of, told->parent);
	const struct an_token *token = u64map_get(&replay->tokens, told->token);

	if (told->parent)
		return link ? (uint32_t)link->value : AN_NONE;
	return told->token && token && token->path ? token->process : AN_NONE;
}

static void link_parent(struct an_replay *replay, struct an_process_state *process,
			uint32_t parent)
{
	if (!process->is_linked && parent != AN_NONE && parent != process->index) {
		process->out.parent = parent;
		replay->processes.at[parent]->is_linked = true;
	}
	process->is_linked = true;
}

/* The parent's image ends where one of the same pid begins. */
static void replace_parent(struct an_replay *replay, struct an_process_state *process,
			   uint64_t ticks)
{
	struct an_process_state *parent;

	if (process->out.parent == AN_NONE)
		return;
	parent = replay->processes.at[process->out.parent];
	if (parent->out.pid != process->out.pid || parent->out.end_how == MT_END_EXEC)
		return;
	process->out.is_image_of_parent = true;
	parent->out.end_how = MT_END_EXEC;
	parent->out.end_status = 0;
	parent->out.end_ns = ticks;
	an_fork_over_later(replay, parent, 0, replay->limit);
}

static void answer_exec(struct an_replay *replay, uint64_t token)
{
	struct an_token *entry;

	if (!token)
		return;
	entry = u64map_put(&replay->tokens, token, NULL);
	entry->is_answered = true;
}

static void describe(struct an_replay *replay, struct an_process_state *process,
		     const struct mt_process *told, uint64_t ticks)
{
	struct an_process *out = &process->out;

	process->is_known = true;
	process->n_stacks_inherited = told->origin == MT_ORIGIN_FORK ? told->n_stacks : 0;
	out->origin = told->origin;
	out->pid = told->pid;
	out->ppid = told->ppid;
	out->page_bytes = told->page_bytes;
	out->start_ns = ticks;
	out->is_command_cut = told->is_command_cut;
	out->exe = strpool_intern(&replay->strings, told->exe.bytes, told->exe.n_bytes);
	out->cwd = strpool_intern(&replay->strings, told->cwd.bytes, told->cwd.n_bytes);
	out->argv = an_arguments(replay, told->command, &out->n_argv);
}

int an_image_begin(struct an_replay *replay, struct an_stream *stream,
		   const struct mt_record *record)
{
	struct mt_process told;
	struct an_process_state *process = stream->process;
	struct an_link *by_pid;

	if (mt_get_process(record, &told) < 0)
		return MT_ERR_RECORD;
	if (process->is_known || told.id != process->out.trace_id)
		return MT_OK;
	describe(replay, process, &told, record->time);
	link_parent(replay, process, parent_of(replay, &told));
	if (told.origin == MT_ORIGIN_FORK && process->out.parent != AN_NONE)
		an_fork_begin(replay, process, told.token, record->time);
	if (told.origin == MT_ORIGIN_EXEC) {
		answer_exec(replay, told.token);
		replace_parent(replay, process, record->time);
	}
	by_pid = u64map_put(&replay->process_of_pid, told.pid, NULL);
	by_pid->value = process->index;
	return MT_OK;
}

int an_image_fork(struct an_replay *replay, struct an_stream *stream,
		  const struct mt_record *record)
{
	struct mt_fork told;

	if (mt_get_fork(record, &told) < 0)
		return MT_ERR_RECORD;
	if (told.token)
		an_fork_announce(replay, stream->process, told.token, record->time);
	return MT_OK;
}

int an_image_exec(struct an_replay *replay, struct an_stream *stream,
		  const struct mt_record *record)
{
	struct mt_exec told;
	struct an_token *entry;
	bool is_new;

	if (mt_get_exec(record, &told) < 0)
		return MT_ERR_RECORD;
	if (!told.token)
		return MT_OK;
	entry = u64map_put(&replay->tokens, told.token, &is_new);
	if (!is_new)
		return MT_OK;
	entry->process = stream->process->index;
	entry->ticks = record->time;
	entry->flags = told.flags;
	entry->path = strpool_intern(&replay->strings, told.path.bytes, told.path.n_bytes);
	return MT_OK;
}

int an_image_exec_failed(struct an_replay *replay, struct an_stream *stream,
			 const struct mt_record *record)
{
	struct mt_exec_failed told;

	(void)stream;
	if (mt_get_exec_failed(record, &told) < 0)
		return MT_ERR_RECORD;
	answer_exec(replay, told.token);
	return MT_OK;
}

int an_image_end(struct an_replay *replay, struct an_stream *stream,
		 const struct mt_record *record)
{
	struct mt_end told;
	struct an_process *out = &stream->process->out;

	if (mt_get_end(record, &told) < 0)
		return MT_ERR_RECORD;
	if (told.how >= MT_N_ENDS || out->end_how == MT_END_EXEC)
		return MT_OK;
	out->end_how = told.how;
	out->end_status = told.status;
	out->end_ns = record->time;
	an_fork_over_later(replay, stream->process, 0, replay->limit);
	return MT_OK;
}

const char *const *an_arguments(struct an_replay *replay, struct mt_text text, uint32_t *n)
{
	const char *at = text.bytes, *end = text.bytes + text.n_bytes;
	const char **arguments;

	*n = 0;
	for (size_t i = 0; i < text.n_bytes; i++)
		*n += !text.bytes[i];
	*n += text.n_bytes && text.bytes[text.n_bytes - 1];
	arguments = arena_alloc(&replay->arena, *n + 1u, sizeof(*arguments));
	for (uint32_t i = 0; i < *n; i++) {
		size_t n_bytes = strnlen(at, (size_t)(end - at));

		arguments[i] = arena_text(&replay->arena, at, n_bytes);
		at += n_bytes + 1;
	}
	return arguments;
}
