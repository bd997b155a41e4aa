/* term_curses.c - the real terminal; the only file that knows curses.
 *
 * Output: the grid is copied into curses' window, which writes what changed, between begin and end of a synchronized update
 * where the terminal has it. Input: curses decodes keys; bracketed paste is collected into one event, so that pasted
 * text is never obeyed as keys. Signals that end the process first give the terminal back, with write() and tcsetattr() of bytes
 * prepared beforehand, because nothing else may be called from a handler. */
#include "coldcase/term.h"

#define NCURSES_NOMACROS 1
#include <curses.h>

#include <errno.h>
#include <locale.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"
#include "ui/cells.h"
#include "ui/copy.h"
#include "ui/theme.h"

enum { PASTE_BEGIN = KEY_MAX + 1, PASTE_END = KEY_MAX + 2, ESC_DELAY_MS = 25, PAIRS_MAX = 4096, ATTR_MAX = 128, RESTORE_MAX = 512 };

typedef struct pair { cc_color fg, bg; } pair;
/* A look as curses wants it. Finding the nearest of 256 colours is slow, and there are few looks but many cells. */
typedef struct shown { attr_t attr; short pair; bool known; } shown;

typedef struct cc_term_curses {
	cc_term base;
	SCREEN *screen;
	cc_color_level level;
	bool sync, utf8, direct;
	cc_buf paste;
	pair pairs[PAIRS_MAX];
	int pair_count;
	const cc_theme *theme;   /* the looks are of this one */
	shown looks[CC_LOOK_COUNT][ATTR_MAX];
	cc_grid last;            /* what the terminal shows; columns 0 = unknown */
} cc_term_curses;

/* What handlers may touch: plain bytes and atomics. One terminal a process, so one of each. */
static char restore_bytes[RESTORE_MAX];
static size_t restore_size;
static struct termios saved_tty, raw_tty;
static volatile sig_atomic_t restore_armed;
static _Atomic(cc_cancel *) cancel_token;
static volatile sig_atomic_t ended_by;

/* SIGBUS is none: what maps files takes it, and what it cannot mend it raises as SIGSEGV. The first two only ask for an end. */
static const int signals_heard[] = { SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGFPE, SIGILL, SIGABRT, SIGINT, SIGTSTP };
enum { ASK_COUNT = 2, FATAL_COUNT = 7, HEARD_COUNT = sizeof signals_heard / sizeof signals_heard[0] };
static struct sigaction heard_before[HEARD_COUNT];

static void restore_and_die(int sig)
{
	if (restore_armed) {
		restore_armed = 0;
		ssize_t ignored = write(STDOUT_FILENO, restore_bytes, restore_size);
		(void)ignored;
		tcsetattr(STDIN_FILENO, TCSANOW, &saved_tty);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static void on_interrupt(int sig)
{
	(void)sig;
	cc_cancel *c = atomic_load(&cancel_token);
	if (c)
		cc_cancel_set(c);
}

/* The end is the reader's: what runs stops, and the next key is a hang-up, so that the record gets its last line. Whoever asks a
 * second time means it; a closed terminal says so twice by itself. */
static void on_end(int sig)
{
	if (ended_by && sig != SIGHUP)
		restore_and_die(sig);
	ended_by = sig;
	on_interrupt(sig);
}

int cc_term_ended_by(void)
{
	return ended_by;
}

static cc_term_curses *self(cc_term *t)
{
	return (cc_term_curses *)t;
}

static void put(const char *bytes)
{
	size_t n = strlen(bytes);
	while (n > 0) {
		ssize_t k = write(STDOUT_FILENO, bytes, n);
		if (k < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (k > 0) {
			bytes += k;
			n -= (size_t)k;
		}
	}
}

/* --- drawing --- */

static short pair_for(cc_term_curses *t, cc_color fg, cc_color bg)
{
	if (fg == CC_COLOR_DEFAULT && bg == CC_COLOR_DEFAULT)
		return 0;
	for (int i = 0; i < t->pair_count; i++)
		if (t->pairs[i].fg == fg && t->pairs[i].bg == bg)
			return (short)(i + 1);
	if (t->pair_count == PAIRS_MAX - 1 || t->pair_count + 1 >= COLOR_PAIRS)
		return 0;
	t->pairs[t->pair_count++] = (pair){ fg, bg };
	init_extended_pair(t->pair_count, fg, bg);
	return (short)t->pair_count;
}

/* Without colours there is no grey, either: what is dim elsewhere is plain. */
static attr_t attributes(const cc_term_curses *t, unsigned attr)
{
	if (t->level == CC_COLOR_MONO)
		attr &= CC_ATTR_BOLD | CC_ATTR_UNDERLINE | CC_ATTR_REVERSE;
	return (attr & CC_ATTR_BOLD ? A_BOLD : 0) | (attr & CC_ATTR_UNDERLINE ? A_UNDERLINE : 0) | (attr & CC_ATTR_REVERSE ? A_REVERSE : 0) |
		(attr & CC_ATTR_DIM ? A_DIM : 0) | (attr & CC_ATTR_ITALIC ? A_ITALIC : 0);
}

/* With a palette for 256 colours curses cannot write 24-bit ones; the nearest of the cube is shown then. */
static cc_color shown_color(const cc_term_curses *t, cc_color c, unsigned *attr, bool foreground)
{
	bool bright = false;
	cc_color_level level = t->level == CC_COLOR_TRUE && !t->direct ? CC_COLOR_256 : t->level;
	c = cc_color_reduce(c, level, &bright);
	if (bright && foreground)
		*attr |= CC_ATTR_BOLD;
	return CC_COLOR_IS_RGB(c) ? c & 0xffffff : c;
}

static shown find_look(cc_term_curses *t, cc_look look, unsigned attr)
{
	shown *known = &t->looks[look < CC_LOOK_COUNT ? look : CC_LOOK_TEXT][attr % ATTR_MAX];
	if (!known->known) {
		cc_style s = cc_theme_resolve(t->theme, look, attr);
		unsigned bits = s.attr;
		cc_color fg = shown_color(t, s.fg, &bits, true), bg = shown_color(t, s.bg, &bits, false);
		*known = (shown){ attributes(t, bits), pair_for(t, fg, bg), true };
	}
	return *known;
}

static void draw_cell(cc_term_curses *t, int x, int y, const cc_gcell *c)
{
	shown s = find_look(t, (cc_look)c->look, c->attr);
	wchar_t text[CC_GRID_COMBINING + 2] = { (wchar_t)c->ch };
	cchar_t cell;
	if (!t->utf8 && c->ch > 0x7e)
		text[0] = L'?';
	for (int i = 0; t->utf8 && i < CC_GRID_COMBINING; i++)
		text[i + 1] = (wchar_t)c->comb[i];
	if (setcchar(&cell, text, s.attr, s.pair, NULL) == OK)
		mvadd_wch(y, x, &cell);
}

static bool same_row(const cc_grid *a, const cc_grid *b, int y)
{
	return a->columns == b->columns && y < a->rows && y < b->rows &&
		memcmp(cc_grid_at(a, 0, y), cc_grid_at(b, 0, y), (size_t)a->columns * sizeof(cc_gcell)) == 0;
}

static void remember(cc_term_curses *t, const cc_grid *g)
{
	if (cc_grid_resize(&t->last, g->columns, g->rows))
		memcpy(t->last.cells, g->cells, (size_t)g->columns * (size_t)g->rows * sizeof *g->cells);
	else
		t->last.columns = 0;
}

static void curses_flush(cc_term *term, const cc_grid *g, const cc_theme *theme)
{
	cc_term_curses *t = self(term);
	int rows = getmaxy(stdscr), columns = getmaxx(stdscr);
	if (theme != t->theme) {
		memset(t->looks, 0, sizeof t->looks);
		t->theme = theme;
		t->last.columns = 0;
	}
	for (int y = 0; y < g->rows && y < rows; y++) {
		if (same_row(g, &t->last, y))
			continue;
		for (int x = 0; x < g->columns && x < columns; x++)
			if (cc_grid_at(g, x, y)->width != 0)
				draw_cell(t, x, y, cc_grid_at(g, x, y));
	}
	remember(t, g);
	curs_set(g->cursor_shown ? 1 : 0);
	move(g->cursor_y < rows ? g->cursor_y : rows - 1, g->cursor_x < columns ? g->cursor_x : columns - 1);
	if (t->sync)
		put("\033[?2026h");
	refresh();
	if (t->sync)
		put("\033[?2026l");
}

static void curses_size(cc_term *t, int *columns, int *rows)
{
	(void)t;
	*rows = getmaxy(stdscr);
	*columns = getmaxx(stdscr);
}

static void curses_repaint(cc_term *t)
{
	self(t)->last.columns = 0;
	clearok(stdscr, TRUE);
}

/* --- keys --- */

static const struct { int curses; cc_key_code code; } key_codes[] = {
	{ KEY_UP, CC_KEY_UP }, { KEY_DOWN, CC_KEY_DOWN }, { KEY_LEFT, CC_KEY_LEFT }, { KEY_RIGHT, CC_KEY_RIGHT }, { KEY_HOME, CC_KEY_HOME },
	{ KEY_END, CC_KEY_END }, { KEY_PPAGE, CC_KEY_PGUP }, { KEY_NPAGE, CC_KEY_PGDN }, { KEY_IC, CC_KEY_INSERT }, { KEY_DC, CC_KEY_DELETE },
	{ KEY_BACKSPACE, CC_KEY_BACKSPACE }, { KEY_ENTER, CC_KEY_ENTER }, { KEY_BTAB, CC_KEY_BACKTAB }, { KEY_RESIZE, CC_KEY_RESIZE },
};

static cc_key function_key(int code)
{
	for (size_t i = 0; i < sizeof key_codes / sizeof key_codes[0]; i++)
		if (key_codes[i].curses == code)
			return (cc_key){ .code = key_codes[i].code };
	if (code >= KEY_F(1) && code <= KEY_F(12))
		return (cc_key){ .code = CC_KEY_F1 + (uint32_t)(code - KEY_F(1)) };
	return (cc_key){ .code = CC_KEY_NONE };
}

static cc_key mouse_key(void)
{
	MEVENT e;
	cc_key key = { .code = CC_KEY_NONE };
	if (getmouse(&e) != OK)
		return key;
	key.x = e.x;
	key.y = e.y;
	key.button = e.bstate & BUTTON4_PRESSED ? CC_MOUSE_WHEEL_UP : e.bstate & BUTTON5_PRESSED ? CC_MOUSE_WHEEL_DOWN :
		e.bstate & BUTTON1_DOUBLE_CLICKED ? CC_MOUSE_DOUBLE : e.bstate & BUTTON1_CLICKED ? CC_MOUSE_CLICK :
		e.bstate & BUTTON1_PRESSED ? CC_MOUSE_PRESS : e.bstate & BUTTON1_RELEASED ? CC_MOUSE_RELEASE : 0;
	if (key.button)
		key.code = CC_KEY_MOUSE;
	return key;
}

static cc_key character_key(wint_t ch)
{
	switch (ch) {
	case 27: return (cc_key){ .code = CC_KEY_ESC };
	case '\r': case '\n': return (cc_key){ .code = CC_KEY_ENTER };
	case '\t': return (cc_key){ .code = CC_KEY_TAB };
	case 8: case 127: return (cc_key){ .code = CC_KEY_BACKSPACE };
	case 0: return (cc_key){ .code = ' ', .mods = CC_MOD_CTRL };
	default: break;
	}
	if (ch < 32)
		return (cc_key){ .code = ch <= 26 ? 'a' + ch - 1 : '\\' + ch - 28, .mods = CC_MOD_CTRL };
	return (cc_key){ .code = (uint32_t)ch };
}

/* The C locale knows no character above 127, and curses would swallow such bytes and what follows them. Terminals send UTF-8, evidence
 * is UTF-8: it is read as that, drawn as `?` and searched for as typed. What is no UTF-8 becomes a `?` and a beep. */
static int read_bytes(wint_t *ch)
{
	char bytes[4];
	size_t n = 0, pos = 0;
	int c = getch();
	if (c == ERR)
		return ERR;
	*ch = (wint_t)c;
	if (c > 255)
		return KEY_CODE_YES;
	if (c < 0x80)
		return OK;
	size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
	bytes[n++] = (char)c;
	for (wtimeout(stdscr, 50); n < need; bytes[n++] = (char)c) {
		c = getch();
		if (c < 0x80 || c > 0xbf) {
			if (c != ERR)
				ungetch(c);
			break;
		}
	}
	*ch = cc_utf8_next((cc_str){ bytes, n }, &pos);
	if (pos == n && *ch != CC_UTF8_BAD)
		return OK;
	beep();
	*ch = '?';
	return OK;
}

static int read_wide(wint_t *ch)
{
	return strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0 ? read_bytes(ch) : get_wch(ch);
}

static void add_wide(cc_buf *b, wint_t ch)
{
	char bytes[4];
	cc_buf_add(b, (cc_str){ bytes, cc_utf8_encode((uint32_t)ch, bytes) });
}

/* Until the end mark, or two seconds of silence: a cut-off paste must not swallow the keyboard. */
static cc_key read_paste(cc_term_curses *t)
{
	wint_t ch;
	cc_buf_clear(&t->paste);
	wtimeout(stdscr, 2000);
	for (;;) {
		int kind = read_wide(&ch);
		wtimeout(stdscr, 2000);
		if (kind == ERR || (kind == KEY_CODE_YES && ch == PASTE_END))
			break;
		if (kind != KEY_CODE_YES)
			add_wide(&t->paste, ch == '\r' ? '\n' : ch);
	}
	return (cc_key){ .code = CC_KEY_PASTE, .text = cc_buf_str(&t->paste) };
}

static bool curses_read_key(cc_term *term, int timeout_ms, cc_key *out)
{
	cc_term_curses *t = self(term);
	wint_t ch = 0;
	*out = (cc_key){ .code = CC_KEY_NONE };
	wtimeout(stdscr, timeout_ms);
	int kind = ended_by ? ERR : read_wide(&ch);
	if (ended_by) {
		*out = (cc_key){ .code = CC_KEY_HANGUP };
	} else if (kind == ERR) {
		struct pollfd tty = { .fd = STDIN_FILENO, .events = POLLIN };
		if (poll(&tty, 1, 0) > 0 && (tty.revents & (POLLHUP | POLLERR | POLLNVAL)))
			*out = (cc_key){ .code = CC_KEY_HANGUP };
	} else if (kind != KEY_CODE_YES) {
		*out = character_key(ch);
	} else if (ch == PASTE_BEGIN) {
		*out = read_paste(t);
	} else {
		*out = ch == KEY_MOUSE ? mouse_key() : function_key((int)ch);
	}
	return out->code != CC_KEY_NONE;
}

static int curses_fd(cc_term *t)
{
	(void)t;
	return STDIN_FILENO;
}

/* --- services --- */

/* Control keys are plain keys. Ctrl-C becomes a signal only while a command runs (set_cancel), to stop it. */
static void take_terminal(void)
{
	struct termios tty;
	if (tcgetattr(STDIN_FILENO, &tty) == 0) {
		tty.c_cc[VSUSP] = _POSIX_VDISABLE;
		tty.c_cc[VINTR] = _POSIX_VDISABLE;
		tty.c_cc[VQUIT] = _POSIX_VDISABLE;
#ifdef VLNEXT
		tty.c_cc[VLNEXT] = _POSIX_VDISABLE;
#endif
#ifdef VDSUSP
		tty.c_cc[VDSUSP] = _POSIX_VDISABLE;
#endif
		tty.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
		tcsetattr(STDIN_FILENO, TCSANOW, &tty);
		raw_tty = tty;
		def_prog_mode();
	}
	put("\033[?2004h");
	restore_armed = 1;
}

static void curses_suspend(cc_term *t)
{
	self(t)->last.columns = 0;
	put("\033[?2004l");
	endwin();
	restore_armed = 0;
	/* The whole job stops: were it this process alone, an sh or make that waits for it would keep the terminal. It goes on here. */
	kill(0, SIGTSTP);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw_tty);
	refresh();
	clearok(stdscr, TRUE);
	put("\033[?2004h");
	restore_armed = 1;
}

static void curses_set_title(cc_term *t, cc_str title)
{
	(void)t;
	const char *term = getenv("TERM");
	if (!term || strncmp(term, "linux", 5) == 0)
		return;
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "\033]2;%.*s\033\\", CC_STR_ARG(title));
	if (cc_buf_ok(&b))
		put(b.p);
	cc_buf_deinit(&b);
}

static cc_code curses_copy(cc_term *t, cc_str text, cc_err *err)
{
	(void)t;
	const char *term = getenv("TERM");
	if (!isatty(STDOUT_FILENO) || !term || strcmp(term, "dumb") == 0 || strcmp(term, "linux") == 0)
		return cc_err_set(err, CC_ESTATE, "this terminal has no clipboard");
	cc_buf b = CC_BUF_INIT;
	cc_code code = cc_copy_sequence(&b, text, getenv("TMUX") != NULL, err);
	if (!code)
		put(b.p);
	cc_buf_deinit(&b);
	return code;
}

static void curses_set_mouse(cc_term *t, bool on)
{
	(void)t;
	mousemask(on ? BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED | BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
	mouseinterval(150);
}

static void curses_set_cancel(cc_term *t, cc_cancel *c)
{
	(void)t;
	atomic_store(&cancel_token, c);
	struct termios tty = raw_tty;
	tty.c_cc[VINTR] = c ? saved_tty.c_cc[VINTR] : _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSANOW, &tty);
}

static void set_handlers(bool on)
{
	struct sigaction act = { 0 };
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < HEARD_COUNT; i++) {
		/* curses' own stop handler would fight curses_suspend */
		act.sa_handler = i < ASK_COUNT ? on_end : i < FATAL_COUNT ? restore_and_die : signals_heard[i] == SIGINT ? on_interrupt : SIG_DFL;
		if (on)
			sigaction(signals_heard[i], &act, &heard_before[i]);
		else if (!ended_by || i >= ASK_COUNT)        /* one more must not stop the record's last line */
			sigaction(signals_heard[i], &heard_before[i], NULL);
	}
}

static void curses_close(cc_term *term)
{
	cc_term_curses *t = self(term);
	curses_set_cancel(term, NULL);
	curses_set_mouse(term, false);
	put("\033[?2004l");
	restore_armed = 0;
	endwin();
	set_handlers(false);
	delscreen(t->screen);
	cc_buf_deinit(&t->paste);
	cc_grid_deinit(&t->last);
	cc_free(t);
}

static const cc_term_ops curses_ops = {
	.size = curses_size, .flush = curses_flush, .read_key = curses_read_key, .fd = curses_fd, .suspend = curses_suspend,
	.repaint = curses_repaint, .set_title = curses_set_title, .copy = curses_copy, .set_mouse = curses_set_mouse,
	.set_cancel = curses_set_cancel, .close = curses_close,
};

/* --- opening --- */

static void add_restore(const char *bytes)
{
	size_t n = bytes && bytes != (char *)-1 ? strlen(bytes) : 0;
	if (n == 0 || restore_size + n > RESTORE_MAX)
		return;
	memcpy(restore_bytes + restore_size, bytes, n);
	restore_size += n;
}

static void prepare_restore(void)
{
	restore_size = 0;
	add_restore("\033[?2004l\033[?1000l\033[?1006l");
	add_restore(tigetstr("sgr0"));
	add_restore(tigetstr("cnorm"));
	add_restore(tigetstr("rmkx"));
	add_restore(tigetstr("rmcup"));
}

/* Synchronized output by terminfo's Sync, or a terminal known to have it. Others ignore the private mode anyway. */
static bool has_sync(void)
{
	static const char *const terms[] = { "xterm-kitty", "foot", "alacritty", "xterm-ghostty", "wezterm", "contour" };
	const char *term = getenv("TERM"), *cap = tigetstr("Sync");
	if (cap && cap != (char *)-1)
		return true;
	for (size_t i = 0; term && i < sizeof terms / sizeof terms[0]; i++)
		if (strncmp(term, terms[i], strlen(terms[i])) == 0)
			return true;
	return false;
}

static cc_code start_curses(cc_term_curses *t, const char *color, cc_err *err)
{
	const char *term = getenv("TERM");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term || !*term || strcmp(term, "dumb") == 0) {
		cc_err_set(err, CC_ESTATE, "this is no terminal a console can be drawn on");
		return cc_err_hint(err, "coldcase play --plain works line by line anywhere"), CC_ESTATE;
	}
	setlocale(LC_CTYPE, "");
	t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	tcgetattr(STDIN_FILENO, &saved_tty);
	set_escdelay(ESC_DELAY_MS);
	t->screen = newterm(NULL, stdout, stdin);
	if (!t->screen) {
		cc_err_set(err, CC_ESTATE, "the terminal type %s is not known here", term);
		return cc_err_hint(err, "try TERM=xterm-256color, or coldcase play --plain"), CC_ESTATE;
	}
	int colors = tigetnum("colors");
	return cc_color_level_pick(&t->level, color, colors > 0 ? colors : 0, err);
}

static void set_up(cc_term_curses *t)
{
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	if (t->level != CC_COLOR_MONO && has_colors()) {
		start_color();
		use_default_colors();
		t->direct = tigetflag("RGB") > 0;
		if (t->level == CC_COLOR_16 && COLORS < 16)
			t->level = CC_COLOR_8;
		if (t->level >= CC_COLOR_256 && COLORS < 256)
			t->level = COLORS >= 16 ? CC_COLOR_16 : CC_COLOR_8;
	} else {
		t->level = CC_COLOR_MONO;
	}
	define_key("\033[200~", PASTE_BEGIN);
	define_key("\033[201~", PASTE_END);
	t->sync = has_sync();
	prepare_restore();
	set_handlers(true);
	take_terminal();
}

cc_code cc_term_open(cc_term **out, const char *color, cc_err *err)
{
	*out = NULL;
	cc_term_curses *t = cc_calloc(1, sizeof *t);
	if (!t)
		return cc_err_set(err, CC_ENOMEM, "out of memory for the terminal");
	t->base.ops = &curses_ops;
	t->paste = CC_BUF_INIT;
	cc_code code = start_curses(t, color, err);
	if (code) {
		if (t->screen) {
			endwin();
			delscreen(t->screen);
		}
		cc_free(t);
		return code;
	}
	set_up(t);
	*out = &t->base;
	return CC_OK;
}
