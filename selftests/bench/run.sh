#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the benchmarks: builds what is missing, measures in a guest, and prints the
# results, with a line of KTAP for each bar.
#
#	run.sh [short|full|icount|scale] [GUEST]
#
# short (the default) takes about a minute; full has all loads and takes a quarter of
# an hour; icount counts instructions instead of time, and compares with what was
# reached so far; scale uses two processors, and has no bars. icount and scale need a
# stock kernel.
# GUEST is as in selftests/vm: uml, or 6.12 for icount and scale.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$(dirname "$here")")
vm=$top/selftests/vm
cd "$top"

usage()
{
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 1
}

# Build the module of the bench from a copy, as the Makefile does for tcpfsm.ko
build_module()
{
	local dir=$top/build/bench/$1 kdir arch=()

	kdir=$("$vm/kernel.sh" kdir "$1")
	[[ $1 != uml* ]] || arch=(ARCH=um)
	mkdir -p "$dir"
	cp -u "$here"/module/* "$dir"
	make -s -C "$kdir" "M=$dir" "${arch[@]}" W=1 modules >&2
}

# in_guest GUEST SECONDS OPTION... -- COMMAND: its files go to build/bench/
in_guest()
{
	local guest=$1 seconds=$2

	shift 2
	# The exit status is ignored: show.py judges the figures, and a missing one
	# is a failure
	"$vm/run.sh" "$guest" -t "$seconds" -o "$out" \
		-e "TCPFSM_KO=$top/build/$guest/tcpfsm.ko" \
		-e "TCPFSM_TOOL=$top/tools/tcpfsm" \
		-e "TCPFSM_BENCH_KO=$top/build/bench/$guest/tcpfsm_bench.ko" \
		-e PYTHONDONTWRITEBYTECODE=1 "$@" >&2 || status=1
}

main()
{
	local mode=${1-short} guest options=()

	case $mode in
	short | full)	guest=${2-uml} ;;
	icount | scale)	guest=${2-6.12} ;;
	*)		usage ;;
	esac
	[[ $guest =~ ^(uml|6\.1|6\.12)$ ]] || usage
	out=$top/build/bench/$mode-$guest
	status=0

	make -s tool "module-$guest" >&2
	build_module "$guest"
	rm -rf "$out"
	mkdir -p "$out"
	case $mode in
	short)
		in_guest "$guest" 300 -m 1G -- "$here/bench.py" --out bench.json \
			--paths input,output --connections 10000,100000 --memory
		in_guest "$guest" 120 -m 1G -- "$here/feel.py" --out feel.json \
			--short dump proc
		;;
	full)
		in_guest "$guest" 3600 -m 3G -- "$here/bench.py" --out bench.json \
			--families 4,6 --connections 1000,10000,100000,1000000 \
			--flood --memory
		in_guest "$guest" 900 -m 2G -- "$here/feel.py" --out feel.json
		;;
	icount)
		in_guest "$guest" 900 -m 1G --icount -- "$here/bench.py" \
			--out bench.json --connections 1000 --rounds 3
		options=(--reached)
		;;
	scale)
		in_guest "$guest" 900 -m 1G -c 2 -- "$here/feel.py" --out feel.json \
			scale
		exit "$status"
		;;
	esac
	[[ $mode != full ]] || options=(--full)
	"$here/show.py" "$out" "${options[@]}" || status=1
	exit "$status"
}

main "$@"
