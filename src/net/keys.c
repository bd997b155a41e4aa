/* keys.c - where a key comes from: the environment, or a file that only its owner may read. Never the command line, which
 * everybody sees. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "coldcase/yaml.h"
#include "net/model_priv.h"

enum { FILE_MAX = 1 << 16, HIDE_MIN = 8 };

void key_wipe(cc_buf *key)
{
	if (key->p)
		explicit_bzero(key->p, key->cap);
	cc_buf_deinit(key);
}

/* A short key may be a word of the answer ("ollama"): it is no secret worth the damage. */
void key_hide(const cc_buf *key, cc_buf *text)
{
	size_t at;
	cc_buf clean = CC_BUF_INIT;
	if (key->n < HIDE_MIN || cc_str_find(cc_buf_str(text), cc_buf_str(key)) == CC_STR_NONE)
		return;
	cc_str rest = cc_buf_str(text);
	while ((at = cc_str_find(rest, cc_buf_str(key))) != CC_STR_NONE) {
		cc_buf_add(&clean, cc_str_sub(rest, 0, at));
		cc_buf_addz(&clean, "[key]");
		rest = cc_str_sub(rest, at + key->n, rest.n);
	}
	cc_buf_add(&clean, rest);
	key_wipe(text);
	*text = clean;
}

/* What goes into a header is one word of printable ASCII: a line end there would be another header. */
static cc_code check_key(cc_str key, const char *from, cc_err *err)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] <= ' ' || key.p[i] >= 0x7f) {
			cc_err_set(err, CC_EFORMAT, "%s: the key holds a blank, a line end or another character that no key has", from);
			(void)cc_err_hint(err, "write the key alone, without quotes inside");
			return CC_EFORMAT;
		}
	return CC_OK;
}

/* Opened once: what is looked at is what is read. */
static cc_code read_private(cc_buf *out, const char *path, cc_err *err)
{
	struct stat st;
	int problem = 0, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? CC_OK : cc_err_errno(err, errno, path);
	if (fstat(fd, &st) != 0) {
		problem = errno;
	} else if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & 077)) {
		close(fd);
		cc_err_set(err, CC_EACCESS, "%s: others than you may read the keys (mode %04o)", path, (unsigned)st.st_mode & 07777);
		(void)cc_err_hint(err, "chmod 600 %.200s", path);
		return CC_EACCESS;
	} else if (st.st_size > FILE_MAX) {
		close(fd);
		return cc_err_set(err, CC_ELIMIT, "%s: larger than a file of keys", path);
	} else if (cc_buf_reserve(out, (size_t)st.st_size + 1)) {
		out->n = cc_fd_read_at(fd, out->p, (size_t)st.st_size, 0, &problem);
		out->p[out->n] = '\0';
	}
	close(fd);
	return problem ? cc_err_errno(err, problem, path) : CC_OK;
}

static cc_code from_file(cc_buf *out, const char *provider, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_json *map = NULL;
	cc_err ignored;
	cc_code code = CC_OK;
	if (cc_xdg_dir(&path, 'c', &ignored) == CC_OK) {
		cc_buf_addz(&path, "/keys.yaml");
		code = cc_buf_ok(&path) ? read_private(&text, path.p, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	if (code == CC_OK && text.n) {
		/* libyaml's words would repeat the line that holds the key */
		if (cc_yaml_parse(&map, cc_buf_str(&text), &ignored) != CC_OK || cc_json_typeof(map) != CC_JSON_OBJECT) {
			code = cc_err_set(err, CC_EFORMAT, "%s: not a list of 'provider: key' lines", path.p);
			(void)cc_err_hint(err, "a line of it looks like: %s: KEY", provider);
		} else {
			cc_str key = cc_json_get_str(map, provider);
			if (!key.n && strcmp(provider, "openai-responses") == 0) /* one account, one key */
				key = cc_json_get_str(map, "openai");
			code = check_key(key, path.p, err);
			if (code == CC_OK)
				cc_buf_add(out, key);
		}
	}
	cc_json_free(map);
	key_wipe(&text);
	cc_buf_deinit(&path);
	return code;
}

cc_code key_find(cc_buf *out, const provider_ops *ops, cc_err *err)
{
	for (size_t i = 0; i < sizeof ops->variables / sizeof *ops->variables && ops->variables[i]; i++) {
		const char *z = getenv(ops->variables[i]);
		if (!z || !*z)
			continue;
		cc_code code = check_key(cc_str_from(z), ops->variables[i], err);
		if (code == CC_OK)
			cc_buf_addz(out, z);
		return code;
	}
	return from_file(out, ops->name, err);
}
