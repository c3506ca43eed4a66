# SPDX-License-Identifier: Apache-2.0
# What libmemtrace.so asks of others, in somebody else's process: only what
# tests/lint/inside-calls.txt allows. No malloc, no stdio, no locks.
library=$BUILD/libmemtrace.so
[ -f "$library" ] || { echo "$library is not built"; exit 1; }
needed=$(mktemp) allowed=$(mktemp)
trap 'rm -f "$needed" "$allowed"' EXIT
nm -D --undefined-only "$library" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u >"$needed"
sed 's/[ \t]*#.*//; /^$/d' tests/lint/inside-calls.txt | sort -u >"$allowed"
comm -23 "$needed" "$allowed" | sed 's/^/libmemtrace.so must not need /'
# The library is found by the loader alone: libc is all it may bring along.
readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
	grep -v -x -e 'libc\.so\.6' -e 'ld-linux-.*' | sed 's/^/libmemtrace.so must not load /'
exit 0
