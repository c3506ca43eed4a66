/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace_file.h -- which trace a command reads, and what is said when it is bad.
 */
#ifndef ANALYZER_CLI_TRACE_FILE_H
#define ANALYZER_CLI_TRACE_FILE_H

#include "analyzer/cli/cmd.h"

/*
 * The trace to read: FILE (FILE.live is taken as FILE, which reads both), or
 * without one trace.bin, else the newest trace in the working directory. Owned
 * by the caller; NULL when there is none.
 */
char *trace_file_choose(const char *file);

/* FILE@N, where there is no file of that very name: *number is N, and the result FILE,
 * owned by the caller; NULL when it was nothing but @N. Else *number is 0. */
char *trace_file_split(const char *operand, uint64_t *number);

/* Opens and replays call->file, with the checks of "dump --self-check" if wanted.
 * EXIT_DONE, or a code when there is no session:
 * the message was printed. *status says what was wrong after the header. */
int trace_file_open(struct cmd_call *call, bool is_self_check, int *status);

/* Says what was wrong with a trace that was read as far as it goes (status is
 * what reading ended with), and turns the command's exit code into that of the
 * whole: damage is EXIT_BAD_TRACE, and so is a cut with --strict. */
int trace_file_judge(const struct cmd_call *call, int status, int exit_code);

/* The message for a trace that cannot be opened. error is errno. EXIT_BAD_TRACE. */
int trace_file_refuse(const char *file, int status, int error);

#endif
