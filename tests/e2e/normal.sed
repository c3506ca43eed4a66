# What differs from run to run, made constant.
s/0x[0-9a-f]+/0xADDR/g
s/\b(pid|PID) [0-9]+/\1 N/g
s/"(pid)": [0-9]+/"\1": N/g
s/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}Z?)?/DATE/g
s/[0-9]+(\.[0-9]+)? (h|min|s|ms|µs|us|ns)\b/TIME/g
s/TIME +/TIME  /g
s/ {3,}([0-9]+ process)/   \1/
s/build-id [0-9a-f]{6,}…?/build-id ID/g
s/\b[0-9a-f]{40}\b/ID/g
s/\bL-[0-9a-f]{6,}/L-ID/g
s/[ \t]+$//
