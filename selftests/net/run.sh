#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the network selftests in this guest, as one KTAP stream.
#
#   run.sh [-l] [TEST]...
#
#   -l		list the tests
#   TEST	only these (see -l); with words after a colon, only the cases whose
#		name has one of the words (wire:close,RST)
#
# TCPFSM_KO and TCPFSM_TOOL name the module and the tool, if they are not where
# the Makefile puts them. Exit: 0 passed, 1 failed, 4 all skipped.

set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The first one wants to see jiffies wrap, the last one unloads the module
tests=(wrap timewait silent claims stays wire catalogue counted stack genuine unseen
	capture procfs policy history tool_times audit lifecycle)
export PYTHONDONTWRITEBYTECODE=1

usage() {
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 1
}

# run_test NUMBER NAME[:WORDS]: its lines as a subtest, then its result
run_test() {
	local number=$1 name=${2%%:*} status words=()

	[[ $2 != *:* ]] || IFS=, read -r -a words <<<"${2#*:}"
	echo "# Subtest: $name"
	"$here/$name.py" "${words[@]}" 2>&1 | sed -u 's/^/  /'
	status=${PIPESTATUS[0]}
	case $status in
	0) echo "ok $number $name" ;;
	4) echo "ok $number $name # SKIP" ;;
	*) echo "not ok $number $name # exit $status" ;;
	esac
	return "$status"
}

main() {
	local number=0 passed=0 failed=0 skipped=0 name

	while getopts l option; do
		case $option in
		l)
			printf '%s\n' "${tests[@]}"
			exit
			;;
		*) usage ;;
		esac
	done
	shift $((OPTIND - 1))
	(($# == 0)) || tests=("$@")
	for name in "${tests[@]}"; do
		[[ -x $here/${name%%:*}.py ]] || usage
	done
	echo "KTAP version 1"
	echo "1..${#tests[@]}"
	for name in "${tests[@]}"; do
		run_test $((++number)) "$name"
		case $? in
		0) passed=$((passed + 1)) ;;
		4) skipped=$((skipped + 1)) ;;
		*) failed=$((failed + 1)) ;;
		esac
	done
	echo "# $passed passed, $failed failed, $skipped skipped"
	((!failed)) || exit 1
	((skipped < number)) || exit 4
}

main "$@"
