/* redact.c - credentials out of texts that leave the house. Reads once from left to right; at each place the first rule that fits
 * decides how much goes. */
#include <string.h>

#include "coldcase/export.h"

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
	return is_alnum(c) || c == '_' || c == '-';
}

/* Length of the run of characters of a base64 or token alphabet. */
static size_t token_length(cc_str s)
{
	size_t n = 0;
	while (n < s.n && (is_word(s.p[n]) || s.p[n] == '.' || s.p[n] == '+' || s.p[n] == '/' || s.p[n] == '=' || s.p[n] == '~'))
		n++;
	return n;
}

/* A value: quoted, or up to the next blank or separator. */
static size_t value_length(cc_str s)
{
	size_t n = 0;
	if (s.n && (s.p[0] == '"' || s.p[0] == '\'')) {
		size_t end = cc_str_find_char(cc_str_sub(s, 1, s.n), s.p[0]);
		return end == CC_STR_NONE ? s.n : end + 2;
	}
	while (n < s.n && !strchr(" \t\r\n,;&\"'}])", s.p[n]))
		n++;
	return n;
}

/* The word ends as a credential's name does: DB_PASSWORD, apiKey, x-auth-token. */
static bool names_secret(cc_str word)
{
	static const char *const ENDS[] = { "password", "passwd", "pwd", "secret", "token", "apikey", "api_key", "api-key", "access_key",
		"access-key", "private_key", "credential", "credentials" };
	for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
		size_t n = strlen(ENDS[i]);
		if (word.n >= n && cc_str_eq_nocase(cc_str_sub(word, word.n - n, word.n), cc_str_from(ENDS[i])))
			return true;
	}
	return false;
}

/* KEY=value, KEY: value, "key": "value": how much of s is the key and what stands between; 0 = no such thing here. */
static size_t secret_key(cc_str s, size_t *value)
{
	size_t n = 0, at;
	while (n < s.n && is_word(s.p[n]))
		n++;
	if (!n || !names_secret(cc_str_sub(s, 0, n)))
		return 0;
	at = n;
	if (at < s.n && (s.p[at] == '"' || s.p[at] == '\''))
		at++;
	while (at < s.n && s.p[at] == ' ')
		at++;
	if (at >= s.n || (s.p[at] != '=' && s.p[at] != ':'))
		return 0;
	for (at++; at < s.n && s.p[at] == ' ';)
		at++;
	*value = value_length(cc_str_sub(s, at, s.n));
	return *value ? at : 0;
}

static bool starts_nocase(cc_str s, const char *prefix)
{
	return cc_str_starts_nocase(s, cc_str_from(prefix));
}

/* "Bearer abc", "Basic abc": the scheme stays. */
static size_t scheme(cc_str s, size_t *value)
{
	static const char *const SCHEMES[] = { "bearer ", "basic " };
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(SCHEMES[i]);
		if (!starts_nocase(s, SCHEMES[i]))
			continue;
		*value = token_length(cc_str_sub(s, n, s.n));
		if (*value >= 12)
			return n;
	}
	return 0;
}

/* What is a secret by its own look; its length, 0 = none. */
static size_t bare_secret(cc_str s)
{
	size_t n = token_length(s);
	if (cc_str_starts(s, CC_STR("-----BEGIN "))) {
		size_t end = cc_str_find(s, CC_STR("-----END "));
		size_t tail = end == CC_STR_NONE ? CC_STR_NONE : cc_str_find(cc_str_sub(s, end + 9, s.n), CC_STR("-----"));
		return tail == CC_STR_NONE ? s.n : end + 9 + tail + 5;
	}
	if (n >= 40 && cc_str_starts(s, CC_STR("eyJ")) && memchr(s.p, '.', n))
		return n;
	if (n >= 20 && (cc_str_starts(s, CC_STR("AKIA")) || cc_str_starts(s, CC_STR("ASIA")) || cc_str_starts(s, CC_STR("sk-")) ||
		cc_str_starts(s, CC_STR("ghp_")) || cc_str_starts(s, CC_STR("glpat-")) || cc_str_starts(s, CC_STR("xoxb-"))))
		return n;
	return 0;
}

/* "://user:password@": how much precedes the password; 0 = no such thing here. */
static size_t address(cc_str s, size_t *value)
{
	if (!cc_str_starts(s, CC_STR("://")))
		return 0;
	size_t at = 3;
	while (at < s.n && (is_word(s.p[at]) || s.p[at] == '.' || s.p[at] == '%'))
		at++;
	if (at >= s.n || s.p[at] != ':')
		return 0;
	size_t end = ++at;
	while (end < s.n && !strchr("@/ \t\r\n\"'", s.p[end]))
		end++;
	*value = end - at;
	return end < s.n && s.p[end] == '@' && *value ? at : 0;
}

/* Whether one begins at i: up to where the text before it stays, and up to where it goes. */
static bool secret_at(cc_str text, size_t i, size_t *from, size_t *to)
{
	cc_str rest = cc_str_sub(text, i, text.n);
	bool begins = i == 0 || !is_word(text.p[i - 1]);
	size_t value = 0, kept = address(rest, &value);
	if (!kept && begins)
		kept = scheme(rest, &value);
	if (!kept && begins)
		kept = secret_key(rest, &value);
	size_t bare = kept || !begins ? 0 : bare_secret(rest);
	*from = i + kept;
	*to = *from + value + bare;
	return kept || bare;
}

bool cc_secret_find(cc_str text, size_t *from, size_t *to)
{
	for (size_t i = 0; i < text.n; i++)
		if (secret_at(text, i, from, to))
			return true;
	return false;
}

void cc_redact_secrets(cc_buf *out, cc_str text)
{
	for (size_t i = 0, from, to; i < text.n;) {
		if (!secret_at(text, i, &from, &to)) {
			cc_buf_add_char(out, text.p[i++]);
			continue;
		}
		cc_buf_add(out, cc_str_sub(text, i, from));
		cc_buf_addz(out, "[redacted]");
		i = to;
	}
}
