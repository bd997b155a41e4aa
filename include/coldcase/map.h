/* map.h - an open-addressing hash map from text to a 64-bit value, and a dictionary of distinct texts.
 *
 * cc_map borrows its keys (they must outlive it); cc_dict copies each distinct text once into its arena and numbers them
 * from 1; number 0 is always the empty text. Iteration order is insertion order, so output is deterministic. */
#ifndef COLDCASE_MAP_H
#define COLDCASE_MAP_H

#include "coldcase/image.h"

typedef struct cc_map cc_map;

cc_map *cc_map_new(void);
void cc_map_free(cc_map *m);
bool cc_map_get(const cc_map *m, cc_str key, uint64_t *value);  /* value may be NULL */
bool cc_map_set(cc_map *m, cc_str key, uint64_t value);         /* adds or replaces; false when out of memory */
/* Pointer to the value of key, adding it with `initial` when missing; NULL when out of memory. Valid until the next add. */
uint64_t *cc_map_slot(cc_map *m, cc_str key, uint64_t initial);
bool cc_map_remove(cc_map *m, cc_str key);                      /* false when it was not there */
size_t cc_map_count(const cc_map *m);
/* The i-th live entry in insertion order, i < count. */
void cc_map_entry(const cc_map *m, size_t i, cc_str *key, uint64_t *value);

typedef struct cc_dict cc_dict;

cc_dict *cc_dict_new(void);
void cc_dict_free(cc_dict *d);
uint32_t cc_dict_add(cc_dict *d, cc_str s);          /* its number; UINT32_MAX when out of memory */
uint32_t cc_dict_find(const cc_dict *d, cc_str s);   /* its number, or UINT32_MAX when never added (empty text: 0) */
cc_str cc_dict_get(const cc_dict *d, uint32_t id);   /* borrowed from the dictionary; empty for an unknown number */
size_t cc_dict_count(const cc_dict *d);              /* numbers 0 … count-1 are valid */

/* How an image (image.h) keeps them, index and all. One that comes out of an image is only read and is not freed. */
extern const cc_image_type cc_map_image, cc_dict_image;

#endif
