/* truths.c - see truths.h. */
#include "app/truths.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "app/cases.h"
#include "app/passphrase.h"
#include "coldcase/file.h"

static void forget(app_unsealed *u)
{
	cc_seal_content_deinit(&u->content);
	cc_buf_deinit(&u->place);
	cc_buf_deinit(&u->seal);
}

void app_unsealed_deinit(app_unsealed *u)
{
	forget(u);
	cc_wipe_buf(&u->passphrase);
}

void app_truth_deinit(app_truth *t)
{
	cc_truth_free(t->truth);
	cc_debrief_free(t->debrief);
	*t = (app_truth){ .truth = NULL };
}

/* --- unsealing --- */

static cc_code read_sealed(const app_case *p, cc_buf *out, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	if (p->file)
		return cc_pack_read_sealed(out, p->file, err);
	cc_path_join(&path, p->papers.p, CC_PACK_SEALED_FILE);
	cc_code code = cc_buf_ok(&path) ? cc_file_read(out, path.p, CC_PACK_PAPER_MAX, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&path);
	return code;
}

/* Sealed was what was committed to; or whoever sealed it made a case that contradicts itself. */
static cc_code check_own(const app_case *p, const cc_seal_content *c, cc_err *err)
{
	char committed[65];
	cc_str salt, hash;
	cc_seal_committed(c, committed);
	if (cc_str_cut(p->list->truth_seal, ':', &salt, &hash) && cc_truth_seal_ok(hash, salt, cc_str_from(committed)))
		return CC_OK;
	return cc_err_set(err, CC_EFORMAT, "%s: the truth sealed in it is not the one it is committed to", app_case_name(p));
}

/* Cases of one shelf often have one passphrase: that of the case before is tried first. */
static cc_code open_with_passphrase(const app_case *p, const app_options *o, cc_str sealed, cc_str bound, app_unsealed *kept, cc_err *err)
{
	cc_code code = CC_EACCESS;
	if (kept->passphrase.n)
		code = cc_seal_open(&kept->content, sealed, cc_buf_str(&kept->passphrase), bound, app_case_name(p), err);
	if (code != CC_EACCESS)
		return code;
	cc_wipe_buf(&kept->passphrase);
	code = app_passphrase(o, p->list->id.p, false, &kept->passphrase, err);
	kept->ungiven = code == CC_EUNSCORABLE || code == CC_ECANCELED;
	if (code == CC_EUNSCORABLE)
		cc_err_hint(err, "whoever has the passphrase scores it, anywhere: coldcase score RUN --truth %s", p->file ? p->file : "FILE.case");
	return code == CC_OK ? cc_seal_open(&kept->content, sealed, cc_buf_str(&kept->passphrase), bound, app_case_name(p), err) : code;
}

static cc_code unseal(const app_case *p, const app_options *o, app_unsealed *kept, cc_err *err)
{
	cc_buf sealed = CC_BUF_INIT, bound = CC_BUF_INIT;
	if (cc_str_eqz(cc_buf_str(&kept->place), app_case_name(p)) && cc_str_eq(cc_buf_str(&kept->seal), p->list->truth_seal))
		return CC_OK;
	forget(kept);
	cc_code code = read_sealed(p, &sealed, err);
	cc_pack_list_bound(&bound, p->list);
	if (code == CC_OK && !cc_buf_ok(&bound))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = open_with_passphrase(p, o, cc_buf_str(&sealed), cc_buf_str(&bound), kept, err);
	if (code == CC_OK)
		code = check_own(p, &kept->content, err);
	if (code == CC_OK) {
		cc_buf_addz(&kept->place, app_case_name(p));
		cc_buf_add(&kept->seal, p->list->truth_seal);
	}
	cc_buf_deinit(&sealed);
	cc_buf_deinit(&bound);
	return code;
}

/* A truth without a readable debrief is the usual case; it costs only the explanations. */
static cc_code without_debrief(cc_code code, cc_err *err)
{
	if (code == CC_OK || code == CC_ENOMEM)
		return code;
	if (code != CC_ENOTFOUND)
		fprintf(stderr, "coldcase: %s; wrong names are not explained\n", err->message);
	*err = (cc_err){ 0 };
	return CC_OK;
}

static cc_code open_sealed(app_truth *out, const app_case *p, const app_options *o, app_unsealed *kept, cc_err *err)
{
	if (!p->list->sealed) {
		cc_err_set(err, CC_ENOTFOUND, "%s: holds no truth: it was packed without --seal", app_case_name(p));
		return cc_err_hint(err, "give --truth the ground truth it was packed beside");
	}
	cc_code code = unseal(p, o, kept, err);
	if (code == CC_OK)
		code = cc_truth_load(&out->truth, kept->content.truth, CC_STR_EMPTY, app_case_name(p), err);
	if (code == CC_OK && kept->content.debrief.n)
		code = without_debrief(cc_debrief_load(&out->debrief, kept->content.debrief, app_case_name(p), err), err);
	if (code == CC_OK) {
		cc_seal_committed(&kept->content, out->committed);
		snprintf(out->case_id, sizeof out->case_id, "%.*s", CC_STR_ARG(p->list->id));
		snprintf(out->snapshot_sha256, sizeof out->snapshot_sha256, "%.*s", CC_STR_ARG(p->list->snapshot_sha256));
	}
	return code;
}

/* --- anywhere --- */

static cc_code open_plain(app_truth *out, const app_options *o, const char *incident, cc_str scenario, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	cc_code code = cc_truth_find(&out->truth, o->truth, incident, scenario, err);
	if (code != CC_OK)
		return code;
	cc_buf_add(&path, out->truth->name);
	code = cc_buf_ok(&path) && path.p ? without_debrief(cc_debrief_beside(&out->debrief, path.p, err), err) : CC_OK;
	cc_buf_deinit(&path);
	return code;
}

cc_code app_truth_open(app_truth *out, const app_options *o, const char *incident, cc_str scenario, app_unsealed *kept, cc_err *err)
{
	app_case p;
	app_options with = *o;
	cc_err why = { 0 };
	cc_buf file = CC_BUF_INIT;
	*out = (app_truth){ .truth = NULL };
	if (app_case_of_truth(o, scenario, &file) && file.p)
		with.truth = file.p;
	cc_code code = app_case_find(&p, &with, incident, &why);
	if (code == CC_OK && (p.list->sealed || p.file))
		code = open_sealed(out, &p, o, kept, err);
	else if (code == CC_OK || code == CC_ENOTFOUND)
		code = open_plain(out, o, incident, scenario, err);
	else if (err)
		*err = why;
	app_case_deinit(&p);
	cc_buf_deinit(&file);
	return code;
}

static const char *short_hash(cc_str hash, char out[17])
{
	snprintf(out, 17, "%.16s", hash.n >= 16 ? hash.p : "");
	return out;
}

cc_code app_truth_fits(const app_truth *t, cc_str seal, const char *run, cc_err *err)
{
	cc_str salt, hash;
	char then[17], now[17];
	cc_buf own = CC_BUF_INIT;
	if (!cc_str_cut(seal, ':', &salt, &hash))
		return cc_err_set(err, CC_EUNSCORABLE, "%s: the commitment in its record is none", run);
	bool of_case = cc_str_starts(salt, CC_STR(CC_PACK_ID_PREFIX));
	cc_truth_seal(&own, salt, cc_str_from(of_case ? t->committed : t->truth->sha256));
	bool same = cc_str_eq_nocase(cc_str_trim(hash), cc_buf_str(&own));
	if (!same && of_case && !cc_str_eqz(salt, t->case_id)) {
		cc_err_set(err, CC_EUNSCORABLE, "%s: was played from the sealed %.*s, and %.*s is %s", run, CC_STR_ARG(salt), CC_STR_ARG(t->truth->name),
			t->case_id[0] ? t->case_id : "no case file");
		cc_err_hint(err, "give --truth the case file, which holds what the commitment is to");
	} else if (!same) {
		cc_err_set(err, CC_EUNSCORABLE, "%s: the ground truth is not the one sealed when the run began: the record has %s, %.*s gives %s", run,
			short_hash(hash, then), CC_STR_ARG(t->truth->name), short_hash(cc_buf_str(&own), now));
		cc_err_hint(err, "fetch the truth as it was; the answer file alone can be scored against any, but that proves nothing");
	}
	cc_buf_deinit(&own);
	return same ? CC_OK : CC_EUNSCORABLE;
}

cc_code app_truth_seal_new(const cc_truth *t, cc_buf *out, cc_err *err)
{
	unsigned char bytes[16];
	size_t start = out->n;
	if (getentropy(bytes, sizeof bytes) != 0)
		return cc_err_errno(err, errno, "random numbers");
	for (size_t i = 0; i < sizeof bytes; i++)
		cc_buf_addf(out, "%02x", bytes[i]);
	cc_buf salt = CC_BUF_INIT;
	cc_buf_add(&salt, cc_str_sub(cc_buf_str(out), start, out->n));
	cc_buf_add_char(out, ':');
	cc_truth_seal(out, cc_buf_str(&salt), cc_str_from(t->sha256));
	bool ok = cc_buf_ok(out) && cc_buf_ok(&salt);
	cc_buf_deinit(&salt);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}
