/* class.c - the folder of a class, and class.json, which says what is played in it and is written once.
 *
 * A folder that several users share is opened to them by whoever made it, with its mode and group. What is put into it gets the same
 * rights for reading, and only its writer may write it; the folders that everybody writes into get the same rights altogether. */
#include "casefile/class_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "coldcase/live.h"

cc_code cc_class_id_new(cc_class_id *out, cc_err *err)
{
	unsigned char bytes[CC_CLASS_ID / 2];
	FILE *f = fopen("/dev/urandom", "rb");
	size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;

	if (f)
		fclose(f);
	if (n != sizeof bytes)
		return cc_err_set(err, CC_EIO, "/dev/urandom: no random numbers to be had");
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(out->text + 2 * i, 3, "%02x", bytes[i]);
	return CC_OK;
}

bool cc_class_is_id(cc_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789abcdef", s.p[i]))
			return false;
	return s.n == CC_CLASS_ID;
}

void cc_class_share(const char *dir, const char *path, bool many_write)
{
	struct stat d, st;

	if (stat(dir, &d) != 0 || stat(path, &st) != 0)
		return;
	mode_t mode = S_ISDIR(st.st_mode) ? d.st_mode & 07777 : d.st_mode & 0666;
	if (!many_write)
		mode &= ~(mode_t)(S_IWGRP | S_IWOTH);
	(void)!chmod(path, mode | S_IRUSR | S_IWUSR);   /* without it others do not see it, which they will notice */
}

static void write_terms(cc_buf *out, const cc_class_terms *t)
{
	cc_jw w;

	cc_jw_init(&w, out, 2);
	cc_jw_object(&w);
	cc_class_put_text(&w, "format", cc_str_from(CC_CLASS_FORMAT));
	cc_class_put_int(&w, "version", CC_CLASS_VERSION);
	cc_class_put_text(&w, "id", t->id);
	cc_class_put_text(&w, "host", t->host);
	cc_class_put_text(&w, "incident", t->incident);
	cc_class_put_text(&w, "path", t->path);
	cc_class_put_int(&w, "files", (int64_t)t->files);
	cc_class_put_int(&w, "bytes", (int64_t)t->bytes);
	cc_class_put_text(&w, "digest", t->digest);
	cc_class_put_int(&w, "budget", t->budget);
	cc_class_put_text(&w, "assistance", t->assistance);
	cc_class_put_bool(&w, "known_only", t->known_only);
	cc_class_put_bool(&w, "hold", t->hold);
	cc_class_put_int(&w, "countdown_s", t->countdown_s);
	cc_class_put_int(&w, "live", t->live);
	cc_class_put_text(&w, "live_from", t->live_from);
	cc_class_put_int(&w, "live_from_ns", t->live_from_ns);
	cc_class_put_int(&w, "live_to_ns", t->live_to_ns);
	cc_class_put_text(&w, "truth_seal", t->truth_seal);
	cc_jw_end_object(&w);
	cc_buf_add_char(out, '\n');
}

/* Under its name only when nothing has it: a link cannot take another's place. Folders that know no links get a renamed file. */
static cc_code put_once(const char *path, cc_str text, const cc_str id, cc_err *err)
{
	cc_buf beside = CC_BUF_INIT;
	struct stat st;
	cc_code code;

	cc_buf_addf(&beside, "%s.%.*s", path, CC_STR_ARG(id));
	code = cc_buf_ok(&beside) ? cc_file_write(beside.p, text, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	bool linked = code == CC_OK && link(beside.p, path) == 0;
	int problem = errno;
	if (code == CC_OK && !linked && (problem == EEXIST || stat(path, &st) == 0))
		code = cc_err_set(err, CC_ESTATE, "%s is there already", path);
	else if (code == CC_OK && !linked && rename(beside.p, path) != 0)
		code = cc_err_errno(err, errno, path);
	if (beside.p)
		unlink(beside.p);
	cc_buf_deinit(&beside);
	return code;
}

static cc_code make_folder(const char *dir, const char *name, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;

	cc_path_join(&path, dir, name);
	cc_code code = cc_buf_ok(&path) ? cc_dir_make(path.p, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		cc_class_share(dir, path.p, true);
	cc_buf_deinit(&path);
	return code;
}

cc_code cc_class_make(const char *dir, const cc_class_terms *terms, cc_err *err)
{
	static const char *const folders[] = { "host", "seats", "verdicts" };
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_code code = cc_dir_make(dir, err);

	for (size_t i = 0; i < 3 && code == CC_OK; i++)
		code = make_folder(dir, folders[i], err);
	cc_path_join(&path, dir, CC_CLASS_FILE);
	write_terms(&text, terms);
	if (code == CC_OK && !(cc_buf_ok(&path) && cc_buf_ok(&text)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = put_once(path.p, cc_buf_str(&text), terms->id, err);
	if (code == CC_OK)
		cc_class_share(dir, path.p, false);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}

static int64_t number(const cc_json *json, const char *key)
{
	int64_t n;

	return cc_json_int(cc_json_get(json, key), &n) && n > 0 ? n : 0;
}

static bool read_terms(cc_class_terms *t, cc_arena *arena, const cc_json *json)
{
	struct { const char *key; cc_str *to; } texts[] = { { "id", &t->id }, { "host", &t->host }, { "incident", &t->incident },
		{ "path", &t->path }, { "digest", &t->digest }, { "assistance", &t->assistance }, { "truth_seal", &t->truth_seal },
		{ "live_from", &t->live_from } };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		*texts[i].to = cc_arena_dup(arena, cc_json_get_str(json, texts[i].key));
		if (!texts[i].to->p)
			return false;
	}
	t->files = (uint64_t)number(json, "files");
	t->bytes = (uint64_t)number(json, "bytes");
	t->budget = number(json, "budget");
	t->countdown_s = number(json, "countdown_s");
	t->live = number(json, "live");
	t->live_from_ns = number(json, "live_from_ns");
	t->live_to_ns = number(json, "live_to_ns");
	t->known_only = cc_json_bool(cc_json_get(json, "known_only"));
	t->hold = cc_json_bool(cc_json_get(json, "hold"));
	return true;
}

/* Both become parts of paths, and whoever may write the folder may have written them. */
static bool are_safe(const cc_class_terms *t)
{
	return cc_class_is_id(t->id) && cc_str_find_char(t->incident, '/') == CC_STR_NONE && !cc_str_starts(t->incident, CC_STR(".")) &&
		t->live <= CC_LIVE_SPEED_MAX && t->live_to_ns <= CC_CLASS_LATEST_NS && t->live_from_ns <= t->live_to_ns;
}

cc_code cc_class_read(cc_class_terms *out, cc_arena *arena, const char *dir, cc_err *err)
{
	enum { MOST = 1 << 20 };
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_json *json = NULL;
	cc_code code;

	*out = (cc_class_terms){ 0 };
	cc_path_join(&path, dir, CC_CLASS_FILE);
	code = cc_buf_ok(&path) ? cc_file_read_shared(&text, path.p, MOST, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_ENOTFOUND) {
		cc_err_set(err, code, "%s is no class: there is no " CC_CLASS_FILE " in it", dir);
		cc_err_hint(err, "the host makes one: coldcase class host DIR --incident INCIDENT");
	}
	if (code == CC_OK && cc_json_parse(&json, cc_buf_str(&text), NULL) != CC_OK)
		code = cc_err_set(err, CC_EFORMAT, "%s cannot be read", path.p);
	if (code == CC_OK && (!cc_str_eqz(cc_json_get_str(json, "format"), CC_CLASS_FORMAT) || number(json, "version") != CC_CLASS_VERSION))
		code = cc_err_set(err, CC_EFORMAT, "%s is not of a class that this version knows", path.p);
	if (code == CC_OK && !read_terms(out, arena, json))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && !are_safe(out))
		code = cc_err_set(err, CC_EFORMAT, "%s holds what no class has: an id, a name or a time that is none", path.p);
	cc_json_free(json);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}
