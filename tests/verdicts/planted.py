#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""planted.py -- no false alarm, and no blindness, on real programs.

Of the programs of inputs.py in which Valgrind finds nothing lost, memtrace calls
nothing lost either, however addresses fall. In all of them an allocation that
planted.c loses at some moment is found as definitely lost, with its stack; and every
other finding is one that a run without it has too.

usage: planted.py RUNS PLANTED.so, in an empty folder, `memtrace` in PATH;
PROGRAM=name takes one, SEED=number the moments of another run
"""
import json
import os
import random
import shutil
import subprocess
import sys

import inputs

LIBRARY_FUNCTIONS = ("planted_here", "take_place")
MOMENTS = (None, "9999", "0000")
WITHOUT_MAX = 8
PLANTED_BYTES = 152

failures = []


def fail(program, env, what):
    failures.append("%s%s: %s" % (program.name, " PLANTED=" + env["PLANTED"]
                                  if "PLANTED" in env else "", what))
    print(failures[-1], flush=True)


def report(program, env):
    for name in os.listdir():
        if name == "planted" or name.startswith("trace.bin"):
            os.remove(name)
    status = program.run(["memtrace", "run", "-q", "--snapshot-at-exit=yes", "-o", "trace.bin",
                          "--"], env, "out")
    # Status 1 says that something was found.
    shown = subprocess.run(["memtrace", "report", "--json", "trace.bin"],
                           stdout=subprocess.PIPE).stdout
    if status:
        fail(program, env, "ended with %d" % status)
    return json.loads(shown)


def leaks(shown):
    return [it for it in shown["findings"] if it["kind"] == "leak"]


def is_ours(finding):
    return any(line["function"] in LIBRARY_FUNCTIONS for line in finding["stack"])


def names(finding):
    return [line["function"] for line in finding["stack"]]


def check_clean(program):
    for process in report(program, inputs.CALM)["processes"]:
        lost = process["leaks"]["definite"], process["leaks"]["indirect"]
        if any(sums["allocations"] for sums in lost):
            fail(program, {}, "calls lost what is held: %s" % json.dumps(lost))


def check_found(program, env, shown):
    """As many as were planted, each with the stack that made it."""
    found = [it for it in leaks(shown) if "planted_here" in names(it)]
    n = os.path.getsize("planted") if os.path.exists("planted") else 0
    if n == 0:
        fail(program, env, "nothing was planted")
    if (sum(it["allocations"] for it in found) != n or
            any(it["bytes"] != it["allocations"] * PLANTED_BYTES or names(it)[0] !=
                "planted_here" or it["reachability"] != "definite" for it in found)):
        fail(program, env, "planted %d, found %s" %
             (n, [(it["reachability"], it["bytes"], names(it)[:3]) for it in found]))


class Without:
    """The findings of runs in which nothing was planted, at most some of them."""

    def __init__(self, program, env):
        self.program, self.env = program, dict(env, PLANTED="none")
        self.ids, self.n_runs = set(), 0

    def has(self, ids):
        while not ids <= self.ids and self.n_runs < WITHOUT_MAX:
            self.ids |= {it["id"] for it in leaks(report(self.program, self.env))}
            self.n_runs += 1
        return ids <= self.ids


def check(program, n_runs, library):
    env = dict(inputs.CALM, LD_PRELOAD=library, PLANTED_IN=os.path.join(os.getcwd(), "planted"))
    without = Without(program, env)
    program.prepare()
    for at in range(n_runs):
        moment = MOMENTS[at % len(MOMENTS)] or "%04d" % (2 ** random.uniform(0, 9))
        planted = dict(env, PLANTED=moment)
        shown = report(program, planted)
        check_found(program, planted, shown)
        others = {it["id"]: it for it in leaks(shown) if not is_ours(it)}
        if not without.has(set(others)):
            for new in set(others) - without.ids:
                fail(program, planted, "only with the plant: %s %s" %
                     (others[new]["reachability"], names(others[new])[:4]))
        if program.is_clean:
            check_clean(program)


def main():
    n_runs, library = int(sys.argv[1]), os.path.abspath(sys.argv[2])
    here, n_programs = os.getcwd(), 0
    seed = int(os.environ.get("SEED", random.randrange(10**6)))
    random.seed(seed)
    for program in inputs.programs():
        if os.environ.get("PROGRAM", program.name) != program.name:
            continue
        shutil.rmtree(program.name, ignore_errors=True)
        os.mkdir(program.name)
        os.chdir(program.name)
        check(program, n_runs, library)
        os.chdir(here)
        n_programs += 1
    print("%d programs, %d runs each, %d failures, SEED=%d" %
          (n_programs, n_runs, len(failures), seed))
    sys.exit(1 if failures or not n_programs else 0)


if __name__ == "__main__":
    main()
