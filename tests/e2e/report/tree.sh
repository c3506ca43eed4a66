# The report of several processes shows which started which.
memtrace run -q -- family spawn "$PROGS/leaf" >/dev/null
memtrace report >text
says text 'family' 'leaf' '2 processes'
