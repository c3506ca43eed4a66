// SPDX-License-Identifier: Apache-2.0
//
// GoogleTest with memtrace: each finding is told with the test that it was made in.
//
//     g++ -g -O1 -o test_list test_list.cc -lgtest -lgtest_main -lpthread
//     memtrace run --check --output=junit:leaks.xml ./test_list
#include <gtest/gtest.h>

namespace {

struct Node {
	Node *next;
	int value;
};

Node *push(Node *list, int value)
{
	return new Node{ list, value };
}

void release(Node *list)
{
	while (list) {
		Node *next = list->next;

		delete list;
		list = next;
	}
}

TEST(List, LastPushedIsFirst)
{
	Node *list = push(push(nullptr, 1), 2);

	EXPECT_EQ(list->value, 2);
	release(list);
}

// Forgets to release.
TEST(List, HoldsWhatWasPushed)
{
	Node *list = push(push(nullptr, 1), 2);

	EXPECT_EQ(list->next->value, 1);
}

} // namespace
