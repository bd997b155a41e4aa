/* vec.h - typed growable arrays.
 *
 *     typedef CC_VEC(cc_span) span_vec;
 *     span_vec v = { 0 };
 *     if (!cc_vec_push(&v, span)) return CC_ENOMEM;
 *     for (size_t i = 0; i < v.n; i++) use(&v.p[i]);
 *     cc_vec_deinit(&v);
 *
 * Growth doubles; the elements move, so keep indices, not pointers. Limits are errors, never cuts: push returns false
 * when memory is out and the array is unchanged. */
#ifndef COLDCASE_VEC_H
#define COLDCASE_VEC_H

#include <stdbool.h>
#include <stddef.h>

#define CC_VEC(type) struct { type *p; size_t n, cap; }

#define cc_vec_reserve(v, more) cc_vec_grow((void **)&(v)->p, &(v)->cap, (v)->n, (more), sizeof *(v)->p)
#ifdef __clang_analyzer__ /* it does not see that growing sets p */
#undef cc_vec_reserve
#define cc_vec_reserve(v, more) (cc_vec_grow((void **)&(v)->p, &(v)->cap, (v)->n, (more), sizeof *(v)->p) && (v)->p)
#define cc_vec_has_room(v) false
#else
#define cc_vec_has_room(v) ((v)->n < (v)->cap)
#endif
#define cc_vec_push(v, item) ((cc_vec_has_room(v) || cc_vec_reserve(v, 1)) ? ((v)->p[(v)->n++] = (item), true) : false)
#define cc_vec_deinit(v) (cc_vec_release((void **)&(v)->p), (v)->n = (v)->cap = 0)

/* Used by the macros: makes *cap hold n + more elements of `size` bytes; false when it cannot. */
bool cc_vec_grow(void **p, size_t *cap, size_t n, size_t more, size_t size);
void cc_vec_release(void **p);

#endif
