# The report of a small leak fits a screen: the answer first, what was not seen last.
memtrace run -q -- leak_three_of_ten
memtrace report
