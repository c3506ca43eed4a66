# python3 runs a script that makes objects of every kind and starts a child.
export PYTHONMALLOC=malloc
command=(python3 script.py)
prepare()
{
	cat >script.py <<'P'
import collections, decimal, json, re, subprocess, sys, threading, zlib

words = collections.Counter()
for i in range(20000):
    words.update(re.findall(r"[a-z]+", "the quick brown fox number %d jumps over word%d" % (i, i % 300)))
print(sorted(words.items(), key=lambda item: (-item[1], item[0]))[:10])
tree = {str(i): {"values": list(range(i % 50)), "text": "x" * (i % 200)} for i in range(3000)}
print(len(json.dumps(tree)), len(zlib.compress(json.dumps(tree).encode())))
print(sum(decimal.Decimal(i) / 7 for i in range(500)))

class Node:
    def __init__(self, left=None, right=None):
        self.left, self.right = left, right

def build(depth):
    return Node(build(depth - 1), build(depth - 1)) if depth else Node()

nodes = [build(8) for _ in range(20)]
nodes[0].right = nodes[1]
results = []
threads = [threading.Thread(target=lambda n=n: results.append(sum(x * x for x in range(n)))) for n in (1000, 2000, 3000)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(results))
print(subprocess.run([sys.executable, "-c", "print(sum(range(1000)))"], capture_output=True, text=True).stdout)
P
}
also()
{
	holds '.processes | length >= 2'
	verified 100000
}
