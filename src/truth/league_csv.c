/* league_csv.c - the runs of a league for a spreadsheet. */
#include "coldcase/league.h"

#include <math.h>
#include "coldcase/json.h"
#include "coldcase/time.h"

static void put_text(cc_buf *out, cc_str s)
{
	bool formula = s.n && cc_str_find_char(CC_STR("=+-@\t\r"), s.p[0]) != CC_STR_NONE, quote = formula;
	for (size_t i = 0; i < s.n && !quote; i++)
		quote = s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
	if (!quote) {
		cc_buf_add(out, s);
		return;
	}
	cc_buf_addz(out, formula ? "\"'" : "\"");
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			cc_buf_add_char(out, '"');
		cc_buf_add_char(out, s.p[i]);
	}
	cc_buf_add_char(out, '"');
}

static void put_amount(cc_buf *out, double v)
{
	cc_buf_add_char(out, ',');
	if (isfinite(v))
		cc_json_write_double(out, v);
}

static void put_run(cc_buf *out, const cc_league_run *r)
{
	put_text(out, r->player);
	cc_buf_addf(out, ",%s,", r->agent ? "agent" : "human");
	put_text(out, r->task);
	cc_buf_add_char(out, ',');
	put_text(out, r->matcher);
	if (r->budget >= 0)
		cc_buf_addf(out, ",%lld,", (long long)r->budget);
	else
		cc_buf_addz(out, ",,");
	put_text(out, r->assistance);
	cc_buf_addf(out, ",%s,", cc_score_status_text(r->status));
	cc_ratio_format(out, r->score);
	cc_buf_addf(out, ",%u,%u,%u,", (unsigned)r->tp, (unsigned)r->fp, (unsigned)r->fn);
	if (r->started_ns != CC_TIME_NONE)
		cc_time_format(out, r->started_ns);
	put_amount(out, r->queries);
	put_amount(out, r->turns);
	put_amount(out, r->tokens);
	put_amount(out, r->cost);
	put_amount(out, r->active_s);
	cc_buf_add_char(out, ',');
	put_text(out, r->path);
	put_amount(out, r->stated ? r->missed / (double)r->stated : (double)NAN);
	put_amount(out, r->stated ? r->claimed / (double)r->stated : (double)NAN);
	cc_buf_addf(out, ",%zu,%zu,%zu,", r->stated, r->right, r->hints);
	put_text(out, r->cases);
	cc_buf_addf(out, ",%s,%s\r\n", r->unsandboxed ? "yes" : "no", r->live ? "yes" : "no");
}

void cc_league_csv(cc_buf *out, const cc_league *l)
{
	cc_buf_addz(out, "player,kind,task,matcher,budget,assistance,status,score,tp,fp,fn,started,queries,turns,tokens,cost_usd,active_s,path,"
		"brier,claimed,stated,right,hints,cases,unsandboxed,live\r\n");
	for (size_t i = 0; i < cc_league_run_count(l); i++)
		put_run(out, cc_league_run_get(l, i));
}
