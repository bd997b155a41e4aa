/* diff_say.c - a difference said in one line. The table below is tried from top to bottom against the end of the
 * path: "x[]" is an element of the keyed list x, "*" any member; $1, $2 in the label are what they stood for. */
#include <string.h>

#include "diff_priv.h"
#include "coldcase/utf8.h"

typedef struct saying { const char *pattern, *label; } saying;

static const saying sayings[] = {
	{ "^spec.replicas", "replicas" },
	{ "env[].value", "env $1" }, { "env[]", "env $1" }, { "env[].*", "env $1 $2" },
	{ "resources.limits.*", "limits.$1" }, { "resources.requests.*", "requests.$1" },
	{ "ports[].*", "port $1 $2" }, { "ports[]", "port $1" },
	{ "^spec.selector.matchLabels.*", "selector $1" }, { "^spec.selector.*", "selector $1" },
	{ "template.metadata.labels.*", "pod label $1" }, { "template.metadata.annotations.*", "pod annotation $1" },
	{ "metadata.labels.*", "label $1" }, { "metadata.annotations.*", "annotation $1" },
	{ "flags.*.defaultVariant", "flag $1" }, { "flags.*.*", "flag $1 $2" }, { "flags.*", "flag $1" },
	{ "conditions[].status", "condition $1" }, { "conditions[].*", "condition $1 $2" },
	{ "conditions[]", "condition $1" },
	{ "containerStatuses[].restartCount", "restarts of $1" }, { "containerStatuses[].*", "$1 $2" },
	{ "initContainerStatuses[].*", "$1 $2" },
	{ "^status.phase", "phase" }, { "^status.*", "status $1" },
	{ "livenessProbe.*", "livenessProbe $1" }, { "readinessProbe.*", "readinessProbe $1" },
	{ "startupProbe.*", "startupProbe $1" }, { "livenessProbe.*.*", "livenessProbe $1 $2" },
	{ "readinessProbe.*.*", "readinessProbe $1 $2" }, { "startupProbe.*.*", "startupProbe $1 $2" },
	{ "^spec.hard.*", "quota $1" }, { "^spec.scaleTargetRef.*", "scale target $1" },
	{ "volumeMounts[]", "mount $1" }, { "volumes[]", "volume $1" }, { "volumes[].*", "volume $1 $2" },
	{ "containers[]", "container $1" }, { "initContainers[]", "init container $1" },
	{ "containers[].*", "$1 $2" }, { "initContainers[].*", "$1 $2" },
	{ "nodeSelector.*", "nodeSelector $1" },
	{ "^data.*", "data $1" }, { "^stringData.*", "data $1" }, { "^binaryData.*", "binary data $1" },
};

/* Parts of a pattern, last first: name and whether it is a list element. */
static bool pattern_tail(cc_str *pattern, cc_str *part, bool *item)
{
	if (pattern->n == 0)
		return false;
	if (cc_str_ends(*pattern, CC_STR("[]"))) {
		*item = true;
		*part = CC_STR("*");
		*pattern = cc_str_sub(*pattern, 0, pattern->n - 2);
		return true;
	}
	*item = false;
	size_t dot = cc_str_rfind_char(*pattern, '.');
	*part = cc_str_sub(*pattern, dot == CC_STR_NONE ? 0 : dot + 1, pattern->n);
	*pattern = cc_str_sub(*pattern, 0, dot == CC_STR_NONE ? 0 : dot);
	return true;
}

/* stars[0] is the last thing a star stood for. */
static bool path_fits(const diff_path *path, const char *text, cc_str stars[4], size_t *star_count)
{
	cc_str pattern = cc_str_from(text), part;
	bool anchored = cc_str_starts(pattern, CC_STR("^")), item;
	size_t i = path->n;
	*star_count = 0;
	if (anchored)
		pattern = cc_str_sub(pattern, 1, pattern.n);
	while (pattern_tail(&pattern, &part, &item)) {
		if (i == 0 || path->segs[i - 1].item != item)
			return false;
		cc_str seg = path->segs[--i].text;
		if (cc_str_eqz(part, "*"))
			stars[(*star_count)++] = seg;
		else if (!cc_str_eq(part, seg))
			return false;
	}
	return !anchored || i == 0;
}

static bool label_from_table(const diff_path *path, cc_buf *out)
{
	for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
		cc_str stars[4];
		size_t count;
		if (!path_fits(path, sayings[i].pattern, stars, &count))
			continue;
		for (const char *p = sayings[i].label; *p; p++) {
			size_t number = *p == '$' ? (size_t)(p[1] - '0') : 0;
			if (number >= 1 && number <= count) {
				cc_buf_add(out, stars[count - number]);
				p++;
			} else {
				cc_buf_add_char(out, *p);
			}
		}
		return true;
	}
	return false;
}

static bool needs_brackets(cc_str key)
{
	return cc_str_find_char(key, '.') != CC_STR_NONE || cc_str_find_char(key, '/') != CC_STR_NONE || key.n == 0;
}

void cc_diff_path_text(const diff_path *path, cc_buf *out)
{
	for (size_t i = 0; i < path->n; i++) {
		const diff_seg *seg = &path->segs[i];
		if (seg->item || needs_brackets(seg->text)) {
			cc_buf_add_char(out, '[');
			cc_buf_add(out, seg->text);
			cc_buf_add_char(out, ']');
		} else {
			if (i)
				cc_buf_add_char(out, '.');
			cc_buf_add(out, seg->text);
		}
	}
}

static void label(const diff_path *path, cc_buf *out)
{
	if (label_from_table(path, out))
		return;
	diff_path rest = *path;
	diff_path front = { .segs = { rest.segs[0], rest.segs[1], rest.segs[2] }, .n = 3 };
	size_t skip = rest.n > 1 && cc_str_eqz(rest.segs[0].text, "spec") ? 1 : 0;
	if (rest.n > 3 && cc_diff_path_is(&front, "spec.template.spec"))
		skip = 3;
	for (size_t i = skip; i < rest.n; i++)
		rest.segs[i - skip] = rest.segs[i];
	rest.n -= skip;
	cc_diff_path_text(&rest, out);
}

void cc_diff_value_text(const cc_json *v, size_t max, cc_buf *out)
{
	cc_buf b = CC_BUF_INIT;
	cc_json_type type = cc_json_typeof(v);
	if (type == CC_JSON_OBJECT || type == CC_JSON_ARRAY)
		cc_json_write(&b, v, true);
	else if (type != CC_JSON_ABSENT)
		cc_buf_add(&b, cc_json_text(v));
	cc_str s = cc_buf_str(&b);
	cc_str head = cc_utf8_head(s, max);
	cc_buf_addf(out, "%.*s%s", CC_STR_ARG(head), head.n < s.n ? "…" : "");
	cc_buf_deinit(&b);
}

void cc_diff_state_text(const cc_json *state, cc_buf *out)
{
	const cc_json *what = cc_json_first(state);
	if (!what) {
		cc_buf_addz(out, "unknown");
		return;
	}
	cc_buf_add(out, cc_json_key(what));
	cc_str reason = cc_json_get_str(what, "reason");
	if (reason.n) {
		cc_buf_add_char(out, ' ');
		cc_buf_add(out, reason);
	}
	int64_t code;
	if (cc_json_int(cc_json_get(what, "exitCode"), &code))
		cc_buf_addf(out, " (exit %lld)", (long long)code);
}

/* "payment:1.4 -> 1.5" when only the tag moved. */
static void say_image(cc_str a, cc_str b, cc_buf *out)
{
	size_t ca = cc_str_rfind_char(a, ':'), cb = cc_str_rfind_char(b, ':');
	bool same = ca != CC_STR_NONE && cb != CC_STR_NONE && cc_str_eq(cc_str_sub(a, 0, ca), cc_str_sub(b, 0, cb));
	size_t slash = cc_str_rfind_char(a, '/');
	cc_str shown = same && slash != CC_STR_NONE ? cc_str_sub(a, slash + 1, a.n) : a;
	cc_str after = same ? cc_str_sub(b, cb + 1, b.n) : b;
	cc_buf_addf(out, "image %.*s -> %.*s", CC_STR_ARG(shown), CC_STR_ARG(after));
}

/* "env X set to 2", "env X unset (was 1)": a variable that comes or goes. */
static bool say_env(const diff_walk *w, cc_diff_op op, const cc_json *v, cc_buf *out)
{
	cc_str stars[4] = { CC_STR_EMPTY }, value = cc_json_get_str(v, "value");
	size_t count;
	if (op == CC_DIFF_CHANGED || !path_fits(&w->path, "env[]", stars, &count))
		return false;
	const cc_json *from = cc_json_first(cc_json_get(v, "valueFrom"));
	cc_str other = cc_json_get_str(from, "name"), key = cc_json_get_str(from, "key");
	cc_buf_addf(out, "env %.*s %s", CC_STR_ARG(stars[0]), op == CC_DIFF_ADDED ? "set" : "unset");
	if (value.n)
		cc_buf_addf(out, op == CC_DIFF_ADDED ? " to %.*s" : " (was %.*s)", CC_STR_ARG(cc_utf8_head(value, DIFF_LINE_VALUE_MAX)));
	else if (other.n)
		cc_buf_addf(out, op == CC_DIFF_ADDED ? " from %.*s %.*s" : " (was from %.*s %.*s)", CC_STR_ARG(other), CC_STR_ARG(key));
	return true;
}

/* "toleration gpu NoSchedule added". */
static bool say_toleration(const diff_walk *w, cc_diff_op op, const cc_json *v, cc_buf *out)
{
	cc_str stars[4] = { CC_STR_EMPTY };
	size_t count;
	bool taint = path_fits(&w->path, "^spec.taints[]", stars, &count);
	if (op == CC_DIFF_CHANGED || !(taint || path_fits(&w->path, "tolerations[]", stars, &count)))
		return false;
	cc_str key = cc_json_get_str(v, "key"), value = cc_json_text(cc_json_get(v, "value")), effect = cc_json_get_str(v, "effect");
	cc_buf_addf(out, "%s %.*s%s%.*s%s%.*s %s", taint ? "taint" : "toleration", CC_STR_ARG(key.n ? key : CC_STR("of everything")), value.n ? "=" : "",
		CC_STR_ARG(value), effect.n ? " " : "", CC_STR_ARG(effect), op == CC_DIFF_ADDED ? "added" : "removed");
	return true;
}

/* Addresses behind a service, one and all: "address 10.244.1.11 removed", "no ready address left". */
static bool say_address(const diff_walk *w, cc_diff_op op, const cc_json *v, cc_buf *out)
{
	cc_str stars[4] = { CC_STR_EMPTY };
	size_t count;
	bool added = op == CC_DIFF_ADDED, one = path_fits(&w->path, "^subsets[].addresses[]", stars, &count);
	if (!cc_str_eqz(w->kind, "Endpoints") || op == CC_DIFF_CHANGED)
		return false;
	if (one || path_fits(&w->path, "^subsets[].notReadyAddresses[]", stars, &count))
		cc_buf_addf(out, "%s %.*s %s", one ? "address" : "not-ready address", CC_STR_ARG(stars[0]), added ? "added" : "removed");
	else if (!added && (path_fits(&w->path, "^subsets", stars, &count) || path_fits(&w->path, "^subsets[].addresses", stars, &count)))
		cc_buf_addf(out, "no %saddress left", path_fits(&w->path, "^subsets", stars, &count) ? "" : "ready ");
	else if (path_fits(&w->path, "^subsets[].addresses", stars, &count) || path_fits(&w->path, "^subsets[].notReadyAddresses", stars, &count))
		cc_buf_addf(out, "%zu %s%s", cc_json_count(v), path_fits(&w->path, "^subsets[].addresses", stars, &count) ? "ready" : "not ready", added ? "" : " no longer");
	else
		return false;
	return true;
}

/* Elements of `from` that are not in `other`, each behind the sign. */
static size_t say_elements(const cc_json *from, const cc_json *other, char sign, cc_buf *out)
{
	size_t n = 0;
	for (const cc_json *v = cc_json_first(from); v; v = cc_json_next(v)) {
		bool met = false;
		for (const cc_json *o = cc_json_first(other); o && !met; o = cc_json_next(o))
			met = cc_str_eq(cc_json_text(v), cc_json_text(o));
		if (!met && n++ < 3)
			cc_buf_addf(out, " %c \"%.*s\"", sign, CC_STR_ARG(cc_utf8_head(cc_json_text(v), DIFF_LINE_VALUE_MAX)));
	}
	return n;
}

static bool is_plain_list(const cc_json *v)
{
	for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m))
		if (cc_json_typeof(m) == CC_JSON_OBJECT || cc_json_typeof(m) == CC_JSON_ARRAY)
			return false;
	return cc_json_typeof(v) == CC_JSON_ARRAY;
}

/* Arguments and other lists of plain values: what left and what came; a mere new order falls through. */
static bool say_list(cc_diff_op op, const cc_json *a, const cc_json *b, cc_buf *out)
{
	enum { LONG_LIST = 64 };
	if (op != CC_DIFF_CHANGED || !is_plain_list(a) || !is_plain_list(b) || cc_json_count(a) > LONG_LIST || cc_json_count(b) > LONG_LIST)
		return false;
	size_t at = out->n, left = say_elements(a, b, '-', out), came = say_elements(b, a, '+', out);
	if (left > 3 || came > 3)
		cc_buf_addf(out, " (%zu left, %zu came)", left, came);
	return out->n > at;
}

static bool say_special(const diff_walk *w, cc_diff_op op, const cc_json *a, const cc_json *b, cc_buf *out)
{
	cc_str last = w->path.segs[w->path.n - 1].text, stars[4] = { CC_STR_EMPTY };
	size_t count;
	if (cc_diff_path_is(&w->path, "metadata.uid") && op == CC_DIFF_CHANGED) {
		cc_buf_addz(out, "deleted and created again");
	} else if (cc_diff_path_is(&w->path, "metadata.deletionTimestamp") && op != CC_DIFF_REMOVED) {
		cc_buf_addf(out, "deletion requested at %.*s", CC_STR_ARG(cc_json_text(b)));
	} else if (cc_str_eqz(last, "kubectl.kubernetes.io/restartedAt") && op != CC_DIFF_REMOVED) {
		cc_buf_addf(out, "rollout restarted at %.*s", CC_STR_ARG(cc_json_text(b)));
	} else if (op == CC_DIFF_CHANGED && (path_fits(&w->path, "containers[].image", stars, &count) ||
		path_fits(&w->path, "initContainers[].image", stars, &count))) {
		say_image(cc_json_text(a), cc_json_text(b), out);
	} else if (op == CC_DIFF_CHANGED && (path_fits(&w->path, "containerStatuses[].state", stars, &count) ||
		path_fits(&w->path, "initContainerStatuses[].state", stars, &count))) {
		cc_buf_add(out, stars[0]);
		cc_buf_add_char(out, ' ');
		cc_diff_state_text(a, out);
		cc_buf_addz(out, " -> ");
		cc_diff_state_text(b, out);
	} else {
		return false;
	}
	return true;
}

/* Long texts: how many lines moved, and the first of them. */
static bool say_text_change(cc_str a, cc_str b, cc_buf *out)
{
	if (cc_str_find_char(a, '\n') == CC_STR_NONE && cc_str_find_char(b, '\n') == CC_STR_NONE)
		return false;
	cc_line_diff *lines = NULL;
	if (cc_diff_lines(&lines, a, b, 0, NULL) != CC_OK)
		return false;
	cc_str first[2] = { CC_STR_EMPTY, CC_STR_EMPTY };
	for (size_t i = cc_line_diff_count(lines); i-- > 0;) {
		const cc_diff_line *line = cc_line_diff_get(lines, i);
		if (line->sign == '-' || line->sign == '+')
			first[line->sign == '+'] = cc_utf8_head(cc_str_trim(line->text), DIFF_LINE_VALUE_MAX);
	}
	size_t removed = cc_line_diff_removed(lines), added = cc_line_diff_added(lines);
	if (removed == 1 && added == 1)
		cc_buf_addf(out, ": %.*s -> %.*s", CC_STR_ARG(first[0]), CC_STR_ARG(first[1]));
	else
		cc_buf_addf(out, ": %zu lines removed, %zu added%s%.*s", removed, added, added ? ": + " : ": - ",
			CC_STR_ARG(first[added ? 1 : 0]));
	cc_line_diff_free(lines);
	return true;
}

static void say_value(const cc_json *v, cc_buf *out)
{
	cc_buf b = CC_BUF_INIT;
	cc_diff_value_text(v, DIFF_LINE_VALUE_MAX, &b);
	cc_buf_add(out, b.n ? cc_buf_str(&b) : CC_STR("\"\""));
	cc_buf_deinit(&b);
}

void cc_diff_say(const diff_walk *w, cc_diff_op op, const cc_json *a, const cc_json *b, cc_buf *out)
{
	bool masked = cc_diff_masks(w, a, b);
	if (w->path.n && !masked && (say_special(w, op, a, b, out) || say_env(w, op, a ? a : b, out) || say_toleration(w, op, a ? a : b, out) ||
		say_address(w, op, a ? a : b, out)))
		return;
	label(&w->path, out);
	if (masked) {
		cc_buf_addf(out, " %s (masked)",
			op == CC_DIFF_ADDED ? "added" : op == CC_DIFF_REMOVED ? "removed" : "changed");
		return;
	}
	if (op != CC_DIFF_CHANGED) {
		const cc_json *v = op == CC_DIFF_ADDED ? b : a;
		cc_json_type type = cc_json_typeof(v);
		cc_buf_addz(out, op == CC_DIFF_ADDED ? " added" : " removed");
		if (type != CC_JSON_OBJECT && type != CC_JSON_ARRAY && cc_json_text(v).n <= 40 &&
			cc_json_text(v).n > 0) {
			cc_buf_addz(out, " (");
			say_value(v, out);
			cc_buf_add_char(out, ')');
		}
		return;
	}
	if (say_list(op, a, b, out))
		return;
	if (say_text_change(cc_json_str(a), cc_json_str(b), out))
		return;
	cc_buf_add_char(out, ' ');
	say_value(a, out);
	cc_buf_addz(out, " -> ");
	say_value(b, out);
}
