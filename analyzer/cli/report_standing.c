/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_standing.c -- see report_standing.h.
 *
 * Of a process that a signal ended, what is shown is what the crashing thread
 * left; if nothing could look then (SIGKILL), the last snapshot says where the
 * threads stood before.
 */
#include "analyzer/cli/report_standing.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/report_tree.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* The standings of one snapshot, or of an end without one: [first, first + n). */
struct group {
	const struct an_standing *first;
	uint32_t n;
};

static struct group next_group(const struct an_session *session, uint32_t at)
{
	struct group group = { &session->standings[at], 0 };

	while (at + group.n < session->n_standings &&
	       group.first[group.n].process == group.first->process &&
	       group.first[group.n].snapshot == group.first->snapshot)
		group.n++;
	return group;
}

/* What tells most of how the process ended; n is 0 without any. */
static struct group group_of_end(const struct an_session *session, uint32_t process)
{
	struct group best = { NULL, 0 }, group;

	if (session->processes[process].end_how != MT_END_SIGNAL)
		return best;
	for (uint32_t at = 0; at < session->n_standings; at += group.n) {
		group = next_group(session, at);
		if (group.first->process != process)
			continue;
		if (!best.n || group.first->signal || !best.first->signal)
			best = group;
	}
	return best;
}

static struct group group_of_snapshot(const struct an_session *session, uint32_t snapshot)
{
	struct group group;

	for (uint32_t at = 0; at < session->n_standings; at += group.n) {
		group = next_group(session, at);
		if (group.first->snapshot == snapshot)
			return group;
	}
	return (struct group){ NULL, 0 };
}

static const char *thread_name(const struct an_session *session,
			       const struct an_standing *standing)
{
	for (uint32_t i = 0; i < session->n_threads; i++)
		if (session->threads[i].process == standing->process &&
		    session->threads[i].tid == standing->tid)
			return session->threads[i].name;
	return "";
}

static const char *signal_name(char to[TEXT_BYTES], uint32_t number)
{
	const char *name = number < 65 ? sigabbrev_np((int)number) : NULL;

	if (name)
		snprintf(to, TEXT_BYTES, "SIG%s", name);
	else
		snprintf(to, TEXT_BYTES, "signal %u", number);
	return to;
}

/* What the processor objected to; NULL for a signal that was sent. */
static const char *fault_name(const struct an_standing *standing)
{
	switch (standing->signal) {
	case SIGSEGV:
		return standing->code == SEGV_MAPERR ? "no memory there"
			: standing->code == SEGV_ACCERR ? "memory not to be used so" : NULL;
	case SIGBUS:
		return standing->code == BUS_ADRERR ? "beyond the end of a file" : NULL;
	case SIGFPE:
		return standing->code == FPE_INTDIV ? "division by zero" : NULL;
	default:
		return NULL;
	}
}

static void put_thread(struct out *out, const struct an_findings *findings,
		       const struct an_standing *standing, const struct report_options *options)
{
	struct report_stack_style style = { options->depth, options->is_full, 8,
					    report_cwd(findings->session) };
	const char *name = thread_name(findings->session, standing);
	const char *fault = fault_name(standing);
	struct an_line_list list = { 0 };
	char signal[TEXT_BYTES];

	fputs("      ", out->to);
	if (standing->signal)
		out_style(out, OUT_STRONG);
	fprintf(out->to, "thread %llu", (unsigned long long)standing->tid);
	if (*name) {
		fputs(" (", out->to);
		text_put(out->to, name);
		fputs(")", out->to);
	}
	if (standing->signal)
		fprintf(out->to, ": %s", signal_name(signal, standing->signal));
	if (fault && standing->signal != SIGFPE)
		fprintf(out->to, " at 0x%llx, %s", (unsigned long long)standing->address, fault);
	else if (fault)
		fprintf(out->to, ", %s", fault);
	out_style(out, OUT_PLAIN);
	fputc('\n', out->to);
	an_stack_names_lines(findings->names, standing->stack, &list);
	report_text_stack(out, &list, &style);
	free(list.at);
}

static void put_group(struct out *out, const struct an_findings *findings,
		      const struct group *group, const struct report_options *options,
		      uint64_t n_shown)
{
	char count[TEXT_BYTES];

	for (uint32_t i = 0; i < group->n && i < n_shown; i++)
		put_thread(out, findings, &group->first[i], options);
	if (group->n > n_shown)
		fprintf(out->to, "      … and %s more (--top=N or --full)\n",
			text_plural(count, group->n - n_shown, "thread", "threads"));
}

static void put_process(struct out *out, const struct an_session *session, uint32_t index)
{
	const struct an_process *process = &session->processes[index];
	const char *name = process->n_argv ? process->argv[0] : process->exe;
	const char *slash = strrchr(name, '/');

	fprintf(out->to, "  process %u, ", process->id);
	text_put(out->to, slash && slash[1] ? slash + 1 : name);
}

static void put_crash(struct out *out, const struct an_session *session, uint32_t process,
		      const struct group *group)
{
	const struct an_process *ended = &session->processes[process];
	char signal[TEXT_BYTES], at[TEXT_BYTES];

	put_process(out, session, process);
	fprintf(out->to, ", by %s%s", signal_name(signal, ended->end_status),
		ended->is_core_dumped ? " (core dumped)" : "");
	if (!group->first->signal && group->first->snapshot != AN_NONE &&
	    session->snapshots[group->first->snapshot].why != MT_SNAPSHOT_POST_MORTEM)
		fprintf(out->to, "; at %s its threads had stood here",
			text_duration(at, session->snapshots[group->first->snapshot].at_ns));
	fputc('\n', out->to);
}

void report_text_crashes(struct out *out, const struct an_findings *findings,
			 const struct report_options *options, uint64_t n_shown)
{
	const struct an_session *session = findings->session;
	uint64_t n = 0;

	for (uint32_t i = 0; i < session->n_processes && n < n_shown; i++) {
		struct group group = { NULL, 0 };

		if (findings->is_chosen[i])
			group = group_of_end(session, i);
		if (!group.n)
			continue;
		if (!n++) {
			fputc('\n', out->to);
			out_style(out, OUT_HEAD);
			fputs("KILLED\n", out->to);
			out_style(out, OUT_PLAIN);
		}
		put_crash(out, session, i, &group);
		put_group(out, findings, &group, options, n_shown);
	}
}

static void put_json(struct json *json, const struct an_findings *findings,
		     const struct an_standing *standing)
{
	struct an_line_list list = { 0 };

	out_json_open_object(json, NULL);
	out_json_uint(json, "tid", standing->tid);
	out_json_text(json, "name", thread_name(findings->session, standing));
	if (standing->signal)
		out_json_uint(json, "signal", standing->signal);
	else
		out_json_null(json, "signal");
	if (fault_name(standing) && standing->signal != SIGFPE)
		out_json_address(json, "address", standing->address);
	else
		out_json_null(json, "address");
	an_stack_names_lines(findings->names, standing->stack, &list);
	report_json_stack(json, "stack", &list, report_cwd(findings->session), UINT64_MAX);
	out_json_close_object(json);
	free(list.at);
}

void report_json_standings(struct json *json, const struct an_findings *findings,
			   uint32_t process, uint32_t snapshot)
{
	const struct an_session *session = findings->session;
	struct group group = snapshot == AN_NONE ? group_of_end(session, process)
						 : group_of_snapshot(session, snapshot);

	out_json_open_array(json, "standing");
	for (uint32_t i = 0; i < group.n; i++)
		put_json(json, findings, &group.first[i]);
	out_json_close_array(json);
}

void report_text_standings(struct out *out, const struct an_findings *findings)
{
	const struct report_options all = { .is_full = true, .depth = UINT64_MAX };
	const struct an_session *session = findings->session;
	struct group group;

	if (!session->n_standings)
		fputs("The trace does not say where threads stood.\n", out->to);
	for (uint32_t at = 0; at < session->n_standings; at += group.n) {
		const struct an_snapshot *snapshot;
		char time[TEXT_BYTES];

		group = next_group(session, at);
		snapshot = group.first->snapshot == AN_NONE
			? NULL : &session->snapshots[group.first->snapshot];
		put_process(out, session, group.first->process);
		if (snapshot)
			fprintf(out->to, ", snapshot %u (%s) at %s", snapshot->number,
				an_snapshot_why_name(snapshot->why)
					? an_snapshot_why_name(snapshot->why) : "?",
				text_duration(time, snapshot->at_ns));
		fputc('\n', out->to);
		put_group(out, findings, &group, &all, UINT64_MAX);
	}
}
