/* SPDX-License-Identifier: Apache-2.0 */
/* modules.c -- which module of a session was at an address. */
#include "analyzer/heap/session.h"
#include "analyzer/symbols/symbols.h"

/* Of the process itself: the one that came last among those that were there. */
static uint32_t own_module_at(const struct an_session *session, uint32_t process, uint64_t addr,
			      uint64_t at_ns)
{
	uint32_t found = AN_NONE;

	for (uint32_t i = 0; i < session->n_modules; i++) {
		const struct an_module *module = &session->modules[i];

		if (module->process == process && addr >= module->start && addr < module->end &&
		    module->loaded_ns <= at_ns && module->unloaded_ns >= at_ns)
			found = i;
	}
	return found;
}

uint32_t an_session_module_at(const struct an_session *session, uint32_t process, uint64_t addr,
			      uint64_t at_ns)
{
	for (uint32_t n = 0; process < session->n_processes && n < session->n_processes; n++) {
		const struct an_process *at = &session->processes[process];
		uint32_t found = own_module_at(session, process, addr, at_ns);

		if (found != AN_NONE || at->origin != MT_ORIGIN_FORK)
			return found;
		at_ns = at->start_ns;
		process = at->parent;
	}
	return AN_NONE;
}

uint32_t an_session_symbols_module(const struct an_session *session, uint32_t index)
{
	const struct an_module *module = &session->modules[index];
	const struct an_module_name name = { module->path, module->build_id,
					     module->n_build_id };

	return an_symbols_module(session->symbols, &name);
}
