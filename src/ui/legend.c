/* legend.c - what the letters, signs and words on the screen mean: the end of the help menu. */
#include "ui/ui_priv.h"

typedef struct meaning { const char *sign, *text; } meaning;

static const meaning MARKS[] = {
	{ "C W I", "before a row: critical, warning, information" },
	{ "E W", "before a row of logs and traces: error, warning" },
	{ "+ - ~", "before a row: added, removed, changed" },
	{ "level ?", "unknown: the record does not tell its level" },
	{ "*", "beside a row: it is pinned" },
	{ "scrollbar !", "a critical or error row lies there" },
	{ "scrollbar *", "a hit of the search lies there" },
	{ "time row A C W *", "there alerts began, specs changed, warnings came, several of these" },
	{ "time row T | [ ]", "the onset, the time cursor, the window; heights are errors in logs and traces" },
};

static const meaning WORDS[] = {
	{ "onset T", "when it began: detected from the alerts, or set by onset TIME" },
	{ "1st yes", "of alerts: among the first that began to fire" },
	{ "polls 2/13", "the alert was seen in 2 of the 13 looks at the alerts" },
	{ "q 3/100", "queries asked, of those there are" },
	{ "gate", "of a verdict: closed, and the score 0, until every cause is named" },
	{ "strict", "of a score: without the benefit of the doubt, a lower bound" },
	{ "d1, d1-v2", "how names are matched with causes; scores of different matchers are not compared" },
	{ "Later", "of a league: runs after the first of the same task, which do not count" },
	{ "the word", "submit: typed to send the answer" },
};

void cc_legend_add(cc_ui *ui)
{
	cc_menu_add(ui, 0, "", NULL, "marks");
	for (size_t i = 0; i < sizeof MARKS / sizeof MARKS[0]; i++)
		cc_menu_add(ui, 0, NULL, NULL, "%-16s %s", MARKS[i].sign, MARKS[i].text);
	cc_menu_add(ui, 0, "", NULL, "words");
	for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
		cc_menu_add(ui, 0, NULL, NULL, "%-16s %s", WORDS[i].sign, WORDS[i].text);
}
