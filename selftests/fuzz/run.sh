#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs fuzzers one after the other, beginning with the seeds and the corpus of
# earlier runs. KTAP; a finding is printed with its input.
#
#	run.sh DIR SECONDS FUZZER...
#
# DIR has the fuzzers and "seeds"; corpus/FUZZER, FUZZER.log and FUZZER.finding are
# written there. To repeat a finding: DIR/FUZZER DIR/FUZZER.finding

set -uo pipefail

(($# > 2)) || {
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 2
}
dir=$1 seconds=$2
shift 2

# The covered edges, from lines of libFuzzer as "#123 NEW    cov: 12 ft: 34 ..."
covered()
{
	sed -nE 's/^#[0-9]+.* cov: ([0-9]+) .*/\1/p' "$1" | tail -n 1
}

stat()
{
	sed -nE "s/^stat::$2: *([0-9]+)/\\1/p" "$1"
}

# fuzz NAME: ends at the first finding; an input that takes 10 s is one
fuzz()
{
	local name=$1 corpus=$dir/corpus/$1 values=0

	# Value profiles are slow, but find the exact bytes that the parser compares
	[ "$name" != pkt_fuzz ] || values=1
	rm -f "$dir/$name.finding"
	mkdir -p "$corpus"
	"$dir/$name" -max_total_time="$seconds" -timeout=10 -max_len=1000 \
		-use_value_profile="$values" -print_final_stats=1 \
		-exact_artifact_path="$dir/$name.finding" \
		"$corpus" "$dir/seed/$name" >"$dir/$name.log" 2>&1
}

# The log from the broken law or the report on, without libFuzzer's own frames
tell_finding()
{
	echo "# status $1; what it said, from $dir/$2.log:"
	sed -nE '/^broken: |ERROR: |runtime error: /,$p' "$dir/$2.log" |
		grep -vE ' in (fuzzer::|__sanitizer|main|_start|__libc)|^(0x|\\|MS: |stat::|Base64: |NOTE: | +Combine )' |
		head -n 120 | sed 's/^/#   /'
	[ -s "$dir/$2.finding" ] || return
	echo "# the input, for basenc --base16 -d:"
	basenc --base16 -w 64 "$dir/$2.finding" | sed 's/^/#   /'
}

mkdir -p "$dir/seed"
"$dir/seeds" "$dir/seed" || exit 1
echo "KTAP version 1"
echo "1..$#"
number=0 failed=0
for name in "$@"; do
	number=$((number + 1))
	fuzz "$name"
	status=$?
	log=$dir/$name.log
	runs=$(stat "$log" number_of_executed_units)
	if [ $status -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
		echo "ok $number fuzz $name # $runs runs," \
			"$(stat "$log" average_exec_per_sec) a second," \
			"$(covered "$log") edges"
	else
		echo "not ok $number fuzz $name"
		tell_finding "$status" "$name"
		failed=1
	fi
done
exit $failed
