/* tree.c - see tree.h. */
#include "support/tree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char paths[8][1024];
static unsigned next_path;

static void die(const char *what, const char *path)
{
	fprintf(stderr, "test tree: %s: ", what);
	perror(path);
	abort();
}

static char *join(const char *a, const char *b)
{
	char *out = paths[next_path++ % 8];
	if (snprintf(out, sizeof paths[0], "%s/%s", a, b) >= (int)sizeof paths[0])
		die("path too long", b);
	return out;
}

void test_tree_make(test_tree *t)
{
	const char *base = getenv("COLDCASE_TEST_TMP");
	struct stat st;
	if (!base || stat(base, &st) != 0)
		base = "/tmp";
	snprintf(t->root, sizeof t->root, "%s/coldcase-tree.XXXXXX", base);
	if (!mkdtemp(t->root))
		die("mkdtemp", t->root);
}

static void remove_all(const char *path)
{
	struct stat st;
	if (lstat(path, &st) != 0)
		return;
	if (S_ISDIR(st.st_mode)) {
		chmod(path, 0700);
		DIR *d = opendir(path);
		for (const struct dirent *e; d && (e = readdir(d));) {
			char child[2048];
			if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
				continue;
			snprintf(child, sizeof child, "%s/%s", path, e->d_name);
			remove_all(child);
		}
		if (d)
			closedir(d);
		rmdir(path);
	} else {
		unlink(path);
	}
}

void test_tree_remove(test_tree *t)
{
	remove_all(t->root);
}

const char *test_tree_path(const test_tree *t, const char *path)
{
	return join(t->root, path);
}

static void make_parents(char *path, size_t from)
{
	for (char *p = path + from; (p = strchr(p + 1, '/'));) {
		*p = '\0';
		mkdir(path, 0700);
		*p = '/';
	}
}

static char *prepare(test_tree *t, const char *path)
{
	char *full = join(t->root, path);
	make_parents(full, strlen(t->root));
	return full;
}

void test_tree_dir(test_tree *t, const char *path)
{
	char *full = prepare(t, path);
	struct stat st;
	if (mkdir(full, 0700) != 0 && stat(full, &st) != 0)
		die("mkdir", full);
}

void test_tree_bytes(test_tree *t, const char *path, cc_str bytes)
{
	char *full = prepare(t, path);
	unlink(full);
	FILE *f = fopen(full, "wb");
	if (!f || (bytes.n && fwrite(bytes.p, 1, bytes.n, f) != bytes.n) || fclose(f) != 0)
		die("write", full);
}

void test_tree_file(test_tree *t, const char *path, const char *text)
{
	test_tree_bytes(t, path, cc_str_from(text));
}

void test_tree_link(test_tree *t, const char *path, const char *target)
{
	char *full = prepare(t, path);
	unlink(full);
	if (symlink(target, full) != 0)
		die("symlink", full);
}

bool test_be_nobody(test_tree *t)
{
	if (geteuid() != 0)
		return true;
	if (chmod(t->root, 0755) == 0 && seteuid(65534) == 0 && access(t->root, F_OK) == 0) {
		DIR *d = opendir(t->root);
		if (d) {
			closedir(d);
			return true;
		}
	}
	test_be_self();
	printf("# the superuser may read everything, and %s is closed to others\n", t->root);
	return false;
}

void test_be_self(void)
{
	if (getuid() == 0 && seteuid(0) != 0)
		die("seteuid", "0");
}

const char *test_shared(const char *below)
{
	const char *base = getenv("COLDCASE_SHARED");
	struct stat st;
	char *full = join(base && *base ? base : "../shared", below);
	return stat(full, &st) == 0 ? full : NULL;
}
