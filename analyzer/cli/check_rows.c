/* SPDX-License-Identifier: Apache-2.0 */
/* check_rows.c -- see check_rows.h. */
#include "analyzer/cli/check_rows.h"
#include "analyzer/base/xalloc.h"
#include "analyzer/cli/out_text.h"
#include "formats/export/test_frame.h"
#include "version.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct check_rows {
	struct arena arena;
	char root[PATH_MAX];             /* ends without a slash */
	struct mt_export at;
};

static const char *clean(struct check_rows *rows, const char *text)
{
	size_t n, n_text;
	char *to;

	if (!text)
		return NULL;
	n_text = strlen(text);
	n = text_escape(NULL, 0, text, n_text);
	to = arena_alloc(&rows->arena, n + 1, 1);
	text_escape(to, n + 1, text, n_text);
	return to;
}

static const char *print(struct check_rows *rows, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static const char *print(struct check_rows *rows, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	const char *copy;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	copy = clean(rows, text ? text : "");
	free(text);
	return copy;
}

/* Where the name before the end of a path that ends with a slash begins. */
static char *last_name(char *begin, char *end)
{
	char *slash = end > begin ? memrchr(begin, '/', (size_t)(end - 1 - begin)) : NULL;

	return slash ? slash + 1 : begin;
}

/* Without "." and with ".." taken off the name before it; as compilers write them,
 * none of those is a link that anybody meant. */
static char *shorten(struct check_rows *rows, const char *path)
{
	char *to = arena_alloc(&rows->arena, strlen(path) + 2, 1), *begin = to, *whole = to;

	if (*path == '/')
		begin = stpcpy(to, "/");
	for (to = begin; *path; path += *path == '/') {
		size_t n = strcspn(path, "/");
		char *before = last_name(begin, to);

		if (n == 2 && !memcmp(path, "..", 2) && to > begin && memcmp(before, "../", 3)) {
			to = before;
		} else if (n && !(n == 1 && *path == '.')) {
			to = mempcpy(to, path, n);
			*to++ = '/';
		}
		path += n;
	}
	to[to > begin ? -1 : 0] = '\0';
	return whole;
}

static const char *place_of(struct check_rows *rows, const char *file)
{
	return file ? clean(rows, text_relative(shorten(rows, file), rows->root)) : NULL;
}

static void find_root(char root[PATH_MAX])
{
	char cwd[PATH_MAX], *slash;

	if (!getcwd(cwd, sizeof cwd)) {
		*root = '\0';
		return;
	}
	for (strcpy(root, cwd); *root; *slash = '\0') {
		char git[PATH_MAX + 8];

		snprintf(git, sizeof git, "%s/.git", root);
		if (!access(git, F_OK))
			return;
		slash = strrchr(root, '/');
	}
	strcpy(root, cwd);
}

static const struct mt_export_frame *fill_frames(struct check_rows *rows,
						 const struct an_gate_row *row)
{
	struct mt_export_frame *frames = arena_alloc(&rows->arena, row->n_lines + 1,
						     sizeof *frames);

	for (uint32_t i = 0; i < row->n_lines; i++) {
		const struct an_named_line *line = &row->lines[i];

		frames[i] = (struct mt_export_frame){
			.function = clean(rows, line->function), .file = place_of(rows, line->file),
			.module = clean(rows, line->module), .path = clean(rows, line->path),
			.address = line->address, .line = line->line, .n_cut = line->n_cut,
			.is_cut = line->is_cut, .is_inlined = line->is_inlined,
			.is_foreign = line->owner == AN_OWNER_SYSTEM,
		};
	}
	return frames;
}

static void fill_test(struct check_rows *rows, struct mt_export_finding *to)
{
	struct mt_export_test *test = arena_alloc(&rows->arena, 1, sizeof *test);
	char *name = arena_alloc(&rows->arena, 512, 1);

	if (!mt_export_find_test(to->frames, to->n_frames, name, 512, test))
		return;
	to->tests = test;
	to->n_tests = 1;
}

static void fill_traces(struct check_rows *rows, const struct an_gate_row *row,
			struct mt_export_finding *to)
{
	uint32_t *traces = arena_alloc(&rows->arena, row->n_parts + 1, sizeof *traces);

	for (uint32_t i = 0; i < row->n_parts; i++)
		traces[i] = row->parts[i].trace;
	to->traces = traces;
	to->n_traces = row->n_parts;
}

/* "The last pointer was lost: 96 B in 3 allocations, made by read_line" */
static void fill_message(struct check_rows *rows, const struct an_gate_row *row,
			 struct mt_export_finding *to)
{
	char sentence[128], bytes[TEXT_BYTES], count[TEXT_BYTES];
	const char *function = row->n_lines ? row->lines[row->responsible].function : NULL;

	to->title = clean(rows, check_sentence(sentence, row));
	to->size = clean(rows, text_bytes(bytes, row->retained_bytes, cmd_settings.is_exact));
	if (row->is_error)
		text_plural(count, row->n, "time", "times");
	else
		text_plural(count, row->n, "allocation", "allocations");
	to->message = print(rows, "%s: %s%s%s%s%s", to->title, row->is_error ? "" : to->size,
			    row->is_error ? "" : " in ", count,
			    !function ? "" : row->is_error ? ", by " : ", made by ",
			    function ? function : "");
}

static enum mt_export_level level_of(const struct an_gate_row *row)
{
	if (row->is_over)
		return MT_EXPORT_ERROR;
	if (row->status == AN_GATE_KNOWN || row->status == AN_GATE_ELSEWHERE)
		return MT_EXPORT_NOTE;
	return row->is_error || row->class == AN_CLASS_DEFINITE || row->class == AN_CLASS_POSSIBLE
	       ? MT_EXPORT_WARNING : MT_EXPORT_NOTE;
}

static void fill_finding(struct check_rows *rows, const struct an_gate_row *row,
			 struct mt_export_finding *to)
{
	*to = (struct mt_export_finding){
		.id = row->id, .fingerprint = row->fingerprint, .kind = row->kind,
		.cause = row->cause, .reachability = row->reachability,
		.confidence = row->confidence, .type = clean(rows, row->type),
		.status = an_gate_status_name(row->status), .level = level_of(row),
		.is_suppressed = !row->is_error && row->class == AN_CLASS_SUPPRESSED,
		.bytes = row->bytes, .n_allocations = row->n, .retained_bytes = row->retained_bytes,
		.frames = fill_frames(rows, row), .n_frames = row->n_lines,
		.responsible = row->responsible,
	};
	fill_message(rows, row, to);
	fill_test(rows, to);
	fill_traces(rows, row, to);
}

static void fill_findings(struct check_rows *rows, const struct an_gate *gate)
{
	struct mt_export_finding *findings = arena_alloc(&rows->arena, gate->n_rows + 1,
							 sizeof *findings);

	for (uint32_t i = 0; i < gate->n_rows; i++)
		fill_finding(rows, &gate->rows[i], &findings[i]);
	rows->at.findings = findings;
	rows->at.n_findings = gate->n_rows;
}

static void fill_limits(struct check_rows *rows, const struct an_gate *gate)
{
	struct mt_export_limit *limits = arena_alloc(&rows->arena, gate->n_limits + 1,
						     sizeof *limits);

	for (uint32_t i = 0; i < gate->n_limits; i++) {
		const struct an_gate_limit *from = &gate->limits[i];

		limits[i] = (struct mt_export_limit){
			.key = clean(rows, from->limit->key),
			.measure = an_measure_name(from->limit->measure), .most = from->limit->most,
			.actual = from->actual, .is_over = from->is_over,
			.is_of_findings = an_limit_is_of_rows(from->limit),
		};
	}
	rows->at.limits = limits;
	rows->at.n_limits = gate->n_limits;
}

static void fill_missing(struct check_rows *rows, const struct an_gate *gate)
{
	struct mt_export_missing *missing = arena_alloc(&rows->arena, gate->n_missing + 1,
							sizeof *missing);

	for (uint32_t i = 0; i < gate->n_missing; i++) {
		const struct an_gate_missing *from = &gate->missing[i];

		missing[i] = (struct mt_export_missing){
			.reason = from->reason, .count = from->count, .trace = from->trace,
			.detail = clean(rows, *from->detail ? from->detail : from->program),
			.affects_verdict = from->affects_verdict, .is_allowed = from->is_allowed,
		};
	}
	rows->at.missing = missing;
	rows->at.n_missing = gate->n_missing;
}

/* Of "/usr/bin/prog --flag" the "prog". */
static const char *program_of(struct check_rows *rows, const char *command)
{
	size_t n = strcspn(command, " ");
	const char *slash = memrchr(command, '/', n);
	const char *begin = slash ? slash + 1 : command;

	return print(rows, "%.*s", (int)(command + n - begin), begin);
}

static void fill_all_traces(struct check_rows *rows, const struct an_gate *gate)
{
	struct mt_export_trace *traces = arena_alloc(&rows->arena, gate->n_traces + 1,
						     sizeof *traces);

	for (uint32_t i = 0; i < gate->n_traces; i++) {
		const struct an_gate_trace *from = &gate->traces[i];

		traces[i] = (struct mt_export_trace){
			.path = clean(rows, from->path), .command = clean(rows, from->command),
			.program = program_of(rows, from->command),
			.duration_ns = from->duration_ns, .status = from->program,
			.is_ended = from->is_ended, .is_complete = from->is_complete,
		};
	}
	rows->at.traces = traces;
	rows->at.n_traces = gate->n_traces;
}

struct check_rows *check_rows_new(const struct check *check)
{
	struct check_rows *rows = xcalloc(1, sizeof *rows);
	const struct an_gate *gate = check->gate;

	find_root(rows->root);
	rows->at.tool_version = MT_TOOL_VERSION;
	rows->at.verdict = an_verdict_name(gate->verdict);
	rows->at.is_complete = gate->is_complete;
	rows->at.has_baseline = check->baseline_path != NULL;
	rows->at.summary = print(rows, "%u new, %u known, %u gone",
				 gate->n_status[AN_GATE_NEW] + gate->n_status[AN_GATE_GREW],
				 gate->n_status[AN_GATE_KNOWN], gate->n_gone);
	fill_findings(rows, gate);
	fill_limits(rows, gate);
	fill_missing(rows, gate);
	fill_all_traces(rows, gate);
	return rows;
}

void check_rows_free(struct check_rows *rows)
{
	arena_release(&rows->arena);
	free(rows);
}

const struct mt_export *check_rows_export(const struct check_rows *rows)
{
	return &rows->at;
}
