/* SPDX-License-Identifier: Apache-2.0 */
/*
 * info_differences.c -- what the walk and the oracle saw for one event, side by
 * side with names: for whoever works on the unwinder.
 */
#include "analyzer/cli/info.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/symbols/symbols.h"

#include <inttypes.h>
#include <string.h>

/* The module of the process that covered the address last, or NULL. */
static const struct an_module *module_at(const struct an_session *session, uint32_t process,
					 uint64_t address)
{
	const struct an_module *found = NULL;

	for (uint32_t i = 0; i < session->n_modules; i++) {
		const struct an_module *module = &session->modules[i];

		if (module->process == process && address >= module->start &&
		    address < module->end && (!found || module->generation >= found->generation))
			found = module;
	}
	return found;
}

static void put_frame(const struct an_session *session, struct out *out, uint32_t process,
		      uint64_t address, bool is_same)
{
	const struct an_module *module = module_at(session, process, address - 1);
	const struct an_line *line;
	const char *slash;

	fprintf(out->to, "    %c 0x%" PRIx64, is_same ? ' ' : '*', address);
	if (module) {
		struct an_module_name name = { module->path, module->build_id,
					       module->n_build_id };
		uint32_t file = an_symbols_module(session->symbols, &name);
		size_t n = an_symbols_look_up(session->symbols, file, address - 1 - module->bias,
					      &line);

		fputs("  ", out->to);
		text_put(out->to, line[n - 1].function);
		slash = strrchr(module->path, '/');
		fputs("  in ", out->to);
		text_put(out->to, slash && slash[1] ? slash + 1 : module->path);
		fprintf(out->to, "+0x%" PRIx64, address - module->bias);
	}
	fputc('\n', out->to);
}

/* The frames of one side; those that the other has at the same depth are not
 * marked. */
static void put_side(const struct an_session *session, struct out *out,
		     const struct an_differs *differs, bool is_ours)
{
	const struct mt_stack_differs *both = &differs->differs;
	const uint64_t *frames = is_ours ? both->ours : both->theirs;
	const uint64_t *others = is_ours ? both->theirs : both->ours;
	uint64_t n = is_ours ? both->n_ours : both->n_theirs;
	uint64_t n_others = is_ours ? both->n_theirs : both->n_ours;

	fputs(is_ours ? "  the walk\n" : "  the oracle\n", out->to);
	for (uint64_t i = 0; i < n && i < MT_STACK_FRAMES_MAX; i++)
		put_frame(session, out, differs->process, frames[i],
			  i < n_others && i < MT_STACK_FRAMES_MAX && others[i] == frames[i]);
}

void info_differences(const struct an_session *session, struct out *out)
{
	char count[TEXT_BYTES], equal[TEXT_BYTES];

	fprintf(out->to, "%s different, %s equal\n",
		text_plural(count, session->counts.n_verified_different, "stack", "stacks"),
		text_count(equal, session->counts.n_verified_equal));
	for (uint32_t i = 0; i < session->n_differs; i++) {
		const struct an_differs *differs = &session->differs[i];

		fprintf(out->to, "\n%u  process %u\n", i + 1,
			differs->process < session->n_processes
			? session->processes[differs->process].id : 0);
		put_side(session, out, differs, true);
		put_side(session, out, differs, false);
	}
}
