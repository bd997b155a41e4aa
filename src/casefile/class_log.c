/* class_log.c - what the hosts of a class say: a log of each, and what all of them come to.
 *
 * Every entry carries a number one above the largest its writer knew of. Sorted by number, and by the host's id where two wrote at once,
 * the entries have one order for everybody who has read the same logs; whoever lacks some has the same beginning, or will have. What
 * does not fit there - a second start, a thaw of what is not frozen - changes nothing, and is counted. A number far beyond the one before
 * it is nobody's next: it is left out, so that one bad line leaves room for those to come. */
#include "casefile/class_priv.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "coldcase/file.h"
#include "coldcase/time.h"

static const char *const NAMES[] = { "start", "freeze", "thaw", "tell", "reveal", "end" };
static const char SUFFIX[] = ".jsonl";
enum { NAME_COUNT = sizeof NAMES / sizeof *NAMES, LARGEST_LOG = 16 << 20, FARTHEST = 10000 };

void cc_class_log_deinit(cc_class_log *log)
{
	cc_vec_deinit(&log->entries);
	cc_vec_deinit(&log->strays);
}

/* --- reading --- */

static bool is_for_seats(cc_class_do what)
{
	return what == CC_CLASS_FREEZE || what == CC_CLASS_THAW || what == CC_CLASS_TELL;
}

static bool read_entry(const cc_json *json, cc_str host, cc_arena *arena, cc_class_entry *e)
{
	cc_str name = cc_json_get_str(json, "do");
	int64_t seq = 0, n;
	size_t what = 0;

	while (what < NAME_COUNT && !cc_str_eqz(name, NAMES[what]))
		what++;
	if (what == NAME_COUNT || !cc_json_int(cc_json_get(json, "seq"), &seq) || seq < 1 || !cc_str_eq(cc_json_get_str(json, "host"), host))
		return false;
	if (!cc_json_int(cc_json_get(json, "at_ns"), &n) || n < 0 || n > CC_CLASS_LATEST_NS)
		return false;
	*e = (cc_class_entry){ .seq = (uint64_t)seq, .host = host, .what = (cc_class_do)what, .at_ns = n };
	if (cc_json_int(cc_json_get(json, "in_s"), &n) && n > 0 && n <= INT32_MAX)
		e->in_s = n;
	e->text = cc_arena_dup(arena, cc_json_get_str(json, "text"));
	e->seat = cc_arena_dup(arena, cc_json_get_str(json, "seat"));
	return e->text.p && e->seat.p && (!e->seat.n || (cc_class_is_id(e->seat) && is_for_seats(e->what)));
}

cc_code cc_class_log_parse(cc_class_log *log, cc_arena *arena, cc_str host, cc_str text, cc_err *err)
{
	cc_str own = cc_arena_dup(arena, host), line;
	bool ok = own.p;

	while (text.n && ok) {
		cc_json *json = NULL;
		cc_class_entry e;
		if (!cc_str_cut(text, '\n', &line, &text)) {
			log->torn++;
			break;
		}
		if (cc_json_parse(&json, line, NULL) == CC_OK && read_entry(json, own, arena, &e))
			ok = cc_vec_push(&log->entries, e);
		else
			log->bad++;
		cc_json_free(json);
	}
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

static int by_seq(const void *a, const void *b)
{
	const cc_class_entry *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return cc_str_cmp(x->host, y->host);
}

void cc_class_log_order(cc_class_log *log)
{
	size_t kept = 0;

	if (log->entries.n)
		qsort(log->entries.p, log->entries.n, sizeof *log->entries.p, by_seq);
	for (size_t i = 0; i < log->entries.n; i++) {
		const cc_class_entry *e = &log->entries.p[i];

		if (e->seq > (kept ? log->entries.p[kept - 1].seq : 0) + FARTHEST)
			log->far++;
		else if (!kept || by_seq(&log->entries.p[kept - 1], e) != 0)
			log->entries.p[kept++] = *e;
	}
	log->entries.n = kept;
}

static cc_code read_file(cc_class_log *log, cc_arena *arena, const char *folder, const char *name, cc_err *err)
{
	cc_str id = cc_str_strip_suffix(cc_str_from(name), CC_STR(".jsonl"));
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_code code = CC_OK;

	cc_path_join(&path, folder, name);
	if (cc_buf_ok(&path) && cc_file_read_shared(&text, path.p, LARGEST_LOG, NULL) == CC_OK)   /* gone again: not there */
		code = cc_class_log_parse(log, arena, id, cc_buf_str(&text), err);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}

/* A log is called by its id; the file by which a host says that it is there has no suffix of a log. */
static cc_code take_name(cc_class_log *log, cc_arena *arena, const char *folder, const char *name, cc_err *err)
{
	cc_str whole = cc_str_from(name), id = cc_str_strip_suffix(whole, CC_STR(".jsonl"));
	cc_str stray;

	if (id.n < whole.n && cc_class_is_id(id))
		return read_file(log, arena, folder, name, err);
	if (name[0] == '.' || cc_str_ends(whole, CC_STR(".here")) || cc_str_find(whole, CC_STR(".here.")) != CC_STR_NONE)
		return CC_OK;
	stray = cc_arena_dup(arena, whole);
	return stray.p && cc_vec_push(&log->strays, stray) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

cc_code cc_class_log_read(cc_class_log *log, cc_arena *arena, const char *dir, cc_err *err)
{
	cc_buf folder = CC_BUF_INIT;
	cc_code code = CC_OK;

	cc_path_join(&folder, dir, "host");
	DIR *d = cc_buf_ok(&folder) ? opendir(folder.p) : NULL;
	if (!d)
		code = cc_err_errno(err, errno, cc_buf_ok(&folder) ? folder.p : dir);
	for (struct dirent *e; d && code == CC_OK && (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			code = take_name(log, arena, folder.p, e->d_name, err);
	if (d)
		closedir(d);
	cc_class_log_order(log);
	cc_buf_deinit(&folder);
	return code;
}

/* --- what it comes to --- */

static bool changes(const cc_class_state *s, cc_class_do what)
{
	switch (what) {
	case CC_CLASS_START: return !s->started && !s->ended;
	case CC_CLASS_FREEZE: return !s->frozen && !s->ended;
	case CC_CLASS_THAW: return s->frozen && !s->ended;
	case CC_CLASS_TELL: return s->started && !s->ended;
	case CC_CLASS_REVEAL: return s->started && !s->revealed;
	case CC_CLASS_END: return !s->ended;
	}
	return false;
}

/* Of a freeze that ends then, what lies after the start. */
static int64_t stood(const cc_class_state *s, int64_t until_ns)
{
	int64_t from = s->frozen_ns > s->start_ns ? s->frozen_ns : s->start_ns;

	return s->started && until_ns > from ? until_ns - from : 0;
}

int64_t cc_class_clock_ns(const cc_class_state *s, int64_t now_ns)
{
	int64_t now = s->ended && s->end_ns < now_ns ? s->end_ns : now_ns;

	if (!s->started)
		return 0;
	return now - s->start_ns - s->stood_ns - (s->frozen ? stood(s, now) : 0);
}

static void apply(cc_class_state *s, const cc_class_entry *e)
{
	switch (e->what) {
	case CC_CLASS_START:
		s->started = true;
		s->start_ns = e->at_ns;
		s->start_in_s = e->in_s;
		break;
	case CC_CLASS_FREEZE:
		s->frozen = true;
		s->why = e->text;
		s->frozen_ns = e->at_ns;
		break;
	case CC_CLASS_THAW:
		s->frozen = false;
		s->why = CC_STR_EMPTY;
		if (s->stood_ns < CC_CLASS_LATEST_NS)
			s->stood_ns += stood(s, e->at_ns);
		break;
	case CC_CLASS_TELL: s->told++; break;
	case CC_CLASS_REVEAL: s->revealed = true; break;
	case CC_CLASS_END:
		s->ended = true;
		s->end_ns = e->at_ns;
		break;
	}
}

/* What is said to one alone is no matter of the others, and what can be so said to all is none of one's own. */
void cc_class_fold_seat(const cc_class_log *log, cc_str seat, cc_class_state *out)
{
	*out = (cc_class_state){ .start_ns = CC_TIME_NONE, .end_ns = CC_TIME_NONE, .why = CC_STR_EMPTY };
	for (size_t i = 0; i < log->entries.n; i++) {
		const cc_class_entry *e = &log->entries.p[i];

		out->seq = e->seq;
		if (is_for_seats(e->what) && !cc_str_eq(e->seat, seat))
			continue;
		if (changes(out, e->what))
			apply(out, e);
		else
			out->idle++;
	}
}

void cc_class_fold(const cc_class_log *log, cc_class_state *out)
{
	cc_class_fold_seat(log, CC_STR_EMPTY, out);
}

cc_code cc_class_may(const cc_class_state *s, cc_class_do what, cc_err *err)
{
	if (changes(s, what))
		return CC_OK;
	if (s->ended && what != CC_CLASS_REVEAL)
		return cc_err_set(err, CC_ESTATE, "the class is over");
	switch (what) {
	case CC_CLASS_START: return cc_err_set(err, CC_ESTATE, "the class has started");
	case CC_CLASS_FREEZE: return cc_err_set(err, CC_ESTATE, "it is frozen");
	case CC_CLASS_THAW: return cc_err_set(err, CC_ESTATE, "it is not frozen");
	case CC_CLASS_REVEAL:
		if (s->revealed)
			return cc_err_set(err, CC_ESTATE, "the verdicts are revealed");
		break;
	default: break;
	}
	return cc_err_set(err, CC_ESTATE, "the class has not started");
}

/* --- writing --- */

static void write_entry(cc_buf *out, const cc_class_entry *e)
{
	cc_jw w;

	cc_jw_init(&w, out, 0);
	cc_jw_object(&w);
	cc_class_put_int(&w, "seq", (int64_t)e->seq);
	cc_class_put_text(&w, "host", e->host);
	cc_class_put_text(&w, "do", cc_str_from(NAMES[e->what]));
	cc_class_put_int(&w, "at_ns", e->at_ns);
	if (e->what == CC_CLASS_START)
		cc_class_put_int(&w, "in_s", e->in_s);
	if (e->seat.n)
		cc_class_put_text(&w, "seat", e->seat);
	if (e->text.n)
		cc_class_put_text(&w, "text", e->text);
	cc_jw_end_object(&w);
}

cc_code cc_class_say(const char *dir, const cc_class_id *host, const cc_class_state *now, cc_class_entry entry, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, line = CC_BUF_INIT;
	cc_code code = cc_class_may(now, entry.what, err);

	entry.seq = now->seq + 1;
	entry.host = cc_str_from(host->text);
	write_entry(&line, &entry);
	cc_path_join(&path, dir, "host/");
	cc_buf_addf(&path, "%s%s", host->text, SUFFIX);
	if (code == CC_OK && !(cc_buf_ok(&path) && cc_buf_ok(&line)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_file_add_line(path.p, cc_buf_str(&line), true, err);
	if (code == CC_OK)
		cc_class_share(dir, path.p, false);
	cc_buf_deinit(&path);
	cc_buf_deinit(&line);
	return code;
}
