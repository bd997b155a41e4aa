/* cases.c - see cases.h. */
#include "app/cases.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "coldcase/file.h"

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

static cc_code add_case(cc_scenario_vec *found, cc_arena *arena, const char *file, cc_err *err)
{
	cc_pack_list *l;
	cc_err why = { 0 };
	if (cc_pack_read_list(&l, file, &why) != CC_OK) {
		app_fail(&why);
		return CC_OK;
	}
	cc_scenario s = { .name = cc_arena_dup(arena, l->id), .path = cc_arena_dup(arena, cc_str_from(file)), .source = CC_STR("case file"),
		.bytes = l->evidence_bytes };
	for (size_t i = 0; i < l->count; i++)
		if (cc_str_starts(l->members[i].path, CC_STR("evidence/")))
			s.kinds |= CC_KIND_BIT(cc_evidence_kind(cc_str_sub(l->members[i].path, sizeof "evidence/" - 1, l->members[i].path.n)));
	s.kinds &= CC_KINDS_ALL | CC_KIND_BIT(CC_FILE_TOPOLOGY);
	cc_pack_list_free(l);
	return s.name.p && s.path.p && cc_vec_push(found, s) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

static int by_path(const void *a, const void *b)
{
	const cc_scenario *x = a, *y = b;
	return cc_str_cmp_natural(x->path, y->path);
}

cc_code app_case_list(cc_scenario_vec *found, cc_arena *arena, const char *path, cc_err *err)
{
	size_t before = found->n;
	cc_code code = CC_OK;
	cc_buf file = CC_BUF_INIT;
	if (cc_pack_is(path))
		return add_case(found, arena, path, err);
	DIR *d = opendir(path);
	for (const struct dirent *e; code == CC_OK && d && (e = readdir(d));) {
		if (!cc_str_ends(cc_str_from(e->d_name), CC_STR(CC_PACK_SUFFIX)))
			continue;
		cc_buf_clear(&file);
		cc_path_join(&file, path, e->d_name);
		if (!cc_buf_ok(&file))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
		else if (cc_pack_is(file.p))
			code = add_case(found, arena, file.p, err);
	}
	if (d)
		closedir(d);
	if (found->n > before + 1)
		qsort(found->p + before, found->n - before, sizeof *found->p, by_path);
	cc_buf_deinit(&file);
	return code;
}

bool app_case_in(const char *folder, cc_str id, cc_buf *file)
{
	cc_scenario_vec found = { 0 };
	cc_arena *arena = cc_str_starts(id, CC_STR(CC_PACK_ID_PREFIX)) ? cc_arena_new() : NULL;
	bool there = false;
	if (arena && app_case_list(&found, arena, folder, NULL) == CC_OK)
		for (size_t i = 0; i < found.n && !there; i++) {
			there = cc_str_eq(found.p[i].name, id);
			if (there)
				cc_buf_add(file, found.p[i].path);
		}
	cc_vec_deinit(&found);
	cc_arena_free(arena);
	return there;
}

bool app_case_of_truth(const app_options *o, cc_str scenario, cc_buf *file)
{
	if (!o->truth || !cc_pack_is(o->truth))
		return o->truth && app_case_in(o->truth, scenario, file);
	cc_buf_addz(file, o->truth);
	return true;
}

cc_code app_incidents_in(cc_scenario_vec *found, cc_arena *arena, const char *path, cc_err *err)
{
	size_t before = found->n;
	cc_code code = app_case_list(found, arena, path, err);
	if (code != CC_OK || cc_pack_is(path))
		return code;
	bool cases = found->n > before;
	cc_err why = { 0 };
	code = cc_discover(found, arena, path, &why);
	if (code == CC_EFORMAT && cases)
		return CC_OK;
	if (code != CC_OK && err)
		*err = why;
	return code;
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
