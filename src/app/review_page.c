/* review_page.c - what a replay shows of a review: a page whose rows lead to the steps and records they speak of, and a sign beside
 * each record that decides. It is made from the JSON of the process that opened the truth. */
#include "app/review_page.h"

#include "coldcase/json.h"
#include "coldcase/xalloc.h"

#define COLUMNS(t) (t), sizeof(t) / sizeof((t)[0])

static const cc_column DECISIVE[] = {
	{ "state", "You", CC_CELL_TEXT, CC_ROLE_HEADING, 8, 0 }, { "step", "Step", CC_CELL_TEXT, CC_ROLE_TIME, 5, 0 },
	{ "says", "What decides", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 }, { "command", "Shown by", CC_CELL_TEXT, CC_ROLE_DIM, 30, 1 },
};
static const cc_column ROUTE[] = {
	{ "par", "The short way", CC_CELL_TEXT, CC_ROLE_TEXT, 40, 0 }, { "own_step", "Step", CC_CELL_TEXT, CC_ROLE_TIME, 5, 0 },
	{ "own", "Your queries", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};
static const cc_column TURNS[] = {
	{ "step", "Step", CC_CELL_TEXT, CC_ROLE_TIME, 5, 0 }, { "score", "Score", CC_CELL_TEXT, CC_ROLE_HEADING, 7, 0 },
	{ "names", "Names", CC_CELL_TEXT, CC_ROLE_TEXT, 5, 0 }, { "line", "After", CC_CELL_TEXT, CC_ROLE_DIM, 0, 0 },
};
static const cc_column WRONG[] = {
	{ "name", "Wrong name", CC_CELL_TEXT, CC_ROLE_ENTITY, 36, 0 }, { "innocent", "Why it is innocent", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "alibi", "See it with", CC_CELL_TEXT, CC_ROLE_DIM, 30, 1 },
};
static const cc_column TEMPTING[] = {
	{ "name", "Tempting", CC_CELL_TEXT, CC_ROLE_ENTITY, 36, 0 }, { "tempting", "Because", CC_CELL_TEXT, CC_ROLE_DIM, 0, 1 },
	{ "innocent", "Why it is innocent", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};
static const cc_column CAUSES[] = {
	{ "cause", "True cause", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 }, { "encountered", "First shown", CC_CELL_TEXT, CC_ROLE_TIME, 11, 0 },
	{ "investigated", "Asked for", CC_CELL_TEXT, CC_ROLE_TIME, 9, 0 }, { "asserted", "Suspected", CC_CELL_TEXT, CC_ROLE_TIME, 9, 0 },
};

/* leads: the member that holds the step a row goes to; or that holds a line to run, where the first has none. */
static const struct part {
	const char *key, *title;
	const cc_column *columns;
	size_t count;
	const char *leads, *runs;
} PARTS[] = {
	{ "decisive", "The records that decide", COLUMNS(DECISIVE), "step", "command" },
	{ "turns", "What the answer was worth as it grew", COLUMNS(TURNS), "step", NULL },
	{ "wrong", "Wrong names", COLUMNS(WRONG), NULL, "alibi" },
	{ "tempting", "Tempting, and innocent", COLUMNS(TEMPTING), NULL, "alibi" },
	{ "causes", "How each cause was found, by step", COLUMNS(CAUSES), "encountered", NULL },
	{ "route", "The short way and yours", COLUMNS(ROUTE), "own_step", NULL },
};

static cc_cell cell_of(const cc_json *v, cc_buf *text)
{
	cc_json_type type = cc_json_typeof(v);
	if (type == CC_JSON_STRING)
		return cc_cell_text(cc_json_str(v));
	cc_buf_clear(text);
	if (type == CC_JSON_NUMBER)
		cc_json_write(text, v, false);
	return text->n ? cc_cell_text(cc_buf_str(text)) : cc_cell_none();
}

static void lead(cc_reply *r, const struct part *part, const cc_json *row)
{
	int64_t step;
	cc_str line = part->runs ? cc_json_get_str(row, part->runs) : CC_STR_EMPTY;
	if (part->leads && cc_json_int(cc_json_get(row, part->leads), &step))
		cc_reply_set_drill(r, "step %lld", (long long)step);
	else if (line.n)
		cc_reply_set_drill(r, "%.*s", CC_STR_ARG(line));
}

static void put_part(cc_reply *r, const struct part *part, const cc_json *list)
{
	cc_buf text = CC_BUF_INIT;
	if (!cc_json_first(list))
		return;
	cc_reply_begin_table(r, part->key, part->title, part->columns, part->count, false);
	for (const cc_json *row = cc_json_first(list); row && cc_reply_row(r); row = cc_json_next(row)) {
		for (size_t i = 0; i < part->count; i++)
			cc_reply_cell(r, cell_of(cc_json_get(row, part->columns[i].key), &text));
		lead(r, part, row);
	}
	cc_buf_deinit(&text);
}

static void put_summary(cc_reply *r, const cc_json *s)
{
	static const struct { const char *key, *title; cc_role role; } FACTS[] = { { "score", "score", CC_ROLE_HEADING }, { "gate", "gate", CC_ROLE_TEXT },
		{ "lesson", "lesson", CC_ROLE_HEADING }, { "next", "next drill", CC_ROLE_INFO } };
	bool supported = true;
	cc_reply_begin_facts(r, "summary", NULL);
	for (size_t i = 0; i < sizeof FACTS / sizeof FACTS[0]; i++)
		cc_reply_fact(r, FACTS[i].key, FACTS[i].title, cc_cell_text(cc_json_get_str(s, FACTS[i].key)), FACTS[i].role);
	if (cc_json_typeof(cc_json_get(s, "supported")) == CC_JSON_BOOL)
		supported = cc_json_bool(cc_json_get(s, "supported"));
	if (!supported)
		cc_reply_fact(r, "supported", "supported", cc_cell_textz("no: nothing that decides was ever on the screen"), CC_ROLE_WARNING);
}

static cc_code make_page(const cc_json *review, cc_reply **out, cc_err *err)
{
	cc_reply *r = cc_reply_new("review");
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_reply_set_title(r, "%.*s", CC_STR_ARG(cc_json_get_str(review, "title")));
	put_summary(r, cc_json_get(review, "summary"));
	for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
		put_part(r, &PARTS[i], cc_json_get(review, PARTS[i].key));
	cc_code code = cc_reply_publish(r, NULL, err);
	if (code == CC_OK)
		*out = r;
	else
		cc_reply_unref(r);
	return code;
}

/* A record may prove more than one thing: seen for one of them it was on the screen. */
static bool sign_records(app_review_page *p, const cc_json *decisive)
{
	for (const cc_json *row = cc_json_first(decisive); row; row = cc_json_next(row)) {
		char sign = cc_str_eqz(cc_json_get_str(row, "state"), "missed") ? '!' : '+';
		cc_str cite, rest = cc_arena_dup(p->arena, cc_json_get_str(row, "records"));
		while (rest.n) {
			cc_str_cut(rest, ' ', &cite, &rest);
			uint64_t *slot = cite.n ? cc_map_slot(p->signs, cite, (uint64_t)sign) : NULL;
			if (cite.n && !slot)
				return false;
			if (slot && sign == '+')
				*slot = (uint64_t)sign;
		}
	}
	return true;
}

cc_code app_review_page_make(app_review_page *p, const cc_json *review, cc_err *err)
{
	*p = (app_review_page){ .arena = cc_arena_new(), .signs = cc_map_new() };
	if (!p->arena || !p->signs || !sign_records(p, cc_json_get(review, "decisive")))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	return make_page(review, &p->page, err);
}

void app_review_page_deinit(app_review_page *p)
{
	cc_reply_unref(p->page);
	cc_map_free(p->signs);
	cc_arena_free(p->arena);
}

char app_review_sign(const app_review_page *p, cc_str cite)
{
	uint64_t sign;
	return p->signs && cc_map_get(p->signs, cite, &sign) ? (char)sign : 0;
}
