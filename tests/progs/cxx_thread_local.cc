/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cxx_thread_local: 5 threads and main, each with a thread_local whose
 * destructor allocates 10 bytes in at_thread_end() and keeps them: 6.
 */
#include "tests/progs/progs.h"

#include <cstdlib>
#include <thread>

APART static void at_thread_end()
{
	keep(std::malloc(10));
	STAY();
}

struct last_words {
	void *mine = std::malloc(20);
	~last_words()
	{
		std::free(mine);
		at_thread_end();
	}
};

static thread_local last_words words;

int main()
{
	keep(words.mine);
	for (int i = 0; i < 5; i++)
		std::thread([] { keep(words.mine); }).join();
	return 0;
}
