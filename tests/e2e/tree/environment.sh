# The program sees the environment it was given, in its order, and so do its children.
clean=(env -i "PATH=$PATH" "ZED=1" "ALPHA=2" "EMPTY=")
"${clean[@]}" environment >bare.out
"${clean[@]}" memtrace run -q -- environment >traced.out 2>traced.err || fail "status $?"
diff -u bare.out traced.out
[ ! -s traced.err ] || fail "$(cat traced.err)"
complete
