# SPDX-License-Identifier: Apache-2.0
"""shell_of.py DOCUMENT HEADING -- the shell of the first fenced block below a heading: the
lines of "run: |", the items of "script:", what stands between three quotes after sh."""
import re
import sys


def indented(lines, begin):
    """The lines from begin on that stand further in than the one before it."""
    depth = len(lines[begin - 1]) - len(lines[begin - 1].lstrip())
    for line in lines[begin:]:
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            return
        yield line.strip()


def shell_of(lines):
    for i, line in enumerate(lines):
        if re.search(r"\brun: \|$", line):
            yield from indented(lines, i + 1)
        elif re.search(r"\bscript:$", line):
            yield from (item.removeprefix("- ") for item in indented(lines, i + 1))
        elif line.strip() == "sh '''":
            for inner in lines[i + 1:]:
                if inner.strip() == "'''":
                    break
                yield inner.strip()


text = open(sys.argv[1]).read().split("\n## " + sys.argv[2] + "\n")[1].split("\n## ")[0]
block = re.search(r"\n```\w+\n(.*?)\n```", text, re.S).group(1)
print("\n".join(shell_of(block.split("\n"))))
