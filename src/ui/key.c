/* key.c - names of keys: what help shows, key scripts say and the keymap is written in. */
#include "coldcase/term.h"

#include "coldcase/utf8.h"

static const struct { const char *name; uint32_t code; } special[] = {
	{ "Up", CC_KEY_UP }, { "Down", CC_KEY_DOWN }, { "Left", CC_KEY_LEFT }, { "Right", CC_KEY_RIGHT }, { "Home", CC_KEY_HOME },
	{ "End", CC_KEY_END }, { "PgUp", CC_KEY_PGUP }, { "PgDn", CC_KEY_PGDN }, { "Ins", CC_KEY_INSERT }, { "Del", CC_KEY_DELETE },
	{ "Bksp", CC_KEY_BACKSPACE }, { "Enter", CC_KEY_ENTER }, { "Esc", CC_KEY_ESC }, { "Tab", CC_KEY_TAB },
	{ "S-Tab", CC_KEY_BACKTAB }, { "F1", CC_KEY_F1 }, { "F2", CC_KEY_F2 }, { "F3", CC_KEY_F3 }, { "F4", CC_KEY_F4 },
	{ "F5", CC_KEY_F5 }, { "F6", CC_KEY_F6 }, { "F7", CC_KEY_F7 }, { "F8", CC_KEY_F8 }, { "F9", CC_KEY_F9 }, { "F10", CC_KEY_F10 },
	{ "F11", CC_KEY_F11 }, { "F12", CC_KEY_F12 }, { "Resize", CC_KEY_RESIZE }, { "Hangup", CC_KEY_HANGUP }, { "Space", ' ' },
};

enum { SPECIAL_COUNT = sizeof special / sizeof special[0] };

bool cc_key_parse(cc_str name, cc_key *out)
{
	cc_key key = { 0 };
	for (;;) {
		if (name.n > 2 && cc_str_starts(name, CC_STR("C-")))
			key.mods |= CC_MOD_CTRL;
		else if (name.n > 2 && cc_str_starts(name, CC_STR("A-")))
			key.mods |= CC_MOD_ALT;
		else
			break;
		name = cc_str_sub(name, 2, name.n);
	}
	for (size_t i = 0; i < SPECIAL_COUNT && !key.code; i++)
		if (cc_str_eqz(name, special[i].name))
			key.code = special[i].code;
	if (!key.code && name.n > 0) {
		size_t pos = 0;
		uint32_t ch = cc_utf8_next(name, &pos);
		if (pos == name.n && ch != CC_UTF8_BAD)
			key.code = ch;
	}
	if (!key.code)
		return false;
	*out = key;
	return true;
}

void cc_key_format(const cc_key *key, cc_buf *out)
{
	char bytes[4];
	if (key->mods & CC_MOD_CTRL)
		cc_buf_addz(out, "C-");
	if (key->mods & CC_MOD_ALT)
		cc_buf_addz(out, "A-");
	for (size_t i = 0; i < SPECIAL_COUNT; i++) {
		if (special[i].code == key->code) {
			cc_buf_addz(out, special[i].name);
			return;
		}
	}
	cc_buf_add(out, (cc_str){ bytes, cc_utf8_encode(key->code, bytes) });
}

bool cc_key_named(const char *names, const cc_key *key)
{
	cc_str rest = cc_str_from(names), name;
	while (rest.n > 0) {
		cc_key k;
		cc_str_cut(rest, ' ', &name, &rest);
		if (cc_key_parse(name, &k) && k.code == key->code && k.mods == key->mods)
			return true;
	}
	return false;
}
