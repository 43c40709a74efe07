#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs test suites: a line per test while they run, the logs in build/check/, the
# sum on the last line.
#
#	check.sh quick		what "make check" runs
#	check.sh all		what "make check-all" runs: the same, then the rest
#	check.sh SUITE...
#
# A suite prints KTAP. The suites of one stage run in two rows side by side, so
# that a machine with two processors is busy but not crowded.

set -uo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$top/build/check
vm=$top/selftests/vm
cd "$top" || exit 1

# The suites of each stage, a row a line. The emulated guests take longest, hence
# they have a row of their own.
quick=(
	"smoke-6.1 smoke-6.12 style docs"
	"unit oracle ladder replay uml travel"
)
rest=(
	"6.12 6.1 bench"
	"fuzz coverage kunit uml-debug travel-debug fresh"
)

# Of each kind of test something, in the oldest and in the newest stock kernel
smoke=("wire:retransmitted,close by,half" "catalogue:synack-bad-ack,fin-moved"
	"stack:loopback,masquerade" procfs history tool_times lifecycle)

# Tests that mostly wait. User Mode Linux with time travel skips the waiting; the
# emulated guests have to wait in real time.
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
	sweep)		selftests/sweep/run.sh ;;
	kunit)		make -s -C selftests/kunit run ;;
	style)		selftests/style/run.sh ;;
	docs)		selftests/docs/run.sh ;;
	fresh)		selftests/fresh/run.sh ;;
	uml)		guest uml 900 uml -- "${others[@]}" ;;
	travel)		guest uml 900 travel --time-travel -- "${waiting[@]}" wire catalogue ;;
	uml-debug)	guest uml-debug 1800 uml-debug -- "${others[@]}" ;;
	travel-debug)	guest uml-debug 900 travel-debug --time-travel -- "${waiting[@]}" ;;
	6.1 | 6.12)	guest "$1" 2400 ;;
	smoke-*)	guest "${1#smoke-}" 600 "$1" -- "${smoke[@]}" ;;
	bench)		selftests/bench/run.sh icount ;;
	*)		echo "not ok 1 there is no suite $1" ;;
	esac
}

# The results of single tests. In a guest these are indented, and a file's own
# result, which only sums them up, is told when it is bad.
results()
{
	case $1 in
	uml* | travel* | smoke-* | 6.* | kunit)
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

# stage ROW...: the rows beside each other
stage()
{
	local suites

	for suites in "$@"; do
		# shellcheck disable=SC2086
		row $suites &
	done
	wait
}

rm -rf "$logs"
case ${1-quick} in
quick)
	stage "${quick[@]}"
	mapfile -t ran < <(printf '%s\n' "${quick[@]}" | tr ' ' '\n')
	;;
all)
	stage "${quick[@]}"
	stage "${rest[@]}"
	mapfile -t ran < <(printf '%s\n' "${quick[@]}" "${rest[@]}" | tr ' ' '\n')
	;;
*)
	row "$@"
	ran=("$@")
	;;
esac

failed=0 passed=0 skipped=0
for name in "${ran[@]}"; do
	file=$logs/$name.results
	failed=$((failed + $(grep -c ': not ok' "$file")))
	skipped=$((skipped + $(grep -ciE ': ok .*# skip' "$file")))
	passed=$((passed + $(grep -c ': ok' "$file") - $(grep -ciE ': ok .*# skip' "$file")))
done
[ "$failed" -eq 0 ] || failures "${ran[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
