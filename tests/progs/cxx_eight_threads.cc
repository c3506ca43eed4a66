/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cxx_eight_threads: 8 threads fill maps of strings, throw through them, and
 * pass vectors to each other; all is released at the end. Prints a sum that
 * does not depend on the order.
 */
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static std::mutex lock;
static std::vector<std::unique_ptr<std::vector<int>>> passed;
static long sum;

static long deep(std::map<std::string, std::shared_ptr<std::string>> &map, int seed, int depth)
{
	std::string key = "a key that is too long to be kept inside " + std::to_string(seed);

	if (depth == 0) {
		if (seed % 7 == 0)
			throw std::runtime_error(key);
		map[key] = std::make_shared<std::string>(key + key);
		return (long)map[key]->size();
	}
	return deep(map, seed, depth - 1) + (long)key.size();
}

static void work(int me)
{
	std::map<std::string, std::shared_ptr<std::string>> map;
	long mine = 0;

	for (int i = 0; i < 6000; i++) {
		try {
			mine += deep(map, i, 3 + (i + me) % 9);
		} catch (const std::runtime_error &e) {
			mine += (long)std::string(e.what()).size();
		}
		auto numbers = std::make_unique<std::vector<int>>(i % 50, me);
		std::lock_guard<std::mutex> guard(lock);
		passed.push_back(std::move(numbers));
		if (passed.size() > 40)
			passed.erase(passed.begin(), passed.begin() + 20);
	}
	std::lock_guard<std::mutex> guard(lock);
	sum += mine;
}

int main()
{
	std::vector<std::thread> threads;

	for (int i = 0; i < 8; i++)
		threads.emplace_back(work, i);
	for (std::thread &thread : threads)
		thread.join();
	std::printf("%ld\n", sum);
	return 0;
}
