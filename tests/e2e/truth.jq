# What cases ask of `report --json`. F is the name of a function: sites whose
# stack passes through it.
def of($f): [.sites[] | select(any(.stack[]; .function == $f))];
def sum(f): map(f) | add // 0;
def made($f): of($f) | sum(.allocations);
def made_bytes($f): of($f) | sum(.allocated_bytes);
def live($f): of($f) | sum(.live_allocations);
def live_bytes($f): of($f) | sum(.live_bytes);
# The one stack through F (null when there are several or none).
def stack($f): of($f) | map(.stack) | unique | if length == 1 then .[0] else null end;
def names($f): stack($f) // [] | map(.function);
def functions: [.sites[].stack[].function] | unique - [null] | .[:60];
# The process whose program is named P.
def process($p): [.processes[] | select(.exe // "" | split("/") | last == $p)];
