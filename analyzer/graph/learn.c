/* SPDX-License-Identifier: Apache-2.0 */
/*
 * learn.c -- intrusive lists and hidden headers, without being told.
 *
 * If nearly all allocations of a site that are held at all are held at one
 * place inside, then that place is how the program names them: a list node in
 * the middle, or the end of a header. An edge to it is as good as one to the
 * start. An allocation's pointer to itself teaches nothing.
 */
#include "analyzer/graph/build.h"

#include "analyzer/base/u64map.h"

enum {
	SITE_MIN = 20,         /* allocations of the site */
	HELD_PERCENT = 95,     /* of its held ones, at one place */
};

struct site {
	uint64_t key;
	uint32_t n;
	uint32_t n_held;
};

struct place {
	uint64_t key;          /* site, offset */
	uint64_t n;            /* allocations held there */
};

static uint64_t place_key(const struct an_graph_builder *builder, uint32_t to, uint32_t offset)
{
	return (uint64_t)builder->input.sites[to] << 32 | offset;
}

static void count_sites(const struct an_graph_builder *builder, struct u64map *sites)
{
	for (uint32_t i = 0; i < builder->input.n_nodes; i++) {
		struct site *site = u64map_put(sites, builder->input.sites[i], NULL);

		site->n++;
		site->n_held += builder->is_held[i / 8] >> i % 8 & 1;
	}
}

/* Offsets by node, from both lists: first[n] .. first[n + 1]. Freed by the caller. */
static uint32_t *offsets_by_node(const struct an_graph_builder *builder, uint32_t *first)
{
	size_t n = builder->insides.n, n_all = n + builder->root_insides.n;
	uint32_t *offsets = xmalloc((n_all + 1) * sizeof(*offsets));

	for (size_t i = 0; i < n_all; i++)
		first[(i < n ? &builder->insides.at[i] : &builder->root_insides.at[i - n])->to +
		      2]++;
	for (uint32_t i = 1; i <= builder->input.n_nodes; i++)
		first[i + 1] += first[i];
	for (size_t i = 0; i < n_all; i++) {
		const struct an_inside *inside =
			i < n ? &builder->insides.at[i] : &builder->root_insides.at[i - n];

		offsets[first[inside->to + 1]++] = inside->offset;
	}
	return offsets;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void count_places(const struct an_graph_builder *builder, struct u64map *places)
{
	uint32_t n = builder->input.n_nodes;
	uint32_t *first = xcalloc((size_t)n + 2, sizeof(*first));
	uint32_t *offsets = offsets_by_node(builder, first);

	for (uint32_t node = 0; node < n; node++) {
		uint32_t *row = offsets + first[node];
		uint32_t n_row = first[node + 1] - first[node];

		if (n_row > 1)
			qsort(row, n_row, sizeof(*row), by_number);
		for (uint32_t i = 0; i < n_row; i++) {
			struct place *place;

			if (i && row[i] == row[i - 1])
				continue;
			place = u64map_put(places, place_key(builder, node, row[i]), NULL);
			place->n++;
		}
	}
	free(offsets);
	free(first);
}

static bool is_learned(const struct an_graph_builder *builder, const struct u64map *sites,
		       const struct u64map *places, const struct an_inside *inside)
{
	const struct site *site = u64map_get(sites, builder->input.sites[inside->to]);
	const struct place *place =
		u64map_get(places, place_key(builder, inside->to, inside->offset));

	return site->n >= SITE_MIN && place->n * 100 >= (uint64_t)SITE_MIN * HELD_PERCENT &&
	       place->n * 100 >= (uint64_t)site->n_held * HELD_PERCENT;
}

void an_learn(struct an_graph_builder *builder)
{
	struct u64map sites, places;

	u64map_init(&sites, sizeof(struct site));
	u64map_init(&places, sizeof(struct place));
	count_sites(builder, &sites);
	count_places(builder, &places);
	for (size_t i = 0; i < builder->insides.n; i++) {
		const struct an_inside *inside = &builder->insides.at[i];
		uint32_t *kind = &builder->edges.at[inside->edge].words_and_kind;

		if (is_learned(builder, &sites, &places, inside))
			*kind = (*kind & ~15u) | AN_EDGE_LEARNED;
	}
	for (size_t i = 0; i < builder->root_insides.n; i++) {
		const struct an_inside *inside = &builder->root_insides.at[i];
		uint32_t *kind = &builder->roots.at[inside->edge].root_and_kind;

		if (is_learned(builder, &sites, &places, inside))
			*kind = (*kind & ~15u) | AN_EDGE_LEARNED;
	}
	u64map_release(&sites);
	u64map_release(&places);
}
