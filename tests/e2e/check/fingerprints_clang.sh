# Of 72 leaks all but 10 % keep their fingerprint from gcc to clang, from -O0 to -O3.
command -v clang++ >/dev/null || skip "clang is not installed"
. "$E2E/check/leak_sites.bash"
build base g++ -O0 prog.cc
for o in 0 1 2 3; do
	build clang$o clang++ -O$o prog.cc
	kept base clang$o 90
done
