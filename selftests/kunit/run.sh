#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a guest whose kernel has KUnit: load the suite, show what it found.
#
#	run.sh MODULE
#
# KUnit says it in the kernel log as well, and a module whose tests fail, or that
# has none, loads all the same: the verdict is what debugfs has.

set -u

results=/sys/kernel/debug/kunit/tcpfsm/results

insmod "$1" || exit 1
if [ ! -r "$results" ]; then
	echo "not ok 1 kunit # no $results"
	exit 1
fi
cat "$results"
grep -q '^ok 1 ' "$results" && ! grep -qiE '^ *not ok |# skip' "$results"
