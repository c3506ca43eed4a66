# A second Ctrl-C while names are looked up leaves a complete trace without them.
cat >hole.py <<'P'
import os, socket
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(64)
open("port.new", "w").write(str(listener.getsockname()[1]))
os.rename("port.new", "port")
kept = []
while True:
    kept.append(listener.accept())
    open("asked", "w")
P
python3 hole.py &
hole=$!
wait_for test -e port
cp "$PROGS/waits_for_int" program && strip program
export DEBUGINFOD_URLS=http://127.0.0.1:$(cat port)/ DEBUGINFOD_CACHE_PATH=$PWD/cache
on_terminal 'memtrace run -o trace.bin -- ./program'
trap 'kill $hole $terminal 2>/dev/null || :' EXIT
wait_for grep -q ready out
printf '\003' >&3
wait_for test -e asked
printf '\003' >&3
status wait $terminal
equal status $got 130
unset DEBUGINFOD_URLS
sound
recorded
holds '.totals.live_allocations >= 1000'
