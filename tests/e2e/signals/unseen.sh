# The program, and what it starts, find the dispositions they would find without memtrace, in every way to ask.
options=--snapshot-at-exit=yes
same asks_signals
trap '' TERM QUIT
same asks_signals
same asks_signals child
