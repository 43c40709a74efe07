#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a guest whose kernel has KUnit: load the suite and print its results.
#
#	run.sh MODULE
#
# A module loads even if its tests fail or none ran, so the results are read from
# debugfs.

set -u

results=/sys/kernel/debug/kunit/tcpfsm/results

insmod "$1" || exit 1
if [ ! -r "$results" ]; then
	echo "not ok 1 kunit # no $results"
	exit 1
fi
cat "$results"
grep -q '^ok 1 ' "$results" && ! grep -qiE '^ *not ok |# skip' "$results"
