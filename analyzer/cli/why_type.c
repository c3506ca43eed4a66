/* SPDX-License-Identifier: Apache-2.0 */
/* why_type.c -- see why_type.h. */
#include "analyzer/cli/why_type.h"
#include "analyzer/cli/out_text.h"

#include <inttypes.h>
#include <stdlib.h>

static void put_kinds(struct out *out, const struct an_of_type *found)
{
	static const char *const words[AN_REACH_KINDS] = {
		[AN_REACHABLE] = "still reachable", [AN_POSSIBLE] = "possibly lost",
		[AN_DEFINITE] = "lost", [AN_INDIRECT] = "lost with what holds them",
		[AN_SUPPRESSED] = "suppressed",
	};
	char count[TEXT_BYTES];
	bool is_first = true;

	for (unsigned i = 0; i < AN_REACH_KINDS; i++) {
		if (!found->by_kind[i].n)
			continue;
		fprintf(out->to, "%s%s %s", is_first ? "" : ", ",
			text_count(count, found->by_kind[i].n), words[i]);
		is_first = false;
	}
	fputc('\n', out->to);
}

/* By field, or where that is not known, by offset and maker. */
static void put_holder(struct out *out, const struct subject *subject,
		       const struct an_holders *holders, struct an_line_list *list)
{
	if (holders->stack == AN_NONE) {
		subject_put_root_name(out->to, subject->objects, &holders->root);
		fputc('\n', out->to);
		return;
	}
	if (holders->field) {
		text_put(out->to, holders->field);
		fputc('\n', out->to);
		return;
	}
	fprintf(out->to, "+%" PRIu64 " of  ", holders->offset);
	an_stack_names_lines(subject->findings->names, holders->stack, list);
	report_text_site(out, list, 26, report_cwd(subject->findings->session));
}

static void put_holders(struct out *out, const struct subject *subject, uint32_t n_most)
{
	const struct an_of_type *found = &subject->of_type;
	struct an_line_list list = { 0 };
	char count[TEXT_BYTES];

	fputc('\n', out->to);
	out_style(out, OUT_HEAD);
	fputs("ALL OF THEM ARE HELD BY", out->to);
	out_style(out, OUT_PLAIN);
	fputc('\n', out->to);
	for (uint32_t i = 0; i < found->n_holders && i < n_most; i++) {
		fprintf(out->to, "  %9s ×  ", text_count(count, found->holders[i].n));
		put_holder(out, subject, &found->holders[i], &list);
	}
	if (found->n_holders > n_most)
		fprintf(out->to, "  … and %s more (--full)\n",
			text_count(count, found->n_holders - n_most));
	if (found->n_unheld)
		fprintf(out->to, "  %9s ×  nobody\n", text_count(count, found->n_unheld));
	free(list.at);
}

void why_put_type(struct out *out, const struct subject *subject, uint32_t n_most)
{
	const struct an_of_type *found = &subject->of_type;
	char bytes[TEXT_BYTES], count[TEXT_BYTES];

	out_style(out, OUT_STRONG);
	text_put(out->to, subject->type);
	fprintf(out->to, "  %s in %s", text_bytes(bytes, found->bytes, out->is_exact),
		text_plural(count, found->n, "allocation", "allocations"));
	out_style(out, OUT_PLAIN);
	if (found->retained_bytes > found->bytes)
		fprintf(out->to, ", %s with what only they hold",
			text_bytes(bytes, found->retained_bytes, out->is_exact));
	fputc('\n', out->to);
	put_kinds(out, found);
	put_holders(out, subject, n_most);
}
