/* SPDX-License-Identifier: Apache-2.0 */
/* errors.c -- see errors.h. */
#include "analyzer/findings/errors.h"
#include "analyzer/base/indexset.h"
#include "analyzer/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

const char *an_error_sentence(const struct an_error *error)
{
	switch (error->kind) {
	case AN_ERROR_DOUBLE_FREE:
		return "Freed twice";
	case AN_ERROR_INVALID_FREE:
		return "What was freed is no allocation";
	case AN_ERROR_MISMATCHED_FREE:
		return "Released by the wrong function";
	default:
		return error->is_align_wrong ? "Released with another alignment"
					     : "Released with another size";
	}
}

static const char *module_name(const struct an_session *session, const struct an_error *error)
{
	const char *path = error->module == AN_NONE ? "" : session->modules[error->module].path;
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What went wrong stands before the stack, as if it were a function of the
 * system's. */
static void fingerprint_of(const struct an_stack_names *names, const struct an_error *error,
			   struct an_line_list *list, char *to)
{
	struct an_line_list whole = { 0 };

	list->n = 0;
	if (error->stack)
		an_stack_names_lines(names, error->stack, list);
	whole.n = list->n + 2;
	whole.at = xcalloc(whole.n, sizeof *whole.at);
	whole.at[0] = (struct an_named_line){ .function = an_error_name(error->kind),
					      .module = module_name(names->session, error),
					      .owner = AN_OWNER_SYSTEM };
	whole.at[1] = (struct an_named_line){ .function = an_release_name(error->release),
					      .owner = AN_OWNER_SYSTEM };
	if (list->n)
		memcpy(whole.at + 2, list->at, list->n * sizeof *list->at);
	an_fingerprint(to, &whole);
	free(whole.at);
}

struct builder {
	struct an_error_list *list;
	struct indexset set;
	const char *wanted;
};

static bool is_wanted(void *context, uint32_t index)
{
	const struct builder *builder = context;

	return !strcmp(builder->list->at[index].fingerprint, builder->wanted);
}

static void add_process(struct an_error_list *list, struct an_error_finding *finding,
			uint32_t process)
{
	uint32_t *processes;

	if (finding->n_processes && finding->processes[finding->n_processes - 1] == process)
		return;
	processes = arena_alloc(&list->arena, finding->n_processes + 1, sizeof *processes);
	if (finding->n_processes)
		memcpy(processes, finding->processes, finding->n_processes * sizeof *processes);
	processes[finding->n_processes++] = process;
	finding->processes = processes;
}

static void add(struct builder *builder, const struct an_error *error,
		const char *fingerprint)
{
	struct an_error_list *list = builder->list;
	uint64_t hash = hash_bytes(1, fingerprint, AN_FINGERPRINT_DIGITS);
	uint32_t index;

	builder->wanted = fingerprint;
	index = indexset_intern(&builder->set, hash, list->n, is_wanted, builder);
	struct an_error_finding *finding = &list->at[index];

	if (index == list->n) {
		list->n++;
		finding->error = error;
		memcpy(finding->fingerprint, fingerprint, sizeof finding->fingerprint);
	}
	finding->n += error->n;
	finding->bytes += error->bytes;
	add_process(list, finding, error->process);
}

static size_t n_common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

static int compare_fingerprints(const void *left, const void *right)
{
	const struct an_error_finding *a = left, *b = right;

	return strcmp(a->fingerprint, b->fingerprint);
}

/* As many digits as tell it from its neighbours in the sorted list. */
static void name_them(struct an_error_list *list)
{
	qsort(list->at, list->n, sizeof *list->at, compare_fingerprints);
	for (uint32_t i = 0; i < list->n; i++) {
		struct an_error_finding *finding = &list->at[i];
		const char *own = finding->fingerprint;
		size_t n_before = i ? n_common(own, finding[-1].fingerprint) + 1 : 0;
		size_t n_after = i + 1 < list->n ? n_common(own, finding[1].fingerprint) + 1 : 0;
		size_t n_digits = n_before > n_after ? n_before : n_after;

		n_digits = n_digits > 6 ? n_digits : 6;
		memcpy(finding->id, "E-", 2);
		memcpy(finding->id + 2, own, n_digits);
		finding->id[2 + n_digits] = 0;
	}
}

static int compare(const void *left, const void *right)
{
	const struct an_error_finding *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return strcmp(a->id, b->id);
}

void an_error_list_init(struct an_error_list *list, const struct an_stack_names *names,
			const bool *is_chosen)
{
	const struct an_session *session = names->session;
	struct builder builder = { .list = list };
	struct an_line_list lines = { 0 };
	char fingerprint[AN_FINGERPRINT_DIGITS + 1];

	memset(list, 0, sizeof *list);
	list->at = arena_alloc(&list->arena, session->n_errors, sizeof *list->at);
	for (uint32_t i = 0; i < session->n_errors; i++) {
		const struct an_error *error = &session->errors[i];

		if (!is_chosen[error->process])
			continue;
		list->sums[error->kind] += error->n;
		fingerprint_of(names, error, &lines, fingerprint);
		add(&builder, error, fingerprint);
	}
	name_them(list);
	qsort(list->at, list->n, sizeof *list->at, compare);
	indexset_release(&builder.set);
	free(lines.at);
}

void an_error_list_release(struct an_error_list *list)
{
	arena_release(&list->arena);
	memset(list, 0, sizeof *list);
}
