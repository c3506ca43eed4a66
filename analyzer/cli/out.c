/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out.c -- see out.h. The pager is a stream of our own: it keeps what is written
 * until that is more than the terminal shows, and only then starts the pager, so
 * that short answers stay on the screen whatever $PAGER is.
 */
#include "analyzer/cli/out.h"
#include "analyzer/base/xalloc.h"
#include "analyzer/cli/out_text.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const out_colour_choices[] = { "auto", "always", "never", NULL };

struct pager {
	char *kept;
	size_t n_kept, room;
	unsigned n_lines, n_lines_max;
	FILE *to;             /* the pager's input, once it runs */
	bool is_gone;         /* it was quit, or could not be started */
};

static const char *pager_command(void)
{
	const char *command = getenv("MEMTRACE_PAGER");

	if (!command)
		command = getenv("PAGER");
	return command ? command : "less";
}

static void start_pager(struct pager *pager)
{
	setenv("LESS", "FRX", 0);
	fflush(stdout);
	pager->to = popen(pager_command(), "w");
	if (!pager->to)
		pager->to = stdout;
	fwrite(pager->kept, 1, pager->n_kept, pager->to);
	free(pager->kept);
	pager->kept = NULL;
}

static void keep(struct pager *pager, const char *bytes, size_t n_bytes)
{
	if (pager->n_kept + n_bytes > pager->room) {
		pager->room = (pager->n_kept + n_bytes) * 2;
		pager->kept = xreallocarray(pager->kept, pager->room, 1);
	}
	memcpy(pager->kept + pager->n_kept, bytes, n_bytes);
	pager->n_kept += n_bytes;
	for (size_t i = 0; i < n_bytes; i++)
		pager->n_lines += bytes[i] == '\n';
	if (pager->n_lines >= pager->n_lines_max)
		start_pager(pager);
}

static ssize_t write_to_pager(void *context, const char *bytes, size_t n_bytes)
{
	struct pager *pager = context;

	if (!pager->to)
		keep(pager, bytes, n_bytes);
	else if (!pager->is_gone && fwrite(bytes, 1, n_bytes, pager->to) < n_bytes)
		pager->is_gone = true;
	return (ssize_t)n_bytes;
}

static int close_pager(void *context)
{
	struct pager *pager = context;

	if (!pager->to)
		fwrite(pager->kept, 1, pager->n_kept, stdout);
	else if (pager->to != stdout)
		pclose(pager->to);
	free(pager->kept);
	free(pager);
	return 0;
}

static void open_pager(struct out *out, unsigned rows)
{
	cookie_io_functions_t functions = { .write = write_to_pager, .close = close_pager };
	struct pager *pager = xcalloc(1, sizeof *pager);

	pager->n_lines_max = rows > 2 ? rows - 1 : 23;
	signal(SIGPIPE, SIG_IGN);
	out->to = fopencookie(pager, "w", functions);
	if (!out->to) {
		free(pager);
		out->to = stdout;
		return;
	}
	out->pager = pager;
}

static unsigned columns(const struct winsize *size)
{
	const char *text = getenv("COLUMNS");
	unsigned long n = text ? strtoul(text, NULL, 10) : 0;

	if (!n)
		n = size->ws_col ? size->ws_col : 80;
	return n < 40 ? 40 : n > 1000 ? 1000 : (unsigned)n;
}

void out_open(struct out *out, enum out_colour colour, bool has_pager)
{
	bool is_terminal = isatty(STDOUT_FILENO);
	const char *no_colour = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");
	bool is_dumb = !terminal || !strcmp(terminal, "dumb");
	struct winsize size = { 0 };

	*out = (struct out){ .to = stdout };
	if (is_terminal)
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	out->width = columns(&size);
	out->has_colour = colour == OUT_COLOUR_ALWAYS ||
			  (colour == OUT_COLOUR_AUTO && is_terminal && !is_dumb &&
			   !(no_colour && *no_colour));
	if (is_terminal && has_pager && *pager_command() && strcmp(pager_command(), "cat"))
		open_pager(out, size.ws_row);
}

void out_flush(struct out *out)
{
	if (fflush(out->to) && !out->error)
		out->error = errno;
}

int out_close(struct out *out)
{
	bool is_bad;
	int error;

	if (!out->to)
		return 0;
	out_flush(out);
	if (out->pager)
		fclose(out->to);
	error = out->error;
	is_bad = ferror(stdout);
	/* A descriptor that was never open and never written to is nobody's loss. */
	if (fclose(stdout) && errno != EBADF && !error)
		error = errno;
	*out = (struct out){ 0 };
	if ((!error && !is_bad) || error == EPIPE)
		return 0;
	out_message(NULL, "the output could not be written%s%s", error ? ": " : "",
		    error ? strerror(error) : "");
	return -1;
}

void out_style(struct out *out, enum out_style style)
{
	static const char *const codes[] = { "\33[0m", "\33[1m", "\33[1;36m", "\33[2m",
					     "\33[33m" };

	if (out->has_colour)
		fputs(codes[style], out->to);
}

void out_message(const char *file, const char *format, ...)
{
	char *what = NULL;
	va_list arguments;

	out_progress_end();
	va_start(arguments, format);
	if (vasprintf(&what, format, arguments) < 0)
		what = NULL;
	va_end(arguments);
	fputs("memtrace: ", stderr);
	if (file) {
		text_put(stderr, file);
		fputs(": ", stderr);
	}
	text_put(stderr, what);
	fputc('\n', stderr);
	free(what);
}
