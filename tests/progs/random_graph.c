/* SPDX-License-Identifier: Apache-2.0 */
/* random_graph: builds a random object graph from a seed, lets go of some of it, and says what
 * is left of each kind; found by naive reachability, over bookkeeping that holds no pointers.
 *
 *   random_graph SEED plain|ends    one line: seed, then definite, indirect, possible and
 *                                   reachable, each as bytes and allocations
 *   random_graph FROM TO FORM       that for each seed from FROM up to TO, in a process each
 *
 * There are pointers to starts, inside, and with "ends" one past the end, in other allocations
 * and in three kinds of roots; shared parts, rings, pointers to oneself, allocations of no
 * bytes, and memory that was freed and still points at what lives.
 */
#include "tests/progs/progs.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NODES_MAX = 128, DECOYS = 12, DECOY_WORDS = 40, ROOTS = 12, EDGES_MAX = 3 * NODES_MAX };
enum kind { DEFINITE, INDIRECT, POSSIBLE, REACHABLE, KINDS };

struct edge {
	int from;        /* -1: a root */
	int to;
	int is_strong;
};

extern char **environ;

static uintptr_t hidden[NODES_MAX];      /* addresses, inverted */
static size_t sizes[NODES_MAX];
static uint64_t is_used[NODES_MAX];      /* words of it that hold something */
static struct edge edges[EDGES_MAX + ROOTS];
static int n_nodes, n_edges, has_ends;
static char leads[NODES_MAX][NODES_MAX];
static enum kind kinds[NODES_MAX];

static void *volatile globals[ROOTS];
static __thread void *volatile thread_locals[ROOTS];
static void *volatile *mapped;

static uint64_t state;

static unsigned draw(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % below);
}

static char *address(int node)
{
	return (char *)~hidden[node];
}

APART static void *make_node(size_t size)
{
	void *made = calloc(1, size);

	STAY();
	return made;
}

/* A pointer to a node, and whether it leads to its start. */
static char *pointer_to(int node, int *is_strong)
{
	unsigned how = draw(10);

	*is_strong = 1;
	if (has_ends && how == 9 && sizes[node]) {
		*is_strong = 0;
		return address(node) + sizes[node];
	}
	if (how >= 7 && sizes[node] > 8) {
		*is_strong = 0;
		return address(node) + 8 + draw((unsigned)sizes[node] - 8);
	}
	return address(node);
}

static void add_edge(int from, int to)
{
	struct edge *edge = &edges[n_edges];
	unsigned n_words = (unsigned)(sizes[from] / 8), word;
	char *pointer;

	if (!n_words || n_edges == EDGES_MAX)
		return;
	word = draw(n_words);
	if (is_used[from] >> word & 1)
		return;
	is_used[from] |= UINT64_C(1) << word;
	pointer = pointer_to(to, &edge->is_strong);
	memcpy(address(from) + 8 * word, &pointer, sizeof pointer);
	edge->from = from;
	edge->to = to;
	n_edges++;
}

static void add_root(int place)
{
	void *volatile *places[] = { globals, thread_locals, mapped };
	struct edge *edge = &edges[n_edges];

	edge->from = -1;
	edge->to = (int)draw((unsigned)n_nodes);
	places[place % 3][place] = pointer_to(edge->to, &edge->is_strong);
	/* Half of them are let go of again. */
	if (draw(2))
		places[place % 3][place] = NULL;
	else
		n_edges++;
}

static void add_rings(void)
{
	for (unsigned n = draw(4); n; n--) {
		int first = (int)draw((unsigned)n_nodes), length = 1 + (int)draw(5);

		for (int i = 0; i < length; i++)
			add_edge((first + i) % n_nodes, (first + (i + 1) % length) % n_nodes);
	}
}

APART static void build(void)
{
	void *volatile *decoys[DECOYS];

	n_nodes = 20 + (int)draw(NODES_MAX - 20);
	for (int i = 0; i < n_nodes; i++) {
		if (i < DECOYS)
			decoys[i] = keep(calloc(DECOY_WORDS, sizeof(void *)));
		sizes[i] = draw(12) ? 1 + draw(400) : 0;
		hidden[i] = ~(uintptr_t)make_node(sizes[i]);
	}
	add_rings();
	for (unsigned n = draw(2 * (unsigned)n_nodes); n; n--)
		add_edge((int)draw((unsigned)n_nodes), (int)draw((unsigned)n_nodes));
	for (int i = 0; i < ROOTS; i++)
		add_root(i);
	for (int i = 0; i < DECOYS; i++) {
		for (int k = 0; k < DECOY_WORDS; k++)
			decoys[i][k] = address((int)draw((unsigned)n_nodes));
		free(keep((void *)decoys[i]));
	}
}

/* Below it is where build and the rest run; in the end it is wiped. */
APART static void far_below(void)
{
	char room[65536];

	keep(room);
	build();
	STAY();
	memset(room, 0, sizeof room);
	keep(room);
}

/* What roots lead to; by strong edges alone, or by all. */
static void mark_from_roots(enum kind kind, int is_strong_only)
{
	int changed = 1;

	while (changed) {
		changed = 0;
		for (int i = 0; i < n_edges; i++) {
			const struct edge *edge = &edges[i];

			if ((is_strong_only && !edge->is_strong) || kinds[edge->to] >= POSSIBLE ||
			    (edge->from >= 0 && kinds[edge->from] < POSSIBLE))
				continue;
			kinds[edge->to] = kind;
			changed = 1;
		}
	}
}

static void close_leads(void)
{
	for (int i = 0; i < n_edges; i++)
		if (edges[i].from >= 0)
			leads[edges[i].from][edges[i].to] = 1;
	for (int k = 0; k < n_nodes; k++)
		for (int i = 0; i < n_nodes; i++)
			for (int j = 0; leads[i][k] && j < n_nodes; j++)
				leads[i][j] |= leads[k][j];
}

/* Valgrind's counts: by ascending address each one that nothing marked yet marks what it
 * leads to, short of what is marked. What none marks is definite. */
static void tell_lost(void)
{
	char is_marked[NODES_MAX] = { 0 };
	int order[NODES_MAX], stack[NODES_MAX], n = 0, n_stack;

	for (int i = 0; i < n_nodes; i++) {
		int at = n++;

		for (; at > 0 && hidden[order[at - 1]] < hidden[i]; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	for (int i = 0; i < n; i++) {
		int start = order[i];

		if (kinds[start] >= POSSIBLE || is_marked[start])
			continue;
		n_stack = 0;
		for (int at = start;; at = stack[--n_stack]) {
			for (int k = 0; k < n_edges; k++) {
				int to = edges[k].to;

				if (edges[k].from != at || to == start || is_marked[to] ||
				    kinds[to] >= POSSIBLE)
					continue;
				is_marked[to] = 1;
				stack[n_stack++] = to;
			}
			if (!n_stack)
				break;
		}
	}
	for (int i = 0; i < n; i++)
		if (kinds[i] < POSSIBLE)
			kinds[i] = is_marked[i] ? INDIRECT : DEFINITE;
}

/* However it is counted: one that something lost leads to, which it does not lead to
 * itself, is not definite unless it is of a ring; what nothing lost leads to is. */
static void check_lost(void)
{
	for (int i = 0; i < n_nodes; i++) {
		int is_led_to = 0;

		if (kinds[i] >= POSSIBLE)
			continue;
		for (int k = 0; k < n_nodes; k++)
			is_led_to |= k != i && kinds[k] < POSSIBLE && leads[k][i];
		if ((!is_led_to && kinds[i] != DEFINITE) ||
		    (is_led_to && kinds[i] == DEFINITE && !leads[i][i]))
			abort();
	}
}

static void say(unsigned long seed)
{
	unsigned long bytes[KINDS] = { 0 }, counts[KINDS] = { 0 };
	char line[200];
	int n;

	for (int i = 0; i < n_nodes; i++) {
		bytes[kinds[i]] += sizes[i];
		counts[kinds[i]]++;
	}
	n = snprintf(line, sizeof line, "%lu %lu %lu %lu %lu %lu %lu %lu %lu\n", seed, bytes[0],
		     counts[0], bytes[1], counts[1], bytes[2], counts[2], bytes[3], counts[3]);
	if (write(1, line, (size_t)n) != n)
		exit(1);
}

static int each(char **argv)
{
	for (unsigned long seed = strtoul(argv[1], NULL, 10); seed < strtoul(argv[2], NULL, 10);
	     seed++) {
		char text[30];
		char *command[] = { argv[0], text, argv[3], NULL };
		int status;
		pid_t pid;

		snprintf(text, sizeof text, "%lu", seed);
		if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, command, environ) ||
		    waitpid(pid, &status, 0) != pid || status)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4)
		return each(argv);
	if (argc != 3)
		return 2;
	state = strtoul(argv[1], NULL, 10) * UINT64_C(0x9e3779b97f4a7c15) + 1;
	has_ends = !strcmp(argv[2], "ends");
	mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mapped == MAP_FAILED)
		return 1;
	far_below();
	for (int i = 0; i < n_nodes; i++)
		kinds[i] = DEFINITE;
	mark_from_roots(REACHABLE, 1);
	mark_from_roots(POSSIBLE, 0);
	close_leads();
	tell_lost();
	check_lost();
	say(strtoul(argv[1], NULL, 10));
	return 0;
}
