/* transport.c - speeds, times and texts for going about in a record; see transport.h. */
#include "ui/transport.h"

#include <string.h>

#include "coldcase/playback.h"

static const struct { double factor; const char *name; } SPEEDS[] = {
	{ 0.25, "1/4" }, { 0.5, "1/2" }, { 1, "1" }, { 2, "2" }, { 4, "4" }, { 8, "8" }, { 16, "16" } };
enum { SPEED_COUNT = sizeof SPEEDS / sizeof SPEEDS[0] };

double cc_speed_factor(int speed)
{
	return SPEEDS[speed].factor;
}

const char *cc_speed_name(int speed)
{
	return SPEEDS[speed].name;
}

int cc_speed_named(cc_str name)
{
	int i = SPEED_COUNT - 1;
	while (i >= 0 && !cc_str_eqz(name, SPEEDS[i].name))
		i--;
	return i;
}

int cc_speed_change(int speed, int by)
{
	int to = speed + by;
	return to >= 0 && to < SPEED_COUNT ? to : speed;
}

bool cc_transport_clock(cc_str text, int64_t *ns)
{
	return cc_playback_clock(text, ns);
}

bool cc_transport_find(const cc_run *run, size_t at, cc_str text, size_t *step)
{
	bool found = cc_run_find(run, text, at, NULL, step, NULL) == CC_OK;
	if (found)
		++*step;
	return found;
}

/* --- keys --- */

const cc_transport_key *cc_transport_of(const cc_transport_key *table, const cc_key *key)
{
	while (table->keys && !cc_key_named(table->keys, key))
		table++;
	return table->keys ? table : NULL;
}

void cc_transport_line(const cc_transport_key *k, const cc_key *key, cc_buf *out)
{
	const char *place = strstr(k->line, "{key}");
	cc_buf_add(out, place ? (cc_str){ k->line, (size_t)(place - k->line) } : cc_str_from(k->line));
	if (place)
		cc_buf_addf(out, "%c%s", (char)key->code, place + strlen("{key}"));
}

bool cc_transport_refuses(const cc_binding *b)
{
	static const cc_do CHANGES[] = { CC_DO_PIN, CC_DO_SUSPECT, CC_DO_RULEOUT, CC_DO_RIVALS, CC_DO_REMOVE, CC_DO_SUBMIT, CC_DO_CLOCK };
	const cc_cmd *cmd = NULL;
	cc_str name, rest;
	for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++)
		if (b->what == CHANGES[i])
			return true;
	if (b->what != CC_DO_LINE)
		return false;
	cc_str_cut(cc_str_from(b->line), ' ', &name, &rest);
	return cc_cmd_find(name, &cmd, NULL) == CC_OK && strcmp(cmd->name, "mark") != 0 && !cc_playback_allows(cmd);
}

bool cc_transport_leaves(const cc_transport_key *table, const cc_binding *b, cc_buf *keys)
{
	cc_str rest = cc_str_from(b->keys), name;
	while (rest.n > 0 && !cc_transport_refuses(b)) {
		cc_key key;
		cc_str_cut(rest, ' ', &name, &rest);
		if (cc_key_parse(name, &key) && !cc_transport_of(table, &key))
			cc_buf_addf(keys, "%s%.*s", keys->n ? " " : "", CC_STR_ARG(name));
	}
	return keys->n > 0;
}
