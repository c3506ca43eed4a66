/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif.c -- SARIF 2.1.0, as code scanning services and editors read it.
 *
 * One run; each cause is a rule; a finding's stack is a code flow, in the order of
 * the calls: main first, the allocation last. What could not be seen is a
 * notification of the invocation, so that a blind run is told from a clean one.
 */
#include "formats/export/rows.h"
#include "formats/export/tree.h"

#include <string.h>

static const char *const levels[] = { "note", "warning", "error" };

/* A path as a URI reference: absolute ones of the scheme file, others relative to
 * the root that the reader has. */
static void put_uri(json_t *object, const char *path)
{
	char uri[4096], *to = uri;

	if (*path == '/')
		to = stpcpy(uri, "file://");
	for (; *path && to + 4 < uri + sizeof uri; path++) {
		unsigned char c = (unsigned char)*path;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~/+", c))
			*to++ = (char)c;
		else
			to += sprintf(to, "%%%02X", c);
	}
	*to = '\0';
	mt_tree_text(object, "uri", uri);
}

static void put_physical(json_t *location, const char *file, uint32_t line)
{
	json_t *physical = mt_tree_object(location, "physicalLocation"), *artifact;

	artifact = mt_tree_object(physical, "artifactLocation");
	put_uri(artifact, file);
	if (*file != '/')
		mt_tree_text(artifact, "uriBaseId", "%SRCROOT%");
	mt_tree_uint(mt_tree_object(physical, "region"), "startLine", line ? line : 1);
}

static void put_function(json_t *location, const struct mt_export_frame *frame)
{
	json_t *logical;

	if (!frame->function)
		return;
	logical = mt_tree_element(mt_tree_array(location, "logicalLocations"));
	mt_tree_text(logical, "fullyQualifiedName", frame->function);
	mt_tree_text(logical, "kind", "function");
}

/* Readers want a place in a file: without source the module is the file. */
static void put_place(json_t *result, const struct mt_export_finding *finding)
{
	const struct mt_export_frame *place = mt_export_place(finding);
	const struct mt_export_frame *responsible = NULL;
	json_t *location = mt_tree_element(mt_tree_array(result, "locations"));

	if (finding->responsible < finding->n_frames)
		responsible = &finding->frames[finding->responsible];
	if (place)
		put_physical(location, place->file, place->line);
	else if (responsible && responsible->module)
		put_physical(location, responsible->module, 0);
	if (responsible)
		put_function(location, responsible);
}

static void put_step(json_t *steps, const struct mt_export_frame *frame)
{
	json_t *location = mt_tree_object(mt_tree_element(steps), "location");
	char text[512];

	mt_export_frame_text(text, sizeof text, frame);
	if (frame->file && frame->line)
		put_physical(location, frame->file, frame->line);
	put_function(location, frame);
	mt_tree_message(location, "message", text);
}

static void put_flow(json_t *result, const struct mt_export_finding *finding)
{
	json_t *steps;

	if (!finding->n_frames)
		return;
	steps = mt_tree_array(mt_tree_element(mt_tree_array(mt_tree_element(
		mt_tree_array(result, "codeFlows")), "threadFlows")), "locations");
	for (uint32_t i = finding->n_frames; i-- > 0;)
		put_step(steps, &finding->frames[i]);
}

static void put_tests(json_t *bag, const struct mt_export_finding *finding)
{
	json_t *tests = mt_tree_array(bag, "tests");
	char text[512];

	for (uint32_t i = 0; i < finding->n_tests; i++) {
		const struct mt_export_test *test = &finding->tests[i];

		mt_export_print(text, sizeof text, "%s%s%s", test->suite ? test->suite : "",
			 test->suite ? "." : "", test->name);
		json_array_append_new(tests, json_string(text));
	}
}

static void put_bag(json_t *result, const struct mt_export_finding *finding)
{
	json_t *bag = mt_tree_object(result, "properties");

	mt_tree_text(bag, "id", finding->id);
	mt_tree_text(bag, "kind", finding->kind);
	mt_tree_text(bag, "cause", finding->cause);
	mt_tree_text(bag, "reachability", finding->reachability);
	mt_tree_text(bag, "confidence", finding->confidence);
	mt_tree_text(bag, "type", finding->type);
	mt_tree_uint(bag, "bytes", finding->bytes);
	mt_tree_uint(bag, "allocations", finding->n_allocations);
	mt_tree_uint(bag, "retainedBytes", finding->retained_bytes);
	put_tests(bag, finding);
}

static const char *baseline_state(const struct mt_export_finding *finding)
{
	return !strcmp(finding->status, "new") ? "new"
	     : !strcmp(finding->status, "grew") ? "updated" : "unchanged";
}

static void put_result(json_t *result, const struct mt_export *rows,
		       const struct mt_export_finding *finding, uint32_t rule, const char *rule_id)
{
	mt_tree_text(result, "ruleId", rule_id);
	mt_tree_uint(result, "ruleIndex", rule);
	mt_tree_text(result, "level", levels[finding->level]);
	mt_tree_message(result, "message", finding->message);
	put_place(result, finding);
	mt_tree_text(mt_tree_object(result, "partialFingerprints"), "memtraceFinding/v1",
		     finding->fingerprint);
	put_flow(result, finding);
	if (rows->has_baseline)
		mt_tree_text(result, "baselineState", baseline_state(finding));
	if (finding->is_suppressed)
		mt_tree_text(mt_tree_element(mt_tree_array(result, "suppressions")), "kind",
			     "external");
	put_bag(result, finding);
}

/* Which of the rules has this id; a new one if none. */
static uint32_t find_rule(json_t *rules, const char *id, const char *title)
{
	json_t *rule;
	size_t i;

	json_array_foreach(rules, i, rule) {
		const char *known = json_string_value(json_object_get(rule, "id"));

		if (known && !strcmp(known, id))
			return (uint32_t)i;
	}
	rule = mt_tree_element(rules);
	mt_tree_text(rule, "id", id);
	mt_tree_message(rule, "shortDescription", title);
	return (uint32_t)json_array_size(rules) - 1;
}

static void put_results(json_t *run, json_t *rules, const struct mt_export *rows)
{
	json_t *results = mt_tree_array(run, "results");
	char id[256];

	for (uint32_t i = 0; i < rows->n_findings; i++) {
		const struct mt_export_finding *finding = &rows->findings[i];

		if (!finding->is_suppressed && !mt_export_is_shown(finding))
			continue;
		mt_export_print(id, sizeof id, "%s/%s", finding->kind, finding->cause);
		put_result(mt_tree_element(results), rows, finding,
			   find_rule(rules, id, finding->title), id);
	}
}

static void put_invocation(json_t *run, const struct mt_export *rows)
{
	json_t *invocation = mt_tree_element(mt_tree_array(run, "invocations"));
	json_t *notifications = mt_tree_array(invocation, "toolExecutionNotifications");
	char text[1024];

	mt_tree_bool(invocation, "executionSuccessful", rows->is_complete);
	if (rows->n_traces == 1 && rows->traces[0].command)
		mt_tree_text(invocation, "commandLine", rows->traces[0].command);
	for (uint32_t i = 0; i < rows->n_missing; i++) {
		const struct mt_export_missing *missing = &rows->missing[i];
		json_t *notification;

		if (!missing->affects_verdict)
			continue;
		notification = mt_tree_element(notifications);
		mt_export_print(text, sizeof text, "%s: %s", missing->reason, missing->detail);
		mt_tree_message(notification, "message", text);
		mt_tree_text(notification, "level", levels[missing->is_allowed ? MT_EXPORT_NOTE
								 : MT_EXPORT_ERROR]);
		mt_tree_text(mt_tree_object(notification, "descriptor"), "id", missing->reason);
	}
}

int mt_export_sarif(const struct mt_export *rows, FILE *to)
{
	json_t *root = json_object(), *run, *driver;

	mt_tree_text(root, "$schema",
		     "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/"
		     "sarif-schema-2.1.0.json");
	mt_tree_text(root, "version", "2.1.0");
	run = mt_tree_element(mt_tree_array(root, "runs"));
	driver = mt_tree_object(mt_tree_object(run, "tool"), "driver");
	mt_tree_text(driver, "name", "memtrace");
	mt_tree_text(driver, "version", rows->tool_version);
	put_results(run, mt_tree_array(driver, "rules"), rows);
	put_invocation(run, rows);
	return mt_tree_print(root, to);
}
