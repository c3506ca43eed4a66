# Where ptrace is refused: one thread is judged as ever; with more it is inconclusive, never red for what a thread holds.
status no_ptrace memtrace run --check leak_three_of_ten 2>said
equal "a leak of one thread" $got 101
says said 'verdict=findings .*definite=48/3 .*complete=yes'
no_ptrace memtrace run --check true 2>said
says said 'verdict=clean .*complete=yes'
# In what it starts, too.
status no_ptrace memtrace run --check sh -c 'leak_three_of_ten; :' 2>said
equal "a leak of a child" $got 101
says said 'definite=48/3 .*complete=yes'
# A thread's stack holds it, and nobody could look there.
status no_ptrace memtrace run --check leak_causes running 2>said
equal "held by a running thread" $got 102
says said 'INCONCLUSIVE: .*--allow-incomplete=threads-not-stopped:leak_causes' 'verdict=inconclusive .*definite=0/0'
no_ptrace memtrace run --check --allow-incomplete=threads-not-stopped,roots-not-scanned leak_causes running 2>said
says said 'verdict=clean .*complete=no'
# Wrong releases need no ptrace.
status no_ptrace memtrace run --check wrong_free grown 2>said
says said 'verdict=findings'
# And with ptrace nothing is missed.
memtrace run --check leak_causes running 2>said
says said 'verdict=clean .*complete=yes'
