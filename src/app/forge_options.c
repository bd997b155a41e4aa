/* forge_options.c - the words of `coldcase forge` to the options of a run; each one wrong says what it takes. */
#include "app/forge_options.h"

#include "coldcase/time.h"

static cc_code number(const char *text, const char *what, int64_t lo, int64_t hi, int64_t *out, cc_err *err)
{
	if (!text)
		return CC_OK;
	if (!cc_str_to_i64(cc_str_from(text), out) || *out < lo || *out > hi)
		return cc_err_set(err, CC_EUSAGE, "forge: %s takes a whole number from %lld to %lld, not %s", what,
			(long long)lo, (long long)hi, text);
	return CC_OK;
}

static cc_code small(const char *text, const char *what, int lo, int hi, int *out, cc_err *err)
{
	int64_t v = *out;
	cc_code code = number(text, what, lo, hi, &v, err);
	*out = (int)v;
	return code;
}

static cc_code duration(const char *text, const char *what, int64_t lo_s, int64_t hi_s, const char *range, int64_t *out,
	cc_err *err)
{
	int64_t ns;
	if (!text)
		return CC_OK;
	if (!cc_duration_parse(cc_str_from(text), &ns) || ns < lo_s * CC_NS_PER_S || ns > hi_s * CC_NS_PER_S)
		return cc_err_set(err, CC_EUSAGE, "forge: %s takes %s, not %s", what, range, text);
	*out = ns;
	return CC_OK;
}

/* "300M", "1.3G", "250000000": decimal multiples, as disks are sold. */
static cc_code size(const char *text, uint64_t *out, cc_err *err)
{
	static const struct { const char *suffix; double factor; } UNITS[] = {
		{ "K", 1e3 }, { "M", 1e6 }, { "G", 1e9 }, { "", 1.0 } };
	if (!text)
		return CC_OK;
	cc_str s = cc_str_strip_suffix(cc_str_from(text), CC_STR("B"));
	for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
		double v;
		cc_str digits = cc_str_strip_suffix(s, cc_str_from(UNITS[i].suffix));
		if ((UNITS[i].suffix[0] && digits.n == s.n) || !cc_str_to_double(digits, &v))
			continue;
		if (!(v * UNITS[i].factor >= 1e6 && v * UNITS[i].factor <= 1e12))
			break;
		*out = (uint64_t)(v * UNITS[i].factor);
		return CC_OK;
	}
	return cc_err_set(err, CC_EUSAGE, "forge: --size takes a size from 1M to 1000G such as 300M or 1.3G, not %s",
		text);
}

/* One of a list of words; the place of the word is its value. */
static cc_code word(const char *text, const char *what, const char *const *words, int n, int *out, cc_err *err)
{
	cc_buf known = CC_BUF_INIT;
	for (int i = 0; i < n; i++) {
		if (cc_str_eqz(cc_str_from(text), words[i])) {
			*out = i;
			cc_buf_deinit(&known);
			return CC_OK;
		}
		cc_buf_addf(&known, "%s%s", i ? ", " : "", words[i]);
	}
	cc_err_set(err, CC_EUSAGE, "forge: %s takes %s, not %s", what, known.p ? known.p : "", text);
	cc_buf_deinit(&known);
	return CC_EUSAGE;
}

/* Repeated words that are bits of a set. */
static cc_code bits(const app_words *given, const char *what, const char *const *words, int n, unsigned *out,
	cc_err *err)
{
	cc_code code = CC_OK;
	for (size_t i = 0; i < given->n && code == CC_OK; i++) {
		int bit = 0;
		code = word(given->p[i], what, words, n, &bit, err);
		*out |= 1u << bit;
	}
	return code;
}

static cc_code rate(const char *text, int *rps_milli, cc_err *err)
{
	double rps;
	if (!text)
		return CC_OK;
	if (!cc_str_to_double(cc_str_from(text), &rps) || !(rps >= 0.05 && rps <= 1000))
		return cc_err_set(err, CC_EUSAGE, "forge: --rps takes 0.05 to 1000 requests a second, not %s", text);
	*rps_milli = (int)(rps * 1000 + 0.5);
	return CC_OK;
}

/* The capture begins when the fault is in force. */
static cc_code before_capture(const char *text, int64_t *inject_ns, cc_err *err)
{
	cc_code code = duration(text + 1, "--inject", CC_FORGE_LATEST_S, CC_FORGE_EARLIEST_S, "", inject_ns, NULL);
	*inject_ns = -*inject_ns;
	if (code == CC_OK) return CC_OK;
	return cc_err_set(err, code, "forge: --inject takes -4m to -30s for a fault before the capture, not %s", text);
}

static cc_code times(const app_options *o, cc_forge_options *f, cc_err *err)
{
	cc_buf range = CC_BUF_INIT;
	cc_code code = duration(o->duration, "--duration", 720, 21600, "12m to 6h", &f->duration_ns, err);
	int64_t last_s = f->duration_ns / CC_NS_PER_S - 300;
	cc_buf_addz(&range, "60s to ");
	cc_duration_format(&range, last_s * CC_NS_PER_S);
	cc_buf_addz(&range, " (five minutes before the end)");
	bool before = o->inject && o->inject[0] == '-';
	if (code == CC_OK && before) code = before_capture(o->inject, &f->inject_ns, err);
	else if (code == CC_OK)
		code = duration(o->inject, "--inject", 60, last_s, cc_buf_ok(&range) ? range.p : "a duration",
			&f->inject_ns, err);
	if (code == CC_OK)
		code = duration(o->scrape, "--scrape", 15, 60, "15s to 60s", &f->scrape_ns, err);
	if (code == CC_OK && o->start && (!cc_time_parse(cc_str_from(o->start), &f->start_ns) || f->start_ns == 0))
		code = cc_err_set(err, CC_EUSAGE, "forge: --start takes a time such as 2025-12-15T17:00:00Z, not %s",
			o->start);
	cc_buf_deinit(&range);
	return code;
}

static cc_code numbers(const app_options *o, cc_forge_options *f, cc_err *err)
{
	int64_t seed = (int64_t)f->seed;
	cc_code code = number(o->seed, "--seed", 0, INT64_MAX, &seed, err);
	f->seed = (uint64_t)seed;
	if (code == CC_OK)
		code = small(o->scenario, "--scenario", 1, 999999, &f->scenario, err);
	if (code == CC_OK)
		code = small(o->noise, "--noise", 0, 300, &f->noise, err);
	if (code == CC_OK)
		code = small(o->corrupt, "--corrupt", 0, 1000, &f->corrupt, err);
	if (code == CC_OK)
		code = small(o->threads, "--threads", 1, 2, &f->threads, err);
	if (code == CC_OK)
		code = rate(o->rps, &f->rps_milli, err);
	if (code == CC_OK)
		code = size(o->size, &f->size, err);
	if (code == CC_OK && o->size && o->rps)
		code = cc_err_set(err, CC_EUSAGE, "forge: either --size or --rps: the size chooses the rate");
	return code;
}

static cc_code choices(const app_options *o, cc_forge_options *f, cc_err *err)
{
	static const char *const LEVELS[] = { "easy", "medium", "hard", "expert" };
	static const char *const FILES[] = { "alerts", "events", "objects", "logs", "traces", "metrics" };
	static const char *const VARIANTS[] = { "event-name", "old-exporter", "old-rules", "go-recorder",
		"lean-metrics" };
	int level = (int)f->difficulty;
	cc_code code = o->difficulty ? word(o->difficulty, "--difficulty", LEVELS, 4, &level, err) : CC_OK;
	f->difficulty = (cc_forge_difficulty)level;
	if (code == CC_OK)
		code = bits(&o->without, "--without", FILES, 6, &f->without, err);
	if (code == CC_OK)
		code = bits(&o->variants, "--variant", VARIANTS, 5, &f->variant, err);
	return code;
}

static cc_code faults(const app_options *o, cc_forge_options *f, cc_err *err)
{
	if (o->args.n != 1 || (o->faults.n == 0) == !o->random) {
		cc_err_set(err, CC_EUSAGE, "forge: %s", o->args.n != 1 ? "where to? one folder"
			: o->random ? "either --random or --fault"
			: "what goes wrong? --fault, or --random to be surprised");
		return cc_err_hint(err, "coldcase forge OUT --fault invalid-image:checkout; "
			"coldcase forge --list describes the faults");
	}
	if (o->faults.n > CC_FORGE_FAULTS)
		return cc_err_set(err, CC_EUSAGE, "forge: at most %d faults at once", (int)CC_FORGE_FAULTS);
	for (size_t i = 0; i < o->faults.n; i++)
		f->faults[i] = o->faults.p[i];
	f->fault_count = (int)o->faults.n;
	return CC_OK;
}

cc_code app_forge_options(const app_options *o, cc_forge_options *f, cc_err *err)
{
	cc_forge_options_init(f);
	cc_code code = faults(o, f, err);
	if (code == CC_OK)
		code = times(o, f, err);
	if (code == CC_OK)
		code = numbers(o, f, err);
	if (code == CC_OK)
		code = choices(o, f, err);
	f->out_dir = o->args.n ? o->args.p[0] : NULL;
	f->truth_dir = o->truth_dir;
	f->app = o->app;
	f->replace = o->replace;
	return code;
}
