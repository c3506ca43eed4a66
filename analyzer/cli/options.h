/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h -- what may follow a command on its line, as a table.
 *
 * One table makes the parser, the text of --help and the list that the lint
 * test compares with the man page, so the three cannot disagree. Options are
 * taken as --name=value, --name value, -x value, -xvalue, and flags combined as
 * in -qx; "--" ends them. Names are never abbreviated: a script that used an
 * abbreviation would break when an option is added.
 */
#ifndef ANALYZER_CLI_OPTIONS_H
#define ANALYZER_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum opt_kind {
	OPT_FLAG = 1,   /* bool *: set to true */
	OPT_TEXT,       /* const char **: borrowed from argv */
	OPT_COUNT,      /* uint64_t *: decimal digits only */
	OPT_CHOICE,     /* unsigned *: the index into choices */
	OPT_LIST,       /* struct opt_list *: each use adds one, borrowed from argv */
	OPT_GROUP,      /* target is another table, taken in here */
};

struct opt_list {
	const char **at;
	size_t n, room;
};

/* A table ends with a zeroed entry. */
struct opt {
	const char *name;            /* without the dashes */
	char letter;                 /* of the short form, or 0 */
	enum opt_kind kind;
	const char *argument;        /* how help calls it: "N"; NULL for flags */
	const char *help;            /* lower case, no full stop */
	void *target;
	const char *const *choices;  /* of OPT_CHOICE; ends with NULL */
};

struct opt_result {
	bool is_help;                /* --help or -h was met; what follows it is not looked at */
	int first_operand;           /* argv[first_operand .. argc) are the operands */
	char message[512];           /* what is wrong with the line, when opt_parse fails */
};

/*
 * Parses argv[1 .. argc). Operands are moved behind the options, in their order,
 * unless is_first_operand_last: then the first operand ends the options ("run",
 * whose operands are somebody else's command line). 0, or -1 with a message
 * that names the mistake and, when a name is near, the one that was meant.
 */
int opt_parse(const struct opt *options, int argc, char **argv, bool is_first_operand_last,
	      struct opt_result *result);

/* Calls visit for each option of the table and of the tables in it. */
void opt_for_each(const struct opt *options,
		  void (*visit)(void *context, const struct opt *option), void *context);

/* Is there an option of this name, of n_name bytes, in the table or those in it? */
bool opt_has(const struct opt *options, const char *name, size_t n_name);

/* The candidate nearest to word if it is near enough to have been meant, else
 * NULL. candidates ends with NULL. */
const char *opt_nearest(const char *word, const char *const *candidates);

#endif
