/* fuzz.h - a fuzz target is one function; libFuzzer's name, so that clang -fsanitize=fuzzer can drive it too. */
#ifndef COLDCASE_TESTS_FUZZ_H
#define COLDCASE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An invariant of the target: its breach is a crash, in every build. */
#define must(condition) ((condition) ? (void)0 : abort())

#endif
