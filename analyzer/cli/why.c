/* SPDX-License-Identifier: Apache-2.0 */
/* why.c -- see why.h. */
#include "analyzer/cli/why.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/findings/roots.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int fail(const struct cmd_call *call, const char *name, const char *what)
{
	char message[300];

	snprintf(message, sizeof message, "\"%.60s\" %s", name, what);
	return cmd_usage_error(call->cmd, message);
}

static int find_finding(struct subject *subject, const struct cmd_call *call, const char *name)
{
	const struct an_findings *findings = subject->findings;
	size_t n = strlen(name), n_found = 0;

	for (uint32_t i = 0; i < findings->n_findings; i++) {
		const struct an_finding *finding = &findings->findings[i];

		if (strncmp(finding->id, name, 2) || n < 3 ||
		    strncmp(finding->fingerprint, name + 2, n - 2))
			continue;
		subject->finding = finding;
		n_found++;
	}
	if (n_found == 1)
		return EXIT_DONE;
	if (n_found)
		return fail(call, name, "begins more than one finding; give more of its digits");
	return fail(call, name, "is no finding of this trace; memtrace report lists them");
}

/* Hexadecimal digits; without 0x they begin with a figure, or it is a word. */
static bool is_address(const char *name, uint64_t *addr)
{
	char *end;

	*addr = strtoull(name, &end, 16);
	return *name >= '0' && *name <= '9' && !*end;
}

/* The first process that has any. */
static int find_type(struct subject *subject, const struct cmd_call *call, const char *name,
		     const struct an_findings_options *options)
{
	const struct an_session *session = subject->findings->session;

	for (uint32_t i = 0; i < session->n_processes; i++) {
		an_objects_free(subject->objects);
		subject->objects = an_objects_new(session, i, options->masks, options->n_masks);
		if (!subject->objects)
			continue;
		an_of_type_release(&subject->of_type);
		an_of_type_find(subject->objects, subject->findings->types, name,
				&subject->of_type);
		subject->type = name;
		subject->node = subject->of_type.greatest;
		if (subject->node != AN_NO_NODE)
			return EXIT_DONE;
	}
	return fail(call, name, session->n_snapshots
		    ? "is no finding (L-8c21f0), no address (0x55d0), and no type of anything "
		      "in the last snapshot"
		    : "cannot be looked up: the trace has no snapshot");
}

/* An address may be somebody else's in another process: the first one has it. */
static int find_address(struct subject *subject, const struct cmd_call *call, const char *name,
			uint64_t addr)
{
	const struct an_session *session = subject->findings->session;

	for (uint32_t i = 0; i < session->n_processes; i++) {
		if (!subject->findings->is_chosen[i])
			continue;
		an_objects_free(subject->objects);
		subject->objects = an_objects_new(session, i, NULL, 0);
		if (!subject->objects)
			continue;
		subject->node = an_graph_find(&subject->objects->graph, addr);
		if (subject->node != AN_NO_NODE)
			return EXIT_DONE;
	}
	if (!subject->objects && session->n_processes)
		return fail(call, name, "cannot be looked up: the trace has no snapshot");
	return fail(call, name, "lies in no allocation that the last snapshot knows");
}

int subject_find(struct subject *subject, const struct cmd_call *call, const char *name,
		 const struct an_findings_options *options)
{
	uint64_t addr;
	int exit_code;

	*subject = (struct subject){ .findings = an_findings_new(call->session, options),
				     .node = AN_NO_NODE };
	if (name[0] && name[1] == '-')
		exit_code = find_finding(subject, call, name);
	else if (is_address(name, &addr))
		exit_code = find_address(subject, call, name, addr);
	else
		exit_code = find_type(subject, call, name, options);
	if (exit_code)
		return exit_code;
	if (subject->finding && subject->finding->class != AN_CLASS_UNCLASSIFIED) {
		subject->objects = an_objects_new(call->session, subject->finding->example_process,
						  options->masks, options->n_masks);
		subject->node = an_graph_find(&subject->objects->graph, subject->finding->example);
	}
	if (subject->objects)
		subject->suppressed_by = an_leaks_suppress(subject->objects,
							   subject->findings->names,
							   options->suppressions);
	return EXIT_DONE;
}

void subject_release(struct subject *subject)
{
	free(subject->suppressed_by);
	an_of_type_release(&subject->of_type);
	an_objects_free(subject->objects);
	an_findings_free(subject->findings);
}

unsigned subject_put_type(FILE *to, const struct subject *subject, const struct an_held *held)
{
	const char *type = an_type_name_of_held(subject->findings->types,
						subject->objects->snapshot, held);

	if (!type)
		return 0;
	text_put(to, type);
	fputs("  ", to);
	return text_width(type) + 2;
}

unsigned subject_put_field(FILE *to, const struct subject *subject, const struct an_held *held,
			   uint64_t offset)
{
	const char *field = an_field_name_of_held(subject->findings->types,
						  subject->objects->snapshot, held, offset);
	int n;

	if (!field) {
		n = fprintf(to, "+%" PRIu64, offset);
		return n > 0 ? (unsigned)n : 0;
	}
	fputc('.', to);
	text_put(to, field);
	return text_width(field) + 1;
}

void subject_put_node(struct out *out, const struct subject *subject, uint32_t node,
		      unsigned column, struct an_line_list *list)
{
	const struct an_held *held = &subject->objects->snapshot->live[node];
	char bytes[TEXT_BYTES];
	int n = fprintf(out->to, "0x%" PRIx64 "  %s  ", held->addr,
			text_bytes(bytes, held->size, out->is_exact));

	column += subject_put_type(out->to, subject, held);
	an_stack_names_lines(subject->findings->names, held->stack, list);
	report_text_site(out, list, column + (unsigned)(n > 0 ? n : 0),
			 report_cwd(subject->findings->session));
}

static void put_name(FILE *to, const struct an_range *range)
{
	const char *slash = strrchr(range->name, '/');

	if (*range->name)
		text_put(to, slash && slash[1] ? slash + 1 : range->name);
	else
		fputs("memory the program mapped", to);
}

static void put_thread(FILE *to, const struct an_objects *objects, uint32_t root)
{
	const struct an_session *session = objects->session;
	uint32_t thread = an_objects_root_thread(objects, root);

	if (thread == AN_NONE) {
		fputs("a thread", to);
		return;
	}
	fprintf(to, "thread %" PRIu64, session->threads[thread].tid);
	if (*session->threads[thread].name) {
		fputs(" (", to);
		text_put(to, session->threads[thread].name);
		fputc(')', to);
	}
}

/* "config_cache (data of server)", "the stack of thread 4100 (worker)". */
static void put_place(FILE *to, const struct an_objects *objects,
		      const struct an_root_edge *edge)
{
	uint32_t root = an_root_edge_root(edge);
	enum an_root_kind kind = an_objects_root_kind(objects, root);
	const char *variable = an_root_variable(objects, edge);

	if (variable) {
		text_put(to, variable);
		fputs(kind == AN_ROOT_MODULE ? " (data of " : " (thread-local memory of ", to);
	} else {
		fputs(kind == AN_ROOT_MODULE ? "the data of "
		      : kind == AN_ROOT_STACK ? "the stack of "
		      : kind == AN_ROOT_TLS ? "the thread-local memory of " : "a register of ", to);
	}
	if (kind == AN_ROOT_MODULE)
		put_name(to, an_objects_root_range(objects, root));
	else
		put_thread(to, objects, root);
	if (variable)
		fputc(')', to);
}

void put_unloaded(FILE *to, const struct an_session *session, const struct an_unloaded *unloaded)
{
	const char *path = session->modules[unloaded->module].path;
	const char *slash = strrchr(path, '/'), *variable = an_unloaded_variable(session, unloaded);
	char time[TEXT_BYTES];

	if (variable) {
		text_put(to, variable);
		fputs(" (data of ", to);
	} else {
		fputs("the data of ", to);
	}
	text_put(to, slash && slash[1] ? slash + 1 : path);
	fprintf(to, "%s, which was unloaded at %s", variable ? ")" : "",
		text_duration(time, unloaded->at_ns));
}

void subject_put_root_name(FILE *to, const struct an_objects *objects,
			   const struct an_root_edge *edge)
{
	uint32_t root = an_root_edge_root(edge);

	switch (an_objects_root_kind(objects, root)) {
	case AN_ROOT_MODULE:
	case AN_ROOT_STACK:
	case AN_ROOT_TLS:
	case AN_ROOT_REGISTERS:
		put_place(to, objects, edge);
		break;
	case AN_ROOT_LOADER:
		fputs("the dynamic loader, which made it", to);
		break;
	case AN_ROOT_DECLARED:
		fputs("memtrace_root", to);
		break;
	case AN_ROOT_KERNEL:
		fputs("the kernel (", to);
		put_name(to, an_objects_root_range(objects, root));
		fputc(')', to);
		break;
	case AN_ROOT_FREED:
		fputs("memory that was freed", to);
		break;
	case AN_ROOT_ALLOCATOR:
		fputs("memory of the allocator", to);
		break;
	case AN_ROOT_DEAD_FRAME:
		fputs("a function that has returned", to);
		break;
	case AN_ROOT_DEAD_THREAD:
		fputs("the stack of a thread that is gone", to);
		break;
	case AN_ROOT_INHERITED:
		fputs("memory from before the fork", to);
		break;
	default:
		put_name(to, an_objects_root_range(objects, root));
	}
}

void subject_put_root(struct out *out, const struct an_objects *objects,
		      const struct an_root_edge *edge)
{
	uint32_t root = an_root_edge_root(edge);
	enum an_root_kind kind = an_objects_root_kind(objects, root);

	subject_put_root_name(out->to, objects, edge);
	if (kind == AN_ROOT_DECLARED ||
	    (an_objects_root_range(objects, root) && kind != AN_ROOT_KERNEL))
		fprintf(out->to, ", at 0x%" PRIx64, edge->slot);
}

void subject_put_edge(FILE *to, const struct subject *subject, uint32_t from,
		      const struct an_edge *edge)
{
	subject_put_field(to, subject, &subject->objects->snapshot->live[from],
			  an_edge_offset(*edge));
	if (an_edge_kind(*edge) != AN_EDGE_START)
		fprintf(to, " (%s)", an_edge_kind_name(an_edge_kind(*edge)));
}
