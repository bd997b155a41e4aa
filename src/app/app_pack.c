/* app_pack.c - `pack` and `unpack`: an incident as one file for somebody else, and back.
 *
 * `pack` may open a ground truth: to commit to it and, with --seal, to seal it. It accepts no investigating command (law 6). */
#include <stdio.h>
#include <string.h>
#include "app/cases.h"
#include "app/passphrase.h"
#include "app/truths.h"
#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/utf8.h"

#define DEBRIEF_MAX ((size_t)4 << 20)

typedef struct packing {
	const app_options *o;
	cc_buf dir, out;
	char id[32];
	cc_truth *truth;         /* NULL: none lies beside */
	cc_buf debrief, briefing, seal;
	cc_seal_content content;
	cc_pack_report report;
} packing;

/* --- what lies beside --- */

/* A file in the folder of the truth, or of the incident without one. A missing one is none. */
static cc_code read_beside(const packing *p, const char *name, size_t most, cc_buf *out, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	if (p->truth) {
		size_t slash = cc_str_rfind_char(p->truth->name, '/');
		cc_buf_add(&path, cc_str_sub(p->truth->name, 0, slash == CC_STR_NONE ? 0 : slash + 1));
		cc_buf_addz(&path, name);
	} else {
		cc_path_join(&path, p->dir.p, name);
	}
	cc_code code = cc_buf_ok(&path) ? cc_file_read(out, path.p, most, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&path);
	return code == CC_ENOTFOUND ? CC_OK : code;
}

/* Several truths in one file have none of these beside them that could be told to belong to this one. */
static bool is_alone(const cc_truth *t)
{
	return !cc_str_ends(t->name, CC_STR("data.jsonl")) && !cc_str_ends(t->name, CC_STR("ground_truths.json"));
}

static cc_code read_papers(packing *p, cc_err *err)
{
	cc_code code = cc_truth_find(&p->truth, p->o->truth, p->dir.p, CC_STR_EMPTY, err);
	if (code == CC_ENOTFOUND && !p->o->seal && !p->o->truth)
		code = CC_OK;
	if (code == CC_OK && p->truth && p->truth->unscorable && p->o->seal)
		code = cc_err_set(err, CC_EUNSCORABLE, "%.*s: %s; no run could ever be scored", CC_STR_ARG(p->truth->name), p->truth->unscorable);
	if (code == CC_OK && (!p->truth || is_alone(p->truth)))
		code = read_beside(p, CC_PACK_BRIEFING_FILE, CC_PACK_BRIEFING_MAX / 2, &p->briefing, err);
	if (code == CC_OK && p->o->seal && is_alone(p->truth))
		code = read_beside(p, CC_DEBRIEF_FILE, DEBRIEF_MAX, &p->debrief, err);
	return code;
}

/* --- the commitment and the seal --- */

static cc_code commit(packing *p, cc_err *err)
{
	char committed[65];
	if (!p->truth)
		return CC_OK;
	if (!p->o->seal)
		return app_truth_seal_new(p->truth, &p->seal, err);
	cc_code code = cc_seal_begin(&p->content, err);
	p->content.name = CC_STR("ground truth");
	p->content.truth = p->truth->text;
	p->content.debrief = cc_buf_str(&p->debrief);
	if (code == CC_OK) {
		cc_seal_committed(&p->content, committed);
		cc_buf_addf(&p->seal, "%s:", p->id);
		cc_truth_seal(&p->seal, cc_str_from(p->id), cc_str_from(committed));
	}
	return code == CC_OK && !cc_buf_ok(&p->seal) ? cc_err_set(err, CC_ENOMEM, "out of memory") : code;
}

/* The passphrase is asked for first: who mistypes it has not waited for the sums of a large incident. */
typedef struct sealing { packing *p; cc_buf passphrase; } sealing;

static cc_code seal(void *arg, const cc_pack_list *list, cc_buf *sealed, cc_err *err)
{
	sealing *s = arg;
	cc_buf bound = CC_BUF_INIT;
	cc_pack_list_bound(&bound, list);
	cc_code code = cc_buf_ok(&bound) ? cc_seal_make(sealed, &s->p->content, cc_buf_str(&s->passphrase), cc_buf_str(&bound),
						   (cc_seal_cost){ 0 }, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&bound);
	return code;
}

static cc_code check_passphrase(cc_str passphrase, cc_err *err)
{
	if (passphrase.n >= CC_SEAL_PASSPHRASE_MIN)
		return CC_OK;
	cc_err_set(err, CC_EUSAGE, "a passphrase of fewer than %d characters seals nothing", (int)CC_SEAL_PASSPHRASE_MIN);
	return cc_err_hint(err, "four or five words at random are one");
}

static cc_code make(packing *p, cc_err *err)
{
	sealing s = { p, CC_BUF_INIT };
	app_packing shown = { .what = "packing" };
	cc_code code = p->o->seal ? app_passphrase(p->o, p->id, true, &s.passphrase, err) : CC_OK;
	if (code == CC_OK && p->o->seal)
		code = check_passphrase(cc_buf_str(&s.passphrase), err);
	if (code == CC_OK)
		code = cc_pack_make(&(cc_pack_options){ .dir = p->dir.p, .out = p->out.p, .replace = p->o->replace, .id = p->id,
			.truth_seal = cc_buf_str(&p->seal), .briefing = cc_buf_str(&p->briefing), .seal = p->o->seal ? seal : NULL, .seal_arg = &s,
			.work = app_packing_shown(&shown) }, &p->report, err);
	app_packing_over(&shown);
	cc_wipe_buf(&s.passphrase);
	return code;
}

/* --- what came of it --- */

static void say(cc_buf *b)
{
	fwrite(b->p ? b->p : "", 1, b->n, stdout);
	cc_buf_deinit(b);
}

static void print_packed_json(const packing *p)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &b, 0);
	cc_jw_object(&w);
	cc_jw_put_strz(&w, "file", p->out.p);
	cc_jw_put_strz(&w, "id", p->report.id);
	cc_jw_put_int(&w, "files", (int64_t)p->report.files);
	cc_jw_put_int(&w, "left_out", (int64_t)p->report.left_out);
	cc_jw_put_int(&w, "bytes", (int64_t)p->report.bytes);
	cc_jw_put_int(&w, "packed_bytes", (int64_t)p->report.packed);
	cc_jw_put_bool(&w, "briefing", p->briefing.n > 0);
	cc_jw_put_bool(&w, "sealed", p->report.sealed);
	cc_jw_put_strz(&w, "truth_seal", p->seal.n ? p->seal.p : NULL);
	cc_jw_end_object(&w);
	cc_buf_add_char(&b, '\n');
	say(&b);
}

static void print_packed(const packing *p)
{
	cc_buf b = CC_BUF_INIT;
	cc_utf8_clean(&b, cc_buf_str(&p->out), CC_CLEAN_LINE);
	cc_buf_addf(&b, ": %s, %zu files of evidence, %.1f MB in %.1f MB%s\n", p->report.id, p->report.files, (double)p->report.bytes / 1e6,
		(double)p->report.packed / 1e6, p->briefing.n ? ", with the briefing" : "");
	cc_utf8_clean(&b, cc_buf_str(&p->report.note), CC_CLEAN_KEEP_NL);
	if (p->report.sealed)
		cc_buf_addf(&b, "The truth%s is sealed in it; `coldcase score RUN --truth %s` opens it with the passphrase.\n",
			p->debrief.n ? " with its debrief and hints" : "", p->out.p);
	else if (p->truth) {
		cc_buf_addz(&b, "The truth is not in it. Runs of it can be scored with --truth ");
		cc_utf8_clean(&b, p->truth->name, CC_CLEAN_LINE);
		cc_buf_addz(&b, ", as long as that stays as it is.\n");
	} else
		cc_buf_addz(&b, "No ground truth lies beside this incident, so nothing can score a run of it yet.\n");
	say(&b);
}

static void packing_deinit(packing *p)
{
	cc_truth_free(p->truth);
	cc_wipe(&p->content, sizeof p->content);
	cc_buf_deinit(&p->dir);
	cc_buf_deinit(&p->out);
	cc_wipe_buf(&p->debrief);
	cc_buf_deinit(&p->briefing);
	cc_buf_deinit(&p->seal);
	cc_buf_deinit(&p->report.note);
}

int app_pack(const app_options *o)
{
	packing p = { .o = o };
	cc_err err = { 0 };
	cc_code code = CC_OK;
	if (o->args.n != 1) {
		code = cc_err_set(&err, CC_EUSAGE, "pack: %s", o->args.n ? "one incident at a time" : "which incident?");
		cc_err_hint(&err, "coldcase pack DIR -o FILE.case --seal");
	}
	if (code == CC_OK)
		code = app_find_incident(o, o->args.p[0], &p.dir, &err);
	if (code == CC_OK)
		code = cc_pack_new_id(p.id, &err);
	if (code == CC_OK)
		cc_buf_addf(&p.out, o->out ? "%s" : "%s" CC_PACK_SUFFIX, o->out ? o->out : p.id);
	if (code == CC_OK)
		code = read_papers(&p, &err);
	if (code == CC_OK)
		code = commit(&p, &err);
	if (code == CC_OK)
		code = make(&p, &err);
	if (code == CC_OK && o->json)
		print_packed_json(&p);
	else if (code == CC_OK)
		print_packed(&p);
	packing_deinit(&p);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}

/* --- unpack --- */

static void print_unpacked(const app_options *o, const char *dir, const cc_pack_list *l)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw w;
	if (o->json) {
		cc_jw_init(&w, &b, 0);
		cc_jw_object(&w);
		cc_jw_put_strz(&w, "folder", dir);
		cc_jw_put_str(&w, "id", l->id);
		cc_jw_put_int(&w, "files", (int64_t)l->evidence_count);
		cc_jw_put_int(&w, "bytes", (int64_t)l->evidence_bytes);
		cc_jw_put_bool(&w, "sealed", l->sealed != NULL);
		cc_jw_end_object(&w);
		cc_buf_add_char(&b, '\n');
	} else {
		cc_utf8_clean(&b, cc_str_from(dir), CC_CLEAN_LINE);
		cc_buf_addf(&b, ": %.*s, %zu files of evidence, %.1f MB%s\n", CC_STR_ARG(l->id), l->evidence_count, (double)l->evidence_bytes / 1e6,
			l->sealed ? "; the truth stays sealed" : "");
	}
	say(&b);
}

int app_unpack(const app_options *o)
{
	cc_pack_list *list = NULL;
	app_packing shown = { .what = "unpacking" };
	cc_pack_work work = app_packing_shown(&shown);
	cc_err err = { 0 };
	cc_code code = CC_OK;
	if (o->args.n != 1) {
		code = cc_err_set(&err, CC_EUSAGE, "unpack: %s", o->args.n ? "one case file at a time" : "which case file?");
		cc_err_hint(&err, "coldcase unpack FILE.case -o DIR");
	}
	if (code == CC_OK)
		code = cc_pack_read_list(&list, o->args.p[0], &err);
	const char *dir = o->out ? o->out : code == CC_OK ? list->id.p : "";
	if (code == CC_OK)
		code = cc_pack_unpack(o->args.p[0], dir, &work, &err);
	app_packing_over(&shown);
	if (code == CC_OK)
		print_unpacked(o, dir, list);
	cc_pack_list_free(list);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
