# Of 72 leaks all but 2 % keep their fingerprint over moved lines and a rebuild.
. "$E2E/check/leak_sites.bash"
python3 "$E2E/check/leak_sites.py" 3 >moved.cc 2>/dev/null
build base g++ -O2 prog.cc
build again g++ -O2 prog.cc
build moved g++ -O2 moved.cc
sites=$(wc -l <base.list)
kept base again 98
kept base moved 98
