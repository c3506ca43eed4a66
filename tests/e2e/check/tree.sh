# A leak in a forked child, in a thread that ends last, and in an unloaded plugin is red.
cat >fork.c <<'C'
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
void *volatile kept;
__attribute__((noinline)) static void lose(void) { kept = malloc(33); kept = NULL; }
int main(void)
{
	if (!fork()) {
		lose();
		return 0;
	}
	wait(NULL);
	return 0;
}
C
gcc -g -o forks fork.c
status memtrace run --check ./forks 2>said
equal "a forked child" $got 101
says said ' lose ' 'definite=33/1'
cat >thread.c <<'C'
#include <pthread.h>
#include <stdlib.h>
static void *volatile kept;
__attribute__((noinline)) static void lose(void) { kept = malloc(44); kept = NULL; }
static void *run(void *unused) { lose(); exit(0); return unused; }
int main(void)
{
	pthread_t thread;
	pthread_create(&thread, NULL, run, NULL);
	pthread_join(thread, NULL);
	return 1;
}
C
gcc -g -o threads thread.c -lpthread
status memtrace run --check ./threads 2>said
equal "a thread at exit" $got 101
says said ' lose ' 'definite=44/1'
cat >plugin.c <<'C'
#include <stdlib.h>
static void *kept;
void lose(void) { kept = malloc(55); }
C
cat >host.c <<'C'
#include <dlfcn.h>
int main(void)
{
	void *plugin = dlopen("./plugin.so", RTLD_NOW);
	((void (*)(void))dlsym(plugin, "lose"))();
	return dlclose(plugin);
}
C
gcc -g -fPIC -shared -o plugin.so plugin.c
gcc -g -o host host.c -ldl
status memtrace run --check ./host 2>said
equal "an unloaded plugin" $got 101
says said ' lose ' 'definite=55/1'
