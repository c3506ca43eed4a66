/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_baseline.c -- the file of known findings: read, and written anew.
 *
 * A baseline that exists goes down by itself and up only by --force. It goes down only
 * after a run that was seen whole and did not fail: what was not reached is not gone.
 */
#include "analyzer/cli/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *today(char to[16])
{
	time_t now = time(NULL);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(to, 16, "%Y-%m-%d", &utc);
	return to;
}

int check_read_baseline(struct check *check)
{
	const char *named = check_settings.baseline;
	const char *name = named ? named : ".memtrace-baseline", *what;
	char *text, message[600], day[16];
	unsigned line;

	if (check_settings.has_no_baseline && check_settings.is_update)
		return cmd_usage_error(check->cmd, "--no-baseline and --update-baseline exclude "
				       "each other");
	if (check_settings.has_no_baseline)
		return EXIT_DONE;
	text = check_read_file(name);
	if (!text && errno == ENOENT && (!named || check_settings.is_update))
		return EXIT_DONE;
	if (!text) {
		snprintf(message, sizeof message, "--baseline=%.200s: %s", name, strerror(errno));
		return cmd_usage_error(check->cmd, message);
	}
	check->baseline_path = name;
	line = an_baseline_parse(&check->baseline, text, today(day), &what);
	free(text);
	if (!line)
		return EXIT_DONE;
	snprintf(message, sizeof message, "%.200s:%u: %s", name, line, what);
	return cmd_usage_error(check->cmd, message);
}

/* The greatest weight of the row in any trace. */
static struct an_share weight_of(const struct an_gate_row *row)
{
	struct an_share most = { 0 };

	for (uint32_t i = 0; i < row->n_parts; i++) {
		struct an_share weight = an_gate_weight(row, &row->parts[i]);

		most.n = weight.n > most.n ? weight.n : most.n;
		most.bytes = weight.bytes > most.bytes ? weight.bytes : most.bytes;
	}
	return most;
}

static uint64_t next_value(uint64_t old, uint64_t now, bool may_fall)
{
	return (now > old && check_settings.is_force) || (now < old && may_fall) ? now : old;
}

static void add_new(const struct an_gate_row *row, struct an_baseline *to)
{
	const struct an_named_line *line = row->n_lines ? &row->lines[row->responsible] : NULL;
	char name[8 + AN_BASELINE_DIGITS], function[200] = "";
	struct an_share weight = weight_of(row);

	snprintf(name, sizeof name, "%.2s%.*s", row->id, AN_BASELINE_DIGITS, row->fingerprint);
	if (line && line->function)
		an_normalise_function(function, sizeof function, line->function);
	an_baseline_add(to, &(struct an_baseline_entry){
		.name = name, .bytes = weight.bytes, .n = weight.n,
		.kind = row->reachability ? row->reachability : row->cause,
		.function = function, .owner = "", .reason = "", .expires = "", .comment = "",
	});
}

/* An entry stays if a row of it does, and may be of several rows. */
static void add_known(const struct check *check, const struct an_baseline_entry *entry,
		      bool may_fall, struct an_baseline *to)
{
	const struct an_gate *gate = check->gate;
	struct an_baseline_entry next = *entry;
	struct an_share most = { 0 };
	bool is_found = false, is_elsewhere = false;

	for (uint32_t i = 0; i < gate->n_rows; i++) {
		const struct an_gate_row *row = &gate->rows[i];
		struct an_share weight;

		if (row->entry != entry)
			continue;
		is_found = true;
		is_elsewhere |= !row->is_ours;
		weight = weight_of(row);
		most.n = weight.n > most.n ? weight.n : most.n;
		most.bytes = weight.bytes > most.bytes ? weight.bytes : most.bytes;
	}
	if (!is_found && may_fall)
		return;
	if (is_found && !is_elsewhere) {
		next.bytes = next_value(entry->bytes, most.bytes, may_fall);
		next.n = next_value(entry->n, most.n, may_fall);
	}
	an_baseline_add(to, &next);
}

static int save(const char *name, const struct an_baseline *baseline)
{
	char *fresh;
	FILE *to;
	bool is_bad;

	if (asprintf(&fresh, "%s.new", name) < 0)
		return -1;
	to = fopen(fresh, "we");
	is_bad = !to;
	if (to) {
		an_baseline_write(baseline, to);
		is_bad = fflush(to) || ferror(to);
		is_bad |= fclose(to) != 0;
		is_bad = is_bad || rename(fresh, name);
		if (is_bad) {
			int error = errno;

			unlink(fresh);
			errno = error;
		}
	}
	if (is_bad)
		out_message(name, "%s; the baseline is as it was", strerror(errno));
	free(fresh);
	return is_bad ? -1 : 0;
}

static void tell(const struct check *check, const struct an_baseline *fresh, bool may_fall,
		 bool is_new)
{
	out_message(check->baseline_path, "%s: %u %s", is_new ? "written" : "updated", fresh->n,
		    fresh->n == 1 ? "finding" : "findings");
	if (!may_fall)
		out_message(check->baseline_path, "nothing was taken out or lowered: %s",
			    check->gate->program ? "the program failed"
						 : "not everything was seen");
}

/* Comments and the order of the old one are kept; the gate is judged by the new. */
int check_update_baseline(struct check *check)
{
	const struct an_gate *gate = check->gate;
	struct an_baseline fresh = { 0 };
	bool is_new = !check->baseline_path;
	bool may_fall = gate->is_every_missing_allowed && !gate->program;

	if (is_new)
		check->baseline_path = check_settings.baseline ? check_settings.baseline
							       : ".memtrace-baseline";
	if (check->baseline.head)
		fresh.head = arena_text(&fresh.arena, check->baseline.head,
					strlen(check->baseline.head));
	for (uint32_t i = 0; i < check->baseline.n; i++)
		add_known(check, &check->baseline.at[i], may_fall, &fresh);
	for (uint32_t i = 0; i < gate->n_rows; i++) {
		const struct an_gate_row *row = &gate->rows[i];

		if ((is_new || check_settings.is_force) && row->is_watched && row->is_ours &&
		    !row->entry)
			add_new(row, &fresh);
	}
	an_baseline_sort(&fresh);
	if (save(check->baseline_path, &fresh)) {
		an_baseline_release(&fresh);
		if (is_new)
			check->baseline_path = NULL;
		return -1;
	}
	tell(check, &fresh, may_fall, is_new);
	an_baseline_release(&check->baseline);
	check->baseline = fresh;
	an_gate_set_baseline(check->gate, &check->baseline);
	return EXIT_DONE;
}
