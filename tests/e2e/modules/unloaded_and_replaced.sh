# Of two libraries that stood one after the other at one address each function is named by its own.
library()
{
	printf '#include <stdlib.h>\nvoid *%s_kept;\nvoid %s_make(void) { %s_kept = malloc(1000); }\n' $1 $1 $1 >$1.c
	gcc -g -O0 -shared -fPIC -o lib$1.so $1.c
}
library first
library other
same plugins ./libfirst.so first_make ./libother.so other_make
grep -q 'the same place' traced.out || skip "the loader gave the second library another address"
complete
holds 'live("first_make") == 3' 'live("other_make") == 3' \
	'[of("first_make")[] | .stack[] | select(.function == "first_make") | .file // "" | split("/") | last] | unique == ["first.c"]' \
	'[of("other_make")[] | .stack[] | select(.function == "other_make") | .file // "" | split("/") | last] | unique == ["other.c"]'
