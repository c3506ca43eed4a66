# What a program calls its objects is their type in findings, in why and in the graph, before what debug information says.
same annotations type
complete
holds '.leaks.definite == {"bytes": 96, "allocations": 2}' '.findings | length == 1' '.findings[0].type == "Session"'
memtrace report >text
says text '^ *Session made by$'
id=$(ask '.findings[0].id' | tr -d '"')
memtrace why "$id" >text
says text '0x[0-9a-f]+ +48 B +Session +lost' 
memtrace why Session >text
says text '^Session' ' 96 B'
