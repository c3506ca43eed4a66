# A child that cannot be followed sees the environment it was given, however it was started.
for how in 'env -i A=1 $PROGS/static_environment' \
	'env -i A=1 LD_PRELOAD=/nowhere/x.so $PROGS/static_environment' \
	'exec env -i "PATH=$PROGS" Z=1 static_environment' \
	'python3 -c "import subprocess; subprocess.run([\"$PROGS/static_environment\"], env={\"B\": \"2\"})"'; do
	same bash -c "$how"
	holds '.complete == false' \
		'any(.missing[]; .reason == "static-program" and (.detail | test("static_environment")))'
done
