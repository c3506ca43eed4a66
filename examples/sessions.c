/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sessions.c -- a server in sixty lines, with the three mistakes that servers
 * make: "make demo" records and reports it.
 *
 * Truth: of 1,000 requests every fifth fails its check, and its session, with
 * its 4 KiB buffer, is never freed: 200 of each. The table of 1 MB is freed. The
 * log keeps the last line of every request, 1,000 strings, and never shrinks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session {
	int id;
	char *buffer;
	char user[24];
};

static char **log_lines;
static size_t n_log_lines;

static struct session *session_new(int id)
{
	struct session *session = malloc(sizeof(*session));

	session->id = id;
	session->buffer = malloc(4096);
	snprintf(session->user, sizeof(session->user), "user%d", id);
	return session;
}

static void session_free(struct session *session)
{
	free(session->buffer);
	free(session);
}

static void log_request(const struct session *session)
{
	char line[64];

	snprintf(line, sizeof(line), "%s: request served", session->user);
	log_lines = realloc(log_lines, (n_log_lines + 1) * sizeof(*log_lines));
	log_lines[n_log_lines++] = strdup(line);
}

static int handle_request(int id)
{
	struct session *session = session_new(id);

	log_request(session);
	if (id % 5 == 0)
		return -1;    /* the error path forgets the session */
	session_free(session);
	return 0;
}

int main(void)
{
	char *table = calloc(1, 1000000);
	int n_failed = 0;

	for (int id = 0; id < 1000; id++)
		n_failed += handle_request(id) < 0;
	free(table);
	printf("1000 requests, %d failed\n", n_failed);
	return 0;
}
