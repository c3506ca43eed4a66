# why TYPE tells of all allocations of a type, and explains the one that holds most.
traced held_types
memtrace why node >text
says text "^node  552 B in 23 allocations, 2.85 kB with what only they hold" \
	"20 still reachable, 1 lost, 2 lost with what holds them" \
	"  18 ×  node\.next$" "   4 ×  table\.buckets\[\]$" "   1 ×  nobody" \
	"THE ONE THAT HOLDS MOST" "names \(data of held_types\)"
status memtrace why nodes 2>said
equal "status of a type that nobody has" $got 3
says said "no type of anything"
