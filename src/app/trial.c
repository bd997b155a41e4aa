/* trial.c - see trial.h. */
#include "app/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"

static const char LOCK[] = "lock", PLAYING[] = ".playing", ABORTED[] = ".aborted";

static cc_str last_part(const char *path)
{
	cc_str s = cc_str_from(path);
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	size_t slash = cc_str_rfind_char(s, '/');
	return slash == CC_STR_NONE || s.n == 1 ? s : cc_str_sub(s, slash + 1, s.n);
}

static bool exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static cc_code take_lock(app_trial *t, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	cc_code code = CC_OK;
	cc_path_join(&path, t->beside.p, LOCK);
	if (!cc_buf_ok(&path))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && (t->lock = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		code = cc_err_errno(err, errno, path.p);
	if (code == CC_OK && flock(t->lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		close(t->lock);
		t->lock = -1;
		code = cc_err_set(err, CC_ESTATE, "%s: another process plays this trial", t->place.p);
	}
	cc_buf_deinit(&path);
	return code;
}

/* OUT/.aborted/SCENARIO.N-1, -2 …: the first name that is free. */
static cc_code put_away(const app_trial *t, cc_err *err)
{
	cc_buf dir = CC_BUF_INIT, to = CC_BUF_INIT;
	cc_str name = last_part(t->beside.p);
	cc_path_join(&dir, t->out.p, ABORTED);
	cc_code code = cc_buf_ok(&dir) ? cc_dir_make(dir.p, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	for (int i = 1; code == CC_OK; i++) {
		cc_buf_clear(&to);
		cc_buf_addf(&to, "%s/%.*s-%d", dir.p, CC_STR_ARG(name), i);
		if (!cc_buf_ok(&to))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
		else if (rename(t->beside.p, to.p) == 0)
			break;
		else if (errno != ENOTEMPTY && errno != EEXIST)
			code = cc_err_errno(err, errno, t->beside.p);
	}
	cc_buf_deinit(&to);
	cc_buf_deinit(&dir);
	return code;
}

static cc_code name_places(app_trial *t, const char *out, const char *incident, const char *number, cc_err *err)
{
	int64_t n;
	cc_str scenario = last_part(incident);
	if (!cc_str_to_i64(cc_str_from(number), &n) || n < 1 || n > 1000000)
		return cc_err_set(err, CC_EUSAGE, "--trial takes a number from 1, not %s", number);
	cc_buf_addz(&t->out, out);
	cc_buf_addf(&t->place, "%s/%.*s/%lld", out, CC_STR_ARG(scenario), (long long)n);
	cc_buf_addf(&t->beside, "%s/%s/%.*s.%lld", out, PLAYING, CC_STR_ARG(scenario), (long long)n);
	return cc_buf_ok(&t->out) && cc_buf_ok(&t->place) && cc_buf_ok(&t->beside) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* It is empty but for the lock. */
static void clear_beside(const app_trial *t)
{
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, t->beside.p, LOCK);
	if (cc_buf_ok(&path))
		unlink(path.p);
	rmdir(t->beside.p);
	cc_buf_deinit(&path);
}

cc_code app_trial_begin(app_trial *t, const char *out, const char *incident, const char *number, cc_err *err)
{
	*t = (app_trial){ .lock = -1 };
	cc_code code = name_places(t, out, incident, number, err);
	if (code == CC_OK && exists(t->place.p)) {
		t->there = true;
		return CC_OK;
	}
	bool left = code == CC_OK && exists(t->beside.p);
	if (code == CC_OK)
		code = cc_dir_make(t->beside.p, err);
	if (code == CC_OK)
		code = take_lock(t, err);
	if (code == CC_OK && exists(t->place.p)) { /* whole since we looked */
		t->there = true;
		clear_beside(t);
		return CC_OK;
	}
	if (code == CC_OK && left) { /* its lock was free: a dead process's */
		code = put_away(t, err);
		close(t->lock);
		t->lock = -1;
		if (code == CC_OK)
			code = cc_dir_make(t->beside.p, err);
		if (code == CC_OK)
			code = take_lock(t, err);
	}
	return code;
}

cc_code app_trial_keep(app_trial *t, const char *run_dir, cc_err *err)
{
	cc_buf above = CC_BUF_INIT;
	cc_str place = cc_buf_str(&t->place);
	cc_buf_add(&above, cc_str_sub(place, 0, cc_str_rfind_char(place, '/')));
	cc_code code = cc_buf_ok(&above) ? cc_dir_make(above.p, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && rename(run_dir, t->place.p) != 0)
		code = cc_err_errno(err, errno, t->place.p);
	if (code == CC_OK) {
		t->there = true;
		cc_str scenario = cc_str_from(run_dir);
		cc_buf_clear(&above);
		cc_buf_add(&above, cc_str_sub(scenario, 0, cc_str_rfind_char(scenario, '/')));
		if (cc_buf_ok(&above))
			rmdir(above.p);
		clear_beside(t);
	}
	cc_buf_deinit(&above);
	return code;
}

void app_trial_deinit(app_trial *t)
{
	if (t->lock >= 0 && !t->there)
		(void)!put_away(t, NULL);
	if (t->lock >= 0)
		close(t->lock);
	cc_buf_deinit(&t->place);
	cc_buf_deinit(&t->beside);
	cc_buf_deinit(&t->out);
}
