/* place.c - see place.h. Nothing half done is ever seen: the evidence is built in a hidden sibling, the truth is
 * written before the evidence appears, and what a killed run left behind is removed by the next one. */
#include "forge/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"

static bool exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

/* With parents, readable for whom the user's mask lets: incidents are made to be shared. */
static cc_code make_folder(const char *path, cc_err *err)
{
	struct stat st;
	char part[PATH_MAX];
	int problem = 0;
	for (size_t i = 0; i < sizeof part; i++) {
		part[i] = path[i];
		if (path[i] && (path[i] != '/' || i == 0)) continue;
		part[i] = '\0';
		problem = mkdir(part, 0777) == 0 ? 0 : errno;
		if (!path[i]) break;
		part[i] = '/';
	}
	if (problem == 0 || (stat(path, &st) == 0 && S_ISDIR(st.st_mode))) return CC_OK;
	return cc_err_errno(err, problem == EEXIST ? ENOTDIR : problem, path);
}

/* Removes what a folder of the forge holds: files and folders, nothing that is linked elsewhere. It allocates
 * nothing itself, because it also cleans up after memory has run out. */
static void empty_folder(const char *path, int depth)
{
	DIR *d = opendir(path);
	if (!d) return;
	for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
		struct stat st;
		char child[2048];
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
		int n = snprintf(child, sizeof child, "%s/%s", path, e->d_name);
		if (n < 0 || n >= (int)sizeof child || lstat(child, &st) != 0) continue;
		if (!S_ISDIR(st.st_mode)) {
			(void)unlink(child);
		} else if (depth < 16) {
			empty_folder(child, depth + 1);
			(void)rmdir(child);
		}
	}
	(void)closedir(d);
}

static void remove_tree(const char *path)
{
	struct stat st;
	if (lstat(path, &st) != 0) return;
	if (S_ISDIR(st.st_mode)) {
		empty_folder(path, 0);
		(void)rmdir(path);
	} else {
		(void)unlink(path);
	}
}

/* The last part of a path into `out`, an absolute one without links; "." and ".." of what does not exist yet by their
 * names. */
static void step(char *out, size_t size, cc_str part)
{
	size_t n = strlen(out);
	if (part.n == 0 || cc_str_eqz(part, ".")) return;
	if (cc_str_eqz(part, "..")) {
		char *slash = strrchr(out, '/');
		if (slash) *slash = '\0';
		return;
	}
	char link[PATH_MAX];
	int m = snprintf(out + n, size - n, "/%.*s", CC_STR_ARG(part));
	if (m < 0 || (size_t)m >= size - n) out[n] = '\0';
	else if (realpath(out, link)) (void)snprintf(out, size, "%s", strcmp(link, "/") == 0 ? "" : link);
}

static void absolute(char *out, size_t size, const char *path)
{
	cc_str rest = cc_str_from(path), part;
	out[0] = '\0';
	if (path[0] != '/' && !getcwd(out, size)) out[0] = '\0';
	while (rest.n) {
		(void)cc_str_cut(rest, '/', &part, &rest);
		step(out, size, part);
	}
}

/* An answer inside the evidence would be replaced with it, and read by the player. */
static bool within(const char *inner, const char *outer)
{
	char a[PATH_MAX], b[PATH_MAX];
	absolute(a, sizeof a, inner);
	absolute(b, sizeof b, outer);
	size_t n = strlen(b);
	return strncmp(a, b, n) == 0 && (a[n] == '\0' || a[n] == '/');
}

static cc_code name_all(forge_place *p, forge_sim *s, cc_err *err)
{
	const cc_forge_options *o = s->opt;
	int n = (int)strlen(o->out_dir);
	while (n > 1 && o->out_dir[n - 1] == '/') n--;
	int a = snprintf(s->rep.scenario_dir, sizeof s->rep.scenario_dir, "%.*s/Scenario-%d", n, o->out_dir,
		o->scenario);
	int b = snprintf(s->work, sizeof s->work, "%.*s/.Scenario-%d.part", n, o->out_dir, o->scenario);
	if (o->truth_dir) cc_buf_addz(&p->truth_dir, o->truth_dir);
	else cc_buf_addf(&p->truth_dir, "%.*s/solutions", n, o->out_dir);
	cc_buf_addf(&p->truth_work, "%s/.Scenario-%d.part", p->truth_dir.p ? p->truth_dir.p : "", o->scenario);
	cc_buf_addf(&p->truth_dir, "/Scenario-%d", o->scenario);
	if (!cc_buf_ok(&p->truth_dir) || !cc_buf_ok(&p->truth_work)) return forge_nomem(err);
	int c = snprintf(s->rep.truth_path, sizeof s->rep.truth_path, "%s/ground_truth.yaml", p->truth_dir.p);
	if (a >= (int)sizeof s->rep.scenario_dir || b >= (int)sizeof s->work || c >= (int)sizeof s->rep.truth_path)
		return cc_err_set(err, CC_ELIMIT, "forge: the path of the output folder is too long");
	return CC_OK;
}

static cc_code check_names(const forge_place *p, const forge_sim *s, cc_err *err)
{
	if (exists(s->rep.scenario_dir) && !s->opt->replace) {
		(void)cc_err_set(err, CC_ESTATE, "forge: %s exists", s->rep.scenario_dir);
		(void)cc_err_hint(err, "choose another --scenario or folder, or --replace it");
		return CC_ESTATE;
	}
	if (within(p->truth_dir.p, s->rep.scenario_dir)) {
		(void)cc_err_set(err, CC_EUSAGE, "forge: the answer would lie in the incident's own folder %s",
			s->rep.scenario_dir);
		(void)cc_err_hint(err, "give --truth-dir another folder");
		return CC_EUSAGE;
	}
	return CC_OK;
}

static cc_code lock(forge_place *p, const forge_sim *s, cc_err *err)
{
	p->lock = open(s->work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->lock < 0) return cc_err_errno(err, errno, s->work);
	if (flock(p->lock, LOCK_EX | LOCK_NB) == 0) return CC_OK;
	bool taken = errno == EWOULDBLOCK;
	if (!taken) return CC_OK; /* a file system without locks */
	(void)close(p->lock);
	p->lock = -1;
	(void)cc_err_set(err, CC_ESTATE, "forge: another run is making %s", s->rep.scenario_dir);
	(void)cc_err_hint(err, "wait for it, or choose another --scenario or folder");
	return CC_ESTATE;
}

cc_code place_open(forge_place *p, forge_sim *s, cc_err *err)
{
	static const struct { unsigned file; const char *name; } FOLDER[] = { { CC_FORGE_NO_ALERTS, "alerts" },
		{ CC_FORGE_NO_METRICS, "metrics" } };
	*p = (forge_place){ .lock = -1 };
	cc_code code = name_all(p, s, err);
	if (code == CC_OK) code = check_names(p, s, err);
	if (code != CC_OK) return code;
	p->made_out = !exists(s->opt->out_dir);
	code = make_folder(s->opt->out_dir, err);
	if (code == CC_OK) code = make_folder(s->work, err);
	if (code == CC_OK) code = lock(p, s, err);
	if (code == CC_OK) empty_folder(s->work, 0);
	for (size_t i = 0; i < 2 && code == CC_OK; i++) {
		cc_buf path = CC_BUF_INIT;
		if ((s->opt->without | s->plan.missing) & FOLDER[i].file) continue;
		cc_path_join(&path, s->work, FOLDER[i].name);
		code = cc_buf_ok(&path) ? make_folder(path.p, err) : forge_nomem(err);
		cc_buf_deinit(&path);
	}
	return code;
}

static cc_code move_into(const char *from, const char *to, const char *name, cc_err *err)
{
	cc_buf a = CC_BUF_INIT, b = CC_BUF_INIT;
	cc_path_join(&a, from, name);
	cc_path_join(&b, to, name);
	cc_code code = cc_buf_ok(&a) && cc_buf_ok(&b) ? CC_OK : forge_nomem(err);
	if (code == CC_OK && rename(a.p, b.p) != 0) code = cc_err_errno(err, errno, b.p);
	cc_buf_deinit(&a);
	cc_buf_deinit(&b);
	return code;
}

/* Written beside and moved when all of it is there; of a folder that holds other things too only these are replaced. */
static cc_code publish_truth(forge_place *p, forge_sim *s, cc_err *err)
{
	static const char *const FILES[] = { "ground_truth.yaml", "debrief.yaml", "briefing.md" };
	cc_str parent = cc_str_sub(cc_buf_str(&p->truth_work), 0, cc_str_rfind_char(cc_buf_str(&p->truth_work), '/'));
	char folder[PATH_MAX];
	(void)snprintf(folder, sizeof folder, "%.*s", CC_STR_ARG(parent));
	bool made = !exists(folder);
	remove_tree(p->truth_work.p);
	cc_code code = make_folder(p->truth_work.p, err);
	if (code == CC_OK) code = truth_write(s, p->truth_work.p, err);
	if (code == CC_OK) code = debrief_write(s, p->truth_work.p, err);
	if (code == CC_OK) code = make_folder(p->truth_dir.p, err);
	for (size_t i = 0; i < sizeof FILES / sizeof FILES[0] && code == CC_OK; i++)
		code = move_into(p->truth_work.p, p->truth_dir.p, FILES[i], err);
	remove_tree(p->truth_work.p);
	if (code != CC_OK) (void)rmdir(p->truth_dir.p);
	if (code != CC_OK && made) (void)rmdir(folder);
	return code;
}

/* The truth first: a scenario without its answer could never be scored, an answer alone does no harm. */
cc_code place_publish(forge_place *p, forge_sim *s, cc_err *err)
{
	const char *final = s->rep.scenario_dir;
	cc_buf old = CC_BUF_INIT;
	cc_code code = publish_truth(p, s, err);
	cc_buf_addf(&old, "%s.old", s->work);
	if (code == CC_OK && !cc_buf_ok(&old)) code = forge_nomem(err);
	bool replaced = code == CC_OK && exists(final);
	if (replaced) remove_tree(old.p);
	if (replaced && rename(final, old.p) != 0) code = cc_err_errno(err, errno, final);
	if (code == CC_OK && rename(s->work, final) != 0) {
		code = cc_err_errno(err, errno, final);
		if (replaced) (void)rename(old.p, final);
	} else if (code == CC_OK && replaced) {
		remove_tree(old.p);
	}
	cc_buf_deinit(&old);
	return code;
}

void place_close(forge_place *p, const forge_sim *s)
{
	if (p->lock >= 0) {
		struct stat mine, there;
		/* Once published, the folder of this name may be another run's. */
		if (fstat(p->lock, &mine) == 0 && stat(s->work, &there) == 0 && mine.st_ino == there.st_ino &&
			mine.st_dev == there.st_dev)
			remove_tree(s->work);
		(void)close(p->lock);
	}
	if (p->made_out) (void)rmdir(s->opt->out_dir);
	cc_buf_deinit(&p->truth_dir);
	cc_buf_deinit(&p->truth_work);
}
