/* copy.h - the bytes that ask a terminal to fill its clipboard. */
#ifndef COLDCASE_UI_COPY_H
#define COLDCASE_UI_COPY_H

#include "coldcase/buf.h"

enum { CC_COPY_MAX = 74994 };           /* encoded bytes that terminals and multiplexers are known to pass on */

/* OSC 52 with ST; inside tmux also wrapped for pass-through. CC_ELIMIT above the cap. */
cc_code cc_copy_sequence(cc_buf *out, cc_str text, bool tmux, cc_err *err) CC_MUST_USE;
/* Hands text to the desktop's own program for it (pbcopy, wl-copy, xclip, xsel), named in `with`. CC_ESTATE when none is there. */
cc_code cc_copy_native(const char **with, cc_str text, cc_err *err) CC_MUST_USE;
/* Writes text to a file of the user's state folder and names it in `path`: where no clipboard can be reached. */
cc_code cc_copy_to_file(cc_buf *path, cc_str text, cc_err *err) CC_MUST_USE;

#endif
