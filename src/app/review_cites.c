/* review_cites.c - which records a deciding command tells of, and whether another command's answer tells of one of them.
 *
 * A state of an object lies in every poll until it changes: whoever was told of one of them was told of all. A list that only names
 * the object, or a neighbour's that refers to it, tells nothing of its state. Rows that hold a List are of all its objects at once
 * and prove nothing. */
#include <string.h>

#include "app/review_priv.h"
#include "coldcase/objects.h"

static void add(cc_map *cites, cc_arena *arena, const cc_snapshot *s, cc_cite cite)
{
	cc_buf b = CC_BUF_INIT;
	cc_cite_format(s, cite, &b);
	cc_str own = cc_arena_dup(arena, cc_buf_str(&b));
	if (own.p)
		(void)cc_map_set(cites, own, 1);
	cc_buf_deinit(&b);
}

static const cc_object *object_of(const cc_snapshot *s, cc_cite cite, size_t *obs)
{
	for (size_t i = 0; i < cc_objects_count(s); i++) {
		const cc_object *o = cc_objects_get(s, i);
		for (*obs = 0; *obs < o->obs_count && o->obs[0].cite.file == cite.file; ++*obs)
			if (o->obs[*obs].cite.record == cite.record)
				return o;
	}
	return NULL;
}

static void add_state(cc_map *cites, cc_arena *arena, const cc_snapshot *s, cc_cite cite)
{
	size_t at = 0;
	const cc_object *o = cite.file ? object_of(s, cite, &at) : NULL;
	if (!o) {
		if (cite.file)
			add(cites, arena, s, cite);
		return;
	}
	if (o->obs[at].item)
		return;
	while (at > 0 && !o->obs[at].changed)
		at--;
	for (size_t i = at; i < o->obs_count && (i == at || !o->obs[i].changed); i++)
		add(cites, arena, s, o->obs[i].cite);
}

static bool row_matches(cc_regex *re, const cc_section *table, const cc_row *row)
{
	cc_buf b = CC_BUF_INIT;
	for (size_t c = 0; c < table->column_count; c++) {
		cc_cell_render(&row->cells[c], &b, false);
		cc_buf_add_char(&b, ' ');
	}
	bool yes = cc_regex_match(re, cc_buf_str(&b)) == CC_REGEX_YES;
	cc_buf_deinit(&b);
	return yes;
}

static bool text_matches(cc_regex *re, const cc_section *text)
{
	cc_buf b = CC_BUF_INIT;
	for (size_t i = 0; i < text->line_count; i++) {
		cc_buf_add(&b, text->lines[i].text);
		cc_buf_add_char(&b, '\n');
	}
	bool yes = cc_regex_match(re, cc_buf_str(&b)) == CC_REGEX_YES;
	cc_buf_deinit(&b);
	return yes;
}

/* The record that a page of facts and text is of. */
static cc_str own_cite(const cc_section *facts)
{
	for (size_t i = 0; facts->kind == CC_SECTION_FACTS && i < facts->fact_count; i++)
		if (strcmp(facts->facts[i].key, "cite") == 0)
			return facts->facts[i].cell.text;
	return CC_STR_EMPTY;
}

void app_cites_collect(cc_map *cites, cc_regex *re, cc_arena *arena, const cc_snapshot *s, const cc_reply *reply)
{
	cc_cite page = { 0 };
	for (size_t i = 0; i < cc_reply_section_count(reply); i++) {
		const cc_section *sec = cc_reply_section(reply, i);
		cc_str own = own_cite(sec);
		if (own.n && cc_cite_parse(s, own, &page, NULL) != CC_OK)
			page = (cc_cite){ 0 };
		for (size_t k = 0; sec->kind == CC_SECTION_TABLE && k < sec->row_count; k++)
			if (row_matches(re, sec, &sec->rows[k]))
				add_state(cites, arena, s, sec->rows[k].cite);
		for (size_t k = 0; sec->kind == CC_SECTION_TEXT && k < sec->line_count; k++)
			add_state(cites, arena, s, sec->lines[k].cite);
		if (sec->kind == CC_SECTION_TEXT && text_matches(re, sec))
			add_state(cites, arena, s, page);
	}
}

/* --- told of it --- */

static bool only_names(const cc_section *table)
{
	static const char *const KEYS[] = { "objects", "nodes", "edges", "references" };
	for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
		if (strcmp(table->key, KEYS[i]) == 0)
			return true;
	return false;
}

static bool holds(const cc_map *cites, const cc_snapshot *s, cc_cite cite)
{
	cc_buf b = CC_BUF_INIT;
	if (!cite.file)
		return false;
	cc_cite_format(s, cite, &b);
	bool yes = cc_map_get(cites, cc_buf_str(&b), NULL);
	cc_buf_deinit(&b);
	return yes;
}

bool app_cites_told(const cc_map *cites, const cc_snapshot *s, const cc_reply *reply)
{
	bool told = false;
	for (size_t i = 0; !told && cc_map_count(cites) && i < cc_reply_section_count(reply); i++) {
		const cc_section *sec = cc_reply_section(reply, i);
		cc_str own = own_cite(sec);
		told = own.n && cc_map_get(cites, own, NULL);
		for (size_t k = 0; sec->kind == CC_SECTION_TABLE && !told && !only_names(sec) && k < sec->row_count; k++)
			told = holds(cites, s, sec->rows[k].cite);
	}
	return told;
}
