# Without FILE a reading command takes trace.bin, else the newest trace in the folder.
memtrace run -q -o older.bin -- leaf one >/dev/null
touch -d '1 hour ago' older.bin
memtrace run -q -o newer.bin -- leaf two >/dev/null
echo 'not a trace' >newest.txt
equal "the newest" "$(memtrace report --json | jq -c '.trace.command')" '["leaf","two"]'
memtrace run -q -- leaf three >/dev/null
touch -d '2 hours ago' trace.bin
equal "trace.bin" "$(memtrace report --json | jq -c '.trace.command')" '["leaf","three"]'
mkdir empty && cd empty
status memtrace report 2>said
equal status $got 4
says said '^memtrace: '
