/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_maps.c -- /proc/thread-self/maps as pieces: what is memtrace's own is
 * cut out, what belongs to an ELF object is told from what the kernel merged
 * with it. (/proc/self has no memory once the first thread has ended.)
 */
#include "tracer/inside/declared.h"
#include "tracer/inside/modules.h"
#include "tracer/inside/snapshot_parts.h"
#include "tracer/inside/sys.h"

#include <dlfcn.h>
#include <fcntl.h>

enum {
	OWNERS_MAX = 8192,
	NAMES_BYTES = 256 << 10,
	TEXT_BYTES = 32 << 10,
};

/* Memory with an owner: an ELF object, or us if there is no name. */
struct owner {
	uintptr_t start, end;
	const char *name;
};

struct mapping {
	uintptr_t start, end;
	bool is_readable, is_writable, is_shared, is_file;
	bool is_guarded;
	const char *name;
};

static struct owner owners[OWNERS_MAX];
static uint32_t n_owners;
static char names[NAMES_BYTES];
static size_t n_names;
static char text[TEXT_BYTES];

static void add_owner(uintptr_t start, uintptr_t end, const char *name)
{
	if (n_owners < OWNERS_MAX)
		owners[n_owners++] = (struct owner){
			start, (end + TR_SHOT_PAGE - 1) & ~(uintptr_t)(TR_SHOT_PAGE - 1), name };
}

/* Our own first: they are to be found first. While the loader is at work its
 * list is not to be walked; then the mappings are told by their files. */
static void find_owners(void)
{
	struct dl_find_object found;
	size_t n = tr_own_ranges((struct tr_range *)(void *)text, sizeof(text) /
				 sizeof(struct tr_range));

	n_owners = 0;
	if (_dl_find_object((void *)find_owners, &found) == 0)
		add_owner((uintptr_t)found.dlfo_map_start, (uintptr_t)found.dlfo_map_end, NULL);
	for (size_t i = 0; i < n; i++) {
		const struct tr_range *range = (const struct tr_range *)(void *)text + i;

		add_owner(range->start, range->end, NULL);
	}
	if (_r_debug.r_state != RT_CONSISTENT)
		return;
	for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
		if (map->l_ld && _dl_find_object(map->l_ld, &found) == 0)
			add_owner((uintptr_t)found.dlfo_map_start, (uintptr_t)found.dlfo_map_end,
				  map->l_name && map->l_name[0] ? map->l_name : tr.exe);
}

static const char *keep_name(const char *name, size_t n)
{
	char *kept = names + n_names;

	if (!n || n_names + n + 1 > sizeof(names))
		return "";
	memcpy(kept, name, n);
	kept[n] = '\0';
	n_names += n + 1;
	return kept;
}

static bool begins_with(const char *string, const char *prefix)
{
	return strncmp(string, prefix, strlen(prefix)) == 0;
}

/* What a device shows is not memory, and reading it may do something. */
static bool is_device(const char *name)
{
	return begins_with(name, "anon_inode:") || begins_with(name, "/dmabuf") ||
	       (begins_with(name, "/dev/") && !begins_with(name, "/dev/shm/") &&
		!begins_with(name, "/dev/zero") && !begins_with(name, "/dev/hugepages/"));
}

static uint8_t kind_of(const struct mapping *mapping)
{
	if (mapping->is_shared)
		return MT_RANGE_SHARED;
	if (strcmp(mapping->name, "[heap]") == 0)
		return MT_RANGE_HEAP;
	if (strcmp(mapping->name, "[stack]") == 0)
		return MT_RANGE_STACK;
	return mapping->is_file ? MT_RANGE_FILE : MT_RANGE_ANONYMOUS;
}

static void add_piece(struct tr_shot *shot, const struct mapping *mapping, uintptr_t start,
		      uintptr_t end, const struct owner *owner)
{
	struct tr_piece *piece;

	if (shot->n_pieces == TR_PIECES_MAX) {
		shot->reason = "too-many-mappings";
		return;
	}
	piece = &shot->pieces[shot->n_pieces++];
	*piece = (struct tr_piece){
		.start = start, .end = end, .is_shared = mapping->is_shared,
		.is_guarded = mapping->is_guarded && start == mapping->start,
		.name = owner ? owner->name : mapping->name,
		.kind = owner && !mapping->is_shared ? MT_RANGE_MODULE : kind_of(mapping),
	};
	if (piece->kind == MT_RANGE_STACK) {
		piece->tid = tr.pid;
		piece->flags = MT_RANGE_WHOLE_STACK;
	}
}

/* The owner of an address, or NULL; *until: where that changes, or end. */
static const struct owner *owner_at(uintptr_t at, uintptr_t end, uintptr_t *until)
{
	*until = end;
	for (uint32_t i = 0; i < n_owners; i++) {
		const struct owner *owner = &owners[i];

		if (at >= owner->start && at < owner->end) {
			*until = owner->end < end ? owner->end : end;
			return owner;
		}
		if (owner->start > at && owner->start < *until)
			*until = owner->start;
	}
	return NULL;
}

static void add_mapping(struct tr_shot *shot, const struct mapping *mapping)
{
	uintptr_t until;

	for (uintptr_t at = mapping->start; at < mapping->end; at = until) {
		const struct owner *owner = owner_at(at, mapping->end, &until);

		if (!owner || owner->name)
			add_piece(shot, mapping, at, until, owner);
	}
}

static uintptr_t hex(const char **at)
{
	uintptr_t value = 0;

	for (;; (*at)++) {
		char c = **at;

		if (c >= '0' && c <= '9')
			value = value << 4 | (uintptr_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uintptr_t)(c - 'a' + 10);
		else
			return value;
	}
}

static const char *skip_word(const char *at)
{
	while (*at && *at != ' ')
		at++;
	while (*at == ' ')
		at++;
	return at;
}

/* "start-end perms offset device inode   name", ended by a zero. What was made
 * unwritable may have been filled before, but an ELF object's was by the loader. */
static bool parse(const char *line, struct mapping *mapping)
{
	const char *at = line, *perms;

	mapping->start = hex(&at);
	at++;
	mapping->end = hex(&at);
	perms = skip_word(at);
	if (strnlen(perms, 4) < 4)
		return false;
	mapping->is_readable = perms[0] == 'r';
	mapping->is_writable = perms[1] == 'w';
	mapping->is_shared = perms[3] == 's';
	at = skip_word(skip_word(skip_word(perms)));
	mapping->is_file = *at != '0';
	mapping->name = skip_word(at);
	if (!mapping->is_readable || is_device(mapping->name))
		return false;
	return mapping->is_writable ||
	       (!mapping->is_shared && !mapping->is_file && perms[2] != 'x' &&
		(!mapping->name[0] || begins_with(mapping->name, "[anon:")));
}

/* Of what is not looked at, the parts that the program declared to be roots. */
static void add_declared(struct tr_shot *shot, const struct mapping *mapping)
{
	uintptr_t at = mapping->start, end;

	for (; mapping->is_readable && (end = tr_declared_next(&at, mapping->end)); at = end) {
		struct mapping part = *mapping;

		part.start = at;
		part.end = end;
		part.name = keep_name(mapping->name, strlen(mapping->name));
		add_mapping(shot, &part);
	}
}

/* Takes the whole lines of text[0, n); how many bytes those were. */
static size_t take_lines(struct tr_shot *shot, size_t n, struct mapping *last)
{
	size_t done = 0;

	for (;;) {
		char *line = text + done, *end = memchr(line, '\n', n - done);
		struct mapping mapping;
		bool is_wanted;

		if (!end)
			return done;
		*end = '\0';
		is_wanted = parse(line, &mapping);
		mapping.is_guarded = mapping.start == last->end && !last->is_readable;
		*last = mapping;
		if (is_wanted) {
			mapping.name = keep_name(mapping.name, strlen(mapping.name));
			add_mapping(shot, &mapping);
		} else {
			add_declared(shot, &mapping);
		}
		done = (size_t)(end + 1 - text);
	}
}

bool tr_shot_map(struct tr_shot *shot)
{
	long fd = tr_sys4(SYS_openat, AT_FDCWD, "/proc/thread-self/maps", O_RDONLY | O_CLOEXEC, 0);
	struct mapping last = { .is_readable = true };
	size_t n = 0, n_done;
	long n_read = 0;

	shot->n_pieces = 0;
	n_names = 0;
	if (tr_is_error(fd))
		return false;
	find_owners();
	while (n < sizeof(text) &&
	       (n_read = tr_sys3(SYS_read, fd, text + n, sizeof(text) - n)) > 0) {
		n += (size_t)n_read;
		n_done = take_lines(shot, n, &last);
		memmove(text, text + n_done, n - n_done);
		n -= n_done;
	}
	tr_sys1(SYS_close, fd);
	return n_read == 0 && shot->n_pieces > 0;
}
