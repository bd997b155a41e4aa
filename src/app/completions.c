/* completions.c - `completions`: what bash, zsh and fish need to complete a line, written from the tables of sub-commands, options,
 * console commands and faults. A script knows words; only the names of incidents are asked for when Tab is pressed (`coldcase list`). */
#include "app/app.h"

#include <stdio.h>
#include <string.h>

#include "coldcase/command.h"
#include "coldcase/forge.h"

/* What may stand in one place. */
typedef struct choice { cc_buf words; bool files, folders, incidents, console; } choice;

static void add_word(cc_buf *words, cc_str word)
{
	cc_buf_addz(words, words->n ? " " : "");
	cc_buf_add(words, word);
}

static bool is_lower(cc_str s)
{
	return s.n && s.p[0] >= 'a' && s.p[0] <= 'z';
}

/* "host|join DIR", "NAME|FILE", "[DIR...]": words in small letters stand for themselves, the others tell what goes there. */
static void read_pattern(choice *c, const char *pattern)
{
	cc_str part, word, rest = cc_str_from(pattern);
	while (rest.n) {
		cc_str_cut(rest, ' ', &part, &rest);
		while (part.n) {
			cc_str_cut(part, '|', &word, &part);
			if (is_lower(word))
				add_word(&c->words, word);
			c->folders |= cc_str_find(word, CC_STR("DIR")) != CC_STR_NONE || cc_str_eqz(word, "DATASET");
			for (const char *const *of = (const char *const[]){ "FILE", "PATH", "RUN", "ANSWER", "OUT", "CLASS", NULL }; *of; of++)
				c->files |= cc_str_starts(word, cc_str_from(*of));
			c->console |= cc_str_find(word, CC_STR("COMMAND")) != CC_STR_NONE;
		}
	}
}

static choice of_option(const app_option_text *opt)
{
	choice c = { CC_BUF_INIT, false, false, false, false };
	if (opt->words)
		add_word(&c.words, cc_str_from(opt->words));
	else
		read_pattern(&c, opt->arg);
	c.files |= strcmp(opt->name, "--theme") == 0 || strcmp(opt->name, "--app") == 0;
	for (size_t i = 0; strcmp(opt->name, "--fault") == 0 && i < cc_forge_fault_count(); i++)
		add_word(&c.words, cc_str_from(cc_forge_fault_get(i)->kind));
	return c;
}

static choice of_arguments(const app_command *cmd)
{
	choice c = { CC_BUF_INIT, false, false, false, false };
	bool help = strcmp(cmd->name, "help") == 0;
	read_pattern(&c, cmd->args);
	c.console = help;
	c.incidents = strncmp(cmd->args, "DIR", 3) == 0 && cmd->args[3] != '.'; /* those of several are of runs */
	for (size_t i = 0; help && app_command_get(i); i++)
		add_word(&c.words, cc_str_from(app_command_get(i)->name));
	return c;
}

static void add_console(cc_buf *words)
{
	for (size_t i = 0; i < cc_cmd_count(); i++)
		add_word(words, cc_str_from(cc_cmd_get(i)->name));
}

/* Between single quotes: what ends them, and what `also` names, behind a backslash as this shell has it. */
static void add_quoted(cc_buf *out, const char *text, const char *apostrophe, const char *also)
{
	for (; *text; text++)
		if (*text == '\'')
			cc_buf_addz(out, apostrophe);
		else
			cc_buf_addf(out, "%s%c", strchr(also, *text) ? "\\" : "", *text);
}

/* --- bash --- */

static void bash_choice(cc_buf *out, choice *c)
{
	if (c->console)
		add_console(&c->words);
	cc_buf_addf(out, " words='%s' paths=%s incidents=%s ;;\n", c->words.n ? c->words.p : "", c->files ? "-f" : c->folders ? "-d" : "",
		c->incidents ? "yes" : "");
	cc_buf_deinit(&c->words);
}

static void bash_commands(cc_buf *out)
{
	app_option_text opt;
	cc_buf_addz(out, "\tcase $cmd in\n\t'') options='--help --version --config' words='");
	for (size_t i = 0; app_command_get(i); i++)
		cc_buf_addf(out, "%s%s", i ? " " : "", app_command_get(i)->name);
	cc_buf_addz(out, "' ;;\n");
	for (size_t i = 0; app_command_get(i); i++) {
		choice c = of_arguments(app_command_get(i));
		cc_buf_addf(out, "\t%s) options='", app_command_get(i)->name);
		for (size_t k = 0; app_command_option(app_command_get(i), k, &opt); k++)
			cc_buf_addf(out, "%s ", opt.name);
		cc_buf_addz(out, "--config --help'");
		bash_choice(out, &c);
	}
	cc_buf_addz(out, "\tesac\n");
}

/* An option takes the same wherever it stands: told once, where it stands first. */
static void bash_values(cc_buf *out)
{
	cc_buf told = CC_BUF_INIT;
	app_option_text opt;
	cc_buf_addz(out, "\tcase $prev in\n\t--config) options= words= paths=-f incidents= ;;\n");
	for (size_t i = 0; app_command_get(i); i++)
		for (size_t k = 0; app_command_option(app_command_get(i), k, &opt); k++) {
			size_t start = told.n;
			cc_buf_addf(&told, " %s ", opt.name);
			cc_str name = cc_str_sub(cc_buf_str(&told), start, told.n);
			if (!opt.arg || cc_str_find(cc_str_sub(cc_buf_str(&told), 0, start), name) != CC_STR_NONE)
				continue;
			choice c = of_option(&opt);
			cc_buf_addf(out, "\t%s) options=", opt.name);
			bash_choice(out, &c);
		}
	cc_buf_addz(out, "\t*) case $cur in -*) words=$options paths= incidents= ;; esac ;;\n\tesac\n");
	cc_buf_deinit(&told);
}

static void write_bash(cc_buf *out)
{
	cc_buf_addz(out,
		"# bash completion for coldcase, as `coldcase completions bash` writes it\n"
		"_coldcase()\n{\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd= options= words= paths= incidents= i\n"
		"\t[ \"$prev\" = = ] && prev=${COMP_WORDS[COMP_CWORD-2]} # --theme=dark is three words to bash\n"
		"\t[ \"$cur\" = = ] && cur=\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tcase ${COMP_WORDS[i]} in\n"
		"\t\t--config) ((i++)); [ \"${COMP_WORDS[i]}\" = = ] && ((i++)) ;;\n"
		"\t\t-*) ;;\n"
		"\t\t*) cmd=${COMP_WORDS[i]}; break ;;\n"
		"\t\tesac\n"
		"\tdone\n");
	bash_commands(out);
	bash_values(out);
	cc_buf_addz(out,
		"\t[ \"$incidents\" ] && words=\"$words $(\"$1\" list 2>/dev/null | sed -n 's/^\\([^ ][^ ]*\\) .*/\\1/p')\"\n"
		"\tCOMPREPLY=()\n"
		"\twhile IFS= read -r i; do COMPREPLY+=(\"$i\"); done < <(compgen -W \"$words\" -- \"$cur\")\n"
		"\t[ \"$paths\" ] || return 0\n"
		"\tcompopt -o filenames 2>/dev/null\n"
		"\twhile IFS= read -r i; do COMPREPLY+=(\"$i\"); done < <(compgen \"$paths\" -- \"$cur\")\n"
		"}\ncomplete -F _coldcase coldcase\n");
}

/* --- zsh --- */

static void zsh_action(cc_buf *out, choice *c)
{
	if (c->incidents)
		cc_buf_addz(out, "_coldcase_incidents");
	else if (c->console)
		cc_buf_addz(out, c->words.n ? "_coldcase_help" : "_coldcase_console");
	else if (c->words.n && (c->files || c->folders))
		cc_buf_addf(out, "{compadd -- %s; _files%s}", c->words.p, c->files ? "" : " -/");
	else if (c->words.n)
		cc_buf_addf(out, "(%s)", c->words.p);
	else
		cc_buf_addz(out, c->files ? "_files" : c->folders ? "_files -/" : " ");
	cc_buf_deinit(&c->words);
}

static void zsh_option(cc_buf *out, const app_option_text *opt)
{
	cc_buf_addf(out, " \\\n\t\t'%s%s%s[", opt->repeat ? "*" : "", opt->name, opt->arg && opt->name[1] == '-' ? "=" : "");
	add_quoted(out, opt->help, "'\\''", "[]\\");
	cc_buf_addz(out, "]");
	if (opt->arg) {
		choice c = of_option(opt);
		cc_buf_addz(out, ":");
		add_quoted(out, opt->arg, "'\\''", ":\\");
		cc_buf_addz(out, ":");
		zsh_action(out, &c);
	}
	cc_buf_addz(out, "'");
}

static void zsh_command(cc_buf *out, const app_command *cmd)
{
	app_option_text opt;
	cc_buf_addf(out, "\t%s) _arguments", cmd->name);
	for (size_t k = 0; app_command_option(cmd, k, &opt); k++)
		zsh_option(out, &opt);
	cc_buf_addz(out, " \\\n\t\t'--config=[preferences from this file alone]:FILE:_files' '--help[help]'");
	if (*cmd->args) {
		choice c = of_arguments(cmd);
		cc_buf_addz(out, " \\\n\t\t'*:");
		add_quoted(out, cmd->args, "'\\''", ":\\");
		cc_buf_addz(out, ":");
		zsh_action(out, &c);
		cc_buf_addz(out, "'");
	}
	cc_buf_addz(out, " ;;\n");
}

static void zsh_list(cc_buf *out, const char *name, const char *summary)
{
	cc_buf_addf(out, "\t\t'%s:", name);
	add_quoted(out, summary, "'\\''", "\\");
	cc_buf_addz(out, "'\n");
}

static void write_zsh(cc_buf *out)
{
	cc_buf_addz(out, "#compdef coldcase\n# zsh completion for coldcase, as `coldcase completions zsh` writes it\n\n_coldcase_commands() {\n\tlocal -a list=(\n");
	for (size_t i = 0; app_command_get(i); i++)
		zsh_list(out, app_command_get(i)->name, app_command_get(i)->summary);
	cc_buf_addz(out, "\t)\n\t_describe -t commands sub-command list\n}\n\n_coldcase_console() {\n\tlocal -a list=(\n");
	for (size_t i = 0; i < cc_cmd_count(); i++)
		zsh_list(out, cc_cmd_get(i)->name, cc_cmd_get(i)->summary);
	cc_buf_addz(out,
		"\t)\n\t_describe -t console 'command of the console' list\n}\n\n"
		"_coldcase_help() { _coldcase_commands; _coldcase_console }\n\n"
		"_coldcase_incidents() {\n"
		"\tlocal -a known=(${(f)\"$($program list 2>/dev/null | sed -n 's/^\\([^ ][^ ]*\\) .*/\\1/p')\"})\n"
		"\tcompadd -a known\n\t_files -/\n}\n\n"
		"_coldcase() {\n"
		"\tlocal program=$words[1]\n"
		"\tif (( CURRENT == 2 )); then\n"
		"\t\t[[ $words[2] == -* ]] && compadd -- --help --version --config || _coldcase_commands\n\t\treturn\n\tfi\n"
		"\tshift words\n\t(( CURRENT-- ))\n\tcase $words[1] in\n");
	for (size_t i = 0; app_command_get(i); i++)
		zsh_command(out, app_command_get(i));
	cc_buf_addz(out, "\tesac\n}\n\nif [[ $funcstack[1] == _coldcase ]]; then _coldcase \"$@\"; else compdef _coldcase coldcase; fi\n");
}

/* --- fish --- */

static void fish_words(cc_buf *out, choice *c)
{
	if (c->console)
		add_console(&c->words);
	if (c->files || c->folders || c->incidents || c->words.n)
		cc_buf_addf(out, " -a '%s%s%s'", c->words.n ? c->words.p : "", c->incidents ? " (__coldcase_incidents)" : "",
			c->files ? " (__fish_complete_path)" : c->folders ? " (__fish_complete_directories)" : "");
	cc_buf_deinit(&c->words);
}

static void fish_command(cc_buf *out, const app_command *cmd)
{
	app_option_text opt;
	cc_buf_addf(out, "complete -c coldcase -n '__coldcase_in' -a %s -d '", cmd->name);
	add_quoted(out, cmd->summary, "\\'", "\\");
	cc_buf_addz(out, "'\n");
	for (size_t k = 0; app_command_option(cmd, k, &opt); k++) {
		bool is_long = opt.name[1] == '-';
		cc_buf_addf(out, "complete -c coldcase -n '__coldcase_in %s' -%c %s%s -d '", cmd->name, is_long ? 'l' : 's', opt.name + (is_long ? 2 : 1),
			opt.arg ? " -x" : "");
		add_quoted(out, opt.help, "\\'", "\\");
		cc_buf_addz(out, "'");
		if (opt.arg) {
			choice c = of_option(&opt);
			fish_words(out, &c);
		}
		cc_buf_addz(out, "\n");
	}
	choice c = of_arguments(cmd);
	if (*cmd->args) {
		cc_buf_addf(out, "complete -c coldcase -n '__coldcase_in %s'", cmd->name);
		fish_words(out, &c);
		cc_buf_addz(out, "\n");
	}
	cc_buf_deinit(&c.words);
}

static void write_fish(cc_buf *out)
{
	cc_buf_addz(out,
		"# fish completion for coldcase, as `coldcase completions fish` writes it\n"
		"function __coldcase_in --description 'the sub-command is this one; without a name: there is none yet'\n"
		"\tset -l words (commandline -opc)\n"
		"\ttest \"$words[2]\" = \"$argv[1]\"\n"
		"end\n"
		"function __coldcase_incidents\n"
		"\tset -l words (commandline -opc)\n"
		"\t$words[1] list 2>/dev/null | string match -rg '^(\\S+) '\n"
		"end\n"
		"complete -c coldcase -f\n"
		"complete -c coldcase -l help -d 'help'\n"
		"complete -c coldcase -l config -r -F -d 'preferences from this file alone'\n"
		"complete -c coldcase -n '__coldcase_in' -l version -d 'the version'\n");
	for (size_t i = 0; app_command_get(i); i++)
		fish_command(out, app_command_get(i));
}

int app_completions(const app_options *o)
{
	static const struct { const char *name; void (*write)(cc_buf *out); } shells[] = {
		{ "bash", write_bash }, { "zsh", write_zsh }, { "fish", write_fish },
	};
	cc_buf out = CC_BUF_INIT;
	cc_err err = { 0 };
	size_t i = 0, n = sizeof shells / sizeof shells[0];
	while (o->args.n == 1 && i < n && strcmp(o->args.p[0], shells[i].name) != 0)
		i++;
	if (o->args.n != 1 || i == n) {
		cc_err_set(&err, CC_EUSAGE, "completions: for which shell?%s%s", o->args.n == 1 ? " Not known: " : "", o->args.n == 1 ? o->args.p[0] : "");
		cc_err_hint(&err, "bash, zsh or fish, as in `source <(coldcase completions bash)`");
		return app_fail(&err);
	}
	shells[i].write(&out);
	bool whole = cc_buf_ok(&out) && fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0;
	cc_buf_deinit(&out);
	return whole ? 0 : 1;
}
