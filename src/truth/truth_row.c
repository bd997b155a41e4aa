/* truth_row.c - finds the one ground truth in a text: a YAML or JSON document, a list, or JSON Lines (data.jsonl). */
#include <string.h>
#include "coldcase/sha256.h"
#include "coldcase/yaml.h"
#include "truth_priv.h"

static const char *const ID_KEYS[] = { "scenario_id", "id_aa", "id", "incident_id", "scenario", "name" };

void cc_truth_row_deinit(truth_row *r)
{
	cc_json_free(r->outer);
	cc_json_free(r->inner);
	cc_buf_deinit(&r->own);
	memset(r, 0, sizeof *r);
}

/* The digits at the end after "scenario", "incident" or a hyphen ("…-scenario-12" → "12"); else the text itself. */
static cc_str canonical(cc_str s)
{
	s = cc_str_trim(s);
	size_t n = s.n;
	while (n && s.p[n - 1] >= '0' && s.p[n - 1] <= '9')
		n--;
	if (n == s.n)
		return s;
	cc_str head = cc_str_sub(s, 0, n), digits = cc_str_sub(s, n, s.n);
	while (digits.n > 1 && digits.p[0] == '0')
		digits = cc_str_sub(digits, 1, digits.n);
	if (head.n && (head.p[head.n - 1] == '-' || head.p[head.n - 1] == '_' || head.p[head.n - 1] == ' '))
		head.n--;
	bool known = !head.n || (head.n >= 8 && (cc_str_eq_nocase(cc_str_sub(head, head.n - 8, head.n), CC_STR("scenario")) ||
		cc_str_eq_nocase(cc_str_sub(head, head.n - 8, head.n), CC_STR("incident"))));
	return known ? digits : s;
}

void cc_truth_scenario_number(cc_str scenario, char *out, size_t size)
{
	cc_str s = canonical(scenario);
	bool digits = s.n > 0 && s.n < size;
	for (size_t i = 0; i < s.n; i++)
		digits &= s.p[i] >= '0' && s.p[i] <= '9';
	if (digits)
		memcpy(out, s.p, s.n);
	out[digits ? s.n : 0] = '\0';
}

bool cc_truth_same_scenario(cc_str a, cc_str b)
{
	return cc_str_eq_nocase(canonical(a), canonical(b));
}

static cc_str row_id(const cc_json *row)
{
	for (size_t i = 0; i < sizeof ID_KEYS / sizeof ID_KEYS[0]; i++) {
		cc_str id = cc_json_text(cc_json_get(row, ID_KEYS[i]));
		if (id.n)
			return id;
	}
	return cc_json_text(cc_json_at(row, "metadata.name"));
}

static bool row_is(const cc_json *row, cc_str scenario)
{
	for (size_t i = 0; i < sizeof ID_KEYS / sizeof ID_KEYS[0]; i++) {
		cc_str id = cc_json_text(cc_json_get(row, ID_KEYS[i]));
		if (id.n && cc_truth_same_scenario(id, scenario))
			return true;
	}
	cc_str id = cc_json_text(cc_json_at(row, "metadata.name"));
	return id.n && cc_truth_same_scenario(id, scenario);
}

static void take_text(truth_row *r, cc_str text)
{
	r->text = text;
	cc_sha256_of(text, r->sha256);
}

/* A row may hold the truth as text or as a member. */
static cc_code unwrap(truth_row *r, const cc_json *row, cc_err *err)
{
	const cc_json *inside = cc_json_get(row, "ground_truth_yaml");
	if (!inside)
		inside = cc_json_get(row, "ground_truth");
	r->scenario = row_id(row);
	r->doc = row;
	if (cc_json_typeof(inside) == CC_JSON_OBJECT)
		r->doc = inside;
	if (cc_json_typeof(inside) != CC_JSON_STRING)
		return CC_OK;
	take_text(r, cc_json_str(inside));
	cc_code code = cc_yaml_parse(&r->inner, cc_json_str(inside), err);
	r->doc = r->inner;
	return code;
}

static cc_code no_such_row(cc_str scenario, size_t rows, const char *name, cc_err *err)
{
	if (scenario.n)
		cc_err_set(err, CC_ENOTFOUND, "%s: no ground truth of %.*s among %zu", name, CC_STR_ARG(scenario), rows);
	else
		cc_err_set(err, CC_EAMBIGUOUS, "%s: holds %zu ground truths", name, rows);
	cc_err_hint(err, "name the scenario, as in Scenario-1");
	return scenario.n ? CC_ENOTFOUND : CC_EAMBIGUOUS;
}

/* The digest of a list's item is that of its compact JSON, as it has no text of its own. */
static cc_code digest_item(truth_row *r, const cc_json *item, cc_err *err)
{
	if (!r->sha256[0]) {
		cc_json_write(&r->own, item, false);
		take_text(r, cc_buf_str(&r->own));
	}
	return cc_buf_ok(&r->own) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

static cc_code pick_item(truth_row *r, cc_str scenario, const char *name, cc_err *err)
{
	size_t count = cc_json_count(r->outer);
	for (const cc_json *v = cc_json_first(r->outer); v; v = cc_json_next(v)) {
		if (scenario.n ? !row_is(v, scenario) : count != 1)
			continue;
		cc_code code = unwrap(r, v, err);
		return code ? code : digest_item(r, v, err);
	}
	return no_such_row(scenario, count, name, err);
}

static cc_code pick_document(truth_row *r, cc_str text, cc_str scenario, const char *name, cc_err *err)
{
	if (cc_json_typeof(r->outer) == CC_JSON_ARRAY)
		return pick_item(r, scenario, name, err);
	cc_code code = unwrap(r, r->outer, err);
	if (!code && !r->sha256[0])
		take_text(r, text);
	return code;
}

static cc_code pick_line(truth_row *r, cc_str text, cc_str scenario, const char *name, cc_err *err)
{
	size_t rows = 0;
	while (text.n) {
		cc_str line, rest;
		cc_str_cut(text, '\n', &line, &rest);
		text = rest;
		line = cc_str_trim(line);
		if (!line.n)
			continue;
		cc_json *row = NULL;
		cc_code code = cc_json_parse(&row, line, NULL);
		if (code == CC_ENOMEM)
			return cc_err_set(err, CC_ENOMEM, "out of memory");
		rows += !code;
		r->bad_rows += code != CC_OK;
		if (code || (scenario.n && !row_is(row, scenario)) || (!scenario.n && (rows > 1 || cc_str_trim(rest).n))) {
			cc_json_free(row);
			continue;
		}
		r->outer = row;
		return pick_document(r, line, CC_STR_EMPTY, name, err);
	}
	return no_such_row(scenario, rows, name, err);
}

/* JSON Lines: the first line is an object by itself and something follows it. */
static bool is_json_lines(cc_str text)
{
	cc_str line, rest;
	cc_json *row = NULL;
	if (!cc_str_cut(text, '\n', &line, &rest) || !cc_str_trim(rest).n || !cc_str_starts(line, CC_STR("{")))
		return false;
	bool ok = cc_json_parse(&row, line, NULL) == CC_OK && cc_json_typeof(row) == CC_JSON_OBJECT;
	cc_json_free(row);
	return ok;
}

static cc_code named(cc_code code, const char *name, cc_err *err)
{
	char before[CC_ERR_MESSAGE_SIZE];
	if (!code || !err || strncmp(err->message, name, strlen(name)) == 0)
		return code;
	uint64_t record = err->record, byte = err->byte;
	memcpy(before, err->message, sizeof before);
	cc_err_set(err, code, "%s: %s", name, before[0] ? before : cc_code_text(code));
	err->record = record;
	err->byte = byte;
	return code;
}

static cc_str without_bom(cc_str text)
{
	if (cc_str_starts(text, CC_STR("\xEF\xBB\xBF")))
		text = cc_str_sub(text, 3, text.n);
	return text;
}

cc_code cc_truth_row_read(truth_row *out, cc_str text, cc_str scenario, const char *name, cc_err *err)
{
	cc_str body = cc_str_trim(without_bom(text));
	bool json = body.n && (body.p[0] == '{' || body.p[0] == '[');
	memset(out, 0, sizeof *out);
	if (!body.n)
		return cc_err_set(err, CC_EFORMAT, "%s: empty", name);
	if (json && is_json_lines(body))
		return named(pick_line(out, body, scenario, name, err), name, err);
	cc_code code = json ? cc_json_parse(&out->outer, body, err) : CC_EFORMAT;
	/* YAML's flow style looks like JSON but is wider. */
	if (code && code != CC_ENOMEM && code != CC_ELIMIT) {
		cc_err_clear(err);
		code = cc_yaml_parse(&out->outer, body, err);
	}
	if (!code)
		code = pick_document(out, text, scenario, name, err);
	return named(code, name, err);
}
