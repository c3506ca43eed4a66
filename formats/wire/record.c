/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c -- the payloads of extended records, but for stacks (stack.c): each
 * is its struct's fields in the order of the declaration, numbers as ULEB128,
 * flags and small enums as one byte, texts as length and bytes.
 */
#include "formats/wire/payload.h"

void mt_put_fill(struct mt_out *out, const struct mt_fill *fill)
{
	mt_put_uleb(out, fill->monotonic_ns);
}

int mt_get_fill(const struct mt_record *record, struct mt_fill *fill)
{
	struct mt_in in = mt_payload_in(record);

	fill->monotonic_ns = mt_get_uleb(&in);
	return mt_payload_status(&in);
}

void mt_put_thread(struct mt_out *out, const struct mt_thread *thread)
{
	mt_put_uleb(out, thread->id);
	mt_put_uleb(out, thread->tid);
	mt_put_u8(out, thread->is_nested);
	mt_put_text(out, thread->name);
}

int mt_get_thread(const struct mt_record *record, struct mt_thread *thread)
{
	struct mt_in in = mt_payload_in(record);

	thread->id = mt_get_u32(&in);
	thread->tid = mt_get_uleb(&in);
	thread->is_nested = mt_get_u8(&in);
	thread->name = mt_get_text(&in);
	return mt_payload_status(&in);
}

void mt_put_thread_name(struct mt_out *out, const struct mt_thread_name *name)
{
	mt_put_uleb(out, name->tid);
	mt_put_text(out, name->name);
}

int mt_get_thread_name(const struct mt_record *record, struct mt_thread_name *name)
{
	struct mt_in in = mt_payload_in(record);

	name->tid = mt_get_uleb(&in);
	name->name = mt_get_text(&in);
	return mt_payload_status(&in);
}

void mt_put_process(struct mt_out *out, const struct mt_process *process)
{
	mt_put_uleb(out, process->id);
	mt_put_uleb(out, process->parent);
	mt_put_u8(out, process->origin);
	mt_put_uleb(out, process->token);
	mt_put_uleb(out, process->pid);
	mt_put_uleb(out, process->ppid);
	mt_put_uleb(out, process->realtime_ns);
	mt_put_uleb(out, process->n_stacks);
	mt_put_uleb(out, process->page_bytes);
	mt_put_text(out, process->exe);
	mt_put_text(out, process->cwd);
	mt_put_text(out, process->command);
	mt_put_u8(out, process->is_command_cut);
}

int mt_get_process(const struct mt_record *record, struct mt_process *process)
{
	struct mt_in in = mt_payload_in(record);

	process->id = mt_get_u32(&in);
	process->parent = mt_get_u32(&in);
	process->origin = mt_get_u8(&in);
	process->token = mt_get_uleb(&in);
	process->pid = mt_get_uleb(&in);
	process->ppid = mt_get_uleb(&in);
	process->realtime_ns = mt_get_uleb(&in);
	process->n_stacks = mt_get_uleb(&in);
	process->page_bytes = mt_get_u32(&in);
	process->exe = mt_get_text(&in);
	process->cwd = mt_get_text(&in);
	process->command = mt_get_text(&in);
	process->is_command_cut = mt_get_u8(&in);
	return mt_payload_status(&in);
}

void mt_put_module(struct mt_out *out, const struct mt_module *module)
{
	mt_put_uleb(out, module->id);
	mt_put_uleb(out, module->generation);
	mt_put_uleb(out, module->bias);
	mt_put_uleb(out, module->start);
	mt_put_uleb(out, module->end);
	mt_put_text(out, module->path);
	mt_put_text(out, module->build_id);
}

int mt_get_module(const struct mt_record *record, struct mt_module *module)
{
	struct mt_in in = mt_payload_in(record);

	module->id = mt_get_u32(&in);
	module->generation = mt_get_u32(&in);
	module->bias = mt_get_uleb(&in);
	module->start = mt_get_uleb(&in);
	module->end = mt_get_uleb(&in);
	module->path = mt_get_text(&in);
	module->build_id = mt_get_text(&in);
	if (module->end < module->start)
		in.is_bad = true;
	return mt_payload_status(&in);
}

void mt_put_module_gone(struct mt_out *out, const struct mt_module_gone *gone)
{
	mt_put_uleb(out, gone->id);
	mt_put_uleb(out, gone->generation);
}

int mt_get_module_gone(const struct mt_record *record, struct mt_module_gone *gone)
{
	struct mt_in in = mt_payload_in(record);

	gone->id = mt_get_u32(&in);
	gone->generation = mt_get_u32(&in);
	return mt_payload_status(&in);
}

void mt_put_realloc_end(struct mt_out *out, const struct mt_realloc_end *end)
{
	mt_put_u8(out, end->is_freed);
}

int mt_get_realloc_end(const struct mt_record *record, struct mt_realloc_end *end)
{
	struct mt_in in = mt_payload_in(record);

	end->is_freed = mt_get_u8(&in);
	return mt_payload_status(&in);
}

void mt_put_exec(struct mt_out *out, const struct mt_exec *exec)
{
	mt_put_uleb(out, exec->token);
	mt_put_u8(out, exec->flags);
	mt_put_text(out, exec->path);
}

int mt_get_exec(const struct mt_record *record, struct mt_exec *exec)
{
	struct mt_in in = mt_payload_in(record);

	exec->token = mt_get_uleb(&in);
	exec->flags = mt_get_u8(&in);
	exec->path = mt_get_text(&in);
	return mt_payload_status(&in);
}

void mt_put_exec_failed(struct mt_out *out, const struct mt_exec_failed *failed)
{
	mt_put_uleb(out, failed->token);
	mt_put_uleb(out, failed->error);
}

int mt_get_exec_failed(const struct mt_record *record, struct mt_exec_failed *failed)
{
	struct mt_in in = mt_payload_in(record);

	failed->token = mt_get_uleb(&in);
	failed->error = mt_get_u32(&in);
	return mt_payload_status(&in);
}

void mt_put_free_stack(struct mt_out *out, const struct mt_free_stack *free_stack)
{
	mt_put_uleb(out, free_stack->stack);
}

int mt_get_free_stack(const struct mt_record *record, struct mt_free_stack *free_stack)
{
	struct mt_in in = mt_payload_in(record);

	free_stack->stack = mt_get_u32(&in);
	return mt_payload_status(&in);
}

void mt_put_fork(struct mt_out *out, const struct mt_fork *fork_record)
{
	mt_put_uleb(out, fork_record->token);
	mt_put_uleb(out, fork_record->pid);
}

int mt_get_fork(const struct mt_record *record, struct mt_fork *fork_record)
{
	struct mt_in in = mt_payload_in(record);

	fork_record->token = mt_get_uleb(&in);
	fork_record->pid = mt_get_uleb(&in);
	return mt_payload_status(&in);
}

void mt_put_end(struct mt_out *out, const struct mt_end *end)
{
	mt_put_u8(out, end->how);
	mt_put_uleb(out, end->status);
}

int mt_get_end(const struct mt_record *record, struct mt_end *end)
{
	struct mt_in in = mt_payload_in(record);

	end->how = mt_get_u8(&in);
	end->status = mt_get_u32(&in);
	return mt_payload_status(&in);
}
