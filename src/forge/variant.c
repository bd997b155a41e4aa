/* variant.c - the finished incident as the newer recorder, written in Go, prints the same values: %v into encoding/csv.
 *
 * Maps become map[k:v k:v] with sorted keys and no quotes, lists [a b], times carry their zone, floats lose their ".0"
 * and turn to exponents early. Service metrics get the header of the first query only. What the simulation knows is not
 * touched: this is about spelling, so it works on the files. */
#include <stdlib.h>

#include "coldcase/file.h"
#include "coldcase/tsv.h"
#include "forge/sim.h"
#include "forge/tel_rows.h"

typedef enum form { FORM_TEXT, FORM_TIME, FORM_VALUE, FORM_MAP, FORM_LIST } form;

typedef struct column { int from, other; form form; } column; /* other: used where `from` is empty; -1 */
typedef struct go_pair { size_t key, key_n, value, value_n; } go_pair;

typedef struct go_writer {
	column column[CC_TSV_MAX_COLUMNS];
	int columns;
	cc_buf cell, made, text;  /* the cell as it was; as it becomes; texts of its map */
	CC_VEC(go_pair) pairs;
	const cc_forge_options *opt;
	uint64_t rows, done, total; /* bytes read, and to be read */
	bool failed;
} go_writer;

static bool space_first(cc_str s)
{
	return s.n && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r') ||
		(s.n > 1 && s.p[0] == '\xc2' && (s.p[1] == '\x85' || s.p[1] == '\xa0')));
}

/* encoding/csv quotes a field with a tab, quote, CR or LF in it, one that begins with a blank, and the text \. */
static void go_field(cc_buf *out, cc_str s)
{
	bool quote = space_first(s) || cc_str_eq(s, CC_STR("\\."));
	for (size_t i = 0; i < s.n && !quote; i++)
		quote = s.p[i] == '\t' || s.p[i] == '"' || s.p[i] == '\r' || s.p[i] == '\n';
	if (!quote) {
		out_put(out, s.p, s.n);
		return;
	}
	OUT_LIT(out, "\"");
	for (size_t from = 0; from < s.n;) {
		size_t at = cc_str_find_char(cc_str_sub(s, from, s.n), '"');
		size_t n = at == CC_STR_NONE ? s.n - from : at + 1;
		out_put(out, s.p + from, n);
		if (at != CC_STR_NONE) OUT_LIT(out, "\"");
		from += n;
	}
	OUT_LIT(out, "\"");
}

static void go_time(cc_buf *out, int64_t ns)
{
	size_t from = out->n;
	out_stamp_ns(out, ns);
	while (out->n > from && out->p[out->n - 1] == '0' && ns % CC_NS_PER_S) cc_buf_truncate(out, out->n - 1);
	if (ns % CC_NS_PER_S == 0 && out->n > from + 10) cc_buf_truncate(out, out->n - 10);
	OUT_LIT(out, " +0000 UTC");
}

static int hex_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Python string literal at *p; its text is appended to `out`. False: there is none. */
static bool python_text(const char **p, const char *end, cc_buf *out)
{
	const char *c = *p;
	if (c >= end || (*c != '\'' && *c != '"')) return false;
	char quote = *c++;
	while (c < end && *c != quote) {
		const char *run = c;
		while (c < end && *c != quote && *c != '\\') c++;
		out_put(out, run, (size_t)(c - run));
		if (c >= end || *c == quote) break;
		char ch = *c++;
		if (c < end) {
			ch = *c++;
			if (ch == 'n') ch = '\n';
			else if (ch == 't') ch = '\t';
			else if (ch == 'r') ch = '\r';
			else if (ch == 'x' && end - c >= 2 && hex_of(c[0]) >= 0 && hex_of(c[1]) >= 0) {
				ch = (char)(hex_of(c[0]) * 16 + hex_of(c[1]));
				c += 2;
			}
		}
		out_put(out, &ch, 1);
	}
	if (c >= end) return false;
	*p = c + 1;
	return true;
}

static bool skip(const char **p, const char *end, const char *what)
{
	size_t n = strlen(what);
	if ((size_t)(end - *p) < n || memcmp(*p, what, n) != 0) return false;
	*p += n;
	return true;
}

static cc_str key_of(const go_writer *g, const go_pair *p)
{
	return (cc_str){ g->text.p + p->key, p->key_n };
}

/* Keys are few and mostly sorted already. */
static void sort_pairs(go_writer *g)
{
	for (size_t i = 1; i < g->pairs.n; i++)
		for (size_t j = i; j > 0 && cc_str_cmp(key_of(g, &g->pairs.p[j]),
			key_of(g, &g->pairs.p[j - 1])) < 0; j--) {
			go_pair swap = g->pairs.p[j];
			g->pairs.p[j] = g->pairs.p[j - 1];
			g->pairs.p[j - 1] = swap;
		}
}

static bool go_map(go_writer *g, cc_buf *out, const char **p, const char *end)
{
	if (!skip(p, end, "{")) return false;
	g->pairs.n = 0;
	cc_buf_clear(&g->text);
	while (*p < end && **p != '}') {
		go_pair pair = { .key = g->text.n };
		if (!python_text(p, end, &g->text) || !skip(p, end, ": ")) return false;
		pair.key_n = g->text.n - pair.key;
		pair.value = g->text.n;
		if (!python_text(p, end, &g->text)) return false;
		pair.value_n = g->text.n - pair.value;
		if (!cc_vec_push(&g->pairs, pair)) g->failed = true;
		(void)skip(p, end, ", ");
	}
	if (!skip(p, end, "}")) return false;
	if (!cc_buf_ok(&g->text)) g->failed = true;
	if (g->failed) return true;
	sort_pairs(g);
	OUT_LIT(out, "map[");
	for (size_t i = 0; i < g->pairs.n; i++) {
		const go_pair *pair = &g->pairs.p[i];
		if (i) OUT_LIT(out, " ");
		out_put(out, g->text.p + pair->key, pair->key_n);
		OUT_LIT(out, ":");
		out_put(out, g->text.p + pair->value, pair->value_n);
	}
	OUT_LIT(out, "]");
	return true;
}

static bool go_datetime(cc_buf *out, const char **p, const char *end)
{
	int part[7] = { 0 }, n = 0;
	if (!skip(p, end, "datetime.datetime(")) return false;
	while (*p < end && **p != ')' && n < 7) {
		for (; *p < end && **p >= '0' && **p <= '9'; ++*p) part[n] = part[n] * 10 + (**p - '0');
		n++;
		if (!skip(p, end, ", ")) break;
	}
	if (!skip(p, end, ")")) return false;
	go_time(out, cc_time_from_civil(part[0], part[1], part[2], part[3], part[4], part[5], (int64_t)part[6] * 1000));
	return true;
}

static bool go_list(go_writer *g, cc_buf *out, const char **p, const char *end)
{
	if (!skip(p, end, "[")) return false;
	OUT_LIT(out, "[");
	for (bool first = true; *p < end && **p != ']'; first = false) {
		if (!first) OUT_LIT(out, " ");
		bool ok = **p == '{' ? go_map(g, out, p, end) : **p == 'd' ? go_datetime(out, p, end)
			: python_text(p, end, out);
		if (!ok) return false;
		(void)skip(p, end, ", ");
	}
	OUT_LIT(out, "]");
	return skip(p, end, "]");
}

/* What stands in the cell, in Go's spelling; a cell of another shape stays as it is. */
static void go_value(go_writer *g, cc_buf *out, form f, cc_str s)
{
	size_t from = out->n;
	const char *p = s.p, *end = s.p + s.n;
	int64_t ns;
	double v;
	bool ok = false;
	if (f == FORM_TIME && cc_time_parse(s, &ns)) {
		go_time(out, ns);
		ok = true;
	} else if (f == FORM_VALUE && (s.n == 0 || cc_str_to_double(s, &v))) {
		if (s.n) out_govalue(out, v);
		else OUT_LIT(out, "NaN");
		ok = true;
	} else if (f == FORM_MAP) {
		ok = go_map(g, out, &p, end);
	} else if (f == FORM_LIST) {
		ok = go_list(g, out, &p, end);
	}
	if (ok) return;
	cc_buf_truncate(out, from);
	out_put(out, s.p, s.n);
}

/* Undoubles a quoted field into `out`. */
static void plain(cc_buf *out, cc_str raw)
{
	if (raw.n < 2 || raw.p[0] != '"') {
		out_put(out, raw.p, raw.n);
		return;
	}
	cc_str s = cc_str_sub(raw, 1, raw.n - 1);
	for (size_t i = 0, from = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != '"') continue;
		size_t end = i < s.n ? i + 1 : i;
		if (end > from) out_put(out, s.p + from, end - from);
		from = i + 2;
		i++;
	}
}

static form form_of(cc_str name)
{
	static const struct { const char *name; form form; } KNOWN[] = { { "Timestamp", FORM_TIME },
		{ "TimestampTime", FORM_TIME }, { "timestamp", FORM_TIME }, { "value", FORM_VALUE },
		{ "tags", FORM_MAP }, { "ResourceAttributes", FORM_MAP }, { "ScopeAttributes", FORM_MAP },
		{ "LogAttributes", FORM_MAP }, { "SpanAttributes", FORM_MAP } };
	for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
		if (cc_str_eqz(name, KNOWN[i].name)) return KNOWN[i].form;
	return cc_str_starts(name, CC_STR("Events.")) || cc_str_starts(name, CC_STR("Links.")) ? FORM_LIST : FORM_TEXT;
}

/* metric_type is not written, and the status codes of the second query come to stand under the first one's
 * bucket_le. */
static void header(go_writer *g, const cc_tsv *t, cc_buf *out)
{
	int bucket = cc_tsv_column(t, "bucket_le"), status = cc_tsv_column(t, "status_code");
	g->columns = 0;
	for (int i = 0; i < (int)t->column_count; i++) {
		if (cc_str_eqz(t->columns[i], "metric_type") || (bucket >= 0 && i == status)) continue;
		g->column[g->columns++] = (column){ i, i == bucket ? status : -1, form_of(t->columns[i]) };
		if (g->columns > 1) OUT_LIT(out, "\t");
		go_field(out, t->columns[i]);
	}
	OUT_LIT(out, "\n");
}

static void row(go_writer *g, const cc_tsv_row *r, cc_buf *out)
{
	for (int i = 0; i < g->columns; i++) {
		const column *c = &g->column[i];
		cc_str raw = c->from < (int)r->field_count ? r->fields[c->from] : CC_STR_EMPTY;
		if (raw.n == 0 && c->other >= 0 && c->other < (int)r->field_count) raw = r->fields[c->other];
		cc_buf_clear(&g->cell);
		cc_buf_clear(&g->made);
		plain(&g->cell, raw);
		if (c->form != FORM_TEXT) go_value(g, &g->made, c->form, cc_buf_str(&g->cell));
		if (i) OUT_LIT(out, "\t");
		go_field(out, cc_buf_str(c->form == FORM_TEXT ? &g->cell : &g->made));
	}
	OUT_LIT(out, "\n");
	if (!cc_buf_ok(&g->cell) || !cc_buf_ok(&g->made)) g->failed = true;
}

static cc_code look_up(const go_writer *g, cc_err *err)
{
	enum { END = 970 };
	int from = forge_simulating_permille(g->opt) + 30;
	int at = from + (int)(g->done / 1000 * (uint64_t)(END - from) / (g->total / 1000 + 1));
	if (cc_canceled(g->opt->cancel)) return cc_err_set(err, CC_ECANCELED, "forge: canceled");
	if (!g->opt->progress) return CC_OK;
	g->opt->progress(g->opt->progress_user, at < END ? at : END, "rewriting for the other recorder");
	return CC_OK;
}

static cc_code rewrite_rows(go_writer *g, tel_rows *in, tel_sink *k, cc_err *err)
{
	enum { PIECE = 1 << 18 };
	cc_buf head = CC_BUF_INIT;
	cc_tsv tsv = { .text = CC_STR_EMPTY };
	cc_str text;
	cc_code code = tel_rows_next(in, &text, err);
	if (code == CC_OK && text.n == 0) return CC_OK;
	if (code == CC_OK) cc_buf_add(&head, text);
	if (code == CC_OK && !cc_buf_ok(&head)) code = forge_nomem(err);
	if (code == CC_OK) code = cc_tsv_init(&tsv, cc_buf_str(&head), err);
	if (code == CC_OK) header(g, &tsv, &k->buf);
	while (code == CC_OK) {
		cc_tsv_row r;
		code = tel_rows_next(in, &text, err);
		if (code != CC_OK || text.n == 0) break;
		tsv.text = text;
		cc_tsv_row_at(&tsv, 0, text.n - (text.p[text.n - 1] == '\n'), &r);
		row(g, &r, &k->buf);
		code = g->failed ? forge_nomem(err) : tel_sink_flush(k, PIECE, err);
		g->done += text.n;
		if (code == CC_OK && (g->rows++ & 255) == 0) code = look_up(g, err);
	}
	cc_buf_deinit(&head);
	return code;
}

static cc_code rewrite(void *user, const char *path, const char *name, cc_err *err)
{
	tel_rows in;
	tel_sink k;
	if (!cc_str_ends(cc_str_from(name), CC_STR(".tsv"))) return CC_OK;
	cc_code code = tel_rows_open(&in, path, err);
	if (code != CC_OK) return code;
	code = tel_sink_open(&k, path, err);
	if (code == CC_OK) code = tel_sink_close(&k, rewrite_rows(user, &in, &k, err), err);
	tel_rows_close(&in);
	return code;
}

/* The keys of Go's struct where Prometheus has its JSON names: only those of the alert itself, which stands in a
 * list. */
static void capitals(cc_buf *out, cc_str json)
{
	static const char *const KEY[] = { "activeAt", "annotations", "labels", "state", "value" };
	char open[64];
	int depth = 0;
	for (size_t i = 0; i < json.n; i++) {
		char c = json.p[i];
		if ((c == '{' || c == '[') && depth < 64) open[depth++] = c;
		if ((c == '}' || c == ']') && depth > 0) depth--;
		if (c != '"') {
			out_put(out, &c, 1);
			continue;
		}
		size_t e = i + 1;
		while (e < json.n && json.p[e] != '"') e += json.p[e] == '\\' ? 2 : 1;
		cc_str text = cc_str_sub(json, i + 1, e), after = cc_str_trim(cc_str_sub(json, e + 1, e + 8));
		bool key = depth > 1 && open[depth - 1] == '{' && open[depth - 2] == '[' &&
			cc_str_starts(after, CC_STR(":"));
		bool known = false;
		for (size_t k = 0; key && k < sizeof KEY / sizeof KEY[0]; k++)
			known = known || cc_str_eqz(text, KEY[k]);
		OUT_LIT(out, "\"");
		if (known) {
			char first = (char)(text.p[0] - 'a' + 'A');
			out_put(out, &first, 1);
			text = cc_str_sub(text, 1, text.n);
		}
		out_put(out, text.p, text.n);
		OUT_LIT(out, "\"");
		i = e;
	}
}

static cc_code alert_file(void *user, const char *path, const char *name, cc_err *err)
{
	enum { LIMIT = 64 << 20 };
	cc_buf text = CC_BUF_INIT;
	tel_sink k;
	(void)user;
	/* The file of the alerting state is written by another tool. */
	if (!cc_str_starts(cc_str_from(name), CC_STR("alerts_at_"))) return CC_OK;
	cc_code code = cc_file_read(&text, path, LIMIT, err);
	if (code == CC_OK) code = tel_sink_open(&k, path, err);
	if (code == CC_OK) {
		capitals(&k.buf, cc_buf_str(&text));
		code = tel_sink_close(&k, CC_OK, err);
	}
	cc_buf_deinit(&text);
	return code;
}

static cc_code in_folder(forge_sim *s, const char *name, tel_file_action *one, void *user, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, s->work, name);
	cc_code code = cc_buf_ok(&path) ? tel_each_file(path.p, one, user, err)
		: forge_nomem(err);
	cc_buf_deinit(&path);
	return code;
}

cc_code variant_apply(forge_sim *s, cc_err *err)
{
	if (!(s->opt->variant & CC_FORGE_GO_RECORDER)) return CC_OK;
	go_writer *g = cc_calloc(1, sizeof *g);
	if (!g) return forge_nomem(err);
	uint64_t before = tel_tree_bytes(s->work);
	g->opt = s->opt;
	g->total = before;
	cc_code code = tel_each_file(s->work, rewrite, g, err);
	if (code == CC_OK) code = in_folder(s, "metrics", rewrite, g, err);
	if (code == CC_OK) code = in_folder(s, "alerts", alert_file, g, err);
	s->rep.bytes += tel_tree_bytes(s->work) - before;
	cc_buf_deinit(&g->cell);
	cc_buf_deinit(&g->made);
	cc_buf_deinit(&g->text);
	cc_vec_deinit(&g->pairs);
	cc_free(g);
	return code;
}
