# --quiet-if-clean says nothing when clean, and everything else.
memtrace run --check --quiet-if-clean leak_causes global >said 2>&1
equal "what is said" "$(cat said)" ""
status memtrace run --check --quiet-if-clean leak_causes lost 2>said
equal "status" $got 101
says said 'make_lost' 'verdict=findings'
