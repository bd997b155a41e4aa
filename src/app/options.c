/* options.c - the sub-commands and their options as two tables; parsing and usage walk them. */
#include "app/app.h"

#include <string.h>

#define SESSION_OPTIONS "--no-cache --out --no-record --budget --no-budget --name --truth --assist --known --cases"

static const app_command commands[] = {
	{ "play", "DIR", "open an incident in the console", SESSION_OPTIONS " --live --from --pausable --theme --color --glyphs --no-scrubber --demo --clipboard --mouse --ascii --plain",
		app_play },
	{ "resume", "RUN", "goes on with a run of yours that was left or killed; RUN: its folder, SCENARIO[/N], or last",
		"--incident --truth --name --out --no-cache --theme --color --glyphs --no-scrubber --demo --clipboard --mouse --ascii --plain", app_resume },
	{ "drill", "[DIR...]", "the next incident for you, new and as hard as you can bear; and how your drills went",
		"--pick-only --history --json --no-cache --out --budget --no-budget --name --truth --assist --known --live --from --pausable --theme --color "
		"--glyphs --no-scrubber --demo --clipboard --mouse --ascii --plain",
		app_drill_run },
	{ "watch", "RUN|CLASS", "a run that goes on, or a seat of a class, seen with the truth in hand; hints and freezing for it",
		"-c --seat --truth --passphrase-file --incident --no-cache --json --theme --color --glyphs --ascii --plain", app_instruct_run },
	{ "learn", "", "a guided case: the console in five steps", "--theme --color --glyphs --ascii", app_learn },
	{ "shell", "DIR", "the same commands on a line editor", SESSION_OPTIONS " --ascii --plain", app_shell },
	{ "run", "DIR -c COMMAND...", "run commands and print their replies",
		SESSION_OPTIONS " -c --json --ascii --agent", app_run },
	{ "list", "[DIR]", "the incidents in a folder, or all that are known", "--json", app_list },
	{ "info", "DIR", "files, records, time range and gaps of one incident", "--no-cache --json --ascii", app_info },
	{ "score", "ANSWER...", "score answers or runs against the ground truth",
		"--truth --passphrase-file --incident --no-cache --json --ascii --reveal --seal --hint", app_score },
	{ "review", "RUN", "a finished run with the truth in hand: what was seen, missed, and learnt; RUN: its folder, SCENARIO[/N], or last",
		"--truth --passphrase-file --incident --no-cache --json --plain --ascii --reveal --out --name --theme --color --glyphs --clipboard --mouse --demo --no-scrubber", app_review_run },
	{ "compare", "RUN RUN...", "runs of one incident side by side: what each saw, where they parted",
		"--truth --passphrase-file --incident --no-cache --blind --json --theme --color --glyphs --ascii --clipboard --mouse --no-scrubber --plain", app_compare_run },
	{ "league", "DIR...", "all runs below folders side by side, with error bars",
		"--truth --passphrase-file --incident --no-cache --seed --rate --judged --wide --json --csv --svg --ascii", app_league },
	{ "replay", "RUN", "a record played back in the panes, forward and backward",
		"-c --json --plain --check --reveal --truth --passphrase-file --incident --out --name --no-cache --theme --color --glyphs --ascii --clipboard --mouse --demo "
		"--no-scrubber", app_replay },
	{ "reel", "RUN RUN...", "runs of one incident one after the other, by themselves, cut where they part",
		"--incident --blind --json --plain --no-cache --theme --color --glyphs --ascii --demo --no-scrubber", app_reel },
	{ "export", "RUN", "a run as ATIF, CSV, an HTML page, a Markdown debrief, a film (asciicast) or a picture (SVG)",
		"--to --atif --redact --reveal --truth --passphrase-file --incident --no-cache --size --theme --glyphs --ascii --no-scrubber --by --speed --idle-cap --at --animate",
		app_export },
	{ "import", "FILE", "a run recorded elsewhere as one of ours: ATIF, Stirrup, session.jsonl, .traj",
		"--incident --out --name --answer --check --no-cache", app_import },
	{ "mcp", "DIR", "the incident as an MCP server on standard input and output, for agents",
		SESSION_OPTIONS " --tools --text-only", app_mcp },
	{ "agent", "DIR", "a program plays the incident, with the same commands and the same record",
		SESSION_OPTIONS " --provider --policy --model --base-url --allow-http --tools --effort --max-output --window --max-turns --max-tokens --max-cost"
		" --max-minutes --commit-by --advice --self-check --trial --watch --theme --color --glyphs --no-scrubber --clipboard --mouse --json --ascii", app_agent },
	{ "campaign", "DATASET", "every incident x agent x repeat, as runs that `league` reads; plan and next: seats of people",
		"--agents --repeats --jobs --out --max-cost --emit --image --people --each --seed --assist --budget --cases --truth --no-cache --json", app_campaign },
	{ "judge", "RUN...", "what only a reader can tell of answers: a model grades their reasoning, beside the score",
		"--provider --model --base-url --allow-http --effort --truth --passphrase-file --incident --no-cache --replace --json", app_judge },
	{ "forge", "OUT", "make a practice incident",
		"--seed --fault --random --difficulty --noise --app --duration --inject --start --rps --size --scrape "
		"--scenario --truth-dir --replace --without --variant --corrupt --threads --list --show-app",
		app_forge },
	{ "pack", "DIR", "an incident as one file for somebody else, its truth left out or sealed",
		"-o --seal --truth --passphrase-file --replace --json", app_pack },
	{ "unpack", "FILE.case", "a case file as a folder again", "-o --json", app_unpack },
	{ "class", "host|join|debrief DIR", "several people play one incident over a shared folder",
		"--incident --truth --passphrase-file --no-cache --name --hold --countdown --live --from --assist --budget --no-budget --known -c --json --to --redact --ascii --plain "
		"--theme --color --glyphs --no-scrubber --demo --clipboard --mouse", app_class },
	{ "doctor", "", "check terminal, locale, colours, clipboard and paths", "--json --ascii", app_doctor },
	{ "keys", "", "the keys of the console as a keys file has them", "--dump --json", app_keys },
	{ "config", "", "what you prefer, and where it is said", "--dump --json", app_config },
	{ "completions", "bash|zsh|fish", "what makes the shell complete sub-commands, options and their values", "", app_completions },
	{ "help", "[COMMAND]", "help on a sub-command or on a command of the console", "--mdoc", app_help },
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

typedef struct option {
	const char *name;        /* as typed */
	const char *arg;         /* what it takes, NULL = a switch */
	size_t offset;           /* of its field; switches: a bool, repeatable ones: app_words */
	bool repeat;
	const char *help;
} option;

#define FIELD(f) offsetof(app_options, f)

static const option table[] = {
	{ "-c", "COMMAND", FIELD(commands), true, "a command line; may be repeated" },
	{ "--json", NULL, FIELD(json), false, "print JSON" },
	{ "--out", "DIR", FIELD(out), false, "where runs are kept (default: $XDG_STATE_HOME/coldcase/runs)" },
	{ "--no-record", NULL, FIELD(no_record), false, "keep no record of this run" },
	{ "--no-cache", NULL, FIELD(no_cache), false,
		"read the evidence itself, keep nothing (else in $XDG_CACHE_HOME/coldcase)" },
	{ "--budget", "N", FIELD(budget), false, "cap on queries (default 100, as in the benchmark)" },
	{ "--turns", "N", FIELD(budget), false, "the same" },
	{ "--no-budget", NULL, FIELD(no_budget), false, "no cap" },
	{ "--name", "NAME", FIELD(name), false, "who investigates (default: $USER)" },
	{ "--assist", "LEVEL", FIELD(assist), false,
		"raw, ranked or full (default): `assist` tells what each does; $COLDCASE_ASSIST fixes it" },
	{ "--known", NULL, FIELD(known), false, "nothing later than the time cursor is ever shown" },
	{ "--agent", NULL, FIELD(agent), false, "the investigator is an agent" },
	{ "--truth", "PATH", FIELD(truth), false, "ground truth: a file, a folder of them, or the case file it is sealed in" },
	{ "-o", "PATH", FIELD(out), false, "the case file (default: ID.case)" },
	{ "--passphrase-file", "FILE", FIELD(passphrase_file), false,
		"the passphrase of a sealed truth, in a file that only you can read (else $COLDCASE_PASSPHRASE, else asked for)" },
	{ "--incident", "DIR", FIELD(incident), false, "where the evidence of the run lies (default: as its record says)" },
	{ "--csv", NULL, FIELD(csv), false, "one line a run, comma separated" },
	{ "--svg", "cost|turns", FIELD(svg), false, "score over cost or turns as a picture, to standard output" },
	{ "--rate", "USD", FIELD(rate), false, "what an hour of a person's time costs (default: a person has no cost)" },
	{ "--wide", NULL, FIELD(wide), false, "all columns, whatever the terminal, and all published scores" },
	{ "--judged", NULL, FIELD(judged), false, "also what judges said, each judge by itself" },
	{ "--check", NULL, FIELD(check), false, "ask again for every answer and compare it with the recorded one" },
	{ "--answer", "FILE", FIELD(answer), false, "the run's answer, when it lies elsewhere" },
	{ "--tools", "SET", FIELD(tools), false, "console (default): our commands; shell: run_shell in a sandbox, and finish" },
	{ "--text-only", NULL, FIELD(text_only), false, "results as text alone, without the JSON beside it" },
	{ "--provider", "NAME", FIELD(provider), false, "openai, openai-responses, anthropic, gemini, ollama; heuristic needs no model" },
	{ "--model", "NAME", FIELD(model), false, "the model, as its provider calls it" },
	{ "--base-url", "URL", FIELD(base_url), false, "where it is served, when not by the provider itself" },
	{ "--allow-http", NULL, FIELD(allow_http), false, "http:// also to other machines" },
	{ "--effort", "LEVEL", FIELD(effort), false, "of thinking: low, medium, high, or tokens; as the provider has it" },
	{ "--max-output", "N", FIELD(max_output), false, "tokens of one answer of the model" },
	{ "--window", "N", FIELD(window), false, "tokens the model holds (default: as known of it)" },
	{ "--max-turns", "N", FIELD(max_turns), false, "turns of the model (default 100, as in the benchmark)" },
	{ "--max-tokens", "N", FIELD(max_tokens), false, "tokens of the whole run, read and written" },
	{ "--max-cost", "USD", FIELD(max_cost), false, "dollars of the whole run: no call begins that could pass it" },
	{ "--max-minutes", "N", FIELD(max_minutes), false, "minutes of the whole run" },
	{ "--commit-by", "N", FIELD(commit_by), false, "from turn N on only what leads to an answer; three turns later the board is submitted" },
	{ "--advice", NULL, FIELD(advice), false, "the model is told the expected score of its answer so far" },
	{ "--self-check", NULL, FIELD(self_check), false, "the first submission is refused if a name has no pin or follows from another" },
	{ "--watch", NULL, FIELD(watch), false, "in the panes while it plays: stop it, step, take over, hand back" },
	{ "--cases", "KIND", FIELD(cases), false, "where the incident is from: public, forged or private; league keeps them apart" },
	{ "--trial", "N", FIELD(trial), false, "the run is OUT/SCENARIO/N, there when it is whole; one that is there is not played again" },
	{ "--agents", "FILE", FIELD(agents), false, "who plays: a YAML file, described in coldcase(1)" },
	{ "--repeats", "N", FIELD(repeats), false, "how often each agent plays each incident (default 3)" },
	{ "--jobs", "N", FIELD(jobs), false, "how many play at once (default 1)" },
	{ "--emit", "ENGINE", FIELD(emit), false, "print the job matrix for kubernetes, slurm or parallel, and play nothing" },
	{ "--image", "NAME", FIELD(image), false, "of --emit kubernetes: the container image that has coldcase" },
	{ "--people", "NAMES", FIELD(people), false, "of plan: who takes a seat, comma separated" },
	{ "--each", "N", FIELD(each), false, "of plan: incidents a person plays (default: all)" },
	{ "--policy", "NAME", FIELD(policy), false, "of heuristic: loudest, recent or origin (default)" },
	{ "--hold", NULL, FIELD(hold), false, "host: no verdict is computed or told before the reveal" },
	{ "--seat", "N", FIELD(seat), false, "of a class: the seat, by its number or name" },
	{ "--countdown", "SECONDS", FIELD(countdown), false, "host: from the start to the first evidence (default 10)" },
	{ "--blind", NULL, FIELD(blind), false, "do not tell who played" },
	{ "--to", "FORMAT", FIELD(to), false, "atif, cast (asciicast 3), cast2 (for older players), csv, html (one page), md (a debrief), svg" },
	{ "--atif", "VERSION", FIELD(atif), false, "1.7 (default) or 1.8" },
	{ "--redact", "LIST", FIELD(redact), false, "take out: names, notes, secrets (comma separated)" },
	{ "--reveal", NULL, FIELD(reveal), false, "tell the causes even when no answer was submitted" },
	{ "--seal", NULL, FIELD(seal), false, "seal the truth, its debrief and hints under a passphrase" },
	{ "--hint", "N", FIELD(hint), false, "print rung N of the coach's ladder, nothing else" },
	{ "--theme", "NAME", FIELD(theme), false,
		"default, dark, light, high-contrast, deuteranopia, tritanopia, mono, or a base16 YAML file" },
	{ "--color", "WHEN", FIELD(color), false, "auto, none, 8, 16, 256 or truecolor" },
	{ "--glyphs", "SET", FIELD(glyphs), false, "auto, ascii, block or braille" },
	{ "--clipboard", "HOW", FIELD(clipboard), false, "auto, native, osc52 (the terminal, over SSH too) or file" },
	{ "--mouse", NULL, FIELD(mouse), false, "the mouse from the start (else F2); Shift bypasses it" },
	{ "--live", "SPEED", FIELD(live), false, "a live drill: the clock goes over the capture, 1x or up to 60 times as fast; evidence appears as it did" },
	{ "--from", "TIME", FIELD(from), false,
		"of --live: where it begins, page (when somebody is paged first), +5m after the start of the capture (default: the start), 17:52, T-2m" },
	{ "--pausable", NULL, FIELD(pausable), false, "of --live: the clock may be stopped" },
	{ "--pick-only", NULL, FIELD(pick_only), false, "only say which incident is next, and why" },
	{ "--history", NULL, FIELD(history), false, "how the drills went: a list, charts, and whether the numbers mean anything" },
	{ "--demo", NULL, FIELD(demo), false, "for a room: high contrast, few columns, a big clock, and the keys pressed are shown" },
	{ "--no-scrubber", NULL, FIELD(no_scrubber), false, "without the row that shows the whole capture" },
	{ "--ascii", NULL, FIELD(ascii), false, "no character beyond ASCII" },
	{ "--plain", NULL, FIELD(plain), false, "line mode: no screen, for pipes and screen readers" },
	{ "--seed", "N", FIELD(seed), false, "same seed, same incident (default 1)" },
	{ "--fault", "KIND[:TARGET]", FIELD(faults), true,
		"what goes wrong; --list describes the kinds; twice: two causes" },
	{ "--random", NULL, FIELD(random), false, "something goes wrong that the seed chooses and nobody is told" },
	{ "--difficulty", "LEVEL", FIELD(difficulty), false, "easy, medium, hard or expert (default medium)" },
	{ "--noise", "PERCENT", FIELD(noise), false, "unrelated trouble, 0 to 300 (default by the difficulty)" },
	{ "--app", "NAME|FILE", FIELD(app), false, "the application: astronomy-shop, bookinfo, or a file of yours" },
	{ "--show-app", "NAME", FIELD(show_app), false, "print a built-in application's file, to start your own from" },
	{ "--duration", "TIME", FIELD(duration), false, "length of the capture (default 30m)" },
	{ "--inject", "TIME", FIELD(inject), false, "when the fault comes, after the start; -90s: before the capture" },
	{ "--start", "TIME", FIELD(start), false,
		"first instant of the capture (default: an afternoon chosen by the seed)" },
	{ "--rps", "N", FIELD(rps), false, "requests a second (default 5)" },
	{ "--size", "SIZE", FIELD(size), false,
		"about how large, such as 300M or 1.3G: chooses the request rate" },
	{ "--by", "step|clock", FIELD(by), false, "every step as long (default), or as long as the player took" },
	{ "--speed", "N", FIELD(speed), false, "how many times as fast (default 1: two seconds a step)" },
	{ "--idle-cap", "SECONDS", FIELD(idle_cap), false, "by the clock: no step takes longer, before the speed (default 5)" },
	{ "--animate", NULL, FIELD(animate), false, "of --to svg: all steps one after the other, timed as a film" },
	{ "--at", "STEP", FIELD(at), false, "the screen after this step (default: last)" },
	{ "--scrape", "TIME", FIELD(scrape), false, "distance of metric samples, 15s to 60s (default 60s)" },
	{ "--scenario", "N", FIELD(scenario), false, "number of the scenario folder (default 1)" },
	{ "--truth-dir", "DIR", FIELD(truth_dir), false, "where the ground truth goes (default: OUT/solutions)" },
	{ "--replace", NULL, FIELD(replace), false, "replace the incident that is there" },
	{ "--without", "FILES", FIELD(without), true, "leave out alerts, events, objects, logs, traces or metrics" },
	{ "--variant", "NAME", FIELD(variants), true,
		"as another recorder wrote it: event-name, old-exporter, old-rules, go-recorder, lean-metrics" },
	{ "--corrupt", "N", FIELD(corrupt), false, "damage as real exports have it, in N places" },
	{ "--threads", "N", FIELD(threads), false, "1 or 2 (default 2); the bytes are the same" },
	{ "--dump", NULL, FIELD(dump), false, "the built-in keys, commented, to start a keys file from" },
	{ "--config", "FILE", FIELD(config), false, "preferences from this file alone; - for none" },
	{ "--list", NULL, FIELD(list), false, "list the faults and what they can be aimed at" },
	{ "--mdoc", "brief|full|keys", FIELD(mdoc), false, "the commands, or the keys, as the manual pages have them" },
	{ "--help", NULL, FIELD(help), false, "this help" },
	{ "-h", NULL, FIELD(help), false, "the same" },
	{ "--version", NULL, FIELD(version), false, "print the version" },
};

enum { OPTION_COUNT = sizeof table / sizeof table[0] };

/* What an option means to one sub-command, where that is not what it means to the others. */
static const struct { const char *command, *option, *help; } own_texts[] = {
	{ "config", "--dump", "all there is to prefer, commented, to start a file from" },
	{ "run", "--out", "keep a record there (default: none is kept)" },
	{ "campaign", "--out", "where the tree of runs grows; one that is there is gone on with" },
	{ "unpack", "-o", "the folder (default: ID)" },
	{ "import", "--check", "only say whether it is valid ATIF" },
	{ "import", "--name", "who played (default: as the file says)" },
	{ "campaign", "--max-cost", "dollars of the whole campaign: no run begins that could pass it" },
	{ "score", "--incident", "the incident that the answer is about, when it does not say" },
	{ "score", "--seal", "print a salted hash of the truth, nothing else" },
	{ "pack", "--replace", "replace the case file that is there" },
	{ "judge", "--replace", "replace the judgement that is there" },
	{ "export", "--size", "columns and rows of the screen (default 80x24)" },
	{ "export", "--reveal", "tell the causes and the verdict" },
	{ "replay", "--reveal", "the markers that only the truth can set, from the start" },
	{ "league", "--seed", "same seed, same intervals (default 1)" },
	{ "campaign", "--seed", "of plan: same seed, same order (default 1)" },
	{ "class", "--to", "of debrief: html (one page) or md" },
	{ "class", "--incident", "of host: the incident that is played" },
};

/* What a value may be, where it is one of a few; a test finds each of them in the option's help. */
static const struct { const char *option, *words; } value_words[] = {
	{ "--assist", "raw ranked full" },
	{ "--tools", "console shell" },
	{ "--provider", "openai openai-responses anthropic gemini ollama heuristic" },
	{ "--effort", "low medium high" },
	{ "--cases", "public forged private" },
	{ "--emit", "kubernetes slurm parallel" },
	{ "--policy", "loudest recent origin" },
	{ "--to", "atif cast cast2 csv html md svg" },
	{ "--atif", "1.7 1.8" },
	{ "--redact", "names notes secrets" },
	{ "--theme", "default dark light high-contrast deuteranopia tritanopia mono" },
	{ "--color", "auto none 8 16 256 truecolor" },
	{ "--glyphs", "auto ascii block braille" },
	{ "--clipboard", "auto native osc52 file" },
	{ "--from", "page" },
	{ "--difficulty", "easy medium hard expert" },
	{ "--app", "astronomy-shop bookinfo" },
	{ "--show-app", "astronomy-shop bookinfo" },
	{ "--without", "alerts events objects logs traces metrics" },
	{ "--variant", "event-name old-exporter old-rules go-recorder lean-metrics" },
};

static const char *help_of(const app_command *c, const option *opt)
{
	for (size_t i = 0; i < sizeof own_texts / sizeof own_texts[0]; i++)
		if (strcmp(own_texts[i].command, c->name) == 0 && strcmp(own_texts[i].option, opt->name) == 0)
			return own_texts[i].help;
	return opt->help;
}

const app_command *app_command_find(cc_str name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (cc_str_eqz(name, commands[i].name))
			return &commands[i];
	return NULL;
}

const app_command *app_command_get(size_t i)
{
	return i < COMMAND_COUNT ? &commands[i] : NULL;
}

static const option *find_option(cc_str word)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (cc_str_eqz(word, table[i].name))
			return &table[i];
	return NULL;
}

/* Whether `list` names the option or another spelling of its field. */
static bool takes(const char *list, const option *opt)
{
	cc_str word, rest = cc_str_from(list);
	while (rest.n) {
		cc_str_cut(rest, ' ', &word, &rest);
		const option *other = find_option(word);
		if (other && other->offset == opt->offset)
			return true;
	}
	return opt->offset == FIELD(help) || opt->offset == FIELD(version) || opt->offset == FIELD(config);
}

bool app_command_option(const app_command *c, size_t i, app_option_text *out)
{
	cc_str word = CC_STR_EMPTY, rest = cc_str_from(c->options);
	for (size_t at = 0; at <= i; at++) {
		if (!rest.n)
			return false;
		cc_str_cut(rest, ' ', &word, &rest);
	}
	const option *opt = find_option(word);
	if (!opt)
		return false;
	*out = (app_option_text){ opt->name, opt->arg, help_of(c, opt), NULL, opt->repeat };
	for (size_t k = 0; k < sizeof value_words / sizeof value_words[0]; k++)
		if (strcmp(value_words[k].option, opt->name) == 0)
			out->words = value_words[k].words;
	return true;
}

bool app_option_of(const app_command *c, cc_str name, const char **spelled, bool *has_value)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (cc_str_starts(cc_str_from(table[i].name), CC_STR("--")) && cc_str_eqz(name, table[i].name + 2) && takes(c->options, &table[i])) {
			*spelled = table[i].name;
			*has_value = table[i].arg != NULL;
			return true;
		}
	return false;
}

static cc_code store(app_options *o, const option *opt, const char *value, cc_err *err)
{
	char *field = (char *)o + opt->offset;
	if (opt->repeat) {
		app_words *words = (app_words *)(void *)field;
		return cc_vec_push(words, value) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	if (opt->arg)
		*(const char **)(void *)field = value;
	else
		*(bool *)(void *)field = true;
	return CC_OK;
}

void app_option_default(app_options *o, const app_command *c, const char *name, const char *value)
{
	const char *spelled;
	bool has_value;
	if (!app_option_of(c, cc_str_from(name), &spelled, &has_value))
		return;
	const option *opt = find_option(cc_str_from(spelled));
	char *field = (char *)o + opt->offset;
	if (!has_value || !*(const char **)(void *)field)
		(void)store(o, opt, value, NULL);
}

static cc_code bad_word(cc_err *err, const app_command *c, const char *word, const char *what)
{
	cc_err_set(err, CC_EUSAGE, "%s%s%s %s", c ? c->name : "", c ? ": " : "", what, word);
	return cc_err_hint(err, "coldcase %s%s--help", c ? c->name : "", c ? " " : "");
}

/* One word that begins with '-'; may take the next one or what follows '='. */
static cc_code take_option(app_options *o, const app_command *c, int argc, char **argv, int *i, cc_err *err)
{
	cc_str name, value;
	bool has_eq = cc_str_starts(cc_str_from(argv[*i]), CC_STR("--")) &&
		cc_str_cut(cc_str_from(argv[*i]), '=', &name, &value);
	const option *opt = find_option(has_eq ? name : cc_str_from(argv[*i]));
	if (!opt)
		return bad_word(err, c, argv[*i], "unknown option");
	if (!c && !takes("", opt)) {
		const app_command *play = app_command_find(CC_STR("play"));
		(void)bad_word(err, c, opt->name, "a sub-command is needed before");
		if (takes(play->options, opt))
			(void)cc_err_hint(err, "coldcase play DIR %s%s%s", opt->name, opt->arg ? " " : "", opt->arg ? opt->arg : "");
		return CC_EUSAGE;
	}
	if (c && !takes(c->options, opt))
		return bad_word(err, c, opt->name, "takes no option");
	if (!opt->arg)
		return has_eq ? bad_word(err, c, opt->name, "takes no value:") : store(o, opt, NULL, err);
	if (has_eq)
		return store(o, opt, value.p, err);
	if (*i + 1 >= argc)
		return bad_word(err, c, opt->name, "a value is needed after");
	return store(o, opt, argv[++*i], err);
}

/* The first word is the sub-command, the others are its arguments; also after "--". */
static cc_code take_word(app_options *o, const app_command **command, const char *word, cc_err *err)
{
	if (*command)
		return cc_vec_push(&o->args, word) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	*command = app_command_find(cc_str_from(word));
	return *command ? CC_OK : bad_word(err, NULL, word, "no sub-command");
}

cc_code app_options_parse(app_options *o, int argc, char **argv, const app_command **command, cc_err *err)
{
	bool only_words = false;
	memset(o, 0, sizeof *o);
	*command = NULL;
	o->program = argc > 0 ? argv[0] : "coldcase";
	for (int i = 1; i < argc; i++) {
		cc_code code = CC_OK;
		if (!only_words && strcmp(argv[i], "--") == 0)
			only_words = true;
		else if (!only_words && argv[i][0] == '-' && argv[i][1])
			code = take_option(o, *command, argc, argv, &i, err);
		else
			code = take_word(o, command, argv[i], err);
		if (code != CC_OK)
			return code;
	}
	return CC_OK;
}

void app_options_deinit(app_options *o)
{
	cc_vec_deinit(&o->args);
	cc_vec_deinit(&o->commands);
	cc_vec_deinit(&o->faults);
	cc_vec_deinit(&o->without);
	cc_vec_deinit(&o->variants);
	cc_arena_free(o->preferred);
}

void app_usage(cc_buf *out)
{
	cc_buf_addz(out, "coldcase - investigate frozen Kubernetes incidents, and be scored as the benchmark scores\n\n"
			 "usage: coldcase                      choose an incident and open it\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		cc_buf line = CC_BUF_INIT;
		cc_buf_addf(&line, "coldcase %s %s", commands[i].name, commands[i].args);
		cc_buf_addf(out, "       %-29s %s\n", line.p ? line.p : "", commands[i].summary);
		cc_buf_deinit(&line);
	}
	cc_buf_addz(out, "\nDIR is a scenario folder, a folder that holds one, or the name of a known incident.\n"
			 "coldcase SUB-COMMAND --help lists its options; "
			 "coldcase help COMMAND explains a command of the console.\n"
			 "Exit status: 0 success, 1 failure, 2 usage, 3 unreadable input, 4 unscorable.\n");
}

void app_command_usage(const app_command *c, cc_buf *out)
{
	app_option_text opt;
	cc_buf_addf(out, "usage: coldcase %s %s\n%s\n\n", c->name, c->args, c->summary);
	for (size_t i = 0; app_command_option(c, i, &opt); i++) {
		cc_buf left = CC_BUF_INIT;
		cc_buf_addf(&left, "%s%s%s", opt.name, opt.arg ? " " : "", opt.arg ? opt.arg : "");
		cc_buf_addf(out, "  %-22s %s\n", left.p ? left.p : "", opt.help);
		cc_buf_deinit(&left);
	}
}
