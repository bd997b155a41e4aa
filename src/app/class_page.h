/* class_page.h - one page of headings, paragraphs, lists and tables, as Markdown or as HTML that needs nothing else. */
#ifndef COLDCASE_APP_CLASS_PAGE_H
#define COLDCASE_APP_CLASS_PAGE_H

#include "coldcase/buf.h"

typedef struct app_page { cc_buf *out; bool html; unsigned redact; bool in_list; } app_page;

void app_page_begin(app_page *p, const char *kind, cc_str title);
void app_page_end(app_page *p);
void app_page_heading(app_page *p, const char *text);
/* The text is put so that it reads as it is; secrets are taken out when that is asked for. */
void app_page_text(app_page *p, const char *fmt, ...) CC_PRINTF(2, 3);
void app_page_item(app_page *p, const char *fmt, ...) CC_PRINTF(2, 3);
/* Cells are told one by one, rows end by themselves. */
void app_page_table(app_page *p, const char *const *columns, size_t n);
void app_page_row(app_page *p, const cc_str *cells, size_t n);
void app_page_table_end(app_page *p);

#endif
