/* SPDX-License-Identifier: Apache-2.0 */
/* large.cc -- a source that a compiler allocates much for: only ever compiled. */
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

template <int N> struct tower {
	std::map<std::string, std::vector<std::tuple<int, double, tower<N - 1>>>> floors;
	std::unordered_map<int, std::function<int(tower<N - 1> &)>> doors;
	int climb(int n)
	{
		tower<N - 1> below;
		doors[n] = [n](tower<N - 1> &t) { return t.climb(n - 1); };
		floors[std::to_string(n)].emplace_back(n, n * 2.0, below);
		return n > 0 ? doors[n](below) : N;
	}
};
template <> struct tower<0> {
	int climb(int n) { return n; }
};

int match(const std::string &text)
{
	static const std::regex pattern("(\\w+)\\s*=\\s*(\\d+|\"[^\"]*\")");
	std::set<std::string> names;

	for (std::sregex_iterator i(text.begin(), text.end(), pattern), end; i != end; ++i)
		names.insert((*i)[1]);
	return (int)names.size();
}

int visit(std::vector<std::variant<int, std::string, std::vector<double>>> &values)
{
	std::sort(values.begin(), values.end());
	std::ostringstream out;
	for (auto &value : values)
		std::visit([&](auto &each) { if constexpr (std::is_same_v<decltype(each), int &>) out << each; }, value);
	return (int)out.str().size() + tower<3>().climb(3);
}
