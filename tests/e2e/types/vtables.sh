# An object is named by its vtable where there is no debug information, also where the program is no more.
options=--snapshot-at-exit=yes
strip -g -o program "$PROGS/heuristics"
traced ./program lost
holds '.findings[0].type == "Both"'
mv program elsewhere
holds '.findings[0].type == "Both"'
memtrace report >text
says text 'Both made by'
