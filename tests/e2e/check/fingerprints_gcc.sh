# Of 72 leaks all but 10 % keep their fingerprint from -O0 to -O3.
. "$E2E/check/leak_sites.bash"
build base g++ -O0 prog.cc
equal sites "$sites" "$(wc -l <base.list)"
for o in 1 2 3; do
	build gcc$o g++ -O$o prog.cc
	kept base gcc$o 90
done
