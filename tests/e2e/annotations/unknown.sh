# Of an address that is no allocation's the report says that the program spoke of it.
same annotations unknown
holds '.complete' '[.notes[] | select(.reason == "annotations-unknown") | .count] == [1]'
memtrace report >text
says text '1 address that the program spoke of lies in no live allocation'
same annotations type
holds '[.notes[] | select(.reason == "annotations-unknown")] == []'
