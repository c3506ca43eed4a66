/* SPDX-License-Identifier: Apache-2.0 */
/* why_type.h -- the first part of "why TYPE": all allocations of a type. */
#ifndef ANALYZER_CLI_WHY_TYPE_H
#define ANALYZER_CLI_WHY_TYPE_H

#include "analyzer/cli/why.h"

/* The subject is of that type; n_most holders are listed. */
void why_put_type(struct out *out, const struct subject *subject, uint32_t n_most);

#endif
