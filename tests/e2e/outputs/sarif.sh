# A SARIF file holds to the schema, and its flow leads from main to where the memory was made.
memtrace run -q leak_three_of_ten
status memtrace check --output=sarif:out.sarif 2>said
equal "status" $got 1
python3 "$E2E/outputs/read.py" sarif out.sarif >read
equal "result" "$(head -n 1 read)" "error leak/last-pointer-lost $(jq -r '.runs[0].results[0].locations[0].physicalLocation | .artifactLocation.uri + ":" + (.region.startLine | tostring)' out.sarif) make_node True 48 -"
says read 'leak_three_of_ten.c:9 make_node' '^successful True$'
# With a baseline it is told what is not new; what is known is no error.
memtrace check --update-baseline --output=sarif:known.sarif 2>said
python3 "$E2E/outputs/read.py" sarif known.sarif >read
says read '^note .* unchanged$'
# A blind run was not successful.
memtrace run -q sh -c 'static_program; :' >told
status memtrace check --output=sarif:blind.sarif 2>said
equal "status" $got 2
python3 "$E2E/outputs/read.py" sarif blind.sarif >read
says read '^notification error static-program$' '^successful False$'
memtrace check --allow-incomplete=static-program --output=sarif:blind.sarif 2>said
python3 "$E2E/outputs/read.py" sarif blind.sarif >read
says read '^notification note static-program$'
