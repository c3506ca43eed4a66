/* SPDX-License-Identifier: Apache-2.0 */
/* why_story.c -- see why_story.h. */
#include "analyzer/cli/why_story.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/findings/story.h"

#include <stdlib.h>
#include <string.h>

enum { MARKS_SHOWN = 5 };

struct page {
	struct out *out;
	const struct subject *subject;
	const struct an_session *session;
	const struct an_held *held;
	struct an_line_list list;
	char *root;                  /* how it was held last; NULL: not known */
	bool has_head;
};

static void put_head(struct page *page)
{
	if (page->has_head)
		return;
	page->has_head = true;
	fputc('\n', page->out->to);
	out_style(page->out, OUT_HEAD);
	fputs("HISTORY", page->out->to);
	out_style(page->out, OUT_PLAIN);
	fputc('\n', page->out->to);
}

static void put_label(struct page *page, const char *label)
{
	put_head(page);
	fprintf(page->out->to, "  %-14s  ", label);
}

static void see_root(void *context, const struct an_objects *objects,
		     const struct an_root_edge *edge)
{
	struct page *page = context;
	size_t n_bytes;
	FILE *to;

	free(page->root);
	page->root = NULL;
	to = open_memstream(&page->root, &n_bytes);
	if (!to)
		return;
	subject_put_root_name(to, objects, edge);
	fclose(to);
}

/* "Node", or "64 B from make_node" where the type is not known. */
static void put_thing(struct page *page, uint32_t stack, uint64_t size)
{
	const struct an_findings *findings = page->subject->findings;
	const char *type = an_type_name_of_size(findings->types, stack, size, NULL);
	char bytes[TEXT_BYTES], name[REPORT_NAME_BYTES];

	if (type) {
		text_put(page->out->to, type);
		return;
	}
	an_stack_names_lines(findings->names, stack, &page->list);
	fprintf(page->out->to, "%s from ", text_bytes(bytes, size, page->out->is_exact));
	text_put(page->out->to,
		 report_text_name(name, &page->list.at[an_lines_responsible(&page->list)], false));
}

static void put_reallocs(struct page *page)
{
	const struct an_held *held = page->held;
	char time[TEXT_BYTES], count[TEXT_BYTES];

	if (!held->n_reallocs)
		return;
	put_label(page, "reallocated");
	fprintf(page->out->to, "%s, first made at %s by\n",
		held->n_reallocs == 1 ? "once"
				      : text_plural(count, held->n_reallocs, "time", "times"),
		text_duration(time, held->first_ns));
	an_stack_names_lines(page->subject->findings->names, held->first_stack, &page->list);
	fprintf(page->out->to, "%18s", "");
	report_text_site(page->out, &page->list, 18, report_cwd(page->session));
}

static void put_there(struct page *page, const struct an_story *story)
{
	char first[TEXT_BYTES], last[TEXT_BYTES];

	if (!story->n_there)
		return;
	put_label(page, "there");
	text_moments(first, last, page->session->snapshots[story->first].at_ns,
		     page->session->snapshots[story->last].at_ns);
	if (story->n_there == 1)
		fprintf(page->out->to, "in 1 earlier snapshot: %u (%s)\n", story->first + 1,
			first);
	else
		fprintf(page->out->to, "in %u earlier snapshots, from %u (%s) to %u (%s)\n",
			story->n_there, story->first + 1, first, story->last + 1, last);
}

static void put_way(struct page *page, const struct an_story *story)
{
	char time[TEXT_BYTES];

	if (story->held == AN_NONE || !page->root)
		return;
	put_label(page, "last reachable");
	fprintf(page->out->to, "in snapshot %u (%s), from\n%18s", story->held + 1,
		text_duration(time, page->session->snapshots[story->held].at_ns), "");
	fputs(page->root, page->out->to);
	for (uint32_t i = 0; i < story->n_links; i++) {
		fputs(" → ", page->out->to);
		put_thing(page, story->links[i].stack, story->links[i].size);
	}
	fputs(" → it\n", page->out->to);
}

static void put_freed(struct page *page, const struct an_story *story,
		      const struct an_story_link *link)
{
	const struct an_session *session = page->session;
	char time[TEXT_BYTES];
	FILE *to = page->out->to;

	fprintf(to, "%18s", "");
	put_thing(page, link->stack, link->size);
	if (link->freed_ns != UINT64_MAX)
		fprintf(to, " at %s", text_duration(time, link->freed_ns));
	if (link->thread < session->n_threads && *session->threads[link->thread].name) {
		fputs(" by thread ", to);
		text_put(to, session->threads[link->thread].name);
	}
	if (link->free_stack == AN_NONE || !story->names) {
		fputc('\n', to);
		return;
	}
	fprintf(to, " in\n%20s", "");
	an_stack_names_lines(story->names, link->free_stack, &page->list);
	report_text_site(page->out, &page->list, 20, report_cwd(session));
}

/* What the program said it did in that time. */
static void put_marks(struct page *page, uint64_t from_ns, uint64_t until_ns)
{
	const struct an_session *session = page->session;
	uint32_t process = page->subject->objects->snapshot->process, n_shown = 0;

	for (uint32_t i = 0; i < session->n_marks; i++) {
		const struct an_mark *mark = &session->marks[i];
		char time[TEXT_BYTES];

		if (mark->process != process || mark->at_ns < from_ns || mark->at_ns > until_ns)
			continue;
		if (n_shown++ == MARKS_SHOWN) {
			fprintf(page->out->to, "%18s…\n", "");
			return;
		}
		if (n_shown == 1)
			put_label(page, "marks then");
		else
			fprintf(page->out->to, "%18s", "");
		text_put(page->out->to, session->mark_names[mark->name].name);
		fprintf(page->out->to, " at %s\n", text_duration(time, mark->at_ns));
	}
}

static void put_lost(struct page *page, const struct an_story *story)
{
	uint64_t from_ns = story->held == AN_NONE
			   ? page->held->time_ns : page->session->snapshots[story->held].at_ns;
	uint64_t until_ns = page->session->snapshots[story->lost].at_ns;
	char from[TEXT_BYTES], until[TEXT_BYTES];

	text_moments(from, until, from_ns, until_ns);
	put_label(page, "lost");
	fprintf(page->out->to, "between %s%s and %s; ", from,
		story->held == AN_NONE ? " (when it was made)" : "", until);
	if (story->held == AN_NONE)
		fputs("no snapshot held it\n", page->out->to);
	else if (story->n_freed)
		fputs("freed in that time:\n", page->out->to);
	else
		fputs("nothing on that way was freed:\n"
		      "                  a pointer was overwritten, or went out of scope\n",
		      page->out->to);
	for (uint32_t i = 0; story->held != AN_NONE && i < story->n_links; i++)
		if (story->links[i].is_freed)
			put_freed(page, story, &story->links[i]);
	put_marks(page, from_ns, until_ns);
}

void why_put_story(struct out *out, const struct subject *subject,
		   const struct an_findings_options *wanted)
{
	const struct an_objects *objects = subject->objects;
	struct page page = { .out = out, .subject = subject,
			     .session = subject->findings->session,
			     .held = &objects->snapshot->live[subject->node] };
	const struct an_story_options options = { .masks = wanted->masks,
						  .n_masks = wanted->n_masks,
						  .see_root = see_root, .context = &page };
	struct an_story story;
	bool is_told = an_story_find(page.session, objects->snapshot->process, page.held,
				     &options, &story);

	put_reallocs(&page);
	if (is_told) {
		bool is_lost = an_reach_is_lost(&objects->reach, subject->node);

		put_there(&page, &story);
		if (is_lost) {
			put_way(&page, &story);
			put_lost(&page, &story);
		}
	}
	an_story_release(&story);
	free(page.root);
	free(page.list.at);
}
