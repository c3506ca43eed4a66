# SPDX-License-Identifier: Apache-2.0
"""findings.py -- what memtrace and Valgrind say of one program, in one form.

A verdict is {stack: {kind: [allocations, bytes]}}; a stack is a tuple of (module's
file name, offset in it), the leaf first, from the allocator's caller to _start.
Both tools know return addresses. Valgrind prints them less one, and does not say
where it loaded a module: that is what most pairs of equal frames differ by.
"""
import collections
import json
import os
import re
import subprocess
import xml.etree.ElementTree

KINDS = ("definite", "indirect", "possible", "reachable")
LEAKS = {"Leak_DefinitelyLost": "definite", "Leak_IndirectlyLost": "indirect",
         "Leak_PossiblyLost": "possible", "Leak_StillReachable": "reachable"}
PAGE = 4096
MODULE = re.compile(rb"^p1 .* module id=\d+ generation=\d+ bias=0x([0-9a-f]+) "
                    rb'at=0x([0-9a-f]+)-0x([0-9a-f]+) path="([^"]*)"')
# "30,148 (656 direct, 29,492 indirect) bytes in 1 blocks", or "656 bytes in ..."
DIRECT = re.compile(r"([\d,]+)(?: direct| bytes)")


def module(path):
    return os.path.basename(os.path.realpath(path)) if path else "?"


def add(verdict, stack, kind, n, n_bytes):
    sums = verdict.setdefault(stack, {}).setdefault(kind, [0, 0])
    sums[0] += n
    sums[1] += n_bytes


def total(verdict, kind):
    sums = [kinds[kind] for kinds in verdict.values() if kind in kinds]
    return sum(n for n, _ in sums), sum(n_bytes for _, n_bytes in sums)


def memtrace(*command):
    return subprocess.run(("memtrace",) + command, check=True,
                          stdout=subprocess.PIPE).stdout


class Ours:
    """The first process of a trace: its verdict, the names of the frames of each
    stack, and an address of each (stack, kind)."""

    def __init__(self, trace):
        self.trace, self.verdict, self.names, self.example = trace, {}, {}, {}
        modules = [match for match in map(MODULE.search, memtrace("dump", trace).splitlines())
                   if match]
        self.modules = [(int(m[2], 16), int(m[3], 16), int(m[1], 16), module(m[4].decode()))
                        for m in reversed(modules)]
        for box in json.loads(memtrace("graph", "--to=json", trace))["nodes"]:
            self.take(box)

    def frame(self, address):
        for start, end, bias, name in self.modules:
            if start <= address <= end:
                return name, address - bias
        return "?", address

    def take(self, box):
        lines = [line for line in box["stack"] if not line["inlined"]]
        # One that a program brings along: Valgrind puts its own in its place.
        while lines and (lines[0]["function"] or "").startswith("operator new"):
            lines.pop(0)
        stack = tuple(self.frame(int(line["address"], 16)) for line in lines)
        self.names[stack] = [line["function"] or "%s+%#x" % at
                             for line, at in zip(lines, stack)]
        self.example[stack, box["reachability"]] = box["example"]
        add(self.verdict, stack, box["reachability"], box["allocations"], box["bytes"])


def from_valgrind(path):
    """Stacks as they are, with the addresses of that run."""
    verdict = {}
    for error in xml.etree.ElementTree.parse(path).getroot().iter("error"):
        kind = LEAKS.get(error.findtext("kind"))
        if not kind:
            continue
        frames = [(frame.findtext("obj"), int(frame.findtext("ip"), 16) + 1)
                  for frame in error.find("stack")]
        while frames and not frames[-1][0]:
            frames.pop()
        stack = tuple((module(path), at) for path, at in frames
                      if not (path and "vgpreload" in path))
        n_bytes = DIRECT.search(error.findtext("xwhat/text"))[1].replace(",", "")
        add(verdict, stack, kind, int(error.findtext("xwhat/leakedblocks")), int(n_bytes))
    return verdict


def biases(ours, theirs):
    """Of each module, what its addresses differ by: a number of pages. Most stacks
    of equal sums and length are the same stack."""
    def key(stack, kinds):
        n = next((i for i, (name, _) in enumerate(stack) if name == "?"), len(stack))
        return tuple(name for name, _ in stack[:n]), sum(sums[1] for sums in kinds.values())

    alike, votes = collections.defaultdict(list), collections.defaultdict(collections.Counter)
    for stack, kinds in ours.items():
        alike[key(stack, kinds)].append(stack)
    for stack, kinds in theirs.items():
        names, n_bytes = key(stack, kinds)
        # What lies above _start's frame may look like one more.
        for n in range(len(names), 0, -1):
            for like in alike.get((names[:n], n_bytes), ()):
                for (name, at), (_, ours_at) in zip(stack, like):
                    if (at - ours_at) % PAGE == 0:
                        votes[name][at - ours_at] += 1
    return {name: counts.most_common(1)[0][0] for name, counts in votes.items()}


def relocate(ours, theirs):
    """theirs with the addresses of ours."""
    bias, moved = biases(ours, theirs), {}
    for stack, kinds in theirs.items():
        to = tuple((name, at - bias.get(name, 0)) for name, at in stack)
        to = next((to[:n] for n in range(len(to), 0, -1) if to[:n] in ours), to)
        for kind, (n, n_bytes) in kinds.items():
            add(moved, to, kind, n, n_bytes)
    return moved
