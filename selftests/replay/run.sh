#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of tcpfsm replay as one KTAP stream; needs neither the module nor root.
#
#   run.sh [TEST]...
#
#   TEST	only these: engine, file, decap, fragments, time, durations, output, load
#
# TCPFSM_TOOL names the tool, if it is not where the Makefile puts it.

set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tests=(engine file decap fragments time durations output load)
export PYTHONDONTWRITEBYTECODE=1

# run_test NAME: its KTAP goes to stdout
run_test() {
	case $1 in
	engine) make -s -C "$here" run ;;
	*) "$here/$1_test.py" ;;
	esac
}

main() {
	local number=0 failed=0 name status

	(($# == 0)) || tests=("$@")
	echo "KTAP version 1"
	echo "1..${#tests[@]}"
	for name in "${tests[@]}"; do
		echo "# Subtest: $name"
		run_test "$name" 2>&1 </dev/null | sed -u 's/^/  /'
		status=${PIPESTATUS[0]}
		number=$((number + 1))
		if ((status)); then
			echo "not ok $number $name # exit $status"
			failed=$((failed + 1))
		else
			echo "ok $number $name"
		fi
	done
	echo "# $((number - failed)) passed, $failed failed"
	((!failed))
}

main "$@"
