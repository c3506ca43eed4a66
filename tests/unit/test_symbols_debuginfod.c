/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_symbols_debuginfod.c -- debug information from a debuginfod server: a
 * small one in a child process, on loopback, that knows one build-id.
 */
#include "tests/unit/symbols_fixture.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { SERVER_SECONDS_MAX = 60 };

struct server {
	pid_t pid;
	int port;
};

static void answer(int connection, const char *wanted)
{
	char request[LINE_ROOM], head[256];
	ssize_t n = read(connection, request, sizeof(request) - 1);
	struct stat st;
	int fd, n_head;

	request[n > 0 ? n : 0] = '\0';
	fd = strstr(request, wanted) ? open(in_dir("plain.debug"), O_RDONLY) : -1;
	if (fd < 0 || fstat(fd, &st) != 0) {
		static const char none[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
					   "Connection: close\r\n\r\n";

		(void)!write(connection, none, sizeof(none) - 1);
		return;
	}
	n_head = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %ld\r\n"
			  "Connection: close\r\n\r\n", (long)st.st_size);
	(void)!write(connection, head, (size_t)n_head);
	while (sendfile(connection, fd, NULL, (size_t)st.st_size) > 0)
		;
	close(fd);
}

/* Answers requests for wanted with plain.debug and others with 404; without
 * wanted it takes the connection and says nothing. */
static struct server serve(const char *wanted)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n_at = sizeof(at);
	struct server server;
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listening, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listening, 16), 0);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&at, &n_at), 0);
	server.port = ntohs(at.sin_port);
	server.pid = fork();
	if (server.pid == 0) {
		alarm(SERVER_SECONDS_MAX);
		for (;;) {
			int connection = accept(listening, NULL, NULL);

			if (!wanted)
				continue;
			answer(connection, wanted);
			shutdown(connection, SHUT_WR);
			close(connection);
		}
	}
	close(listening);
	return server;
}

static void stop(struct server server)
{
	kill(server.pid, SIGKILL);
	waitpid(server.pid, NULL, 0);
}

/* What the client shall ask, with a cache of its own. */
static void ask(int port)
{
	static int n_caches;
	char text[PATH_ROOM];

	snprintf(text, sizeof(text), "http://127.0.0.1:%d", port);
	setenv("DEBUGINFOD_URLS", text, 1);
	snprintf(text, sizeof(text), "%s/cache%d", fixture_dir, n_caches++);
	setenv("DEBUGINFOD_CACHE_PATH", text, 1);
	setenv("DEBUGINFOD_TIMEOUT", "1", 1);
	setenv("no_proxy", "127.0.0.1", 1);
}

static void skip_without_client(void)
{
	void *library = dlopen("libdebuginfod.so.1", RTLD_NOW);

	if (!library) {
		print_message("no libdebuginfod.so.1\n");
		skip();
	}
}

/* "plain" stripped, its debug file where only the server finds it. */
static size_t prepare(uint8_t build_id[64], char hex[129])
{
	size_t n = build_id_of("plain", build_id);

	run("cp plain bare && strip bare && objcopy --only-keep-debug plain plain.debug");
	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", build_id[i]);
	return n;
}

static void test_debug_information_comes_from_a_server(void **state)
{
	uint8_t build_id[64];
	char hex[129];
	size_t n = prepare(build_id, hex);
	struct server server;
	struct looked_up l;

	(void)state;
	skip_without_client();
	server = serve(hex);
	ask(server.port);
	l = open_path(in_dir("bare"));
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_LINES);
	assert_string_equal(function_at(&l, address_of("plain", "hidden")), "hidden");
	an_symbols_free(l.symbols);
	/* The build-id of the trace is enough. */
	ask(server.port);
	l = open_with("/nowhere/bare", build_id, n, NULL);
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_LINES);
	an_symbols_free(l.symbols);
	/* What it gives must be that build. */
	run("gcc -g -O1 main.c -o plain.debug");
	ask(server.port);
	l = open_path(in_dir("bare"));
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_NO_SYMBOLS);
	an_symbols_free(l.symbols);
	stop(server);
}

static void test_a_server_is_asked_only_if_the_user_says_so(void **state)
{
	struct an_symbols_options offline = { .is_offline = true };
	uint8_t build_id[64];
	char hex[129];
	struct server server;
	struct looked_up l;

	(void)state;
	skip_without_client();
	prepare(build_id, hex);
	server = serve(hex);
	ask(server.port);
	l = open_with(in_dir("bare"), NULL, 0, &offline);
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_NOT_FOUND);
	an_symbols_free(l.symbols);
	setenv("DEBUGINFOD_URLS", " ", 1);
	l = open_path(in_dir("bare"));
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_NO_SYMBOLS);
	an_symbols_free(l.symbols);
	stop(server);
}

static void test_a_server_that_has_nothing_is_asked_again_for_the_next_module(void **state)
{
	uint8_t build_id[64], unknown[20] = { 1, 2, 3 };
	char hex[129];
	struct server server;
	struct looked_up l;
	struct an_module_name name = { "/nowhere/other", unknown, sizeof(unknown) };
	uint32_t other;

	(void)state;
	skip_without_client();
	prepare(build_id, hex);
	server = serve(hex);
	ask(server.port);
	l = open_path(in_dir("bare"));
	other = an_symbols_module(l.symbols, &name);
	assert_int_equal(an_symbols_module_state(l.symbols, other), AN_MODULE_NOT_FOUND);
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_LINES);
	an_symbols_free(l.symbols);
	stop(server);
}

static void test_a_server_that_does_not_answer_is_waited_for_once(void **state)
{
	time_t began = time(NULL);
	uint8_t build_id[20] = { 0 };
	struct server server;
	struct looked_up l;

	(void)state;
	skip_without_client();
	server = serve(NULL);
	ask(server.port);
	l = open_path("/nowhere");
	for (int i = 0; i < 50; i++) {
		struct an_module_name name = { "/nowhere/other", build_id, sizeof(build_id) };
		uint32_t module;

		build_id[0] = (uint8_t)i;
		module = an_symbols_module(l.symbols, &name);
		assert_int_equal(an_symbols_module_state(l.symbols, module),
				 AN_MODULE_NOT_FOUND);
	}
	an_symbols_free(l.symbols);
	stop(server);
	/* One wait takes one to three seconds, by DEBUGINFOD_TIMEOUT. */
	assert_true(time(NULL) - began < 25);
	/* Nobody there at all. */
	ask(server.port);
	l = open_with("/nowhere", build_id, sizeof(build_id), NULL);
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_NOT_FOUND);
	an_symbols_free(l.symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_debug_information_comes_from_a_server),
		cmocka_unit_test(test_a_server_is_asked_only_if_the_user_says_so),
		cmocka_unit_test(
			test_a_server_that_has_nothing_is_asked_again_for_the_next_module),
		cmocka_unit_test(test_a_server_that_does_not_answer_is_waited_for_once),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
