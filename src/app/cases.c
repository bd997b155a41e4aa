/* cases.c - see cases.h. */
#include "app/cases.h"

#include <stdio.h>
#include <unistd.h>

void app_case_deinit(app_case *c)
{
	cc_pack_list_free(c->list);
	cc_buf_deinit(&c->papers);
}

const char *app_case_name(const app_case *c)
{
	return c->file ? c->file : c->papers.p ? c->papers.p : "";
}

cc_code app_case_find(app_case *c, const app_options *o, const char *incident, cc_err *err)
{
	const char *where = o->truth ? o->truth : incident;
	*c = (app_case){ .papers = CC_BUF_INIT };
	if (!where)
		return CC_ENOTFOUND;
	if (!cc_pack_is(where))
		return cc_pack_papers(&c->list, &c->papers, where, err);
	c->file = where;
	return cc_pack_read_list(&c->list, where, err);
}

bool app_case_seal(const app_options *o, const char *incident, cc_buf *seal)
{
	app_case c;
	bool found = app_case_find(&c, o, incident, NULL) == CC_OK;
	if (found)
		cc_buf_add(seal, c.list->truth_seal);
	app_case_deinit(&c);
	return found;
}

static void show(void *arg, uint64_t done, uint64_t total)
{
	app_packing *p = arg;
	int now = (int)(done >> 24); /* every 16 MB */
	if (now == p->shown)
		return;
	p->shown = now;
	fprintf(stderr, "\r%s: %llu of %llu MB\033[K", p->what, (unsigned long long)(done >> 20), (unsigned long long)(total >> 20));
}

cc_pack_work app_packing_shown(app_packing *p)
{
	return (cc_pack_work){ .progress = isatty(STDERR_FILENO) ? show : NULL, .arg = p };
}

void app_packing_over(const app_packing *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
}

cc_code app_case_open(const char *file, cc_buf *path, cc_err *err)
{
	app_packing p = { .what = "unpacking" };
	cc_pack_work work = app_packing_shown(&p);
	cc_code code = cc_pack_keep(path, file, &work, 0, err);
	app_packing_over(&p);
	return code;
}
