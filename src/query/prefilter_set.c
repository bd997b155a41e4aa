/* prefilter_set.c - unions and products of literals, which stop growing before they cost more than they save. */
#include "query/prefilter_set.h"

#include <string.h>

void literals_set_one(literal_set *s, cc_str text)
{
	s->count = 1;
	s->item[0].n = (unsigned char)text.n;
	if (text.n)
		memcpy(s->item[0].p, text.p, text.n);
}

static bool has(const literal_set *s, const literal *l)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->item[i].n == l->n && memcmp(s->item[i].p, l->p, l->n) == 0)
			return true;
	return false;
}

bool literals_add(literal_set *s, const literal_set *more)
{
	unsigned before = s->count;
	for (unsigned i = 0; i < more->count; i++) {
		if (has(s, &more->item[i]))
			continue;
		if (s->count == LITERALS_MAX) {
			s->count = before;
			return false;
		}
		s->item[s->count++] = more->item[i];
	}
	return true;
}

bool literals_append(literal_set *s, const literal_set *tail)
{
	literal_set product = { 0 };
	if ((size_t)s->count * tail->count > LITERALS_MAX)
		return false;
	for (unsigned i = 0; i < s->count; i++)
		for (unsigned k = 0; k < tail->count; k++) {
			literal *l = &product.item[product.count];
			const literal *a = &s->item[i], *b = &tail->item[k];
			if (a->n + b->n > LITERAL_BYTES)
				return false;
			memcpy(l->p, a->p, a->n);
			memcpy(l->p + a->n, b->p, b->n);
			l->n = (unsigned char)(a->n + b->n);
			product.count += !has(&product, l);
		}
	*s = product;
	return true;
}

size_t literals_shortest(const literal_set *s)
{
	size_t n = s->count ? s->item[0].n : 0;
	for (unsigned i = 1; i < s->count; i++)
		n = s->item[i].n < n ? s->item[i].n : n;
	return n;
}

void literals_keep_better(literal_set *best, const literal_set *other)
{
	size_t a = literals_shortest(best), b = literals_shortest(other);
	if (b > a || (b == a && b > 0 && other->count < best->count))
		*best = *other;
}
