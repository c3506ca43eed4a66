# SPDX-License-Identifier: Apache-2.0
"""evidence.py -- why the two tools differ on a stack.

A class is said when `memtrace why` names what holds an allocation of that stack,
and Valgrind, which scans the same memory, does not count it, or the other way
round. Nothing is concluded from a stack whose sums differ: then the two runs were
not the same, and that is "other", as is everything that no rule explains.
"""
import re
import subprocess

from findings import memtrace

CLASSES = ("stale slot", "undefined word", "heuristic", "alignment", "allocator's own",
           "other")
FALSE_ALARM, BLINDNESS = "false alarm", "blindness"
EDGE_RULE = re.compile(r"\((low-tag|high-tag|masked|end|learned|typed|stdstring|length64|"
                       r"newarray|inheritance)\)")
SLOT = re.compile(r", at 0x([0-9a-f]+)")
TID = re.compile(r" \d+(?= \()")


class Why:
    """What `memtrace why --full` says of one allocation, by section."""

    def __init__(self, trace, address):
        self.sections, lines = {}, []
        for line in memtrace("why", "--full", trace, address).decode().splitlines():
            if line and line == line.upper():
                lines = self.sections.setdefault(line, [])
            else:
                lines.append(line)

    def held_by(self):
        return self.sections.get("HELD BY", [])

    def path(self):
        """The shortest one: its root, then the holders on the way."""
        lines = self.sections.get("REACHED FROM", [])
        end = next((i for i, line in enumerate(lines) if line == "    → it"), len(lines))
        return lines[:end]


def lost(kinds):
    return [sum(kinds.get(kind, (0, 0))[i] for kind in ("definite", "indirect"))
            for i in (0, 1)]


def sums(kinds):
    return [sum(n for n, _ in kinds.values()), sum(n_bytes for _, n_bytes in kinds.values())]


def of_false_alarm(why):
    for line in why.held_by():
        if "which does not count" in line:
            return "stale slot", line.strip()
    return "other", "held by: " + "; ".join(line.strip() for line in why.held_by())


def of_path(why, is_held_when_filled):
    """Of an allocation that memtrace finds held, and Valgrind does not."""
    path = why.path()
    if not path:
        return "other", "no path"
    root = path[0].strip()
    place = SLOT.sub("", root)
    rule = EDGE_RULE.search(" ".join(path + why.held_by()[:1]))
    slot = SLOT.search(root)
    if rule:
        return "heuristic", "an edge of the kind " + rule[1]
    if root.startswith("the dynamic loader"):
        return "heuristic", "what the dynamic loader made, it holds"
    if slot and int(slot[1], 16) % 8:
        return "alignment", place
    if len(path) == 1 and place.startswith(("the stack of", "a register of")):
        return "stale slot", "%s, in a word Valgrind knows as unwritten" % TID.sub("", place)
    if "memory the program mapped" in root or "data of libjemalloc" in root:
        return "allocator's own", place
    if len(path) > 1 and not is_held_when_filled():
        return "undefined word", "not held when malloc fills what it gives"
    return "other", " ".join(line.strip() for line in path)


class Difference:
    """Of a stack of which not as much is lost, or not as directly."""

    def __init__(self, stack, ours, theirs):
        self.stack, self.ours, self.theirs = stack, ours, theirs
        self.direction = FALSE_ALARM if lost(ours) > lost(theirs) else BLINDNESS

    def explain(self, run, filled):
        """run: an Ours; filled(): another, whose malloc filled its memory."""
        if sums(self.ours) != sums(self.theirs):
            return "other", "the two runs did not do the same"
        kind = max((kind for kind in self.ours if self.ours[kind] > self.theirs.get(kind, [0, 0])),
                   key=lambda kind: self.ours[kind][1])
        try:
            why = Why(run.trace, run.example[self.stack, kind])
        except subprocess.CalledProcessError:
            return "other", "memtrace why has no answer"
        if self.direction == FALSE_ALARM:
            return of_false_alarm(why)
        return of_path(why, lambda: lost(filled().verdict.get(self.stack, {})) <
                       lost(self.theirs))


def compare(ours, theirs):
    """The differences, and on how many stacks the two runs did not do the same."""
    found, n_unlike = [], 0
    for stack in sorted(set(ours) | set(theirs)):
        one, other = ours.get(stack, {}), theirs.get(stack, {})
        n_unlike += sums(one) != sums(other)
        if any(one.get(kind) != other.get(kind) for kind in ("definite", "indirect")):
            found.append(Difference(stack, one, other))
    return found, n_unlike
