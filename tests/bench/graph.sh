#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# graph.sh -- the analysis of large object graphs: time by step, memory at the peak.
#
#     tests/bench/graph.sh [NODES [WORDS]]
#
# The goals are 4 s for a million allocations, 60 s for ten with 50 million edges,
# and 64 bytes for an allocation plus 16 for an edge. tests/bench/graph.c says what
# the shapes are.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
nodes=${1:-1000000}
words=${2:-5}
mkdir -p "$BUILD/bench"
"${CC:-gcc}" -std=gnu11 -O2 -g -I. -D_GNU_SOURCE -o "$BUILD/bench/graph" tests/bench/graph.c \
	analyzer/graph/*.c analyzer/base/*.c
for shape in random list ring; do
	echo "$shape, $nodes allocations"
	"$BUILD/bench/graph" "$shape" "$nodes" "$words"
done
