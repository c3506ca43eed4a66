# What only the variables of a module held that was unloaded is lost by that, and they are named.
cat >keeps.c <<'C'
#include <stdlib.h>
struct item { struct item *next; long room[5]; };
static struct item *list;
void keep_two(void)
{
	for (int i = 0; i < 2; i++) {
		struct item *made = calloc(1, sizeof(*made));
		made->next = list;
		list = made;
	}
}
C
cat >tidy.c <<'C'
#include <stdlib.h>
static void *made;
void keep_one(void) { made = malloc(100); }
__attribute__((destructor)) static void tidy(void) { free(made); }
C
gcc -g -O0 -shared -fPIC -o keeps.so keeps.c
gcc -g -O0 -shared -fPIC -o tidy.so tidy.c
options=--snapshot-at-exit=yes
same plugins ./keeps.so keep_two ./tidy.so keep_one
holds '.leaks.definite == {"bytes": 144, "allocations": 3}' '.leaks.indirect.allocations == 3' '.leaks.possible.bytes == 0' \
	'.findings | length == 1' '.findings[0].cause == "module-unloaded"' \
	'.findings[0].evidence[0] | .variable == "list" and (.module | endswith("keeps.so")) and .unloaded_ns > 0'
rm keeps.so
memtrace report >text
says text 'Only a module held it that was unloaded' 'held by  list \(data of keeps.so\), which was unloaded at'
memtrace why "$(memtrace report --json | jq -r '.findings[0].id')" >text
says text 'list \(data of keeps.so\), which was unloaded at'
