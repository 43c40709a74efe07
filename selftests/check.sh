#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All tests: what "make check" runs. A line per test while it runs, the logs in
# build/check/, the sum on the last line.
#
#	check.sh [SUITE]...
#
# A suite prints KTAP. Those of guests and those of the host run side by side,
# in two rows: a machine with two processors is then busy but not crowded.

set -uo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$top/build/check
vm=$top/selftests/vm
cd "$top" || exit 1

# Those that mostly wait: an emulated guest does it in real time, the others
# where waiting costs nothing
waiting=(wrap timewait silent claims stays)
mapfile -t others < <(selftests/net/run.sh -l | grep -vxF "$(printf '%s\n' "${waiting[@]}")")

# guest GUEST SECONDS [SUITE [OPTION]... -- TEST...]: the time limits are for an
# emulated guest on a slow machine
guest()
{
	local guest=$1 seconds=$2 name=${3-$1} options=()

	shift $(($# > 2 ? 3 : 2))
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	[ $# -eq 0 ] || shift
	"$vm/run.sh" "$guest" "${options[@]}" -t "$seconds" -o "$logs/$name" \
		-e "TCPFSM_KO=$top/build/$guest/tcpfsm.ko" \
		-e "TCPFSM_TOOL=$top/tools/tcpfsm" -- selftests/net/run.sh "$@"
}

suite()
{
	case $1 in
	unit)		make -s -C selftests/unit run ;;
	oracle)		make -s -C selftests/oracle run ;;
	fuzz)		make -s -C selftests/fuzz run ;;
	coverage)	selftests/coverage/coverage.py ;;
	ladder)		make -s -C selftests/ladder run ;;
	replay)		selftests/replay/run.sh ;;
	kunit)		make -s -C selftests/kunit run ;;
	style)		selftests/style/run.sh ;;
	docs)		selftests/docs/run.sh ;;
	fresh)		selftests/fresh/run.sh ;;
	uml)		guest uml 900 uml -- "${others[@]}" ;;
	travel)		guest uml 900 travel --time-travel -- "${waiting[@]}" wire catalogue ;;
	uml-debug)	guest uml-debug 1800 uml-debug -- "${others[@]}" ;;
	travel-debug)	guest uml-debug 900 travel-debug --time-travel -- "${waiting[@]}" ;;
	6.1 | 6.12)	guest "$1" 2400 ;;
	bench)		selftests/bench/run.sh icount ;;
	*)		echo "not ok 1 there is no suite $1" ;;
	esac
}

# The results of single tests. In a guest these are indented, and a file's own
# result, which only sums them up, is told when it is bad.
results()
{
	case $1 in
	uml* | travel* | 6.* | kunit)
		sed -unE "s/^([[:space:]]+ok [0-9]+|[[:space:]]*not ok [0-9]+)/$1: \\1/p" ;;
	*)
		sed -unE "s/^((not )?ok [0-9]+)/$1: \\1/p" ;;
	esac | sed -u 's/:  */: /'
}

run_suite()
{
	local name=$1 status

	mkdir -p "$logs"
	suite "$name" 2>&1 </dev/null | tee "$logs/$name.log" | results "$name" |
		tee "$logs/$name.results"
	status=${PIPESTATUS[0]}
	# A suite that dies has failed, whatever it said before
	if [ "$status" -ne 0 ] && ! grep -q ': not ok' "$logs/$name.results"; then
		echo "$name: not ok - ended with status $status" |
			tee -a "$logs/$name.results"
	fi
	if grep -q ': not ok' "$logs/$name.results"; then
		echo "--- the end of $name.log:"
		tail -n 40 "$logs/$name.log" | sed "s/^/$name| /"
	fi
	[ -s "$logs/$name.results" ] ||
		echo "$name: not ok - said nothing" | tee "$logs/$name.results"
}

# Whoever reads only the end of a long log finds there what failed: the results
# of the suites, and what was said before each
failures()
{
	local name

	for name in "$@"; do
		awk -v suite="$name" '
			/^ *#/ { said[++n] = $0; next }
			/^ *not ok/ {
				for (i = n > 8 ? n - 7 : 1; i <= n; i++)
					print suite "| " substr(said[i], 1, 160)
				print suite "| " $0
			}
			{ n = 0 }' "$logs/$name.log"
	done
	for name in "$@"; do
		grep -h ': not ok' "$logs/$name.results"
	done
}

row()
{
	local name

	for name in "$@"; do
		run_suite "$name"
	done
}

rm -rf "$logs"
if [ $# -gt 0 ]; then
	row "$@"
else
	set -- unit oracle fuzz coverage ladder replay kunit docs style \
		uml travel uml-debug travel-debug 6.1 6.12 bench
	row 6.12 6.1 bench &
	row unit oracle ladder replay docs uml travel style fuzz coverage \
		kunit uml-debug travel-debug
	wait
fi

failed=0 passed=0 skipped=0
for name in "$@"; do
	file=$logs/$name.results
	failed=$((failed + $(grep -c ': not ok' "$file")))
	skipped=$((skipped + $(grep -ciE ': ok .*# skip' "$file")))
	passed=$((passed + $(grep -c ': ok' "$file") - $(grep -ciE ': ok .*# skip' "$file")))
done
[ "$failed" -eq 0 ] || failures "$@"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
