/* term_fake.h - a terminal without a terminal: a size, a queue of keys, and the last grid that was flushed. For tests. */
#ifndef COLDCASE_UI_TERM_FAKE_H
#define COLDCASE_UI_TERM_FAKE_H

#include "coldcase/vec.h"
#include "ui/cells.h"

typedef struct cc_term_fake {
	cc_term base;
	int columns, rows;
	CC_VEC(cc_key) keys;
	size_t at;               /* next key to hand out; after the last: HANGUP */
	cc_grid shown;
	size_t flushes, suspends, repaints;
	cc_buf copied, title;
	bool mouse;
} cc_term_fake;

cc_term *cc_term_fake_new(cc_term_fake **fake, int columns, int rows);  /* NULL when out of memory */
/* "j j Enter : alerts Enter"-like scripts are lists of key names; 'text' in single quotes stands for its characters. */
cc_code cc_term_fake_script(cc_term_fake *f, cc_str script, cc_err *err) CC_MUST_USE;

#endif
