/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_text.c -- what the gate says, all on stderr: how many findings are new, each of
 * those it is red for on a line, limits, what was not seen with the option that accepts
 * it, and last the line for scripts.
 */
#include "analyzer/cli/check.h"
#include "analyzer/cli/out_text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_SHOWN = 20, NAME_BYTES = 1024 };

const char *check_sentence(char to[128], const struct an_gate_row *row)
{
	char count[TEXT_BYTES];

	if (row->is_error)
		return row->sentence;
	if (row->class == AN_CLASS_POSSIBLE)
		return "Only its inside is pointed at: possibly lost";
	switch (row->cause_number) {
	case AN_CAUSE_CYCLE:
		if (row->n_rings == 1)
			snprintf(to, 128, "A cycle of %s keeps itself alive",
				 text_count(count, row->ring_length));
		else
			snprintf(to, 128, "%s cycles keep themselves alive",
				 text_count(count, row->n_rings));
		return to;
	case AN_CAUSE_THREAD_EXITED:
		return "Only the stack of a thread that is gone held it";
	case AN_CAUSE_MODULE_UNLOADED:
		return "Only a module held it that was unloaded";
	case AN_CAUSE_HELD_BY_FREED:
		return "Only memory that was freed holds it";
	case AN_CAUSE_INHERITED:
		return "Only memory from before the fork holds it, which is lost";
	case AN_CAUSE_LAST_POINTER_LOST:
		return "The last pointer was lost";
	default:
		return "Never freed";
	}
}

/* "1 new leak, 2 known in .memtrace-baseline, 0 gone" */
static void put_head(const struct check *check)
{
	const struct an_gate *gate = check->gate;
	uint32_t n_new = gate->n_status[AN_GATE_NEW] + gate->n_status[AN_GATE_GREW];
	uint32_t n_known = gate->n_status[AN_GATE_KNOWN];
	uint32_t n_elsewhere = gate->n_status[AN_GATE_ELSEWHERE];
	char count[TEXT_BYTES], known[PATH_MAX + 40] = "", gone[40] = "", elsewhere[60] = "";
	bool is_leak = true;

	for (uint32_t i = 0; i < gate->n_rows; i++)
		is_leak &= !gate->rows[i].is_error || !gate->rows[i].is_watched;
	if (check->baseline_path) {
		snprintf(known, sizeof known, ", %u known in %s", n_known, check->baseline_path);
		snprintf(gone, sizeof gone, ", %u gone", gate->n_gone);
	}
	if (n_elsewhere)
		snprintf(elsewhere, sizeof elsewhere, ", %u elsewhere", n_elsewhere);
	out_message(NULL, "%s%s%s%s", is_leak ? text_plural(count, n_new, "new leak", "new leaks")
		    : text_plural(count, n_new, "new finding", "new findings"), known, gone,
		    elsewhere);
}

/* "96 B in 3"; of runs in the worst of them. */
static void put_weight(const struct check *check, const struct an_gate_row *row)
{
	char bytes[TEXT_BYTES], count[TEXT_BYTES];
	struct an_share weight = { .n = row->n, .bytes = row->retained_bytes };

	if (check->gate->are_runs)
		weight = (struct an_share){ 0 };
	for (uint32_t i = 0; check->gate->are_runs && i < row->n_parts; i++) {
		const struct an_gate_part *part = &row->parts[i];

		weight.n = part->n > weight.n ? part->n : weight.n;
		if (part->retained_bytes > weight.bytes)
			weight.bytes = part->retained_bytes;
	}
	fprintf(stderr, "  %s in %s", text_bytes(bytes, weight.bytes, cmd_settings.is_exact),
		text_count(count, weight.n));
}

static void put_place(const struct check *check, const struct an_gate_row *row)
{
	const struct an_named_line *line = &row->lines[row->responsible];
	const char *cwd = check->gate->traces[row->parts[0].trace].cwd;
	char name[NAME_BYTES];

	if (!row->n_lines)
		return;
	if (line->function)
		an_normalise_function(name, sizeof name, line->function);
	else
		snprintf(name, sizeof name, "%.200s+0x%llx", line->module ? line->module : "",
			 (unsigned long long)line->offset);
	fputs("  ", stderr);
	text_put(stderr, name);
	if (!line->file)
		return;
	fputs("  ", stderr);
	text_put(stderr, text_relative(line->file, cwd));
	if (line->line)
		fprintf(stderr, ":%u", line->line);
}

/* In which of several traces, or how often. */
static void put_traces(const struct check *check, const struct an_gate_row *row)
{
	const struct an_gate *gate = check->gate;

	if (gate->n_traces < 2)
		return;
	if (gate->are_runs) {
		fprintf(stderr, row->n_parts == gate->n_traces ? "  in every run"
			: "  in %u of %u runs", row->n_parts, gate->n_traces);
		return;
	}
	fputs("  in ", stderr);
	text_put(stderr, gate->traces[row->parts[0].trace].path);
	if (row->n_parts > 1)
		fprintf(stderr, " and %u more", row->n_parts - 1);
}

static void put_row(const struct check *check, const struct an_gate_row *row)
{
	char sentence[128];

	fprintf(stderr, "  %s  %s", an_gate_status_name(row->status), row->id);
	put_weight(check, row);
	fprintf(stderr, "  %s", check_sentence(sentence, row));
	put_place(check, row);
	put_traces(check, row);
	if (row->is_changed)
		fputs("  (changed line)", stderr);
	if (row->entry && row->entry->is_expired)
		fprintf(stderr, "  (known until %s)", row->entry->expires);
	else if (row->entry)
		fprintf(stderr, "  (known: %llu B in %llu)",
			(unsigned long long)row->entry->bytes, (unsigned long long)row->entry->n);
	fputc('\n', stderr);
}

static void put_rows(const struct check *check)
{
	const struct an_gate *gate = check->gate;
	uint32_t n_shown = 0, n_more = 0;

	for (uint32_t i = 0; i < gate->n_rows; i++) {
		if (!gate->rows[i].is_over)
			continue;
		if (n_shown++ < ROWS_SHOWN)
			put_row(check, &gate->rows[i]);
		else
			n_more++;
	}
	if (n_more)
		fprintf(stderr, "  … and %u more (memtrace report)\n", n_more);
}

/* Bytes as a person reads them; when they are all equal that way, each of them. */
static void put_amount(const struct an_gate_limit *limit, uint64_t amount)
{
	char text[TEXT_BYTES];
	bool is_exact = cmd_settings.is_exact || limit->actual < 2 * limit->limit->most;

	if (limit->limit->measure == AN_MEASURE_BYTES)
		fputs(text_bytes(text, amount, is_exact), stderr);
	else
		fputs(text_count(text, amount), stderr);
}

static void put_limits(const struct check *check)
{
	const struct an_gate *gate = check->gate;

	for (uint32_t i = 0; i < gate->n_limits; i++) {
		const struct an_gate_limit *limit = &gate->limits[i];
		bool is_named = limit->limit->program || limit->limit->pattern;

		if (is_named && !limit->is_matched) {
			fputs("  limit  ", stderr);
			text_put(stderr, limit->limit->key);
			fputs("  nothing in the trace is called so\n", stderr);
		}
		if (!limit->is_over || limit->limit->is_default)
			continue;
		fputs("  limit  ", stderr);
		text_put(stderr, limit->limit->key);
		fputs("  is ", stderr);
		put_amount(limit, limit->actual);
		fputs(", may be ", stderr);
		put_amount(limit, limit->limit->most);
		fputs(limit->limit->is_every_run ? " in every run\n" : "\n", stderr);
	}
}

static void put_baseline(const struct check *check)
{
	const struct an_gate *gate = check->gate;

	for (uint32_t i = 0; i < gate->n_gone && i < ROWS_SHOWN; i++) {
		const struct an_baseline_entry *entry = gate->gone[i];

		fprintf(stderr, "  gone  %s  ", entry->name);
		text_put(stderr, entry->function);
		fputs(entry->is_expired ? "  expired and not seen" : "  not seen", stderr);
		fputs(": --update-baseline takes it out\n", stderr);
	}
}

static const struct wording {
	const char *reason;
	const char *what;        /* %1: who, %2: how many */
} wordings[] = {
	{ "events-dropped", "%2 events of %1 were not recorded" },
	{ "static-program", "%1 is statically linked and was not recorded" },
	{ "set-uid-program", "%1 is set-uid and was not recorded" },
	{ "not-followed", "%1 was started, but did not answer and was not recorded" },
	{ "allocator-bypassed", "an allocator of %1 went past the recorded functions" },
	{ "roots-not-scanned", "%2 pieces of memory of %1 were not searched for pointers" },
	{ "threads-not-stopped", "%2 threads of %1 ran on while pointers were looked for" },
	{ "no-snapshot", "%1 ended without a snapshot: what leaked cannot be told" },
	{ "order-conflict", "%2 events of %1 came in an order that is impossible" },
	{ "trace-cut", "the end of the trace is missing" },
	{ "trace-damaged", "%2 pieces of the trace could not be read" },
};

static void put_who(FILE *to, const struct an_gate_missing *missing, const char *name)
{
	bool is_itself = !strcmp(name, missing->program);

	fputs(*name ? name : "the program", to);
	if (missing->pid && is_itself)
		fprintf(to, " (pid %llu)", (unsigned long long)missing->pid);
	else if (missing->pid)
		fprintf(to, " (started by %s, pid %llu)", missing->program,
			(unsigned long long)missing->pid);
}

static void put_wording(FILE *to, const struct an_gate_missing *missing, const char *name)
{
	const char *at = missing->reason;
	char count[TEXT_BYTES];

	for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++)
		if (!strcmp(wordings[i].reason, missing->reason))
			at = wordings[i].what;
	for (; *at; at++) {
		if (*at != '%') {
			fputc(*at, to);
			continue;
		}
		if (*++at == '1')
			put_who(to, missing, name);
		else
			fputs(text_count(count, missing->count), to);
	}
}

static void put_missing(const struct check *check, const struct an_gate_missing *missing)
{
	bool is_red = check->gate->verdict == AN_FINDINGS;
	char name[256], *text = NULL;
	bool has_detail;
	size_t n_text;
	FILE *to = open_memstream(&text, &n_text);

	if (!to)
		return;
	an_allowance_name(name, sizeof name, missing->detail, missing->program, missing->reason);
	has_detail = *missing->detail && !strstr(missing->detail, name);
	fputs(is_red ? "INCOMPLETE: " : "INCONCLUSIVE: ", to);
	if (check->gate->n_traces > 1)
		fprintf(to, "%s: ", check->gate->traces[missing->trace].path);
	put_wording(to, missing, name);
	if (has_detail || !*name)
		fprintf(to, *missing->detail ? ": %s" : "%s", missing->detail);
	fprintf(to, "; accept it with --allow-incomplete=%s", missing->reason);
	if (*name && !strpbrk(name, ", *?[\\'\""))
		fprintf(to, ":%s", name);
	fclose(to);
	out_message(NULL, "%s", text);
	free(text);
}

static bool is_same(const struct an_gate_missing *a, const struct an_gate_missing *b)
{
	return !strcmp(a->reason, b->reason) && !strcmp(a->detail, b->detail) &&
	       !strcmp(a->program, b->program);
}

static void put_all_missing(const struct check *check)
{
	const struct an_gate *gate = check->gate;
	unsigned n_shown = 0, n_more = 0;

	for (uint32_t i = 0; i < gate->n_missing; i++) {
		bool is_told = !gate->missing[i].affects_verdict || gate->missing[i].is_allowed;

		for (uint32_t k = 0; k < i && !is_told && i < 1000; k++)
			is_told = is_same(&gate->missing[i], &gate->missing[k]);
		if (is_told)
			continue;
		if (n_shown++ < ROWS_SHOWN)
			put_missing(check, &gate->missing[i]);
		else
			n_more++;
	}
	if (n_more)
		out_message(NULL, "and %u things more were not seen (memtrace report)", n_more);
}

void check_text(const struct check *check)
{
	const struct an_gate *gate = check->gate;
	bool is_any_row = false;

	for (uint32_t i = 0; i < gate->n_rows; i++)
		is_any_row |= gate->rows[i].is_over;
	if (is_any_row || gate->n_gone)
		put_head(check);
	put_rows(check);
	put_limits(check);
	put_baseline(check);
	put_all_missing(check);
}

/* A word of the line: no space may be in it. */
static void put_word(FILE *to, const char *key, const char *value)
{
	fprintf(to, " %s=", key);
	for (; value && *value; value++)
		fputc((unsigned char)*value <= ' ' ? '_' : *value, to);
	if (!value)
		fputc('-', to);
}

void check_last_line(const struct check *check)
{
	const struct an_gate *gate = check->gate;
	char *text = NULL;
	size_t n_text;
	FILE *to = open_memstream(&text, &n_text);

	if (!to)
		return;
	fprintf(to, "verdict=%s program=", an_verdict_name(gate->verdict));
	if (gate->is_program_known)
		fprintf(to, "%u", gate->program);
	else
		fputc('-', to);
	fprintf(to, " definite=%llu/%llu possible=%llu/%llu new=%u known=%u gone=%u complete=%s",
		(unsigned long long)gate->definite.bytes, (unsigned long long)gate->definite.n,
		(unsigned long long)gate->possible.bytes, (unsigned long long)gate->possible.n,
		gate->n_status[AN_GATE_NEW] + gate->n_status[AN_GATE_GREW],
		gate->n_status[AN_GATE_KNOWN], gate->n_gone, gate->is_complete ? "yes" : "no");
	put_word(to, "config", check->config);
	put_word(to, "baseline", check->baseline_path);
	if (gate->n_traces > 1)
		fprintf(to, " %s=%u", gate->are_runs ? "runs" : "traces", gate->n_traces);
	fprintf(to, " trace=%s", check->trace ? check->trace : "-");
	fclose(to);
	out_message(NULL, "%s", text);
	free(text);
}
