# SPDX-License-Identifier: Apache-2.0
# The man pages are clean mdoc.
command -v mandoc >/dev/null || { echo "mandoc is not installed"; exit 77; }
mandoc -T lint man/*.[1-9]
exit 0
