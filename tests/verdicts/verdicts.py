#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""verdicts.py -- what memtrace calls lost, against Valgrind, on real programs.

Each program runs under both with one command line, one environment and input that
is the same in every run. The findings are matched by stack. Where the sums of a
stack differ, evidence.py puts the difference into one class of a closed list. The
page on standard output is docs/verdicts.md; the exit code is 1 if a difference is
in the class "other", or memtrace calls lost what Valgrind does not.

usage: verdicts.py [PROGRAM...], in an empty folder, `memtrace` in PATH
"""
import os
import shutil
import subprocess
import sys
import time

import inputs
from evidence import BLINDNESS, CLASSES, FALSE_ALARM, compare
from findings import KINDS, Ours, from_valgrind, relocate, total

VALGRIND = ["valgrind", "-q", "--leak-check=full", "--show-leak-kinds=all",
            "--leak-check-heuristics=all", "--leak-resolution=high", "--num-callers=500",
            "--run-libc-freeres=no", "--run-cxx-freeres=no", "--default-suppressions=no",
            "--show-below-main=yes", "--read-inline-info=no", "--keep-debuginfo=yes",
            "--child-silent-after-fork=yes", "--xml=yes", "--xml-file=theirs.xml"]
MEMTRACE = ["memtrace", "run", "-q", "--snapshot-at-exit=yes", "-o"]


def valgrinds_environment():
    """What Valgrind adds, which the program sees, and copies: so it is added for
    memtrace, too. Its libraries do nothing without it."""
    shown = subprocess.run(["valgrind", "-q", "env", "-0"], env=inputs.CALM, check=True,
                           stdout=subprocess.PIPE).stdout.decode()
    env = dict(item.split("=", 1) for item in shown.split("\0") if item)
    return {name: value for name, value in env.items() if name != "PWD"}


class Compared:
    def __init__(self, program, env):
        self.program = program
        program.prepare()
        status = program.run(MEMTRACE + ["ours.bin", "--"], env, "ours.out")
        if program.run(VALGRIND, inputs.CALM, "theirs.out") != status:
            sys.exit("%s ended otherwise under Valgrind" % program.name)
        self.ours = Ours("ours.bin")
        self.theirs = relocate(self.ours.verdict, from_valgrind("theirs.xml"))
        self.differences, self.n_unlike = compare(self.ours.verdict, self.theirs)
        for it in self.differences:
            it.kind, it.evidence = it.explain(self.ours, lambda: self.filled(env))

    def filled(self, env):
        """A run in which nothing that malloc gives looks like a pointer."""
        env = dict(env, GLIBC_TUNABLES="glibc.malloc.perturb=165:glibc.malloc.tcache_count=0")
        self.program.run(MEMTRACE + ["filled.bin", "--"], env, "filled.out")
        return Ours("filled.bin")


def pair(kind, compared):
    ours, theirs = total(compared.ours.verdict, kind), total(compared.theirs, kind)
    if ours == theirs:
        return "%d / %d B" % ours
    return "%d / %d B, Valgrind %d / %d B" % (ours + theirs)


def version(*command):
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
    return out.decode().splitlines()[0]


def debian():
    with open("/etc/debian_version") as file:
        return file.read().strip()


def put_head():
    print("""<!-- Made by `make verdicts`. -->
# What memtrace calls lost, and what Valgrind does

%s against %s on Debian %s (%s), %s.

Each program ran under both, with one command line, one environment and the same
input:

    %s PROGRAM
    %s PROGRAM

Allocations are matched by their whole stacks, and what is lost is compared stack by
stack, bytes and counts. Valgrind's calls into libc to free what libc keeps are off:
both see the process as its own exit leaves it. Valgrind knows which words were
written; memtrace does not, and takes what looks like a pointer for one. So a
difference has a class, of this list, by evidence: what `memtrace why` says holds the
allocation, or another run in which malloc fills the memory it gives.

| class | what it means |
|---|---|
| stale slot | a word of a stack from an earlier call holds it, or only such words or freed memory do |
| undefined word | a word of an allocation that the program never wrote holds it |
| heuristic | a rule of memtrace's that Valgrind does not have: tags in the low bits, learned offsets, types, what the dynamic loader made |
| alignment | the pointer lies where only one of the two looks |
| allocator's own | memory of an allocator that is not libc's holds it |
| other | none of these |

*False alarm*: memtrace calls lost what Valgrind finds held. *Blindness*: the other
way round.
""" % (version("memtrace", "--version"), version("valgrind", "--version"), debian(),
       version("getconf", "GNU_LIBC_VERSION"), time.strftime("%B %Y"),
       " ".join(MEMTRACE[:-1]), " ".join(VALGRIND)))


def put_table(compared):
    print("""## Programs

Allocations / bytes, of memtrace; where Valgrind's differ, both. "Unlike": stacks on
which the two runs did not allocate the same, by time or by addresses.
""")
    print("| program | %s | stacks | unlike | differences |" % " | ".join(KINDS))
    print("|---" * (len(KINDS) + 4) + "|")
    for one in compared:
        print("| `%s` | %s | %d | %d | %d |" % (
            one.program.shown.replace("|", "\\|"),
            " | ".join(pair(kind, one) for kind in KINDS),
            len(set(one.ours.verdict) | set(one.theirs)), one.n_unlike,
            len(one.differences)))


def put_kinds(kinds):
    return ", ".join("%d %s (%d B)" % (kinds[kind][0], kind, kinds[kind][1])
                     for kind in KINDS if kind in kinds) or "nothing"


def put_differences(compared):
    print("""
## Differences

`stale_words` is no real program, but made for the first two classes.

| program | made by | memtrace | Valgrind | | class | evidence |
|---|---|---|---|---|---|---|""")
    for one in compared:
        for it in one.differences:
            names = one.ours.names.get(it.stack) or ["%s+%#x" % at for at in it.stack]
            print("| %s | %s | %s | %s | %s | %s | %s |" % (
                one.program.name, " ← ".join("`%s`" % name for name in names[:3]),
                put_kinds(it.ours), put_kinds(it.theirs), it.direction, it.kind, it.evidence))


def put_sums(found):
    print("\n## Sums\n\n| class | false alarms | blindnesses |\n|---|---|---|")
    for kind in CLASSES:
        ways = [it.direction for it in found if it.kind == kind]
        print("| %s | %d | %d |" % (kind, ways.count(FALSE_ALARM), ways.count(BLINDNESS)))


def main():
    env, here, compared = valgrinds_environment(), os.getcwd(), []
    for program in list(inputs.programs()) + [inputs.stale_words()]:
        if sys.argv[1:] and program.name not in sys.argv[1:]:
            continue
        shutil.rmtree(program.name, ignore_errors=True)
        os.mkdir(program.name)
        os.chdir(program.name)
        print(program.name, file=sys.stderr)
        compared.append(Compared(program, env))
        os.chdir(here)
    put_head()
    put_table(compared)
    put_differences(compared)
    found = [it for one in compared for it in one.differences]
    put_sums(found)
    sys.exit(any(it.kind == "other" or it.direction == FALSE_ALARM for it in found))


if __name__ == "__main__":
    main()
