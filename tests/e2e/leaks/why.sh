# why shows the ring, the holders, the way from a global, and what goes along.
traced leak_causes ring
memtrace why "$(memtrace report --json | jq -r ".findings[0].id")" >text
says text "4 cycles keep themselves alive" RING weaken "HELD BY" make_other "WHAT ONLY IT HOLDS" make_extra
traced leak_causes interior
memtrace why "$(memtrace report --json | jq -r ".findings[0].id")" >text
says text "possibly lost" "global \(data of leak_causes\), at 0x" interior "REACHED FROM"
address=$(sed -n "s/^  \(0x[0-9a-f]*\)  64 B .*/\1/p" text)
memtrace why trace.bin "$address" >by_address
says by_address ALLOCATION "$address" make_inside
status memtrace why L-000000 2>said
equal "status of a finding that is not there" $got 3
status memtrace why 2>said
equal "status without a subject" $got 3
