/* list.c - case.json: read with suspicion, written in one order.
 *
 * Everything that is later made of a list - folders, files, sizes to reserve - was checked here first, so that the code which unpacks
 * only has to compare. */
#include <string.h>

#include "coldcase/json.h"
#include "coldcase/snapshot.h"
#include "pack/pack_priv.h"

#define FORMAT "coldcase-case"
enum { PARTS_MAX = 12, PART_MAX = 255, TEXT_MAX = 200 };

void cc_pack_list_free(cc_pack_list *list)
{
	if (list)
		cc_arena_free(list->arena);
}

static bool is_hex(cc_str s, size_t digits)
{
	bool ok = s.n == digits;
	for (size_t i = 0; i < s.n && ok; i++)
		ok = (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f');
	return ok;
}

bool pack_id_ok(cc_str id)
{
	size_t prefix = sizeof CC_PACK_ID_PREFIX - 1;
	return cc_str_starts(id, CC_STR(CC_PACK_ID_PREFIX)) && is_hex(cc_str_sub(id, prefix, id.n), 12);
}

/* --- paths --- */

static const char *part_problem(cc_str part)
{
	if (!part.n)
		return "has an empty part";
	if (cc_str_eqz(part, ".") || cc_str_eqz(part, ".."))
		return "leaves its folder";
	return part.n > PART_MAX ? "has a name that is too long" : NULL;
}

const char *cc_pack_path_problem(cc_str path)
{
	cc_str part, rest = path;
	const char *problem = NULL;
	size_t parts = 0;
	if (!path.n || path.n > CC_PACK_PATH_MAX)
		return path.n ? "has a name that is too long" : "has no name";
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] < 0x20 || path.p[i] > 0x7e || path.p[i] == '\\')
			return "has a name with other characters than plain ASCII";
	if (path.p[0] == '/')
		return "has an absolute path";
	if (path.p[path.n - 1] == '/')
		return "has an empty part";
	while (rest.n && !problem) {
		cc_str_cut(rest, '/', &part, &rest);
		problem = part_problem(part);
		if (++parts > PARTS_MAX)
			return "lies too deep";
	}
	if (!problem && cc_str_starts(path, CC_STR(PACK_EVIDENCE)) && cc_evidence_is_secret(path))
		return "is called like a file with answers";
	return problem;
}

static bool is_paper(cc_str path)
{
	return cc_str_eqz(path, CC_PACK_SEALED_FILE) || cc_str_eqz(path, CC_PACK_BRIEFING_FILE);
}

/* --- reading --- */

typedef struct reading { cc_pack_list *list; const char *name; cc_err *err; bool oom; } reading;

static cc_code out_of_memory(const reading *r)
{
	return cc_err_set(r->err, CC_ENOMEM, "%s: out of memory", r->name);
}

static cc_code refuse(const reading *r, const char *what)
{
	return r->oom ? out_of_memory(r) : cc_err_set(r->err, CC_EFORMAT, "%s: case.json: %s", r->name, what);
}

static cc_code refuse_member(const reading *r, cc_str path, const char *what)
{
	return cc_err_set(r->err, CC_EFORMAT, "%s: member %.*s %s", r->name, CC_STR_ARG(cc_str_sub(path, 0, 100)), what);
}

/* A short text, absent or null being empty. False: something else. */
static bool take_text(reading *r, const cc_json *root, const char *key, cc_str *out)
{
	const cc_json *v = cc_json_get(root, key);
	cc_json_type type = cc_json_typeof(v);
	*out = CC_STR_EMPTY;
	if (type == CC_JSON_ABSENT || type == CC_JSON_NULL)
		return true;
	if (type != CC_JSON_STRING || cc_json_str(v).n > TEXT_MAX)
		return false;
	*out = cc_arena_dup(r->list->arena, cc_json_str(v));
	r->oom = !out->p;
	return !r->oom;
}

/* Papers come first, each once, then evidence in order of its paths: nothing can be listed twice. */
static const char *order_problem(const cc_pack_list *l, size_t i)
{
	const cc_pack_member *m = &l->members[i], *before = i ? &l->members[i - 1] : NULL;
	bool evidence = cc_str_starts(m->path, CC_STR(PACK_EVIDENCE));
	if (!evidence && !is_paper(m->path))
		return "belongs to no case";
	if (!evidence && (before ? !is_paper(before->path) || cc_str_cmp(m->path, before->path) > 0 : false))
		return "is listed out of order";
	if (before && is_paper(before->path) == is_paper(m->path) && cc_str_eq(before->path, m->path))
		return "is there twice";
	if (before && evidence && !is_paper(before->path) && cc_str_cmp(before->path, m->path) >= 0)
		return "is listed out of order";
	if (!evidence && m->bytes > (cc_str_eqz(m->path, CC_PACK_SEALED_FILE) ? CC_PACK_PAPER_MAX : CC_PACK_BRIEFING_MAX))
		return "is too large";
	return NULL;
}

static cc_code take_member(const reading *r, const cc_json *v, cc_pack_member *m, size_t i)
{
	cc_pack_list *l = r->list;
	cc_str path = cc_json_get_str(v, "path"), sum = cc_json_get_str(v, "sha256");
	int64_t bytes = -1;
	const char *problem = cc_pack_path_problem(path);
	if (!problem && (!cc_json_int(cc_json_get(v, "bytes"), &bytes) || bytes < 0 || (uint64_t)bytes > CC_PACK_BYTES_MAX))
		problem = "has no size, or an absurd one";
	if (!problem && !is_hex(sum, 64))
		problem = "has no SHA-256";
	if (problem)
		return refuse_member(r, path, problem);
	*m = (cc_pack_member){ cc_arena_dup(l->arena, path), (uint64_t)bytes, cc_arena_dup(l->arena, sum) };
	if (!m->path.p || !m->sha256.p)
		return out_of_memory(r);
	problem = order_problem(l, i);
	if (problem)
		return refuse_member(r, path, problem);
	l->bytes += m->bytes;
	if (cc_str_eqz(path, CC_PACK_SEALED_FILE))
		l->sealed = m;
	else if (cc_str_eqz(path, CC_PACK_BRIEFING_FILE))
		l->briefing = m;
	else {
		l->evidence_bytes += m->bytes;
		l->evidence_count++;
	}
	if (l->bytes > CC_PACK_BYTES_MAX)
		return cc_err_set(r->err, CC_ELIMIT, "%s: more than %llu GiB unpacked", r->name, (unsigned long long)(CC_PACK_BYTES_MAX >> 30));
	return CC_OK;
}

static cc_code take_members(const reading *r, const cc_json *list)
{
	size_t n = cc_json_typeof(list) == CC_JSON_ARRAY ? cc_json_count(list) : 0, i = 0;
	if (!n || n > CC_PACK_MEMBERS_MAX)
		return n ? cc_err_set(r->err, CC_ELIMIT, "%s: more than %d members", r->name, (int)CC_PACK_MEMBERS_MAX) : refuse(r, "lists no members");
	cc_pack_member *members = cc_arena_array(r->list->arena, n, sizeof *members);
	if (!members)
		return out_of_memory(r);
	r->list->members = members;
	r->list->count = n;
	cc_code code = CC_OK;
	for (const cc_json *v = cc_json_first(list); v && code == CC_OK; v = cc_json_next(v), i++)
		code = take_member(r, v, &members[i], i);
	if (code == CC_OK && !r->list->evidence_count)
		code = refuse(r, "lists no evidence");
	return code;
}

/* "salt:hash", where a sealed truth's salt is the id. */
static bool seal_fits(const cc_pack_list *l)
{
	cc_str salt, hash;
	if (!l->truth_seal.n)
		return !l->sealed;
	if (!cc_str_cut(l->truth_seal, ':', &salt, &hash) || !is_hex(hash, 64))
		return false;
	return l->sealed ? cc_str_eq(salt, l->id) : is_hex(salt, 32);
}

static cc_code take_head(reading *r, const cc_json *root)
{
	cc_pack_list *l = r->list;
	int64_t version;
	if (!cc_str_eqz(cc_json_get_str(root, "format"), FORMAT) || !cc_json_int(cc_json_get(root, "version"), &version))
		return refuse(r, "this is no list of a case");
	if (version != CC_PACK_VERSION) {
		cc_err_set(r->err, CC_EFORMAT, "%s: made by another version of coldcase (format %lld; this one reads %d)", r->name,
			(long long)version, (int)CC_PACK_VERSION);
		cc_err_hint(r->err, "use the coldcase that it was made with, or a newer one");
		return CC_EFORMAT;
	}
	if (!take_text(r, root, "id", &l->id) || !pack_id_ok(l->id))
		return refuse(r, "its id is none");
	if (!take_text(r, root, "made_by", &l->made_by) || !take_text(r, root, "truth_seal", &l->truth_seal))
		return refuse(r, "made_by or truth_seal is no short text");
	if (!take_text(r, root, "snapshot_sha256", &l->snapshot_sha256) || !is_hex(l->snapshot_sha256, 64))
		return refuse(r, "it has no digest of the evidence");
	return CC_OK;
}

static cc_code read_list(reading *r, cc_str text)
{
	cc_json *root = NULL;
	cc_err why = { 0 };
	cc_code code = cc_json_parse(&root, text, &why);
	if (code != CC_OK)
		return code == CC_ENOMEM ? out_of_memory(r) : refuse(r, why.message);
	code = take_head(r, root);
	if (code == CC_OK)
		code = take_members(r, cc_json_get(root, "members"));
	if (code == CC_OK && !seal_fits(r->list))
		code = refuse(r, "its commitment to the truth is none");
	cc_json_free(root);
	return code;
}

cc_code cc_pack_list_parse(cc_pack_list **out, cc_str text, const char *name, cc_err *err)
{
	cc_arena *arena = cc_arena_new();
	cc_pack_list *l = arena ? cc_arena_alloc(arena, sizeof *l) : NULL;
	reading r = { l, name, err, false };
	cc_buf own = CC_BUF_INIT;
	*out = NULL;
	if (!l) {
		cc_arena_free(arena);
		return out_of_memory(&r);
	}
	l->arena = arena;
	cc_code code = read_list(&r, text);
	cc_pack_list_write(&own, l);
	cc_sha256_of(cc_buf_str(&own), l->sha256);
	if (code == CC_OK && !cc_buf_ok(&own))
		code = out_of_memory(&r);
	cc_buf_deinit(&own);
	if (code == CC_OK)
		*out = l;
	else
		cc_pack_list_free(l);
	return code;
}

/* --- writing --- */

static void write_text(cc_jw *w, const char *key, cc_str text)
{
	cc_jw_key(w, key);
	if (text.n)
		cc_jw_str(w, text);
	else
		cc_jw_null(w);
}

static void write_list(cc_buf *out, const cc_pack_list *l, bool with_sealed)
{
	cc_jw w;
	cc_jw_init(&w, out, 0);
	cc_jw_object(&w);
	write_text(&w, "format", CC_STR(FORMAT));
	cc_jw_key(&w, "version");
	cc_jw_int(&w, CC_PACK_VERSION);
	write_text(&w, "id", l->id);
	write_text(&w, "made_by", l->made_by);
	write_text(&w, "truth_seal", l->truth_seal);
	write_text(&w, "snapshot_sha256", l->snapshot_sha256);
	cc_jw_key(&w, "members");
	cc_jw_array(&w);
	for (size_t i = 0; i < l->count; i++) {
		const cc_pack_member *m = &l->members[i];
		if (!with_sealed && cc_str_eqz(m->path, CC_PACK_SEALED_FILE))
			continue;
		cc_jw_object(&w);
		write_text(&w, "path", m->path);
		cc_jw_key(&w, "bytes");
		cc_jw_int(&w, (int64_t)m->bytes);
		write_text(&w, "sha256", m->sha256);
		cc_jw_end_object(&w);
	}
	cc_jw_end_array(&w);
	cc_jw_end_object(&w);
	cc_buf_add_char(out, '\n');
}

void cc_pack_list_write(cc_buf *out, const cc_pack_list *l)
{
	write_list(out, l, true);
}

void cc_pack_list_bound(cc_buf *out, const cc_pack_list *l)
{
	write_list(out, l, false);
}

/* A tar header has 100 bytes for a name and 155 for what leads to it. */
static bool fits_header(cc_str path)
{
	for (size_t i = 0; i < path.n && i <= 155; i++)
		if (path.p[i] == '/' && path.n - i - 1 <= 100)
			return true;
	return path.n <= 100;
}

void pack_tar_name(cc_buf *out, cc_str path)
{
	char sum[65];
	if (fits_header(path)) {
		cc_buf_add(out, path);
		return;
	}
	cc_sha256_of(path, sum);
	cc_buf_addf(out, PACK_EVIDENCE "long-%.32s", sum);
}

void pack_place_of(cc_buf *out, const cc_pack_list *l, cc_str path)
{
	if (!cc_str_starts(path, CC_STR(PACK_EVIDENCE))) {
		cc_buf_add(out, path);
		return;
	}
	cc_buf_add(out, l->id);
	cc_buf_add(out, cc_str_sub(path, sizeof PACK_EVIDENCE - 2, path.n));
}
