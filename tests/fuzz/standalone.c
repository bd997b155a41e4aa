/* standalone.c - runs a fuzz target without libFuzzer: over the files and folders given, and over mutants of them.
 *
 *     fuzz_x [-n MUTANTS] [-s SEED] [-x WORDS] PATH...
 *
 * Every file is run once as it is; then MUTANTS inputs are made from them by a seeded generator, so a run can be repeated.
 * WORDS is a dictionary as libFuzzer reads it: "text" a line, with \\ \" \xNN. Mutants get words of it, too.
 * When the target dies, the input at hand is left in ./crash-SEED-NUMBER (a plain file that replays it). */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/file.h"
#include "coldcase/rng.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"
#include "fuzz.h"

enum { INPUT_MAX = 1 << 16 };

typedef struct input {
	char *p;
	size_t n;
} input;

typedef CC_VEC(input) input_vec;

static input_vec words;

/* What the target is looking at, for the crash handler. */
static const char *current;
static size_t current_size;
static char crash_name[64];

static void save_current(void)
{
	int fd = open(crash_name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		return;
	if (write(fd, current, current_size) >= 0 && write(2, "input saved as ", 15) >= 0 &&
		write(2, crash_name, strlen(crash_name)) >= 0)
		(void)!write(2, "\n", 1);
	close(fd);
}

static void on_signal(int number)
{
	save_current();
	signal(number, SIG_DFL);
	raise(number);
}

/* Present only when a sanitizer runtime is linked. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void run_target(const char *p, size_t n)
{
	char *exact = cc_malloc(n); /* exactly n bytes, so that a sanitizer sees every overrun */
	if (!exact)
		return;
	if (n)
		memcpy(exact, p, n);
	current = exact;
	current_size = n;
	LLVMFuzzerTestOneInput((const uint8_t *)exact, n);
	cc_free(exact);
}

static int add_file(input_vec *inputs, const char *path)
{
	cc_err err;
	cc_buf b = CC_BUF_INIT;
	if (cc_file_read(&b, path, INPUT_MAX * 16, &err) != CC_OK) {
		fprintf(stderr, "%s\n", err.message);
		cc_buf_deinit(&b);
		return -1;
	}
	input in = { NULL, b.n };
	in.p = cc_buf_take(&b);
	return in.p && cc_vec_push(inputs, in) ? 0 : -1;
}

static int add_path(input_vec *inputs, const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return add_file(inputs, path);
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort), failed = n < 0;
	for (int i = 0; i < n; i++) {
		cc_buf child = CC_BUF_INIT;
		cc_path_join(&child, path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			failed |= add_path(inputs, child.p) != 0;
		cc_buf_deinit(&child);
		free(names[i]); /* from scandir */
	}
	if (n >= 0)
		free(names);
	return failed ? -1 : 0;
}

/* "text" with its escapes; false for a line that is no word. */
static bool read_word(cc_str line, cc_buf *out)
{
	unsigned byte;
	line = cc_str_trim(line);
	if (line.n < 2 || line.p[0] != '"' || line.p[line.n - 1] != '"')
		return false;
	for (size_t i = 1; i < line.n - 1; i++) {
		if (line.p[i] != '\\')
			cc_buf_add_char(out, line.p[i]);
		else if (line.p[++i] != 'x')
			cc_buf_add_char(out, line.p[i]);
		else if (sscanf(line.p + i + 1, "%2x", &byte) == 1) { /* the buffer ends with a NUL */
			cc_buf_add_char(out, (char)byte);
			i += 2;
		}
	}
	return true;
}

static int read_words(const char *path)
{
	cc_err err;
	cc_buf text = CC_BUF_INIT;
	if (cc_file_read(&text, path, INPUT_MAX, &err) != CC_OK) {
		fprintf(stderr, "%s\n", err.message);
		return -1;
	}
	for (cc_str rest = cc_buf_str(&text); rest.n;) {
		size_t end = cc_str_find_char(rest, '\n');
		cc_buf word = CC_BUF_INIT;
		if (read_word(cc_str_sub(rest, 0, end == CC_STR_NONE ? rest.n : end), &word) && word.n) {
			input in = { NULL, word.n };
			in.p = cc_buf_take(&word);
			if (!in.p || !cc_vec_push(&words, in))
				return -1;
		}
		cc_buf_deinit(&word);
		rest = end == CC_STR_NONE ? CC_STR_EMPTY : cc_str_sub(rest, end + 1, rest.n);
	}
	cc_buf_deinit(&text);
	return 0;
}

/* One change: a flipped bit, another byte, a removed, doubled or foreign piece. */
static void mutate(cc_rng *r, cc_buf *b, const input *other)
{
	static const char special[] = "\0\xff\x80\x1b\"\\{}[]:,-+.eE0 \t\n\r#&*|>'uT";
	size_t at = b->n ? (size_t)cc_rng_below(r, b->n) : 0;
	size_t n = b->n ? 1 + (size_t)cc_rng_below(r, b->n - at < 16 ? b->n - at : 16) : 0;
	cc_buf rest = CC_BUF_INIT;
	switch (b->n ? cc_rng_below(r, words.n ? 7 : 6) : 4) {
	case 0:
		b->p[at] = (char)(b->p[at] ^ 1 << cc_rng_below(r, 8));
		break;
	case 1:
		b->p[at] = special[cc_rng_below(r, sizeof special - 1)];
		break;
	case 2: /* remove */
		memmove(b->p + at, b->p + at + n, b->n - at - n);
		cc_buf_truncate(b, b->n - n);
		break;
	case 3: /* double */
		cc_buf_add(&rest, cc_str_sub(cc_buf_str(b), at, b->n));
		cc_buf_truncate(b, at + n);
		cc_buf_add(b, cc_buf_str(&rest));
		break;
	case 4: /* insert a byte */
		cc_buf_add(&rest, cc_str_sub(cc_buf_str(b), at, b->n));
		cc_buf_truncate(b, at);
		cc_buf_add_char(b, special[cc_rng_below(r, sizeof special - 1)]);
		cc_buf_add(b, cc_buf_str(&rest));
		break;
	case 6: /* insert a word */
		cc_buf_add(&rest, cc_str_sub(cc_buf_str(b), at, b->n));
		cc_buf_truncate(b, at);
		other = &words.p[cc_rng_below(r, words.n)];
		cc_buf_add(b, (cc_str){ other->p, other->n });
		cc_buf_add(b, cc_buf_str(&rest));
		break;
	default: /* end as another input ends */
		cc_buf_truncate(b, at);
		if (other->n)
			cc_buf_add(b, cc_str_sub((cc_str){ other->p, other->n }, (size_t)cc_rng_below(r, other->n), other->n));
	}
	cc_buf_deinit(&rest);
}

static void run_mutants(const input_vec *inputs, uint64_t seed, long count)
{
	cc_rng r;
	cc_rng_init(&r, seed);
	for (long i = 0; i < count; i++) {
		const input *from = &inputs->p[cc_rng_below(&r, inputs->n)];
		cc_buf b = CC_BUF_INIT;
		cc_buf_add(&b, cc_str_sub((cc_str){ from->p, from->n }, 0, INPUT_MAX));
		for (uint64_t changes = 1 + cc_rng_below(&r, 8); changes; changes--)
			mutate(&r, &b, &inputs->p[cc_rng_below(&r, inputs->n)]);
		snprintf(crash_name, sizeof crash_name, "crash-%llu-%ld", (unsigned long long)seed, i);
		run_target(cc_buf_str(&b).p, b.n);
		cc_buf_deinit(&b);
	}
}

static void catch_deaths(void)
{
	snprintf(crash_name, sizeof crash_name, "crash-input");
	if (__sanitizer_set_death_callback) {
		__sanitizer_set_death_callback(save_current);
		signal(SIGABRT, on_signal);
		return;
	}
	static const int numbers[] = { SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL };
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		signal(numbers[i], on_signal);
}

int main(int argc, char **argv)
{
	long mutants = 0;
	uint64_t seed = 1;
	input_vec inputs = { 0 };
	int option, failed = 0;
	while ((option = getopt(argc, argv, "n:s:x:")) != -1) {
		if (option == 'n')
			mutants = strtol(optarg, NULL, 10);
		else if (option == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'x')
			failed |= read_words(optarg) != 0;
		else
			return 2;
	}
	for (int i = optind; i < argc; i++)
		failed |= add_path(&inputs, argv[i]) != 0;
	if (failed || inputs.n == 0) {
		fprintf(stderr, "%s: no input\n", argv[0]);
		return 2;
	}
	catch_deaths();
	for (size_t i = 0; i < inputs.n; i++)
		run_target(inputs.p[i].p, inputs.p[i].n);
	run_mutants(&inputs, seed, mutants);
	printf("%zu inputs, %ld mutants\n", inputs.n, mutants);
	for (size_t i = 0; i < inputs.n; i++)
		cc_free(inputs.p[i].p);
	for (size_t i = 0; i < words.n; i++)
		cc_free(words.p[i].p);
	cc_vec_deinit(&words);
	cc_vec_deinit(&inputs);
	return 0;
}
