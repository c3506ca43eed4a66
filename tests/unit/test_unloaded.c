/* SPDX-License-Identifier: Apache-2.0 */
/* test_unloaded.c -- what the variables of an unloaded module held, and what the
 * kernel keeps. Heap is at 0x10000, the program's data at 0x5000. */
#include "tests/unit/unit.h"

#include "analyzer/findings/findings.h"
#include "tests/unit/named_trace.h"
#include "tests/unit/snapshot_builder.h"

enum { DATA = 0x5000, HEAP = 0x10000, HEAP_END = 0x20000, PLUGIN = 0x900000 };

static const struct an_findings_options everything;

static void tell_globals(struct trace_builder *t, uint32_t module, uint64_t slot, uint64_t value)
{
	struct mt_snapshot_words words;
	uint8_t payload[64], *at = mt_put_snapshot_words(&words, payload, module, slot);

	at = mt_put_snapshot_word(&words, at, slot, value);
	tb_extended(t, MT_KIND_MODULE_GLOBALS, payload, (size_t)(at - payload));
	t->now += TB_TICKS;
}

static struct an_findings *finish(struct trace_builder *t, struct an_session **session)
{
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_end(&s);
	*session = tb_open(t, NULL);
	nt_name(*session, t);
	return an_findings_new(*session, &everything);
}

static void test_an_unloaded_module_is_the_cause_and_named(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;
	struct an_findings *findings;

	(void)state;
	tb_module(t, "/lib/plugin.so", 2, 1, PLUGIN);
	tb_alloc(t, 0x10000, 64, "main>first");
	tell_globals(t, 2, PLUGIN + 0x48, 0x10010);
	findings = finish(t, &session);
	assert_int_equal(findings->n_findings, 1);
	assert_int_equal(findings->findings[0].cause, AN_CAUSE_MODULE_UNLOADED);
	assert_non_null(findings->findings[0].unloaded);
	assert_string_equal(session->modules[findings->findings[0].unloaded->module].path,
			    "/lib/plugin.so");
	assert_int_equal(findings->findings[0].unloaded->slot, PLUGIN + 0x48);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_what_came_to_the_address_later_was_not_held(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;
	struct an_findings *findings;

	(void)state;
	tb_module(t, "/lib/plugin.so", 2, 1, PLUGIN);
	tb_alloc(t, 0x10000, 64, "main>first");
	tell_globals(t, 2, PLUGIN + 0x48, 0x10000);
	tb_free(t, 0x10000);
	tb_alloc(t, 0x10000, 64, "main>second");
	/* Of a module that nobody told of, too, nothing is said. */
	tell_globals(t, 77, PLUGIN + 0x48, 0x10000);
	findings = finish(t, &session);
	assert_int_equal(findings->n_findings, 1);
	assert_int_equal(findings->findings[0].cause, AN_CAUSE_LAST_POINTER_LOST);
	assert_null(findings->findings[0].unloaded);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_what_the_kernel_keeps_is_held(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;
	struct an_findings *findings;
	uint64_t at = MT_RANGE_KERNEL_START;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>held");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_range(&s, MT_RANGE_KERNEL, at, at + MT_RANGE_KERNEL_BYTES);
	sb_word(&s, at, 0x10000);
	sb_end(&s);
	session = tb_open(t, NULL);
	nt_name(session, t);
	findings = an_findings_new(session, &everything);
	assert_int_equal(findings->n_findings, 0);
	assert_int_equal(findings->sums.at[AN_CLASS_REACHABLE].n, 1);
	an_findings_free(findings);
	tb_free_all(t, session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_unloaded_module_is_the_cause_and_named),
		cmocka_unit_test(test_what_came_to_the_address_later_was_not_held),
		cmocka_unit_test(test_what_the_kernel_keeps_is_held),
	};

	return RUN_UNIT_TESTS(tests);
}
