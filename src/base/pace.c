/* pace.c - a mean of rates in which what is longer ago counts less (see pace.h). */
#include "coldcase/pace.h"

#define NS_PER_S 1e9
#define PART_NS (INT64_C(50) * 1000000)      /* shorter parts are measured together */

void cc_pace_begin(cc_pace *p, int64_t now_ns)
{
	*p = (cc_pace){ .began_ns = now_ns, .at_ns = now_ns };
}

void cc_pace_note(cc_pace *p, int64_t now_ns, double done, double total)
{
	double part = (double)(now_ns - p->at_ns), so_far = (double)(now_ns - p->began_ns);
	double memory = so_far / 4 > NS_PER_S ? so_far / 4 : NS_PER_S, share = part / (part + memory);

	p->done = done > p->done ? done : p->done;   /* several threads may tell, one after the other */
	p->total = total;
	if (now_ns - p->at_ns < PART_NS)
		return;
	p->sum += ((p->done - p->measured) / part * NS_PER_S - p->sum) * share;
	p->weight += (1 - p->weight) * share;
	p->at_ns = now_ns;
	p->measured = p->done;
}

static bool is_worth(const cc_pace *p)
{
	return p->weight > 0 && p->at_ns - p->began_ns >= CC_PACE_WORTH_NS && p->done >= p->total * CC_PACE_WORTH_SHARE;
}

double cc_pace_per_s(const cc_pace *p)
{
	return is_worth(p) && p->sum > 0 ? p->sum / p->weight : 0;
}

int64_t cc_pace_left_ns(const cc_pace *p)
{
	double per_s = cc_pace_per_s(p);

	if (per_s <= 0 || p->done >= p->total || (p->total - p->done) / per_s > 1e9)
		return INT64_MIN;
	return (int64_t)((p->total - p->done) / per_s * NS_PER_S);
}
