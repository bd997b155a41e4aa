/* err.c - filling in a cc_err. Nothing here allocates: "out of memory" must still be sayable. */
#include "coldcase/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/utf8_priv.h"

typedef struct code_info {
	const char *name, *text;
	int exit_status;
} code_info;

static const code_info codes[] = {
#define CODE_INFO(code, status, text) { #code, text, status },
	CC_CODES(CODE_INFO)
#undef CODE_INFO
};

static const code_info *info_of(cc_code code)
{
	size_t i = (size_t)code;
	return &codes[i < sizeof codes / sizeof codes[0] ? i : (size_t)CC_EINTERNAL];
}

const char *cc_code_name(cc_code code)
{
	return info_of(code)->name;
}

const char *cc_code_text(cc_code code)
{
	return info_of(code)->text;
}

int cc_code_exit_status(cc_code code)
{
	return info_of(code)->exit_status;
}

void cc_err_clear(cc_err *err)
{
	if (!err)
		return;
	err->code = CC_OK;
	err->record = err->byte = 0;
	err->message[0] = err->hint[0] = '\0';
}

/* Twice the room of the result, since cleaning may cut but a cut before cleaning must not show. */
static void format_into(char *out, size_t size, const char *fmt, va_list ap) CC_PRINTF(3, 0);
static void format_into(char *out, size_t size, const char *fmt, va_list ap)
{
	char raw[2 * CC_ERR_MESSAGE_SIZE];
	int n = vsnprintf(raw, sizeof raw, fmt, ap);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof raw)
		n = (int)sizeof raw - 1;
	cc_utf8_clean_into(out, size, (cc_str){ raw, (size_t)n });
}

cc_code (cc_err_set)(cc_err *err, cc_code code, const char *fmt, ...)
{
	if (!err)
		return code;
	char message[CC_ERR_MESSAGE_SIZE] = { 0 }; /* apart: an operand may be the old message */
	va_list ap;
	va_start(ap, fmt);
	format_into(message, sizeof message, fmt, ap);
	va_end(ap);
	cc_err_clear(err);
	err->code = code;
	memcpy(err->message, message, sizeof message);
	return code;
}

cc_code (cc_err_hint)(cc_err *err, const char *fmt, ...)
{
	if (!err)
		return CC_EINTERNAL;
	char hint[CC_ERR_HINT_SIZE] = { 0 };
	va_list ap;
	va_start(ap, fmt);
	format_into(hint, sizeof hint, fmt, ap);
	va_end(ap);
	memcpy(err->hint, hint, sizeof hint);
	return err->code;
}

static cc_code code_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		return CC_ENOTFOUND;
	case EACCES:
	case EPERM:
		return CC_EACCESS;
	case ENOMEM:
		return CC_ENOMEM;
	default:
		return CC_EIO;
	}
}

cc_code (cc_err_errno)(cc_err *err, int errnum, const char *what)
{
	char reason[128];
	if (strerror_r(errnum, reason, sizeof reason) != 0)
		snprintf(reason, sizeof reason, "error %d", errnum);
	return cc_err_set(err, code_of_errno(errnum), "%s: %s", what, reason);
}
