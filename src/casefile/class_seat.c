/* class_seat.c - who sits in a class: a folder of each, called by a random id, with seat.json written once.
 *
 * The record of the run lies below, as runs lie everywhere. A name is in seat.json because its owner gave it; nothing else tells who it
 * is. The file `here` beside it is rewritten every few seconds; nobody has to take it away when a laptop leaves. */
#include "casefile/class_priv.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "coldcase/file.h"
#include "coldcase/time.h"

#define SEAT_FILE "seat.json"
#define SEAT_FORMAT "coldcase-class-seat"

static cc_code write_seat(const cc_class_seat *seat, const char *path, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	cc_jw w;

	cc_jw_init(&w, &text, 2);
	cc_jw_object(&w);
	cc_class_put_text(&w, "format", cc_str_from(SEAT_FORMAT));
	cc_class_put_int(&w, "version", CC_CLASS_VERSION);
	cc_class_put_text(&w, "id", seat->id);
	cc_class_put_text(&w, "name", seat->name);
	cc_class_put_int(&w, "joined_ns", seat->joined_ns);
	cc_class_put_bool(&w, "late", seat->late);
	cc_jw_end_object(&w);
	cc_buf_add_char(&text, '\n');
	cc_code code = cc_buf_ok(&text) ? cc_file_write(path, cc_buf_str(&text), err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&text);
	return code;
}

cc_code cc_class_sit(cc_class_seat *seat, cc_arena *arena, const char *dir, cc_str name, int64_t joined_ns, bool late, cc_err *err)
{
	cc_class_id id;
	cc_buf path = CC_BUF_INIT;
	cc_code code = cc_class_id_new(&id, err);

	if (code != CC_OK)
		return code;
	*seat = (cc_class_seat){ .id = cc_arena_dup(arena, cc_str_from(id.text)), .name = cc_arena_dup(arena, name),
		.dir = cc_arena_printf(arena, "%s/seats/%s", dir, id.text), .joined_ns = joined_ns, .here_ns = CC_TIME_NONE, .late = late };
	if (!seat->id.p || !seat->name.p || !seat->dir.p)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	code = cc_dir_make(seat->dir.p, err);
	if (code == CC_OK)
		cc_class_share(dir, seat->dir.p, false);
	cc_path_join(&path, seat->dir.p, SEAT_FILE);
	if (code == CC_OK && !cc_buf_ok(&path))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = write_seat(seat, path.p, err);
	if (code == CC_OK)
		cc_class_share(dir, path.p, false);
	cc_buf_deinit(&path);
	return code;
}

/* False: no seat, or not yet whole. */
static bool read_seat(cc_class_seat *seat, cc_arena *arena, const char *folder, const char *id)
{
	enum { MOST = 1 << 16 };
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_json *json = NULL;
	struct stat st;
	bool ok;

	*seat = (cc_class_seat){ .id = cc_arena_dup(arena, cc_str_from(id)), .dir = cc_arena_printf(arena, "%s/%s", folder, id),
		.here_ns = CC_TIME_NONE };
	cc_path_join(&path, seat->dir.p ? seat->dir.p : "", SEAT_FILE);
	ok = seat->id.p && seat->dir.p && lstat(seat->dir.p, &st) == 0 && S_ISDIR(st.st_mode) && cc_buf_ok(&path) && cc_file_read_shared(&text, path.p, MOST, NULL) == CC_OK &&
		cc_json_parse(&json, cc_buf_str(&text), NULL) == CC_OK && cc_str_eqz(cc_json_get_str(json, "format"), SEAT_FORMAT) &&
		cc_str_eq(cc_json_get_str(json, "id"), seat->id) && cc_json_int(cc_json_get(json, "joined_ns"), &seat->joined_ns) &&
		seat->joined_ns >= 0 && seat->joined_ns <= CC_CLASS_LATEST_NS;
	seat->name = ok ? cc_arena_dup(arena, cc_json_get_str(json, "name")) : CC_STR_EMPTY;
	seat->late = cc_json_bool(cc_json_get(json, "late"));
	cc_buf_clear(&path);
	cc_path_join(&path, seat->dir.p ? seat->dir.p : "", "here");
	if (ok && cc_buf_ok(&path))
		seat->here_ns = cc_class_written_ns(path.p);
	cc_json_free(json);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return ok && seat->name.p;
}

static int by_joining(const void *a, const void *b)
{
	const cc_class_seat *x = a, *y = b;

	if (x->joined_ns != y->joined_ns)
		return x->joined_ns < y->joined_ns ? -1 : 1;
	return cc_str_cmp(x->id, y->id);
}

cc_code cc_class_seats_read(cc_class_seats *out, cc_arena *arena, const char *dir, size_t *strays, cc_err *err)
{
	cc_str folder = cc_arena_printf(arena, "%s/seats", dir);
	DIR *d = folder.p ? opendir(folder.p) : NULL;
	bool ok = true;
	size_t others = 0;

	if (!d)
		return folder.p ? cc_err_errno(err, errno, folder.p) : cc_err_set(err, CC_ENOMEM, "out of memory");
	for (struct dirent *e; ok && (e = readdir(d));) {
		cc_class_seat seat;
		if (e->d_name[0] == '.')
			continue;
		if (cc_class_is_id(cc_str_from(e->d_name)) && read_seat(&seat, arena, folder.p, e->d_name))
			ok = cc_vec_push(out, seat);
		else
			others++;
	}
	closedir(d);
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, by_joining);
	if (strays)
		*strays = others;
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}
