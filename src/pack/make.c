/* make.c - a case file made of an incident's folder.
 *
 * What goes in is what cc_snapshot_open would read as evidence, which leaves out all that gives answers away; the folder's own name,
 * owners, times and modes stay outside. The evidence is read twice, for the list with its sums comes first: a file that changes in
 * between is noticed. The file appears under its name only when it is complete. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "coldcase/snapshot.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"
#include "pack/pack_priv.h"

enum { PIECE = 1 << 20 };

typedef struct source { cc_str full; bool derived; } source; /* derived: no part of the digest of the evidence */

typedef struct making {
	const cc_pack_options *o;
	cc_pack_report *report;
	cc_arena *arena;
	cc_snapshot *listing;    /* which files there are; nothing of them is read */
	cc_pack_list list;
	CC_VEC(cc_pack_member) members;
	CC_VEC(source) sources;  /* by member, from `papers` on */
	size_t papers;
	cc_buf sealed, briefing;
	uint64_t done, total;
	char *block;
} making;

static cc_code out_of_memory(const making *m, cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "%s: out of memory", m->o->dir);
}

static cc_code hex_of_random(char *out, size_t bytes, cc_err *err)
{
	unsigned char random[32];
	if (getentropy(random, bytes) != 0)
		return cc_err_errno(err, errno, "random numbers");
	for (size_t i = 0; i < bytes; i++)
		snprintf(out + 2 * i, 3, "%02x", random[i]);
	return CC_OK;
}

cc_code cc_pack_new_id(char out[32], cc_err *err)
{
	memcpy(out, CC_PACK_ID_PREFIX, sizeof CC_PACK_ID_PREFIX);
	return hex_of_random(out + sizeof CC_PACK_ID_PREFIX - 1, 6, err);
}

static cc_code advance(making *m, uint64_t bytes, cc_err *err)
{
	const cc_pack_work *w = &m->o->work;
	m->done += bytes;
	if (w->progress)
		w->progress(w->arg, m->done, m->total);
	return cc_canceled(w->cancel) ? cc_err_set(err, CC_ECANCELED, "packing was canceled") : CC_OK;
}

/* --- which files --- */

static bool leave_out(making *m, const cc_file *f, const char *why)
{
	m->report->left_out++;
	cc_buf_addf(&m->report->note, "%.*s: left out: %s\n", CC_STR_ARG(f->path), why);
	return true;
}

/* A file that cannot be read tells an investigator nothing; that it was there is told to whoever packs. */
static bool unreadable(making *m, const cc_file *f, const char *full)
{
	struct stat st;
	if (stat(full, &st) != 0)
		return leave_out(m, f, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return leave_out(m, f, "no regular file");
	return access(full, R_OK) == 0 ? false : leave_out(m, f, strerror(errno));
}

static cc_code add_evidence(making *m, const cc_file *f, cc_err *err)
{
	cc_str full = cc_arena_printf(m->arena, "%.*s/%.*s", CC_STR_ARG(cc_snapshot_path(m->listing)), CC_STR_ARG(f->path));
	cc_str path = cc_arena_printf(m->arena, PACK_EVIDENCE "%.*s", CC_STR_ARG(f->path));
	const char *problem = path.p ? cc_pack_path_problem(path) : NULL;
	if (!full.p || !path.p)
		return out_of_memory(m, err);
	if (problem)
		return cc_err_set(err, CC_EFORMAT, "%.*s %s, which a case file does not take", CC_STR_ARG(f->path), problem);
	if (unreadable(m, f, full.p))
		return CC_OK;
	bool ok = cc_vec_push(&m->members, ((cc_pack_member){ .path = path, .bytes = f->bytes }));
	ok = ok && cc_vec_push(&m->sources, ((source){ full, f->kind == CC_FILE_TOPOLOGY }));
	m->total += 2 * f->bytes;
	return ok ? CC_OK : out_of_memory(m, err);
}

static int by_path(const void *a, const void *b)
{
	const cc_file *const *x = a, *const *y = b;
	return cc_str_cmp((*x)->path, (*y)->path);
}

static cc_code list_evidence(making *m, cc_err *err)
{
	cc_code code = cc_snapshot_open(&m->listing, m->o->dir, &(cc_snapshot_options){ .left_out = CC_KINDS_ALL }, err);
	size_t n = code == CC_OK ? cc_snapshot_file_count(m->listing) : 0;
	const cc_file **files = cc_arena_array(m->arena, n + 1, sizeof *files);
	if (code == CC_OK && !files)
		return out_of_memory(m, err);
	for (size_t i = 0; i < n; i++)
		files[i] = cc_snapshot_file(m->listing, i);
	if (n > 1)
		qsort(files, n, sizeof *files, by_path);
	for (size_t i = 0; i < n && code == CC_OK; i++)
		code = add_evidence(m, files[i], err);
	if (code == CC_OK && !m->sources.n)
		code = cc_err_set(err, CC_EFORMAT, "%s holds no evidence that can be read", m->o->dir);
	return code;
}

/* --- papers --- */

/* The title of a briefing is the incident's name. */
static void make_briefing(making *m)
{
	cc_str rest = m->o->briefing, line;
	if (cc_str_starts(rest, CC_STR("# "))) {
		cc_str_cut(m->o->briefing, '\n', &line, &rest);
		cc_buf_addf(&m->briefing, "# %.*s\n", CC_STR_ARG(m->list.id));
	}
	cc_buf_add(&m->briefing, rest);
}

static cc_code name_case(making *m, cc_err *err)
{
	cc_pack_list *l = &m->list;
	cc_code code = CC_OK;
	if (m->o->id)
		snprintf(m->report->id, sizeof m->report->id, "%s", m->o->id);
	else
		code = cc_pack_new_id(m->report->id, err);
	l->id = cc_str_from(m->report->id);
	l->made_by = CC_STR("coldcase " CC_VERSION);
	l->truth_seal = m->o->truth_seal;
	if (code == CC_OK && !pack_id_ok(l->id))
		code = cc_err_set(err, CC_EUSAGE, "no id of a case: %s", m->report->id);
	if (code == CC_OK && m->o->seal && !cc_vec_push(&m->members, ((cc_pack_member){ .path = CC_STR(CC_PACK_SEALED_FILE) })))
		code = out_of_memory(m, err);
	make_briefing(m);
	if (code == CC_OK && m->briefing.n &&
		!cc_vec_push(&m->members, ((cc_pack_member){ .path = CC_STR(CC_PACK_BRIEFING_FILE), .bytes = m->briefing.n })))
		code = out_of_memory(m, err);
	m->papers = m->members.n;
	return code;
}

/* --- sums --- */

static cc_code read_piece(making *m, int fd, const source *s, uint64_t at, size_t *got, cc_err *err)
{
	int problem;
	*got = cc_fd_read_at(fd, m->block, PIECE, at, &problem);
	return problem ? cc_err_errno(err, problem, s->full.p) : CC_OK;
}

static cc_code changed(const source *s, cc_err *err)
{
	cc_err_set(err, CC_EIO, "%s changed while it was packed", s->full.p);
	return cc_err_hint(err, "pack it when nobody writes to it");
}

/* Reads a file whole; with a writer it goes into the archive, too. */
static cc_code pass(making *m, const source *s, cc_pack_member *member, pack_writer *w, char out[65], cc_err *err)
{
	cc_sha256 sum;
	uint64_t at = 0;
	size_t got = 1;
	int fd = open(s->full.p, O_RDONLY | O_CLOEXEC);
	cc_code code = fd < 0 ? cc_err_errno(err, errno, s->full.p) : CC_OK;
	cc_sha256_init(&sum);
	while (code == CC_OK && got) {
		code = read_piece(m, fd, s, at, &got, err);
		at += got;
		if (code == CC_OK && at > member->bytes)
			code = changed(s, err);
		cc_sha256_add(&sum, m->block, got);
		if (code == CC_OK && w)
			code = pack_writer_add(w, (cc_str){ m->block, got }, err);
		if (code == CC_OK)
			code = advance(m, got, err);
	}
	if (fd >= 0)
		close(fd);
	cc_sha256_hex(&sum, out);
	return code == CC_OK && at != member->bytes ? changed(s, err) : code;
}

static cc_code sum_evidence(making *m, cc_err *err)
{
	cc_sha256 all;
	char sum[65];
	cc_buf line = CC_BUF_INIT;
	cc_code code = CC_OK;
	cc_sha256_init(&all);
	for (size_t i = 0; i < m->sources.n && code == CC_OK; i++) {
		cc_pack_member *member = &m->members.p[m->papers + i];
		code = pass(m, &m->sources.p[i], member, NULL, sum, err);
		member->sha256 = cc_arena_dup(m->arena, cc_str_from(sum));
		cc_buf_clear(&line); /* as cc_snapshot_digest has it */
		cc_buf_add(&line, cc_str_sub(member->path, sizeof PACK_EVIDENCE - 1, member->path.n));
		cc_buf_addf(&line, "%c%llu%c%s\n", 0, (unsigned long long)member->bytes, 0, sum);
		if (code == CC_OK && (!member->sha256.p || !cc_buf_ok(&line)))
			code = out_of_memory(m, err);
		if (!m->sources.p[i].derived)
			cc_sha256_add(&all, line.p, line.n);
	}
	cc_buf_deinit(&line);
	cc_sha256_hex(&all, sum);
	m->list.snapshot_sha256 = cc_arena_dup(m->arena, cc_str_from(sum));
	return code == CC_OK && !m->list.snapshot_sha256.p ? out_of_memory(m, err) : code;
}

static cc_code sum_paper(making *m, cc_pack_member *member, const cc_buf *text, cc_err *err)
{
	char sum[65];
	if (!cc_buf_ok(text))
		return out_of_memory(m, err);
	cc_sha256_of(cc_buf_str(text), sum);
	member->bytes = text->n;
	member->sha256 = cc_arena_dup(m->arena, cc_str_from(sum));
	return member->sha256.p ? CC_OK : out_of_memory(m, err);
}

/* The sealed truth comes last, for it is bound to all others. */
static cc_code complete_list(making *m, cc_err *err)
{
	cc_code code = sum_evidence(m, err);
	m->list.members = m->members.p;
	m->list.count = m->members.n;
	if (code == CC_OK && m->briefing.n)
		code = sum_paper(m, &m->members.p[m->papers - 1], &m->briefing, err);
	if (code == CC_OK && m->o->seal)
		code = m->o->seal(m->o->seal_arg, &m->list, &m->sealed, err);
	if (code == CC_OK && m->o->seal)
		code = sum_paper(m, &m->members.p[0], &m->sealed, err);
	return code;
}

/* --- the file --- */

static cc_code write_paper(pack_writer *w, const char *name, cc_str text, cc_err *err)
{
	cc_code code = pack_writer_begin(w, name, text.n, err);
	return code == CC_OK ? pack_writer_add(w, text, err) : code;
}

static cc_code write_evidence(making *m, pack_writer *w, cc_err *err)
{
	char sum[65];
	cc_buf name = CC_BUF_INIT;
	cc_code code = CC_OK;
	for (size_t i = 0; i < m->sources.n && code == CC_OK; i++) {
		cc_pack_member *member = &m->members.p[m->papers + i];
		cc_buf_clear(&name);
		pack_tar_name(&name, member->path);
		code = cc_buf_ok(&name) ? pack_writer_begin(w, name.p, member->bytes, err) : out_of_memory(m, err);
		if (code == CC_OK)
			code = pass(m, &m->sources.p[i], member, w, sum, err);
		if (code == CC_OK && !cc_str_eqz(member->sha256, sum))
			code = changed(&m->sources.p[i], err);
	}
	cc_buf_deinit(&name);
	return code;
}

static cc_code write_archive(making *m, int fd, const char *name, cc_err *err)
{
	pack_writer *w;
	cc_buf list = CC_BUF_INIT;
	cc_pack_list_write(&list, &m->list);
	cc_code code = cc_buf_ok(&list) ? pack_writer_open(&w, fd, name, err) : out_of_memory(m, err);
	if (code == CC_OK) {
		code = write_paper(w, CC_PACK_LIST_FILE, cc_buf_str(&list), err);
		if (code == CC_OK && m->sealed.n)
			code = write_paper(w, CC_PACK_SEALED_FILE, cc_buf_str(&m->sealed), err);
		if (code == CC_OK && m->briefing.n)
			code = write_paper(w, CC_PACK_BRIEFING_FILE, cc_buf_str(&m->briefing), err);
		if (code == CC_OK)
			code = write_evidence(m, w, err);
		if (code == CC_OK)
			code = pack_writer_end(w, err);
		pack_writer_free(w);
	}
	cc_buf_deinit(&list);
	return code;
}

/* The sum over what was written, read back from the file: what lies on the disk is what counts. */
static cc_code write_trailer(making *m, int fd, const char *name, cc_err *err)
{
	unsigned char trailer[PACK_TRAILER];
	char hex[65];
	cc_sha256 sum;
	size_t got = 1;
	int problem = 0;
	uint64_t at = 0;
	cc_sha256_init(&sum);
	for (; got && !problem; at += got) {
		got = cc_fd_read_at(fd, m->block, PIECE, at, &problem);
		cc_sha256_add(&sum, m->block, got);
	}
	cc_sha256_hex(&sum, hex);
	pack_trailer_make(trailer, hex);
	if (!problem)
		problem = cc_fd_write(fd, (cc_str){ (const char *)trailer, sizeof trailer });
	if (!problem && fsync(fd) != 0 && errno != EINVAL)
		problem = errno;
	m->report->packed = at + sizeof trailer;
	return problem ? cc_err_errno(err, problem, name) : CC_OK;
}

/* A link refuses a name that is taken, which renaming does not; where none can be made, the check before has to do. */
static cc_code put_in_place(const making *m, const char *tmp, cc_err *err)
{
	if (!m->o->replace && link(tmp, m->o->out) == 0) {
		unlink(tmp);
		return CC_OK;
	}
	if (!m->o->replace && errno == EEXIST)
		return cc_err_errno(err, EEXIST, m->o->out);
	return rename(tmp, m->o->out) == 0 ? CC_OK : cc_err_errno(err, errno, m->o->out);
}

static cc_code check_target(const making *m, cc_err *err)
{
	struct stat st;
	if (lstat(m->o->out, &st) != 0 || (m->o->replace && S_ISREG(st.st_mode)))
		return CC_OK;
	cc_err_set(err, CC_ESTATE, "%s is there already", m->o->out);
	return cc_err_hint(err, S_ISREG(st.st_mode) ? "--replace puts the new one in its place" : "give another name");
}

static cc_code write_file(making *m, cc_err *err)
{
	cc_buf tmp = CC_BUF_INIT;
	cc_code code = check_target(m, err);
	cc_buf_addf(&tmp, "%s.%ld.tmp", m->o->out, (long)getpid());
	if (code == CC_OK && !cc_buf_ok(&tmp))
		code = out_of_memory(m, err);
	int fd = code == CC_OK ? open(tmp.p, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666) : -1;
	if (code == CC_OK && fd < 0)
		code = cc_err_errno(err, errno, m->o->out);
	if (fd >= 0) {
		code = write_archive(m, fd, m->o->out, err);
		if (code == CC_OK)
			code = write_trailer(m, fd, m->o->out, err);
		if (close(fd) != 0 && code == CC_OK)
			code = cc_err_errno(err, errno, m->o->out);
		if (code == CC_OK)
			code = put_in_place(m, tmp.p, err);
		if (code != CC_OK)
			unlink(tmp.p);
	}
	cc_buf_deinit(&tmp);
	return code;
}

cc_code cc_pack_make(const cc_pack_options *o, cc_pack_report *report, cc_err *err)
{
	making m = { .o = o, .report = report, .arena = cc_arena_new(), .block = cc_malloc(PIECE) };
	*report = (cc_pack_report){ .sealed = o->seal != NULL };
	cc_code code = m.arena && m.block ? check_target(&m, err) : out_of_memory(&m, err);
	if (code == CC_OK)
		code = name_case(&m, err);
	if (code == CC_OK)
		code = list_evidence(&m, err);
	if (code == CC_OK)
		code = complete_list(&m, err);
	if (code == CC_OK)
		code = write_file(&m, err);
	report->files = m.sources.n;
	report->bytes = m.total / 2;
	cc_snapshot_free(m.listing);
	cc_vec_deinit(&m.members);
	cc_vec_deinit(&m.sources);
	cc_buf_deinit(&m.sealed);
	cc_buf_deinit(&m.briefing);
	cc_free(m.block);
	cc_arena_free(m.arena);
	return code;
}
