/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_run.c -- "memtrace run": records a program and all it starts, says in a
 * line or two where the trace is and what it holds, and ends as the program
 * ended.
 */
#include "analyzer/cli/cmd.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/run_after.h"
#include "analyzer/cli/run_check.h"
#include "version.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SUMMARY_MS = 1000 };     /* the second half of the line waits no longer */

static const char *output = "trace.bin";
static bool is_quiet, has_no_symbols, has_free_stacks;
static const char *snapshot_every;
static unsigned on_full, wait_for, at_exit;
static bool is_post_mortem;
static const char *const on_full_choices[] = { "wait", "drop", NULL };
static const char *const wait_for_choices[] = { "first", "all", NULL };
static const char *const at_exit_choices[] = { "yes", "no", NULL };

static const struct opt run_options[] = {
	{ "output", 'o', OPT_LIST, "FILE", "write the trace to FILE (default trace.bin); %p is the "
	  "program's pid, %n its name, %t the time. With --check, FORMAT:FILE writes the outcome "
	  "for other programs: sarif, junit, github, gitlab, valgrind-xml, valgrind-log, markdown "
	  "or json; may be given many times", &check_settings.outputs, NULL },
	{ "quiet", 'q', OPT_FLAG, NULL, "say nothing unless something was missed", &is_quiet,
	  NULL },
	{ "on-full", 0, OPT_CHOICE, "WHAT", "when recording cannot keep up: wait (default), or "
	  "drop and count", &on_full, on_full_choices },
	{ "wait", 0, OPT_CHOICE, "WHOM", "record until the first process ends (default), or all",
	  &wait_for, wait_for_choices },
	{ "snapshot-at-exit", 0, OPT_CHOICE, "WHAT", "note at each process's end what points to "
	  "what: yes (default), no", &at_exit, at_exit_choices },
	{ "snapshot-every", 0, OPT_TEXT, "TIME", "the same again and again while it runs, as "
	  "500ms, 10s or 5m", &snapshot_every, NULL },
	{ "post-mortem", 0, OPT_FLAG, NULL, "note it from outside, when the process has ended: "
	  "also after SIGKILL", &is_post_mortem, NULL },
	{ "free-stacks", 0, OPT_FLAG, NULL, "record the stack of every free, too: costs about as "
	  "much as that of an allocation", &has_free_stacks, NULL },
	{ "no-symbols", 0, OPT_FLAG, NULL, "leave names and lines to report, on this machine",
	  &has_no_symbols, NULL },
	{ .kind = OPT_GROUP, .target = (void *)run_check_options },
	{ 0 },
};

static void say(const char *line)
{
	out_message(NULL, "%s", line);
}

/* Looks for the library where make install and make put it, relative to us. */
static bool find_library(char *library, size_t room)
{
	static const char *const places[] = { "/../lib/memtrace/libmemtrace.so",
					      "/libmemtrace.so" };
	const char *named = getenv("MEMTRACE_LIBRARY");
	char self[PATH_MAX], candidate[PATH_MAX + 64], whole[PATH_MAX];
	ssize_t n_bytes = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	self[n_bytes > 0 ? n_bytes : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	for (unsigned i = 0; i < 2 && slash; i++) {
		snprintf(candidate, sizeof candidate, "%s%s", self, places[i]);
		if (realpath(candidate, whole) && !access(whole, R_OK))
			return snprintf(library, room, "%s", whole) < (int)room;
	}
	return named && realpath(named, whole) && !access(whole, R_OK) &&
		snprintf(library, room, "%s", whole) < (int)room;
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value && strcmp(value, "0") != 0;
}

/* The second library, when the environment asks for what it does. */
static const char *find_oracle(const char *library, char *oracle, size_t room)
{
	const char *slash = strrchr(library, '/');

	if (!is_set("MEMTRACE_VERIFY_STACKS") && !is_set("MEMTRACE_UNWINDER"))
		return NULL;
	snprintf(oracle, room, "%.*s/libmemtrace-oracle.so", (int)(slash - library), library);
	if (!access(oracle, R_OK))
		return oracle;
	out_message(oracle, "%s; stacks are not verified", strerror(errno));
	return NULL;
}

static int exit_code_of(const struct run_result *result)
{
	if (result->problem == RUN_NOT_FOUND)
		return 127;
	if (result->problem == RUN_NOT_EXECUTABLE)
		return 126;
	if (result->problem == RUN_FAILED)
		return EXIT_RUN_FAILED;
	return WIFSIGNALED(result->wait_status) ? 128 + WTERMSIG(result->wait_status) :
		WEXITSTATUS(result->wait_status);
}

static const char *short_path(const struct run_result *result)
{
	static char cwd[PATH_MAX];

	return getcwd(cwd, sizeof cwd) ? text_relative(result->path, cwd) : result->path;
}

static void say_summary(const struct run_result *result, const struct run_news *news)
{
	char size[TEXT_BYTES], images[TEXT_BYTES], events[TEXT_BYTES], missed[TEXT_BYTES];
	char live[TEXT_BYTES], sites[TEXT_BYTES], tail[3 * TEXT_BYTES] = "";
	const char *path = short_path(result);
	bool is_default = !strcmp(path, "trace.bin");

	if (news->is_asked && news->n_leaks)
		snprintf(tail, sizeof tail, " · %s leaked (%s)",
			 text_bytes(live, news->leaked_bytes, false),
			 text_plural(sites, news->n_leaks, "site", "sites"));
	else if (news->is_asked)
		snprintf(tail, sizeof tail, " · nothing leaked");
	else if (news->is_replayed && news->n_live)
		snprintf(tail, sizeof tail, " · %s not freed (%s)",
			 text_bytes(live, news->live_bytes, false),
			 text_plural(sites, news->n_sites, "site", "sites"));
	else if (news->is_replayed)
		snprintf(tail, sizeof tail, " · everything freed");
	out_message(NULL, "%s %s · %s · %s, %s%s%s", path,
		    text_bytes(size, news->file_bytes, false),
		    text_plural(images, result->n_images, "process", "processes"),
		    text_plural(events, result->n_events, "event", "events"),
		    result->n_dropped ? text_count(missed, result->n_dropped) : "none",
		    " missed", tail);
	out_message(NULL, "see  memtrace report%s%s", is_default ? "" : " ",
		    is_default ? "" : path);
}

/* What must be said even with -q. */
static void say_troubles(const struct run_result *result)
{
	if (result->write_error)
		out_message(short_path(result), "%s; what came after that is lost, what is in it "
			    "can be read", strerror(result->write_error));
	if (!result->n_images)
		out_message(NULL, "nothing was recorded: the program never loaded memtrace's "
			    "library");
}

static void follow_up(struct run_result *result)
{
	bool must_speak = !run_check_is_wanted &&
			  (!is_quiet || result->n_dropped || result->write_error);
	struct run_after_options wanted = { !has_no_symbols, must_speak };
	struct run_after after;
	bool is_done;

	say_troubles(result);
	if (!must_speak && has_no_symbols)
		return;
	run_after_open(&after, result, &wanted);
	is_done = run_after_wait(&after, must_speak ? SUMMARY_MS : -1);
	if (must_speak)
		say_summary(result, &after.news);
	if (!is_done && !has_no_symbols)
		run_after_wait(&after, -1);
	run_after_close(&after);
}

/* "500ms", "10s", "5m"; 0 if it is none of these. */
static uint64_t nanoseconds(const char *text)
{
	static const struct { const char *unit; uint64_t ns; } units[] = {
		{ "ms", 1000000 }, { "s", 1000000000 }, { "m", UINT64_C(60000000000) } };
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || n > 1000000)
		return 0;
	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(end, units[i].unit))
			return n * units[i].ns;
	return 0;
}

/* Once, or as often as --check says, but not again after it failed. */
static int run_and_check(struct run_options *options, const struct cmd_call *call)
{
	static struct run_result result;
	int status = EXIT_DONE;

	for (uint64_t i = 0; i < run_check_n_runs() && !status; i++) {
		options->output = run_check_output(output, i);
		run_record(options, say, &result);
		if (result.problem != RUN_OK)
			out_message(NULL, "%s", result.message);
		else if (result.is_recorded)
			follow_up(&result);
		run_release(&result);
		status = exit_code_of(&result);
		if (result.problem == RUN_OK && run_check_is_wanted)
			run_check_add(&result, short_path(&result), options->command[0]);
	}
	if (run_check_is_wanted && result.problem == RUN_OK)
		return run_check_finish(call->out, status);
	if (run_check_is_wanted)
		run_check_cancel();
	return status;
}

static int run_program(struct cmd_call *call)
{
	char library[PATH_MAX], oracle[PATH_MAX];
	int exit_code;
	struct run_options options = {
		.library = library,
		.command = call->operands,
		.is_drop_on_full = on_full == 1,
		.has_free_stacks = has_free_stacks,
		.is_wait_all = wait_for == 1,
		.is_exit_snapshot_off = at_exit == 1,
		.snapshot_every_ns = snapshot_every ? nanoseconds(snapshot_every) : 0,
		.is_post_mortem = is_post_mortem,
		.tool_version = MT_TOOL_VERSION,
	};

	if (!call->n_operands)
		return cmd_usage_error(call->cmd, "there is no program to run");
	if (snapshot_every && !options.snapshot_every_ns)
		return cmd_usage_error(call->cmd, "--snapshot-every wants a number and a unit: "
				       "500ms, 10s or 5m");
	if (!find_library(library, sizeof library)) {
		out_message("libmemtrace.so", "not found in ../lib/memtrace nor beside memtrace "
			    "itself; install memtrace as a whole");
		return EXIT_RUN_FAILED;
	}
	if (is_set("MEMTRACE_UNWINDER") && strcmp(getenv("MEMTRACE_UNWINDER"), "libunwind") != 0) {
		out_message("MEMTRACE_UNWINDER", "'%s' is no unwinder; unset it, or set it to "
			    "libunwind", getenv("MEMTRACE_UNWINDER"));
		return EXIT_RUN_FAILED;
	}
	options.oracle = find_oracle(library, oracle, sizeof oracle);
	exit_code = run_check_open(call);
	output = check_trace_name(output);
	if (!run_check_is_wanted)
		VEC_RELEASE(&check_settings.outputs);
	return exit_code ? exit_code : run_and_check(&options, call);
}

const struct cmd cmd_run = {
	.name = "run",
	.summary = "record a program and all it starts",
	.synopsis = "[OPTION...] [--] PROGRAM [ARGUMENT...]",
	.description =
		"Runs PROGRAM and writes what it and its children allocate and free, with full\n"
		"stacks, to one trace. Its input, output, terminal and exit status are its own;\n"
		"128+N when signal N ended it, 125 when memtrace itself failed, 126 when PROGRAM\n"
		"cannot be executed, 127 when it is not found.\n",
	.options = run_options,
	.needs = CMD_NEEDS_NOTHING,
	.is_first_operand_last = true,
	.usage_exit = EXIT_RUN_FAILED,
	.run = run_program,
};
