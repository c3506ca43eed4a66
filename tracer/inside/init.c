/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init.c -- the library comes up, and says who it is in.
 *
 * That happens at the first call of any hook, which may be the loader's own,
 * before a constructor has run and before libc knows its environment; so
 * everything is read from where the kernel put it, above __libc_stack_end:
 *
 *	argc | argv ... NULL | environment ... NULL | auxiliary vector
 */
#include "tracer/inside/channel.h"
#include "tracer/inside/clock.h"
#include "tracer/inside/emit.h"
#include "tracer/inside/environment.h"
#include "tracer/inside/globals.h"
#include "tracer/inside/fatal.h"
#include "tracer/inside/modules.h"
#include "tracer/inside/process.h"
#include "tracer/inside/real.h"
#include "tracer/inside/snapshot.h"
#include "tracer/inside/stackset.h"
#include "tracer/inside/sys.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>

extern void *__libc_stack_end;

/* One word that fork wipes: zero means we are a child that nobody told. */
static uint32_t *canary;

struct initial_stack {
	char **argv;
	char **envp;
	const ElfW(auxv_t) *auxv;
};

static bool find_initial_stack(struct initial_stack *initial)
{
	long argc = *(long *)__libc_stack_end;
	char **at;

	initial->argv = (char **)__libc_stack_end + 1;
	if (argc < 0 || argc > 1 << 20 || initial->argv[argc])
		return false;
	initial->envp = initial->argv + argc + 1;
	for (at = initial->envp; *at; at++)
		;
	initial->auxv = (const ElfW(auxv_t) *)(void *)(at + 1);
	return true;
}

/* The stack ends where the kernel put the program's own name: the last string
 * of all, followed by one word. */
static void find_main_high(const struct initial_stack *initial)
{
	for (const ElfW(auxv_t) *entry = initial->auxv; entry->a_type != AT_NULL; entry++)
		if (entry->a_type == AT_EXECFN) {
			const char *name = (const char *)entry->a_un.a_val;

			tr.main_high = ((uintptr_t)name + strlen(name) + 4095) & ~(uintptr_t)4095;
		}
}

static void learn_command(char *const *argv)
{
	for (; *argv; argv++) {
		size_t n = strlen(*argv) + 1;

		if (tr.n_command + n > sizeof(tr.command)) {
			tr.is_command_cut = true;
			return;
		}
		memcpy(tr.command + tr.n_command, *argv, n);
		tr.n_command += n;
	}
}

static void learn_identity(const struct initial_stack *initial)
{
	tr.pid = (uint64_t)tr_sys0(SYS_getpid);
	tr_sys4(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", tr.exe, sizeof(tr.exe) - 1);
	find_main_high(initial);
	learn_command(initial->argv);
}

static const char *variable(char *const *envp, const char *name)
{
	size_t n = strlen(name);

	for (; *envp; envp++)
		if (strncmp(*envp, name, n) == 0 && (*envp)[n] == '=')
			return *envp + n + 1;
	return NULL;
}

static bool is_set(char *const *envp, const char *name)
{
	const char *value = variable(envp, name);

	return value && value[0] && strcmp(value, "0") != 0;
}

static bool is_off(char *const *envp, const char *name)
{
	const char *value = variable(envp, name);

	return value && !strcmp(value, "0");
}

static bool append(char *to, size_t room, size_t *n, const char *text)
{
	size_t n_text = strlen(text);

	if (*n + n_text >= room)
		return false;
	memcpy(to + *n, text, n_text + 1);
	*n += n_text;
	return true;
}

/* Preloaded by hand: MEMTRACE_OUTPUT or trace.bin, ".live", made absolute so
 * that children find it from wherever they are. */
static bool name_own_file(char *const *envp)
{
	const char *output = variable(envp, "MEMTRACE_OUTPUT");
	size_t n = 0;

	if (!output || !output[0])
		output = "trace.bin";
	if (output[0] != '/') {
		long n_cwd = tr_sys2(SYS_getcwd, tr.live_path, sizeof(tr.live_path));

		if (tr_is_error(n_cwd) || n_cwd < 2)
			return false;
		n = (size_t)n_cwd - 1;
		if (!append(tr.live_path, sizeof(tr.live_path), &n, "/"))
			return false;
	}
	return append(tr.live_path, sizeof(tr.live_path), &n, output) &&
	       append(tr.live_path, sizeof(tr.live_path), &n, ".live");
}

static void learn_own_path(void)
{
	struct dl_find_object found;
	size_t n = 0;

	if (!tr.library[0] && _dl_find_object((void *)learn_own_path, &found) == 0)
		append(tr.library, sizeof(tr.library), &n, found.dlfo_link_map->l_name);
}

static bool open_channel(const struct initial_stack *initial)
{
	bool is_said = tr_environment_clean(initial->envp);

	learn_own_path();
	if (!is_said && !name_own_file(initial->envp))
		return false;
	tr.is_oracle = tr_real.tr_oracle_walk && is_set(initial->envp, "MEMTRACE_UNWINDER");
	tr.is_verifying = tr_real.tr_oracle_walk &&
			  is_set(initial->envp, "MEMTRACE_VERIFY_STACKS");
	tr.is_exit_snapshot_off = is_off(initial->envp, "MEMTRACE_SNAPSHOT_AT_EXIT");
	return tr_channel_open(!is_said);
}

static void watch_for_fork(void)
{
	canary = tr_map_anonymous(4096);
	if (canary && !tr_is_error(tr_sys3(SYS_madvise, canary, 4096, MADV_WIPEONFORK)))
		*canary = 1;
	else
		canary = NULL;
}

/* The first record of an image, or of a forked child. */
static void announce(struct tr_context *context, uint8_t origin, uint32_t parent,
		     uint64_t token, uint32_t n_stacks)
{
	static uint8_t payload[TR_IDENTITY_BYTES + 3 * TR_PATH_BYTES];  /* one thread runs */
	static char cwd[TR_PATH_BYTES];
	struct mt_out out = { payload, payload + sizeof(payload), false };
	struct mt_process process = {
		.id = tr.process, .parent = parent, .origin = origin, .token = token,
		.pid = tr.pid, .ppid = (uint64_t)tr_sys0(SYS_getppid),
		.realtime_ns = tr_realtime_ns(), .n_stacks = n_stacks, .page_bytes = 4096,
		.exe = { tr.exe, strlen(tr.exe) },
		.command = { tr.command, tr.n_command },
		.is_command_cut = tr.is_command_cut,
	};

	cwd[0] = '\0';
	tr_sys2(SYS_getcwd, cwd, sizeof(cwd));
	process.cwd = (struct mt_text){ cwd, strlen(cwd) };
	mt_put_process(&out, &process);
	if (!tr_stream_put(context, MT_KIND_PROCESS, payload, (size_t)(out.at - payload)))
		tr_count_drop(MT_DROP_FULL, 1);
}

/* A program that brings its own malloc in its executable never calls ours. */
static void note_own_malloc(struct tr_context *context)
{
	struct mt_out out = tr_scratch(context);
	struct mt_note note = { .is_missing = 1, .count = 1,
				.reason = { "allocator-bypassed", 18 },
				.detail = { tr.exe, strlen(tr.exe) } };

	if (!tr_real_is_bypassed())
		return;
	mt_put_note(&out, &note);
	tr_stream_put_scratch(context, MT_KIND_NOTE, &out);
}

static void announce_image(void)
{
	struct tr_context *context = tr_enter();

	if (!context)
		return;
	announce(context, tr.token ? MT_ORIGIN_EXEC : MT_ORIGIN_FIRST, 0, tr.token, 0);
	tr_modules_describe_all(context);
	note_own_malloc(context);
	tr_leave();
}

static bool begin(void)
{
	struct initial_stack initial;

	tr_real_resolve();
	if (!find_initial_stack(&initial))
		return false;
	learn_identity(&initial);
	if (!open_channel(&initial))
		return false;
	watch_for_fork();
	tr_thread_reserve();
	tr.control->own_ranges = (uintptr_t)tr_own_table();
	tr.control->is_other_malloc = !tr_real.is_libc_malloc;
	if (tr.is_quiet)
		__atomic_store_n(&tr.control->mortem_pid, tr.pid, __ATOMIC_RELEASE);
	tr.process = __atomic_add_fetch(&tr.live->n_processes, 1, __ATOMIC_ACQ_REL);
	__atomic_store_n(&tr.mode, TR_ACTIVE, __ATOMIC_RELEASE);
	announce_image();
	tr_snapshot_prepare();
	return true;
}

bool tr_start(void)
{
	uint32_t expected = TR_UNBORN;

	if (!__atomic_compare_exchange_n(&tr.mode, &expected, TR_STARTING, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE))
		return expected == TR_ACTIVE;
	if (begin())
		return true;
	__atomic_store_n(&tr.mode, TR_OFF, __ATOMIC_RELEASE);
	tr_count_drop(MT_DROP_NO_CHANNEL, 1);
	return false;
}

/* Lost between the fork and here: the region may have been given to others. */
static bool is_region_ours(void)
{
	return __atomic_load_n(&tr.control->generation, __ATOMIC_ACQUIRE) == tr.generation;
}

bool tr_process_is_unborn(void)
{
	return __atomic_load_n(&tr.mode, __ATOMIC_ACQUIRE) != TR_ACTIVE || tr.forked_from ||
	       (canary ? !*canary : (uint64_t)tr_sys0(SYS_getpid) != tr.pid);
}

void tr_process_forked(void)
{
	uint32_t parent = tr.process;

	if (canary && *canary)
		return;
	if (canary)
		*canary = 1;
	tr.pid = (uint64_t)tr_sys0(SYS_getpid);
	tr_thread_forget_others();
	tr_modules_forked();
	tr_globals_forked();
	tr.saw_loader = 0;
	tr.n_loaders_busy = 0;
	tr_snapshot_forked();
	if (!is_region_ours()) {
		__atomic_store_n(&tr.mode, TR_OFF, __ATOMIC_RELEASE);
		__atomic_fetch_add(&tr.live->n_dropped[MT_DROP_NO_CHANNEL], 1, __ATOMIC_RELAXED);
		return;
	}
	tr.process = __atomic_add_fetch(&tr.live->n_processes, 1, __ATOMIC_ACQ_REL);
	tr.forked_from = parent;
}

void tr_process_tell(struct tr_context *context)
{
	uint32_t parent = __atomic_exchange_n(&tr.forked_from, 0, __ATOMIC_RELAXED);

	if (!parent)
		return;
	announce(context, MT_ORIGIN_FORK, parent, tr_fork_token, tr_stackset_last_id());
	tr_fork_token = 0;
}

void tr_process_begin_child(void)
{
	struct tr_context *context;

	if (__atomic_load_n(&tr.mode, __ATOMIC_ACQUIRE) != TR_ACTIVE || (canary && *canary))
		return;
	context = tr_enter();
	if (!context)
		return;
	if (!tr_stream_room(context, MT_EVENT_BYTES_MAX))
		tr_count_drop(MT_DROP_FULL, 1);
	tr_leave();
}

static void at_exit(int status, void *unused)
{
	(void)unused;
	tr_process_end(MT_END_EXIT, (uint32_t)status & 255);
}

/* Runs before any other constructor (-z initfirst), so that the exit handler is
 * the last of all and runs after every destructor. */
static __attribute__((constructor)) void born(void)
{
	if (!tr_is_on())
		return;
	on_exit(at_exit, NULL);
	tr_fatal_arm();
	if (tr_real.__register_atfork)    /* what pthread_atfork is made of */
		tr_real.__register_atfork(NULL, NULL, tr_process_begin_child, NULL);
}
