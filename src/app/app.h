/* app.h - the program around the library: sub-commands, their options, and the processes it starts. */
#ifndef COLDCASE_APP_H
#define COLDCASE_APP_H

#include "app/review_page.h"
#include "coldcase/discover.h"
#include "coldcase/err.h"
#include "coldcase/record.h"
#include "coldcase/reply.h"
#include "coldcase/session.h"
#include "coldcase/ui.h"
#include "coldcase/vec.h"

typedef CC_VEC(const char *) app_words;

/* What the command line said. Texts are argv's own. */
typedef struct app_options {
	app_words args;          /* positional */
	app_words commands;      /* -c */
	app_words faults;        /* --fault */
	app_words without, variants; /* of forge, as the next two lines */
	const char *seed, *duration, *inject, *start, *rps, *size, *scrape, *scenario, *truth_dir, *difficulty, *noise;
	const char *app, *show_app, *corrupt, *threads;
	const char *passphrase_file;             /* of a sealed truth */
	const char *seat;                        /* of a class, to be watched: number, name or id */
	const char *out, *truth, *incident, *name, *budget, *assist, *hint;
	const char *theme, *color, *glyphs;
	const char *svg, *rate;                  /* of league */
	const char *to, *atif, *redact, *answer; /* of export and import */
	const char *by, *speed, *idle_cap, *at;  /* of export */
	const char *mdoc;
	bool random, list, replace;              /* of forge */
	const char *clipboard;                   /* of play */
	bool demo, mouse;
	const char *live, *from;                 /* of play */
	bool pausable;
	bool pick_only, history;                 /* of drill */
	bool dump;                               /* of keys and config */
	const char *config;                      /* a file instead of the usual two; "-" = none */
	struct cc_arena *preferred;              /* what was read from files (config.c) */
	bool known, no_scrubber, ascii, plain;
	bool json, csv, check, seal, reveal;
	bool no_budget, no_record, no_cache, agent;
	const char *tools;                       /* of mcp */
	bool text_only;                          /* of mcp */
	const char *cases;
	bool judged, wide;                       /* of league */
	const char *agents, *repeats, *jobs, *emit, *image, *people, *each; /* of campaign */
	const char *provider, *policy, *model, *base_url, *window, *effort, *max_output;   /* of agent, as the next two lines */
	const char *trial;
	const char *max_turns, *max_tokens, *max_cost, *max_minutes, *commit_by;
	bool allow_http, advice, self_check, watch;
	bool blind;                              /* of compare */
	const char *countdown;                   /* of class, as the next */
	bool hold;
	bool shared;             /* runs lie in a folder that others write into (file_shared.c); set by what reads a class */
	bool animate;                            /* of export */
	bool help, version;
	const char *program;     /* argv[0] */
	struct app_lead *lead;   /* who instructs may speak through this; set by who opens the session. NULL = nobody may */
} app_options;

typedef struct app_command {
	const char *name, *args, *summary, *options; /* options: letters/names it takes, blank separated */
	int (*run)(const app_options *o);
} app_command;

/* Parses argv. CC_EUSAGE names the word. *command is NULL when none was named. */
cc_code app_options_parse(app_options *o, int argc, char **argv, const app_command **command, cc_err *err) CC_MUST_USE;
void app_options_deinit(app_options *o);
void app_usage(cc_buf *out);
void app_command_usage(const app_command *c, cc_buf *out);
const app_command *app_command_find(cc_str name);
const app_command *app_command_get(size_t i);   /* in the order of help; NULL past the last */
/* The i-th option of a sub-command, as its help has it; false past the last. arg NULL: a switch; words NULL: any value. */
typedef struct app_option_text { const char *name, *arg, *help, *words; bool repeat; } app_option_text;
bool app_command_option(const app_command *c, size_t i, app_option_text *out);
/* An option of the sub-command by its name without dashes; false when it has none such. */
bool app_option_of(const app_command *c, cc_str name, const char **spelled, bool *has_value);

/* What neither the command line nor anything before said. The sub-command may have no such option: nothing then. */
void app_option_default(app_options *o, const app_command *c, const char *name, const char *value);
/* Fills what the command line left open by what the person prefers; complaints go to standard error. */
void app_config_apply(app_options *o, const app_command *c);

int app_choose(const app_options *o);   /* bare coldcase */
int app_play(const app_options *o);
int app_config(const app_options *o);
int app_completions(const app_options *o);
int app_learn(const app_options *o);
int app_drill_run(const app_options *o);
int app_instruct_run(const app_options *o);
/* An incident in the console or, without a terminal, in line mode. played, if given: what came of it; its run_dir is the caller's. */
typedef struct app_played { cc_buf run_dir; bool submitted; } app_played;
int app_play_dir(const app_options *o, const char *dir, bool learn, app_played *played);
int app_resume(const app_options *o);
/* A session that goes on, in the console or by lines, with a remark on the way in; then the farewell. Closes it. */
int app_play_on(const app_options *o, cc_session *s, const char *remark);
int app_shell(const app_options *o);
int app_run(const app_options *o);
int app_list(const app_options *o);
int app_info(const app_options *o);
int app_score(const app_options *o);
int app_league(const app_options *o);
int app_review_run(const app_options *o);
int app_compare_run(const app_options *o);
int app_reel(const app_options *o);
int app_replay(const app_options *o);
int app_export(const app_options *o);
int app_import(const app_options *o);
int app_mcp(const app_options *o);
int app_agent(const app_options *o);
int app_campaign(const app_options *o);
int app_judge(const app_options *o);
int app_forge(const app_options *o);
int app_pack(const app_options *o);
int app_unpack(const app_options *o);
int app_doctor(const app_options *o);
int app_hint(const app_options *o);     /* score --hint */
int app_help(const app_options *o);
int app_keys(const app_options *o);
int app_class(const app_options *o);

/* Prints "coldcase: message" and the hint to stderr, cleaned; returns the code's exit status. */
int app_fail(const cc_err *err);
/* The incident a word names: a folder, else a known incident's name. Appends the path. */
cc_code app_find_incident(const app_options *o, const char *word, cc_buf *path, cc_err *err) CC_MUST_USE;
/* All known incidents, by paths without "..": they are shown, and kept in records. Texts live in the arena. */
cc_code app_known_incidents(const app_options *o, cc_scenario_vec *found, cc_arena *arena, cc_err *err) CC_MUST_USE;
/* As these, and an error when there is none. */
cc_code app_some_incidents(const app_options *o, cc_scenario_vec *found, cc_arena *arena, cc_err *err) CC_MUST_USE;
/* Who investigates: --name, $USER, else what the system calls this user; NULL = nobody says. */
const char *app_actor_name(const app_options *o);
/* Where runs are kept: --out, else $XDG_STATE_HOME/coldcase/runs. */
cc_code app_runs_dir(const app_options *o, cc_buf *out, cc_err *err) CC_MUST_USE;
/* A session over the incident with the options' budget, actor and record. `record` false: nothing is written. */
cc_code app_open_session(const app_options *o, const char *dir, bool record, bool paused, cc_session **out,
	cc_err *err) CC_MUST_USE;
/* The options' cap on queries and level of assistance. */
cc_code app_budget(const app_options *o, int64_t *budget, cc_err *err) CC_MUST_USE;
cc_code app_assistance(const app_options *o, const char **out, cc_err *err) CC_MUST_USE;
/* Runs one line and prints its reply or error as the options say; the exit status it means. */
int app_run_line(const app_options *o, cc_session *s, const char *line);
void app_print_reply(const app_options *o, const cc_reply *r);
/* Whether a console can be drawn here: input and output are a terminal, and one whose cursor moves. */
bool app_can_draw(void);
/* The salted hash of the truth lying beside, made by another process; nothing when there is none. */
void app_seal_truth(const app_options *o, const char *dir, cc_buf *seal);
/* The same with somebody else told how reading goes; NULL = nobody. */
cc_code app_open_session_watched(const app_options *o, const char *dir, bool record, bool paused,
	void (*watch)(void *arg, const cc_snapshot_progress *p), void *watch_arg, cc_session **out, cc_err *err) CC_MUST_USE;
/* The same, recorded and paused, while the evidence is still being read (cc_session_poll). o and dir must outlive it. */
typedef struct app_sealing { const app_options *o; const char *dir; } app_sealing;
cc_code app_open_session_staged(const app_sealing *what, cc_session **out, cc_err *err) CC_MUST_USE;

/* One rung of the ladder of an incident's debrief, from another process; arg: an app_sealing. As the session's coach. */
cc_code app_ask_coach(void *arg, uint32_t rung, cc_buf *out) CC_MUST_USE;

/* This terminal as the options want it: theme, glyphs, keys. Release also after a failure. */
typedef struct app_screen { cc_theme *theme; cc_keymap *keys; cc_term *term; cc_ui_options ui; cc_buf warnings; } app_screen;
cc_code app_screen_open(app_screen *s, const app_options *o, cc_err *err) CC_MUST_USE;
void app_screen_close(app_screen *s);
/* Where the evidence of a record lies: --incident, else where the record says, else the known incident that has its files, else again
 * what the record says, which may be nothing. CC_EFORMAT: no header. */
cc_code app_evidence_of(const app_options *o, const cc_run *run, cc_buf *out, cc_err *err) CC_MUST_USE;
/* A session over the whole evidence a record was made on, without a record of its own. */
cc_code app_open_recorded(const app_options *o, const cc_run *run, cc_session **out, cc_err *err) CC_MUST_USE;
/* The console on this terminal over a live session; the texts as in ui.h, NULL = none. */
typedef struct app_opening { bool learn, resumable; const char *first_line, *remark; bool *review; } app_opening;
/* Whether what was said of looks can be had; also where nothing will be drawn, so that a mistake does not wait for a screen. */
cc_code app_check_looks(const app_options *o, cc_err *err) CC_MUST_USE;
cc_code app_console(const app_options *o, cc_session *s, const app_opening *how, cc_err *err) CC_MUST_USE;
/* Where the record lies, and the verdict if an answer was submitted: what a person wants to read after leaving. */
void app_say_farewell(const app_options *o, cc_session *s, bool verdict);
/* Going on live from where a playback stands: a session with a record of its own, until the person leaves. revealed:
 * the truth was shown. */
cc_code app_take_over(const app_options *o, const cc_playback *p, bool revealed, cc_err *err) CC_MUST_USE;
/* One that the truth tells of, at the step of that number (0 = never): none is added when the record has no such step. */
cc_code app_mark_truth(cc_markers *m, const cc_run *run, cc_marker_kind kind, int64_t number, cc_str name, cc_err *err) CC_MUST_USE;
/* Adds to the playback's markers what the verdict on its run tells, and makes the page of its review. unfinished: also before an
 * answer was submitted. */
cc_code app_reveal(const app_options *o, const char *run_path, bool unfinished, cc_playback *p, app_review_page *page, cc_err *err) CC_MUST_USE;
/* `review` on a terminal: the panes of a finished run with the review in hand. Exit status. */
int app_review_panes(const app_options *o, const char *run_path);
/* One line on a terminal's standard error, once a quarter of a second has passed; app_progress_end takes it away. */
typedef struct app_progress { int64_t began_ns, shown_ns; bool tty; } app_progress;
app_progress app_progress_begin(void);
void app_progress_show(void *progress, const cc_snapshot_progress *p);
bool app_progress_due(app_progress *p);
void app_progress_end(const app_progress *p);

/* The path this program was started from, for starting it again; and the folder it lies in. */
void app_self_path(const app_options *o, cc_buf *out);
void app_self_dir(const app_options *o, cc_buf *out);
/* Runs this program again with `argv` (after its name, at most APP_SPAWN_MAX, then NULL), reading its standard output; *status is its
 * exit status. */
enum { APP_SPAWN_MAX = 64 };
cc_code app_spawn(const app_options *o, const char *const *argv, cc_buf *out, int *status, cc_err *err) CC_MUST_USE;
/* The verdict of a finished run, from a separate process that may open the truth: as text lines, or a reply of them. */
cc_code app_verdict_text(const app_options *o, const char *run_dir, bool ascii, cc_buf *out, cc_err *err) CC_MUST_USE;
cc_code app_verdict_reply(const app_options *o, const char *run_dir, cc_reply **out, cc_err *err) CC_MUST_USE;
/* Such text lines, from wherever they came, as a reply; *out may be one after a failure, too. */
cc_code app_verdict_page(cc_str text, cc_reply **out, cc_err *err) CC_MUST_USE;

/* True when the locale's character set is UTF-8 and --ascii was not given. */
bool app_unicode(const app_options *o);
size_t app_terminal_columns(int fd);    /* 0 when fd is no terminal */

#endif
