/* chat.c - a conversation: a list of messages, each with an arena of its own, so that one can go without the others. */
#include "coldcase/arena.h"
#include "coldcase/model.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"

typedef struct entry {
	cc_message message;
	cc_arena *arena;
} entry;

struct cc_chat { CC_VEC(entry) entries; };

cc_chat *cc_chat_new(void)
{
	return cc_calloc(1, sizeof(cc_chat));
}

void cc_chat_truncate(cc_chat *c, size_t n)
{
	while (c->entries.n > n)
		cc_arena_free(c->entries.p[--c->entries.n].arena);
}

void cc_chat_free(cc_chat *c)
{
	if (!c)
		return;
	cc_chat_truncate(c, 0);
	cc_vec_deinit(&c->entries);
	cc_free(c);
}

static bool copy_text(cc_arena *a, cc_str *s)
{
	*s = cc_arena_dup(a, s->n ? *s : CC_STR_EMPTY);
	return s->p != NULL;
}

static bool copy_message(cc_arena *a, cc_message *m)
{
	bool ok = copy_text(a, &m->text) && copy_text(a, &m->reasoning) && copy_text(a, &m->state) && copy_text(a, &m->call_id) &&
		copy_text(a, &m->call_name);
	cc_tool_call *calls = cc_arena_array(a, m->calls_n, sizeof *calls);
	for (size_t i = 0; ok && calls && i < m->calls_n; i++) {
		calls[i] = m->calls[i];
		ok = copy_text(a, &calls[i].id) && copy_text(a, &calls[i].name) && copy_text(a, &calls[i].arguments);
	}
	m->calls = calls;
	return ok && calls;
}

bool cc_chat_add(cc_chat *c, const cc_message *m)
{
	entry e = { *m, cc_arena_new() };
	if (e.arena && copy_message(e.arena, &e.message) && cc_vec_push(&c->entries, e))
		return true;
	cc_arena_free(e.arena);
	return false;
}

size_t cc_chat_count(const cc_chat *c)
{
	return c->entries.n;
}

const cc_message *cc_chat_get(const cc_chat *c, size_t i)
{
	return &c->entries.p[i].message;
}
