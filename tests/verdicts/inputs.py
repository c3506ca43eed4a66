# SPDX-License-Identifier: Apache-2.0
"""inputs.py -- the programs, and what they read: the same bytes every time."""
import os
import random
import subprocess
import sys
import time

PERL = """use strict; my %h; my @closures;
for my $i (1 .. 300) { push @{$h{"k" . $i % 17}}, { v => $i } if "a=$i" =~ /^a=(\\d+)$/ }
push @closures, sub { $_[0] + $_ } for 1 .. 20;
print join(",", map { scalar @{$h{$_}} } sort keys %h), "\\n";
"""
BASH = """declare -A square; for i in 1 2 3 4 5 6 7; do square[k$i]=$((i * i)); text="$text $i"; done
f() { local x=$1; echo "${x^^} ${square[k3]}"; }
f abc; case $text in *7*) echo seven ;; esac; a=(x y z); echo "${a[@]/y/w}" "$(echo inner)"
"""
PYTHON = """import collections, json, re
print(sorted(collections.Counter(re.findall("[a-z]+", "the quick brown the fox")).items()))
print(len(json.dumps({str(i): list(range(i)) for i in range(50)})))
"""
SQL = """CREATE TABLE t (id INTEGER PRIMARY KEY, k TEXT, v INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
INSERT INTO t SELECT i, 'k' || (i % 7), (i * 7919) % 1003 FROM n;
CREATE INDEX x ON t (k, v);
SELECT k, count(*), sum(v) FROM t GROUP BY k ORDER BY 3 DESC;
SELECT group_concat(v) FROM (SELECT v FROM t ORDER BY v LIMIT 20);
"""
C = """#include <stdio.h>
#include <stdlib.h>
struct item { struct item *next; int value; };
static struct item *add(struct item *next, int value)
{
	struct item *item = malloc(sizeof *item);
	item->next = next;
	item->value = value;
	return item;
}
int main(int argc, char **argv)
{
	struct item *list = 0;
	for (int i = 0; i < argc; i++)
		list = add(list, i * i);
	for (; list; list = list->next)
		printf("%d %s\\n", list->value, argv[0]);
	return 0;
}
"""
PROGS = os.environ.get("PROGS", "")


CALM = {"PATH": os.environ["PATH"], "HOME": os.getcwd(), "LC_ALL": "C", "TZ": "UTC",
        "PERL_HASH_SEED": "0", "PERL_PERTURB_KEYS": "0", "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1", "GIT_PAGER": "cat", "GIT_CONFIG_NOSYSTEM": "1"}


class Program:
    """is_clean: Valgrind finds nothing in it that is lost."""

    def __init__(self, name, argv, files=None, before=None, env=None, drive=None, shown=None,
                 is_clean=True):
        self.name, self.argv, self.files, self.before = name, argv, files or {}, before
        self.env, self.drive, self.is_clean = env or {}, drive, is_clean
        self.shown = shown or " ".join(argv)

    def prepare(self):
        for name, text in self.files.items():
            with open(name, "w") as file:
                file.write(text)
        if self.before:
            self.before()

    def run(self, command, env, output):
        """Its status under a command, with what it says in a file."""
        with open(output, "w") as to:
            child = subprocess.Popen(command + self.argv, stdin=subprocess.DEVNULL, stdout=to,
                                     stderr=to, env=dict(env, PWD=os.getcwd(), **self.env))
            if self.drive:
                self.drive()
            return child.wait()


def documents():
    draw = random.Random(7)
    entries = [(i, i % 17, draw.randrange(10**9)) for i in range(600)]
    xml = "".join('<entry id="%d" kind="k%d"><value>%d</value></entry>\n' % at for at in entries)
    json = ",\n".join('{"id": %d, "kind": "k%d", "value": %d}' % at for at in entries)
    return {"d.xml": "<list>\n%s</list>\n" % xml, "d.json": "[%s]\n" % json}


def repository():
    who = {name: "a@example.org" for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL")}
    who.update({name: "a" for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME")})
    who.update({name: "2026-01-01T00:00:00Z" for name in ("GIT_AUTHOR_DATE",
                                                         "GIT_COMMITTER_DATE")})

    def git(*command):
        subprocess.run(("git",) + command, check=True, env=dict(os.environ, **who))
    git("init", "-q", "-b", "main", "g")
    for i in range(1, 6):
        with open("g/file%d" % i, "w") as file:
            file.writelines("%d\n" % line for line in range(i, 300))
        git("-C", "g", "add", "-A")
        git("-C", "g", "commit", "-q", "-m", "change %d" % i)
    # An index as new as what it lists is written anew by every status.
    for i in range(1, 6):
        os.utime("g/file%d" % i, (10**9, 10**9))
    git("-C", "g", "update-index", "-q", "--refresh")


def redis_cli(text):
    return subprocess.run(["redis-cli", "-s", "./s"], input=text.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def drive_redis():
    for _ in range(1000):
        if redis_cli("PING").startswith(b"PONG"):
            break
        time.sleep(0.05)
    else:
        sys.exit("redis-server does not answer")
    redis_cli("".join("SET k%d %d\nLPUSH l %d\nHSET h f%d 1\nZADD z %d m%d\n" % ((i,) * 6)
                      for i in range(50)))
    redis_cli("SHUTDOWN NOSAVE")


def cc1():
    return subprocess.run(["gcc", "-print-prog-name=cc1"], check=True,
                          stdout=subprocess.PIPE).stdout.decode().strip()


def preprocess():
    subprocess.run(["gcc", "-E", "-P", "-o", "c.i", "c.c"], check=True)


def programs():
    yield Program("sqlite3", ["sqlite3", ":memory:", ".read s.sql"], {"s.sql": SQL})
    yield Program("git log", ["git", "-C", "g", "log", "--stat"], before=repository)
    yield Program("git status", ["git", "-C", "g", "status"], before=repository)
    yield Program("jq", ["jq", "-S", "group_by(.kind) | map({kind: .[0].kind, n: length})",
                         "d.json"], documents())
    yield Program("xmllint", ["xmllint", "--format", "--xpath",
                              "count(//entry[value > 500000000])", "d.xml"], documents())
    yield Program("python3", ["/usr/bin/python3", "-c", "pass"])
    yield Program("python3 script", ["/usr/bin/python3", "s.py"], {"s.py": PYTHON})
    yield Program("python3 malloc", ["/usr/bin/python3", "s.py"], {"s.py": PYTHON},
                  env={"PYTHONMALLOC": "malloc"}, shown="PYTHONMALLOC=malloc python3 s.py")
    yield Program("bash", ["bash", "-c", BASH], shown="bash -c …")
    yield Program("perl", ["perl", "-e", "1"], is_clean=False)
    yield Program("perl script", ["perl", "s.pl"], {"s.pl": PERL}, is_clean=False)
    yield Program("gcc", ["gcc", "-c", "c.c"], {"c.c": C}, is_clean=False)
    yield Program("cc1", [cc1(), "-quiet", "-O2", "c.i", "-o", "c.s"], {"c.c": C},
                  before=preprocess, shown="cc1 -quiet -O2 c.i -o c.s")
    yield Program("redis-server", ["redis-server", "--port", "0", "--unixsocket", "./s",
                                   "--save", "", "--io-threads", "1", "--logfile", "log",
                                   # What is slow, it notes: by time.
                                   "--slowlog-log-slower-than", "-1"],
                  drive=drive_redis, shown="redis-server --port 0 --unixsocket ./s --save '' …")
    yield Program("tar", ["tar", "cf", "d.tar", "d.xml", "d.json"], documents(), is_clean=False)
    yield Program("sort", ["sort", "d.xml"], documents(), is_clean=False)
    yield Program("ls", ["ls", "-l", "/usr/bin"])
    yield Program("find", ["find", ".", "-name", "*.xml"], documents())
    yield Program("grep", ["grep", "-c", "value", "d.xml"], documents())
    yield Program("sed", ["sed", "s/a/b/", "d.xml"], documents())
    yield Program("objdump", ["objdump", "-h", "/usr/bin/true"])


def stale_words():
    """Made for the classes of differences, and no real program."""
    return Program("stale_words", [os.path.join(PROGS, "stale_words")], shown="stale_words",
                   is_clean=False)
