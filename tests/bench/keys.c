/* keys.c - from a key to the frame that shows it, in every pane over a snapshot that is open.
 *
 *   keys DIR       prints  q NAME ms answer  tab-separated
 *
 * Movement (rows, screens, both ends, the next page of a long list): the 99th percentile of a pane; the answer tells the median
 * and the slowest. A filter and a search: the time of the key that asks, until its first screen; the very first search, before
 * anything has read the bodies, for itself. The terminal is one without a terminal: what curses adds is measured by firstscreen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coldcase/clock.h"
#include "ui/term_fake.h"
#include "ui/ui_priv.h"

enum { MOST = 4096, COLUMNS = 160, ROWS = 48 };

static const char *const moves[] = { "j", "j", "j", "j", "j", "PgDn", "j", "j", "k", "PgDn", "PgDn", "C-d", "j", "k", "k", "PgUp" };

static void quit(const char *what)
{
	fprintf(stderr, "keys: %s\n", what);
	exit(1);
}

static double press(cc_ui *ui, const cc_key *key)
{
	int64_t begin = cc_clock_mono_ns();
	cc_ui_handle_key(ui, key);
	cc_ui_draw(ui);
	return (double)(cc_clock_mono_ns() - begin) / 1e6;
}

static double press_name(cc_ui *ui, const char *name)
{
	cc_key key;
	if (!cc_key_parse(cc_str_from(name), &key))
		quit(name);
	return press(ui, &key);
}

static double type(cc_ui *ui, const char *open, const char *text)
{
	press_name(ui, open);
	for (; *text; text++)
		press(ui, &(cc_key){ .code = (unsigned char)*text });
	return press_name(ui, "Enter");
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void move_about(cc_ui *ui, const char *pane)
{
	double ms[MOST];
	size_t n = 0, repeats = sizeof moves / sizeof moves[0];
	for (size_t i = 0; i < 25 * repeats; i++)
		ms[n++] = press_name(ui, moves[i % repeats]);
	ms[n++] = press_name(ui, "G");
	for (size_t i = 0; i < 60; i++)
		ms[n++] = press_name(ui, i % 3 ? "k" : "PgUp");
	ms[n++] = press_name(ui, "g");
	for (size_t i = 0; i < 20; i++)
		ms[n++] = press_name(ui, ">");
	qsort(ms, n, sizeof *ms, by_value);
	printf("q\tcoldcase keys: %s\t%.3f\tmedian %.2f ms, slowest %.1f\n", pane, ms[n * 99 / 100], ms[n / 2], ms[n - 1]);
}

static void ask(cc_ui *ui, const char *name, const char *key, const char *text)
{
	double ms = type(ui, key, text);
	const cc_sheet *s = cc_ui_sheet(ui);
	printf("q\tcoldcase keys: %s\t%.3f\t%llu rows\n", name, ms,
		s && s->reply ? (unsigned long long)cc_reply_paging(s->reply).total_count : 0);
}

int main(int argc, char **argv)
{
	cc_session *session = NULL;
	cc_term_fake *fake = NULL;
	cc_ui *ui = NULL;
	cc_err err;
	cc_session_options o = { .dir = argc == 2 ? argv[1] : NULL };
	cc_ui_options u = { .glyphs = CC_GLYPHS_BLOCK };
	if (!o.dir)
		quit("usage: keys DIR");
	if (cc_session_open(&session, &o, &err) || !cc_term_fake_new(&fake, COLUMNS, ROWS) ||
		cc_ui_new(&ui, session, &fake->base, &u, &err))
		quit(err.message);
	press_name(ui, "2");
	ask(ui, "search that reads the bodies", "/", "name resolver error");
	for (int pane = 0; pane < CC_PANE_COUNT; pane++) {
		char key[2] = { (char)('1' + pane), '\0' };
		press_name(ui, key);       /* its question is asked once; moving begins with the answer */
		move_about(ui, cc_pane_names[pane]);
	}
	press_name(ui, "2");
	ask(ui, "search, first hit", "/", "cart failure");
	ask(ui, "filter by level", "&", "level>=error");
	press_name(ui, "*");
	press_name(ui, "d");
	ask(ui, "filter by text", "&", "~ /ECONNREFUSED|REQTMOUT/");
	cc_ui_free(ui);
	fake->base.ops->close(&fake->base);
	cc_session_close(session);
	return 0;
}
