/* test_shellread.c - shell commands as agents write them: what each looked for, in which file, and what is left as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "coldcase/rng.h"
#include "coldcase/shellread.h"

/* "file, file: pattern=/x/ from=… !" a search; ! where the lines that passed can be told. */
static void say(cc_str command, cc_buf *out)
{
	cc_arena *arena = cc_arena_new();
	cc_shell_searches all = { 0 };
	assert_true(cc_shell_read(command, arena, &all));
	for (size_t i = 0; i < all.n; i++) {
		cc_buf_addz(out, i ? " ; " : "");
		for (size_t k = 0; k < all.p[i].source_count; k++)
			cc_buf_addf(out, "%s%.*s", k ? "," : "", CC_STR_ARG(all.p[i].sources[k]));
		cc_buf_addz(out, ": ");
		cc_shell_say(&all.p[i], out);
		cc_buf_addz(out, all.p[i].exact ? " !" : "");
	}
	cc_vec_deinit(&all);
	cc_arena_free(arena);
}

static const struct { const char *command, *want; } CASES[] = {
	/* grep and its like */
	{ "grep -n quote otel_logs_raw.tsv", "otel_logs_raw.tsv: pattern=/quote/ !" },
	{ "grep -i 'connection refused' otel_logs_raw.tsv | head -20", "otel_logs_raw.tsv: pattern=/connection refused/i !" },
	{ "cat otel_logs_raw.tsv | grep -iE \"error|fail\" | grep -v health | wc -l", "otel_logs_raw.tsv: pattern=/error|fail/i pattern!=/health/ !" },
	{ "grep -e one -e two -A5 -m 10 a.tsv b.tsv", "a.tsv,b.tsv: pattern=/one|two/" },
	{ "grep -m1 x f.tsv", "f.tsv: pattern=/x/" },
	{ "grep -iq x f.tsv", "f.tsv: pattern=/x/i" },
	{ "grep --max-count=2 x f.tsv", "f.tsv: pattern=/x/" },
	{ "cd /home/user/Scenario-3 && rg -F 'a.b(c' k8s_events_raw.tsv; ls", "k8s_events_raw.tsv: pattern=/a.b(c/ !" },
	{ "LC_ALL=C timeout 20 zgrep -c x ./alerts/*.json 2>/dev/null", "./alerts/*.json: pattern=/x/ !" },
	{ "grep x < k8s_events_raw.tsv > out.txt", "k8s_events_raw.tsv: pattern=/x/ !" },
	{ "(grep a f.tsv; grep b g.tsv) | sort", "f.tsv: pattern=/a/ ! ; g.tsv: pattern=/b/ !" },
	{ "grep -e\"it's\" f.tsv", "f.tsv: pattern=/it's/ !" },
	{ "grep --context 3 --regexp x f.tsv", "f.tsv: pattern=/x/ !" },
	{ "grep --regexp=x --max-count 2 f.tsv g.tsv", "f.tsv,g.tsv: pattern=/x/" },
	{ "grep --regexp=\"$X\" f.tsv", "f.tsv: pattern=/$X/" },
	{ "grep x f.tsv --count | grep 1", "f.tsv: pattern=/x/ pattern=/1/" },
	{ "sed -n '/OOMKilled/p' k8s_events_raw.tsv", "k8s_events_raw.tsv: pattern=/OOMKilled/ !" },
	/* times */
	{ "grep '2025-12-15T17:1[0-2]' otel_logs_raw.tsv", "otel_logs_raw.tsv: pattern=/2025-12-15T17:1[0-2]/ from=2025-12-15T17:10 to=2025-12-15T17:12 !" },
	{ "grep -E '^2025-12-15 17:0[5-9]:' f.tsv | grep cart", "f.tsv: pattern=/^2025-12-15 17:0[5-9]:/ pattern=/cart/ from=2025-12-15 17:05: to=2025-12-15 17:09: !" },
	{ "grep 'T17:03' f.tsv", "f.tsv: pattern=/T17:03/ from=17:03 to=17:03 !" },
	{ "grep -v '17:03' f.tsv", "f.tsv: pattern!=/17:03/ !" },
	{ "grep '17:03|17:09' f.tsv", "f.tsv: pattern=/17:03|17:09/ !" },
	{ "grep '80:80' f.tsv", "f.tsv: pattern=/80:80/ !" },
	{ "awk '$1 >= \"2025-12-15 17:1\" && $1 < \"2025-12-15 17:2\"' FS f.tsv", "FS,f.tsv: from=2025-12-15 17:1 to=2025-12-15 17:2 !" },
	{ "awk -F'\\t' '$1>=\"2025-12-15 17:10\" && /timeout/ && !/health/ {print $1,$5}' otel_logs_raw.tsv | sort | uniq -c",
		"otel_logs_raw.tsv: pattern=/timeout/ pattern!=/health/ from=2025-12-15 17:10 !" },
	{ "awk -F '\\t' '$4 == \"cart\" {c++} END {print c}' f.tsv", "f.tsv: $4=\"cart\"" },
	{ "awk '$3 ~ /ERR/ || $2 > 5' f.tsv", "" },
	{ "awk -v d=\"$DAY\" '$1 > d' f.tsv", "" },
	{ "gawk '/refused/ && $2 > 500' f.tsv", "f.tsv: pattern=/refused/" },
	/* what comes behind a change of the lines, or a cut, was not looked for in all of the file */
	{ "grep cart f.tsv | cut -f3 | grep -i error", "f.tsv: pattern=/cart/ pattern=/error/i" },
	{ "head -100 f.tsv | grep x", "f.tsv: pattern=/x/" },
	{ "zcat f.tsv | jq . | grep x", "f.tsv: pattern=/x/" },
	{ "grep -l x f.tsv | xargs grep y", "f.tsv: pattern=/x/" },
	/* python */
	{ "python3 -c \"import pandas as pd; df = pd.read_csv('otel_logs_raw.tsv', sep='\\t'); print(df[df.Body.str.contains('refused', case=False) & "
		"(df['Timestamp'] >= '2025-12-15 17:10')])\"", "otel_logs_raw.tsv: pattern=/refused/i from=2025-12-15 17:10" },
	{ "python3 - <<'EOF'\nfor line in open('k8s_events_raw.tsv'):\n    if 'BackOff' in line and re.search(r'cart-\\d', line):\n        print(line)\nEOF\ngrep y g.tsv",
		"k8s_events_raw.tsv: pattern=/cart-\\d/ pattern=/BackOff/ ; g.tsv: pattern=/y/ !" },
	/* left as they are */
	{ "cat > run.sh <<EOF\ngrep x f.tsv\nEOF\n", "" },
	{ "grep \"$(cat names)\" f.tsv", "" },
	{ "grep `hostname` f.tsv", "" },
	{ "for f in *.tsv; do grep error \"$f\"; done", "" },
	{ "grep x \"$FILE\"", "" },
	{ "grep \"$WORD\" f.tsv", "f.tsv: pattern=/$WORD/" },
	{ "grep 'open f.tsv", "" },
	{ "cat <<EOF\nnever ends", "" },
	{ "grep -f words.txt f.tsv", "" },
	{ "grep x", "" },
	{ "ls -la", "" },
	{ "", "" },
};

static void test_commands(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_buf b = CC_BUF_INIT;
		say(cc_str_from(CASES[i].command), &b);
		if (strcmp(b.p ? b.p : "", CASES[i].want) != 0)
			print_error("%s\n  is   %s\n  want %s\n", CASES[i].command, b.p ? b.p : "", CASES[i].want);
		cc_buf_deinit(&b);
	}
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_buf b = CC_BUF_INIT;
		say(cc_str_from(CASES[i].command), &b);
		assert_string_equal(b.p ? b.p : "", CASES[i].want);
		cc_buf_deinit(&b);
	}
}

/* The expression is the one that the tool means. */
static void test_regexes(void **state)
{
	(void)state;
	static const struct { const char *command, *regex; } MEANT[] = {
		{ "grep 'a+b|c(d)' f", "(?:a\\+b\\|c\\(d\\))" }, { "grep 'a\\|b\\+' f", "(?:a|b+)" }, { "grep -E 'a+|b' f", "(?:a+|b)" },
		{ "grep -w cart f", "(?<!\\w)(?:(?:cart))(?!\\w)" }, { "grep -x a f", "^(?:(?:a))$" }, { "grep -F 'a.b' f", "(?:a\\.b)" },
		{ "grep '\\<a\\>' f", "(?:\\ba\\b)" }, { "grep '[\\d[:alpha:]]x' f", "(?:[\\\\d[:alpha:]]x)" }, { "rg 'a\\d+' f", "(?:a\\d+)" },
		{ "grep '[[:alpha:]\\d]x' f", "(?:[[:alpha:]\\\\d]x)" }, { "grep '[[:alpha' f", "(?:[[:alpha)" }, { "grep --word-regexp a f", "(?<!\\w)(?:(?:a))(?!\\w)" },
		{ "grep --line-regexp a f", "^(?:(?:a))$" },
		{ "grep '*a' f", "(?:\\*a)" }, { "grep -Fe a -e b. f", "(?:a)|(?:b\\.)" },
	};
	for (size_t i = 0; i < sizeof MEANT / sizeof MEANT[0]; i++) {
		cc_arena *arena = cc_arena_new();
		cc_shell_searches all = { 0 };
		assert_true(cc_shell_read(cc_str_from(MEANT[i].command), arena, &all));
		assert_int_equal(all.n, 1);
		if (!cc_str_eqz(all.p[0].tests[0].regex, MEANT[i].regex))
			fail_msg("%s: %.*s", MEANT[i].command, CC_STR_ARG(all.p[0].tests[0].regex));
		cc_vec_deinit(&all);
		cc_arena_free(arena);
	}
}

/* Of more options than are kept nothing is mixed up, and it is told that there is more. */
static void test_many_patterns(void **state)
{
	(void)state;
	cc_buf line = CC_BUF_INIT, said = CC_BUF_INIT;
	cc_buf_addz(&line, "grep");
	for (int i = 0; i < 62; i++)
		cc_buf_addz(&line, i ? " -n" : " -e first");
	cc_buf_addz(&line, " -e last f.tsv");
	say(cc_buf_str(&line), &said);
	assert_string_equal(said.p, "f.tsv: pattern=/first|last/ !");
	cc_buf_clear(&line);
	cc_buf_clear(&said);
	cc_buf_addz(&line, "grep");
	for (int i = 0; i < 200; i++)
		cc_buf_addz(&line, " -ex");
	cc_buf_addz(&line, " f.tsv");
	say(cc_buf_str(&line), &said);
	assert_true(cc_str_ends(cc_buf_str(&said), CC_STR("x|x/")));
	cc_buf_deinit(&line);
	cc_buf_deinit(&said);
}

/* A script without an end to its quotes and calls takes time by its length, not by the square of it. */
static void test_long_script(void **state)
{
	(void)state;
	static const char *const PIECES[] = { "\\'", "re.search('a'" };
	for (size_t i = 0; i < 2; i++) {
		cc_buf line = CC_BUF_INIT, said = CC_BUF_INIT;
		cc_buf_addz(&line, "python - f <<'E'\n\"");
		for (int n = 0; n < 300000; n++)
			cc_buf_addz(&line, PIECES[i]);
		cc_buf_addz(&line, "\nE\n");
		clock_t began = clock();
		say(cc_buf_str(&line), &said);
		assert_true(clock() - began < 20 * CLOCKS_PER_SEC);
		cc_buf_deinit(&line);
		cc_buf_deinit(&said);
	}
}

/* Outside text: pieces of commands in any order neither hang nor read beyond. */
static void test_any_text(void **state)
{
	(void)state;
	static const char *const PIECES[] = { "grep ", "-e", "'", "\"", "\\", "awk ", "$1>=\"", "<<E", "\n", "E", "|", "; ", "(", ")", "/x/", "[", "]", "{", "}", "$(", "`",
		"python -c ", "'2025-12-15 17'", " in ", "f.tsv ", "-F", "\t", "&&", "2>&1", "<", "re.search(r'", "sed -n ", "/p" };
	cc_rng rng;
	cc_rng_init(&rng, 3);
	for (int round = 0; round < 20000; round++) {
		cc_buf b = CC_BUF_INIT, said = CC_BUF_INIT;
		for (size_t n = cc_rng_below(&rng, 14); n--;)
			cc_buf_addz(&b, PIECES[cc_rng_below(&rng, sizeof PIECES / sizeof PIECES[0])]);
		say(cc_buf_str(&b), &said);
		cc_buf_deinit(&b);
		cc_buf_deinit(&said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_commands), cmocka_unit_test(test_regexes), cmocka_unit_test(test_many_patterns),
		cmocka_unit_test(test_long_script), cmocka_unit_test(test_any_text) };
	return cmocka_run_group_tests_name("shellread", tests, NULL, NULL);
}
