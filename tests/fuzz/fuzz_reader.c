/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_reader.c -- libFuzzer's door to read_trace.h. */
#include "tests/fuzz/read_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	read_fuzzed_bytes(bytes, n_bytes);
	return 0;
}
