/* lib.h - shared libraries that are loaded when they are first asked for, since linked they would be mapped and bound at every start. */
#ifndef COLDCASE_LIB_H
#define COLDCASE_LIB_H

#include <stdbool.h>
#include <stddef.h>

/* A function of a library, and the address of the function pointer that gets it. */
typedef struct cc_lib_call { const char *name; void *at; } cc_lib_call;

/* Loads the first library of these names that is there and finds all calls in it; false when there is none, or one lacks a call. What
 * was loaded stays: libraries behind it do not all bear being unloaded. Call it once (pthread_once). */
bool cc_lib_load(const char *const *names, size_t n, const cc_lib_call *calls, size_t calls_n);

#endif
