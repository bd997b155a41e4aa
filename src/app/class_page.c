/* class_page.c - the two ways to write a page (class_page.h). Whatever comes from outside is cleaned and escaped here, and only here. */
#include "app/class_page.h"

#include <string.h>
#include "coldcase/export.h"
#include "coldcase/utf8.h"

static const char STYLE[] = "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222;background:#fff}"
	"table{border-collapse:collapse;margin:.5em 0;width:100%}th,td{border-bottom:1px solid #ccc;padding:.25em .6em;text-align:left;"
	"vertical-align:top}h1{font-size:1.6em}h2{font-size:1.2em;margin-top:1.6em}"
	"@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}th,td{border-color:#444}}@media print{body{margin:0}}";

static void put_char(app_page *p, char c)
{
	if (!p->html && strchr("|*_`<>[]\\#", c))
		cc_buf_add_char(p->out, '\\');
	if (p->html && c == '<')
		cc_buf_addz(p->out, "&lt;");
	else if (p->html && c == '>')
		cc_buf_addz(p->out, "&gt;");
	else if (p->html && c == '&')
		cc_buf_addz(p->out, "&amp;");
	else if (p->html && c == '"')
		cc_buf_addz(p->out, "&quot;");
	else
		cc_buf_add_char(p->out, c);
}

static void put(app_page *p, cc_str text)
{
	cc_buf safe = CC_BUF_INIT, clean = CC_BUF_INIT;
	if (p->redact & CC_REDACT_SECRETS)
		cc_redact_secrets(&safe, text);
	else
		cc_buf_add(&safe, text);
	cc_utf8_clean(&clean, cc_buf_str(&safe), CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI);
	for (size_t i = 0; i < clean.n; i++)
		put_char(p, clean.p[i]);
	p->out->failed |= safe.failed || clean.failed;
	cc_buf_deinit(&safe);
	cc_buf_deinit(&clean);
}

static void end_list(app_page *p)
{
	if (p->in_list)
		cc_buf_addz(p->out, p->html ? "</ul>\n" : "\n");
	p->in_list = false;
}

void app_page_begin(app_page *p, const char *kind, cc_str title)
{
	if (p->html)
		cc_buf_addf(p->out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
			"content=\"width=device-width\"><title>%s</title><style>%s</style></head><body>\n<h1>%s: ", kind, STYLE, kind);
	else
		cc_buf_addf(p->out, "# %s: ", kind);
	put(p, title);
	cc_buf_addz(p->out, p->html ? "</h1>\n" : "\n\n");
}

void app_page_end(app_page *p)
{
	end_list(p);
	if (p->html)
		cc_buf_addz(p->out, "</body></html>\n");
}

void app_page_heading(app_page *p, const char *text)
{
	end_list(p);
	cc_buf_addf(p->out, p->html ? "<h2>%s</h2>\n" : "## %s\n\n", text);
}

static void put_formatted(app_page *p, const char *fmt, va_list ap) CC_PRINTF(2, 0);

static void put_formatted(app_page *p, const char *fmt, va_list ap)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addv(&b, fmt, ap);
	put(p, cc_buf_str(&b));
	p->out->failed |= b.failed;
	cc_buf_deinit(&b);
}

void app_page_text(app_page *p, const char *fmt, ...)
{
	va_list ap;
	end_list(p);
	cc_buf_addz(p->out, p->html ? "<p>" : "");
	va_start(ap, fmt);
	put_formatted(p, fmt, ap);
	va_end(ap);
	cc_buf_addz(p->out, p->html ? "</p>\n" : "\n\n");
}

void app_page_item(app_page *p, const char *fmt, ...)
{
	va_list ap;
	if (p->html && !p->in_list)
		cc_buf_addz(p->out, "<ul>\n");
	p->in_list = true;
	cc_buf_addz(p->out, p->html ? "<li>" : "- ");
	va_start(ap, fmt);
	put_formatted(p, fmt, ap);
	va_end(ap);
	cc_buf_addz(p->out, p->html ? "</li>\n" : "\n");
}

void app_page_table(app_page *p, const char *const *columns, size_t n)
{
	end_list(p);
	cc_buf_addz(p->out, p->html ? "<table><tr>" : "|");
	for (size_t i = 0; i < n; i++)
		cc_buf_addf(p->out, p->html ? "<th>%s</th>" : " %s |", columns[i]);
	cc_buf_addz(p->out, p->html ? "</tr>\n" : "\n|");
	for (size_t i = 0; !p->html && i < n; i++)
		cc_buf_addz(p->out, "---|");
	if (!p->html)
		cc_buf_add_char(p->out, '\n');
}

void app_page_row(app_page *p, const cc_str *cells, size_t n)
{
	cc_buf_addz(p->out, p->html ? "<tr>" : "|");
	for (size_t i = 0; i < n; i++) {
		cc_buf_addz(p->out, p->html ? "<td>" : " ");
		put(p, cells[i]);
		cc_buf_addz(p->out, p->html ? "</td>" : " |");
	}
	cc_buf_addz(p->out, p->html ? "</tr>\n" : "\n");
}

void app_page_table_end(app_page *p)
{
	cc_buf_addz(p->out, p->html ? "</table>\n" : "\n");
}
