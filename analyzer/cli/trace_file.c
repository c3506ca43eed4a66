/* SPDX-License-Identifier: Apache-2.0 */
/* trace_file.c -- see trace_file.h. */
#include "analyzer/cli/trace_file.h"
#include "analyzer/base/xalloc.h"
#include "analyzer/symbols/symbols.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool ends_in(const char *name, const char *end)
{
	size_t n_name = strlen(name), n_end = strlen(end);

	return n_name > n_end && !strcmp(name + n_name - n_end, end);
}

static bool has_magic(const char *path, const char *magic)
{
	char bytes[8];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is_equal = fd >= 0 && pread(fd, bytes, sizeof bytes, 0) == sizeof bytes &&
			!memcmp(bytes, magic, sizeof bytes);

	if (fd >= 0)
		close(fd);
	return is_equal;
}

static char *without_live(const char *path)
{
	if (ends_in(path, ".live") && has_magic(path, MT_LIVE_MAGIC))
		return xstrndup(path, strlen(path) - strlen(".live"));
	return xstrdup(path);
}

static bool is_newer(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

static bool is_trace(const char *path)
{
	return has_magic(path, MT_FILE_MAGIC) ||
	       (ends_in(path, ".live") && has_magic(path, MT_LIVE_MAGIC));
}

/* The newest file that begins as a trace does; of two equally new ones the first
 * by name, so that the choice does not hang on the folder's order. */
static char *newest_trace(void)
{
	struct stat best = { 0 };
	char *found = NULL;
	struct dirent *entry;
	DIR *folder = opendir(".");

	while (folder && (entry = readdir(folder))) {
		struct stat this;

		if (stat(entry->d_name, &this) || !S_ISREG(this.st_mode) ||
		    !is_trace(entry->d_name))
			continue;
		if (found && !is_newer(&this, &best) &&
		    (is_newer(&best, &this) || strcmp(entry->d_name, found) > 0))
			continue;
		free(found);
		found = xstrdup(entry->d_name);
		best = this;
	}
	if (folder)
		closedir(folder);
	return found;
}

char *trace_file_choose(const char *file)
{
	char *newest, *path;

	if (file)
		return without_live(file);
	if (!access("trace.bin", F_OK) || !access("trace.bin.live", F_OK))
		return xstrdup("trace.bin");
	newest = newest_trace();
	path = newest ? without_live(newest) : NULL;
	free(newest);
	return path;
}

/* "; this is ..." for a file that is no trace, when its beginning tells. */
static const char *guess_content(const char *file)
{
	unsigned char bytes[64];
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd >= 0 ? pread(fd, bytes, sizeof bytes, 0) : -1;
	ssize_t n_text = 0;

	if (fd >= 0)
		close(fd);
	if (n >= 4 && !memcmp(bytes, "\177ELF", 4))
		return "it is a program: record it first with memtrace run";
	while (n_text < n && (bytes[n_text] >= 0x20 || (bytes[n_text] >= 8 && bytes[n_text] < 14)))
		n_text++;
	if (n > 0 && n_text == n)
		return "it looks like text; traces are written by memtrace run";
	return "traces are written by memtrace run";
}

int trace_file_refuse(const char *file, int status, int error)
{
	struct stat info;

	if (status == MT_ERR_SYSTEM && error == ENOENT)
		out_message(file, "no such file; memtrace run -o %s PROGRAM writes one", file);
	else if (status == MT_ERR_SYSTEM && !stat(file, &info) && !S_ISREG(info.st_mode))
		out_message(file, "not a regular file; a trace is read from a file");
	else if (status == MT_ERR_SYSTEM)
		out_message(file, "cannot be read: %s", strerror(error));
	else if (status == MT_ERR_NOT_A_TRACE)
		out_message(file, "not a memtrace trace; %s", guess_content(file));
	else if (status == MT_ERR_VERSION)
		out_message(file, "written by a newer memtrace; read it with that version");
	else if (status == MT_ERR_HEADER && !stat(file, &info) && !info.st_size)
		out_message(file, "the file is empty; record the program again");
	else if (status == MT_ERR_HEADER)
		out_message(file, "the header is not whole; record the program again");
	else
		out_message(file, "%s", mt_status_text(status));
	return EXIT_BAD_TRACE;
}

char *trace_file_split(const char *operand, uint64_t *number)
{
	const char *at = strrchr(operand, '@');
	char *end;

	*number = 0;
	if (!at || at[1] < '1' || at[1] > '9' || !access(operand, F_OK))
		return xstrdup(operand);
	*number = strtoull(at + 1, &end, 10);
	if (*end) {
		*number = 0;
		return xstrdup(operand);
	}
	return at == operand ? NULL : xstrndup(operand, (size_t)(at - operand));
}

static void show_progress(void *context, uint64_t done_bytes, uint64_t all_bytes)
{
	(void)context;
	out_progress("reading", done_bytes, all_bytes);
}

/* The snapshots have numbers only when all are known. */
static int find_snapshot(struct cmd_call *call, const struct an_session_options *like,
			 struct an_until *until)
{
	struct an_session_options options = *like;
	struct an_session *all;
	uint32_t n_snapshots;
	int status;

	options.is_names_only = true;
	errno = 0;
	status = an_session_open(&all, call->file, &options);
	out_progress_end();
	if (!all)
		return trace_file_refuse(call->file, status, errno);
	n_snapshots = all->n_snapshots;
	status = call->snapshot <= n_snapshots &&
		 an_session_until(all, (uint32_t)call->snapshot - 1, until);
	an_session_close(all);
	if (status)
		return EXIT_DONE;
	out_message(call->file, "there is no snapshot %llu; it has %u, which memtrace info lists",
		    (unsigned long long)call->snapshot, n_snapshots);
	return EXIT_USAGE;
}

int trace_file_open(struct cmd_call *call, bool is_self_check, int *status)
{
	struct an_symbols_options symbols = {
		.debug_dirs = cmd_settings.debug_dirs,
		.sysroot = cmd_settings.sysroot,
	};
	struct an_session_options options = {
		.is_self_check = is_self_check,
		.symbols = &symbols,
		.progress = show_progress,
	};
	struct an_until until;

	if (call->snapshot) {
		int exit_code = find_snapshot(call, &options, &until);

		if (exit_code)
			return exit_code;
		options.until = &until;
	}
	errno = 0;
	*status = an_session_open(&call->session, call->file, &options);
	out_progress_end();
	if (call->session)
		return EXIT_DONE;
	return trace_file_refuse(call->file, *status, errno);
}

int trace_file_judge(const struct cmd_call *call, int status, int exit_code)
{
	const struct an_session *session = call->session;

	if (!session)
		return exit_code;
	if (status < 0) {
		out_message(call->file, "%s; what could be read before that was used",
			    mt_status_text(status));
		return EXIT_BAD_TRACE;
	}
	if (session->is_damaged) {
		out_message(call->file, "the trace is damaged; what could be read was used "
			    "(memtrace dump shows where)");
		return EXIT_BAD_TRACE;
	}
	if (session->is_cut && cmd_settings.is_strict) {
		out_message(call->file, "the trace is cut: %s (refused because of --strict)",
			    session->cut_reason ? session->cut_reason : "its end is missing");
		return EXIT_BAD_TRACE;
	}
	if (session->is_cut)
		out_message(call->file, "the trace is cut: %s; what was recorded before was used "
			    "(--strict refuses it)",
			    session->cut_reason ? session->cut_reason : "its end is missing");
	return exit_code;
}
