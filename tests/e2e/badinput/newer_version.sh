# A trace of a newer version is refused with 4 and a message that says so.
memtrace run -q -- true
python3 - <<'P'
data = bytearray(open("trace.bin", "rb").read())
at = 8
data[at] = 99
open("newer.bin", "wb").write(data)
P
status memtrace report newer.bin 2>said
equal status $got 4
says said '^memtrace: .*newer'
