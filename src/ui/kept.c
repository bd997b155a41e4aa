/* kept.c - what was answered, kept under (line, focus, window, cursor).
 *
 * Coming back to a view, scrolling and resizing therefore never spend a query; only a question not asked before does. */
#include "ui/ui_priv.h"

#include <string.h>

#include "coldcase/xalloc.h"

/* A time in the line counted from the cursor: since=-5m, time>=+30s. */
static bool has_relative_time(cc_str line)
{
	for (size_t i = 1; i < line.n; i++)
		if ((line.p[i] == '-' || line.p[i] == '+') && (line.p[i - 1] == '=' || line.p[i - 1] == '<' || line.p[i - 1] == '>' ||
			line.p[i - 1] == ' ' || line.p[i - 1] == '.'))
			return true;
	return false;
}

/* What compares before with after speaks of the cursor, and so does what has a state then, as alerts do. Plain lists do not: setting
 * it costs nothing there. */
bool cc_ui_obeys_cursor(cc_str line)
{
	static const char *const commands[] = { "metrics", "metric", "paths", "breakdown", "compare", "patterns", "entity", "spec", "checks", "alerts", "alert" };
	const cc_cmd *cmd = cc_ui_command_of(line);
	for (size_t i = 0; cmd && i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(cmd->name, commands[i]) == 0)
			return true;
	return !cmd || has_relative_time(line);
}

static void cache_key(const cc_ui *ui, cc_str line, cc_buf *out)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	if (!cc_ui_obeys_cursor(line) && !st.view.known)
		st.view.at_ns = st.view.onset_ns = CC_TIME_NONE;
	if (st.live_speed)      /* an answer is of its moment */
		cc_buf_addf(out, "%lld|", (long long)st.until_ns);
	cc_buf_addf(out, "%.*s|%u|%lld|%lld|%lld|%lld|%d", CC_STR_ARG(line), st.view.focus, (long long)st.view.at_ns,
		(long long)st.view.window.from_ns, (long long)st.view.window.to_ns, (long long)st.view.onset_ns, st.view.known);
}

cc_reply *cc_ui_kept(cc_ui *ui, cc_str line)
{
	cc_buf key = CC_BUF_INIT;
	cc_reply *found = NULL;
	cache_key(ui, line, &key);
	for (size_t i = 0; i < ui->cache.n && !found; i++) {
		if (cc_str_eqz(cc_buf_str(&key), ui->cache.p[i].key)) {
			ui->cache.p[i].used = ++ui->tick;
			found = cc_reply_ref(ui->cache.p[i].reply);
		}
	}
	cc_buf_deinit(&key);
	return found;
}

bool cc_ui_is_kept(const cc_ui *ui, cc_str line)
{
	cc_buf key = CC_BUF_INIT;
	bool found = false;
	cache_key(ui, line, &key);
	for (size_t i = 0; i < ui->cache.n && !found; i++)
		found = cc_str_eqz(cc_buf_str(&key), ui->cache.p[i].key);
	cc_buf_deinit(&key);
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	return found || (st.live_speed && ui->backend.asked && ui->backend.asked(ui->backend.arg, line));
}

static void cache_drop(cc_ui *ui, size_t i)
{
	cc_free(ui->cache.p[i].key);
	cc_reply_unref(ui->cache.p[i].reply);
	ui->cache.p[i] = ui->cache.p[--ui->cache.n];
}

void cc_ui_keep(cc_ui *ui, cc_str line, cc_reply *reply)
{
	cc_buf key = CC_BUF_INIT;
	if (cc_reply_paging(reply).stopped)     /* the rest of it is free: nothing is saved by showing a part again */
		return;
	cache_key(ui, line, &key);
	for (size_t i = ui->cache.n; i-- > 0;)
		if (cc_buf_ok(&key) && strcmp(ui->cache.p[i].key, key.p) == 0)
			cache_drop(ui, i);
	if (ui->cache.n >= CC_CACHE_MAX) {
		size_t oldest = 0;
		for (size_t i = 1; i < ui->cache.n; i++)
			if (ui->cache.p[i].used < ui->cache.p[oldest].used)
				oldest = i;
		cache_drop(ui, oldest);
	}
	cc_cached c = { .key = cc_buf_take(&key), .reply = cc_reply_ref(reply), .used = ++ui->tick };
	if (!c.key || !cc_vec_push(&ui->cache, c)) {
		cc_free(c.key);
		cc_reply_unref(c.reply);
	}
}

cc_reply *cc_ui_answer(cc_ui *ui, cc_str line)
{
	cc_reply *reply = cc_ui_kept(ui, line);
	if (reply)
		return reply;
	reply = cc_ui_ask(ui, line);
	if (!reply)
		return NULL;
	cc_ui_keep(ui, line, reply);
	return reply;
}

void cc_ui_forget(cc_ui *ui)
{
	while (ui->cache.n)
		cache_drop(ui, ui->cache.n - 1);
	cc_ui_drop_pin_pages(ui);
}
