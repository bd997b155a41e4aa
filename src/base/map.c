/* map.c - text to 64-bit value, and numbered distinct texts.
 *
 * Entries lie in an array in insertion order; a power-of-two index of 32-bit entry numbers points into it (linear probing,
 * at most 2/3 full, 0 = free). So iteration is a walk over an array and its order is that of insertion. Removal closes the
 * gap and rebuilds the index: it is rare here, and the order matters more. */
#include "coldcase/map.h"

#include <string.h>
#include "coldcase/arena.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"

typedef struct entry {
	cc_str key;
	uint64_t hash, value;
} entry;

struct cc_map {
	CC_VEC(entry) entries;
	uint32_t *index; /* entry number + 1 */
	size_t index_cap;
};

static const cc_image_field entry_fields[] = { CC_IMAGE_TEXT(entry, key) };
static const cc_image_type entry_image = CC_IMAGE_TYPE(entry, entry_fields);
static const cc_image_field map_fields[] = { CC_IMAGE_VEC(struct cc_map, entries, &entry_image),
	CC_IMAGE_ARRAY(struct cc_map, index, index_cap, 0, NULL) };
const cc_image_type cc_map_image = CC_IMAGE_TYPE(struct cc_map, map_fields);

cc_map *cc_map_new(void)
{
	return cc_calloc(1, sizeof(cc_map));
}

void cc_map_free(cc_map *m)
{
	if (!m)
		return;
	cc_vec_deinit(&m->entries);
	cc_free(m->index);
	cc_free(m);
}

/* Where key is in the index, or the free place where it belongs. The index is never full. */
static size_t find_place(const cc_map *m, cc_str key, uint64_t hash)
{
	size_t mask = m->index_cap - 1, i = (size_t)hash & mask;
	for (; m->index[i]; i = (i + 1) & mask) {
		const entry *e = &m->entries.p[m->index[i] - 1];
		if (e->hash == hash && cc_str_eq(e->key, key))
			break;
	}
	return i;
}

static void fill_index(cc_map *m)
{
	memset(m->index, 0, m->index_cap * sizeof *m->index);
	size_t mask = m->index_cap - 1;
	for (size_t k = 0; k < m->entries.n; k++) {
		size_t i = (size_t)m->entries.p[k].hash & mask;
		while (m->index[i])
			i = (i + 1) & mask;
		m->index[i] = (uint32_t)(k + 1);
	}
}

static bool make_room(cc_map *m)
{
	if (m->entries.n >= UINT32_MAX - 1 || !cc_vec_reserve(&m->entries, 1))
		return false;
	if ((m->entries.n + 1) * 3 <= m->index_cap * 2)
		return true;
	size_t cap = m->index_cap ? m->index_cap * 2 : 16;
	uint32_t *grown = cc_reallocarray(m->index, cap, sizeof *grown);
	if (!grown)
		return false;
	m->index = grown;
	m->index_cap = cap;
	fill_index(m);
	return true;
}

static entry *find(const cc_map *m, cc_str key)
{
	if (m->entries.n == 0)
		return NULL;
	uint32_t number = m->index[find_place(m, key, cc_str_hash_quick(key))];
	return number ? &m->entries.p[number - 1] : NULL;
}

bool cc_map_get(const cc_map *m, cc_str key, uint64_t *value)
{
	const entry *e = find(m, key);
	if (e && value)
		*value = e->value;
	return e != NULL;
}

uint64_t *cc_map_slot(cc_map *m, cc_str key, uint64_t initial)
{
	uint64_t hash = cc_str_hash_quick(key);
	if (m->entries.n) {
		uint32_t number = m->index[find_place(m, key, hash)];
		if (number)
			return &m->entries.p[number - 1].value;
	}
	if (!make_room(m))
		return NULL;
	m->index[find_place(m, key, hash)] = (uint32_t)(m->entries.n + 1);
	entry *e = &m->entries.p[m->entries.n++];
	*e = (entry){ key, hash, initial };
	return &e->value;
}

bool cc_map_set(cc_map *m, cc_str key, uint64_t value)
{
	uint64_t *slot = cc_map_slot(m, key, value);
	if (slot)
		*slot = value;
	return slot != NULL;
}

bool cc_map_remove(cc_map *m, cc_str key)
{
	entry *e = find(m, key);
	if (!e)
		return false;
	size_t after = m->entries.n - (size_t)(e - m->entries.p) - 1;
	memmove(e, e + 1, after * sizeof *e);
	m->entries.n--;
	fill_index(m);
	return true;
}

size_t cc_map_count(const cc_map *m)
{
	return m->entries.n;
}

void cc_map_entry(const cc_map *m, size_t i, cc_str *key, uint64_t *value)
{
	const entry *e = &m->entries.p[i];
	if (key)
		*key = e->key;
	if (value)
		*value = e->value;
}

/* A dictionary is a map whose keys live in an arena: insertion order makes the i-th entry the text with number i + 1. */
struct cc_dict {
	cc_arena *arena;
	cc_map *map;
};

static const cc_image_field dict_fields[] = { CC_IMAGE_DROP(struct cc_dict, arena),
	CC_IMAGE_PTR(struct cc_dict, map, &cc_map_image) };
const cc_image_type cc_dict_image = CC_IMAGE_TYPE(struct cc_dict, dict_fields);

cc_dict *cc_dict_new(void)
{
	cc_dict *d = cc_calloc(1, sizeof *d);
	if (!d)
		return NULL;
	d->arena = cc_arena_new();
	d->map = cc_map_new();
	if (d->arena && d->map)
		return d;
	cc_dict_free(d);
	return NULL;
}

void cc_dict_free(cc_dict *d)
{
	if (!d)
		return;
	cc_map_free(d->map);
	cc_arena_free(d->arena);
	cc_free(d);
}

uint32_t cc_dict_find(const cc_dict *d, cc_str s)
{
	if (s.n == 0)
		return 0;
	const entry *e = find(d->map, s);
	return e ? (uint32_t)e->value : UINT32_MAX;
}

uint32_t cc_dict_add(cc_dict *d, cc_str s)
{
	uint32_t id = cc_dict_find(d, s);
	if (id != UINT32_MAX)
		return id;
	id = (uint32_t)d->map->entries.n + 1;
	if (id >= UINT32_MAX - 1 || !make_room(d->map)) /* room first: a copy without an entry would be lost memory */
		return UINT32_MAX;
	cc_str copy = cc_arena_dup(d->arena, s);
	return copy.p && cc_map_set(d->map, copy, id) ? id : UINT32_MAX;
}

cc_str cc_dict_get(const cc_dict *d, uint32_t id)
{
	return id && id <= d->map->entries.n ? d->map->entries.p[id - 1].key : CC_STR_EMPTY;
}

size_t cc_dict_count(const cc_dict *d)
{
	return d->map->entries.n + 1;
}
