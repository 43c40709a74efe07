#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of run.sh itself, in KTAP.
#
#   selftest.sh [GUEST]...	(all four)

# The commands are for the shell in the guest.
# shellcheck disable=SC2016

set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
guests=("$@")
((${#guests[@]})) || guests=(uml uml-debug 6.12 6.1)
guest=
work=
out=
status=0
failed=0

# in_guest ARG...: call run.sh; its output and exit status are in out and status
in_guest() {
	out=$(cd "$work" && "$here/run.sh" "$guest" "$@" 2>&1 </dev/null)
	status=$?
}

# expect STATUS [REGEX]
expect() {
	if ((status != $1)); then
		echo "# exit status $status, not $1"
		return 1
	fi
	[[ $out =~ ${2-} ]] || {
		echo "# no match for: $2"
		return 1
	}
}

test_success() {
	in_guest -- sh -c 'echo "I am $(id -u) in $PWD"'
	expect 0 "I am 0 in $work"
}

test_status() {
	in_guest -- sh -c 'exit 3'
	expect 3
}

test_environment() {
	in_guest -e 'A=x y' -e B=2 -- bash -c 'echo "<$A$B> <$1>"' - 'a  "b"'
	expect 0 '<x y2> <a  "b">'
}

# The first line must arrive while the command still runs.
test_stream() {
	local line rest

	exec 8< <(cd "$work" && exec "$here/run.sh" "$guest" -t 60 -- \
		sh -c 'echo first; sleep 600' 2>&1 </dev/null)
	rest=$!
	read -r -t 60 line <&8
	kill "$rest"
	exec 8<&-
	[[ $line == first ]]
}

test_files() {
	in_guest -o "$work/files" -- \
		sh -c 'mkdir "$TCPFSM_OUT/d" && seq 5000 >"$TCPFSM_OUT/d/f"'
	expect 0 && cmp "$work/files/d/f" <(seq 5000) &&
		grep -q 'Linux version' "$work/files/kernel.log"
}

# The last line without a newline must not be lost, nor be taken for the verdict.
test_output() {
	in_guest -- sh -c 'seq 20000; echo exit 0; printf end; exit 7'
	expect 7 && [[ $out == "$(seq 20000; echo exit 0; printf end)" ]]
}

test_hang() {
	in_guest -t 15 -- sh -c 'echo begin; sleep 600'
	expect 124 'begin.*over the time limit of 15 s'
}

test_stuck() {
	in_guest -t 15 -- sh -c 'trap "" TERM; while :; do :; done'
	expect 124
}

test_leftovers() {
	in_guest -t 60 -- bash -c 'sleep 600 & setsid sleep 600 & echo over'
	expect 0 over
}

test_panic() {
	in_guest -- sh -c 'echo c >/proc/sysrq-trigger; sleep 600'
	expect 125 '(Kernel panic|sysrq_handle_crash).*died without a verdict'
}

test_warning() {
	in_guest -- sh -c 'echo "WARNING: CPU: 0 PID: 1 at a.c:1" >/dev/kmsg'
	expect 126 'WARNING: CPU: 0 PID: 1 at a.c:1'
}

test_read_only() {
	in_guest -- sh -c 'echo x >new && echo y >old && rm gone && cat new old'
	expect 0 'x.*y' && [[ ! -e $work/new && -e $work/gone &&
		$(<"$work/old") == old ]]
}

test_network() {
	in_guest -- bash -c '
		set -ex
		ip netns add a
		ip netns add b
		ip link add va netns a type veth peer name vb netns b
		ip -n a addr add 10.0.0.1/24 dev va
		ip -n b addr add 10.0.0.2/24 dev vb
		ip -n a link set va up
		ip -n b link set vb up
		ip netns exec a ping -q -c 1 10.0.0.2
		ip netns exec a tc qdisc add dev va root netem delay 5ms loss 1%
		ip netns exec a ip tuntap add t0 mode tun
		ip netns exec b nft -f - <<-"NFT"
			table inet t {
				chain pre {
					type nat hook prerouting priority -100;
					tcp dport 80 redirect to :8080
				}
				chain post {
					type nat hook postrouting priority 100;
					oifname "vb" masquerade
				}
				chain in {
					type filter hook input priority 0;
					ct state invalid drop
				}
			}
		NFT
		ip netns exec b nft list ruleset
		ip netns exec a ss -tanp
		ip netns exec b conntrack -L
		echo 1 >/sys/kernel/tracing/events/sock/inet_sock_set_state/enable
		ip netns exec a bash -c "echo >/dev/tcp/10.0.0.2/99" || :
		grep newstate=TCP_SYN_SENT /sys/kernel/tracing/trace
		unshare -Urn true
		cat <(echo all there)
	'
	expect 0 'all there'
}

test_time_travel() {
	[[ $guest == uml* ]] || return 4
	in_guest -t 60 --time-travel -- bash -c '
		a=$EPOCHREALTIME; sleep 600; b=$EPOCHREALTIME
		echo "slept $((${b%.*} - ${a%.*}))"'
	expect 0 'slept 600'
}

make_module() {
	cat >"$work/vmtest.c" <<-'SOURCE'
		// SPDX-License-Identifier: GPL-2.0
		#include <linux/module.h>
		#include <linux/slab.h>

		static char *fault = "";
		module_param(fault, charp, 0);

		static int __init vmtest_init(void)
		{
			char *p = kmalloc(16, GFP_KERNEL);

			if (!p)
				return -ENOMEM;
			OPTIMIZER_HIDE_VAR(p);
			if (!strcmp(fault, "overrun"))
				p[16] = 1;
			if (!strcmp(fault, "warn"))
				WARN_ON(1);
			if (strcmp(fault, "leak"))
				kfree(p);
			pr_info("vmtest is loaded\n");
			return 0;
		}

		static void __exit vmtest_exit(void)
		{
		}

		module_init(vmtest_init);
		module_exit(vmtest_exit);
		MODULE_LICENSE("GPL");
	SOURCE
	echo 'obj-m := vmtest.o' >"$work/Makefile"
	local arch=()

	[[ $guest != uml* ]] || arch=(ARCH=um)
	make -C "$("$here/kernel.sh" kdir "$guest")" M="$work" "${arch[@]}" \
		modules >"$work/make.log" 2>&1 || {
		sed 's/^/# /' "$work/make.log"
		return 1
	}
}

test_module() {
	make_module || return
	in_guest -- sh -c 'insmod vmtest.ko && rmmod vmtest && dmesg | tail -n 1'
	expect 0 'vmtest is loaded'
}

test_module_warning() {
	in_guest -- sh -c 'insmod vmtest.ko fault=warn'
	expect 126 'WARNING: .*vmtest_init'
}

test_kasan() {
	[[ $guest == uml-debug ]] || return 4
	in_guest -- sh -c 'insmod vmtest.ko fault=overrun'
	expect 126 'KASAN: slab-out-of-bounds'
}

test_kmemleak() {
	[[ $guest == uml-debug ]] || return 4
	in_guest -- sh -c 'insmod vmtest.ko fault=leak'
	expect 126 'unreferenced object .*insmod'
}

# A killed run must leave nothing behind: no files, no processes.
test_killed() {
	local pid left

	(cd "$work" && exec "$here/run.sh" "$guest" -t 60 -- sleep 600) \
		>/dev/null 2>&1 </dev/null &
	pid=$!
	sleep 2
	left=$(descendants "$pid")
	kill "$pid"
	wait "$pid"
	sleep 1
	for pid in $left; do
		# A zombie may wait for a slow init.
		if [[ $(ps -o stat= "$pid") == [^Z]* ]]; then
			return 1
		fi
	done
	[[ $left ]]
}

descendants() {
	local pid

	for pid in $(pgrep -P "$1"); do
		echo "$pid"
		descendants "$pid"
	done
}

tests=(success status environment stream files output hang stuck leftovers
	panic warning read_only network time_travel module module_warning
	kasan kmemleak killed)

run_guest() {
	local name n=0 rc begin

	guest=$1
	work=$(mktemp -d) || exit
	touch "$work/gone"
	echo old >"$work/old"
	echo "    KTAP version 1"
	echo "    1..${#tests[@]}"
	for name in "${tests[@]}"; do
		begin=$EPOCHREALTIME
		out=
		"test_$name"
		rc=$?
		begin=$(((${EPOCHREALTIME/./} - ${begin/./}) / 1000))
		case $rc in
		0) echo "    ok $((++n)) $name # $begin ms" ;;
		4) echo "    ok $((++n)) $name # SKIP not for $guest" ;;
		*)
			tail -n 40 <<<"$out" | sed 's/^/    # /'
			echo "    not ok $((++n)) $name"
			failed=1
			;;
		esac
	done
	rm -rf "$work"
}

main() {
	local g n=0 before

	echo "KTAP version 1"
	echo "1..${#guests[@]}"
	for g in "${guests[@]}"; do
		before=$failed
		failed=0
		run_guest "$g"
		if ((failed)); then
			echo "not ok $((++n)) $g"
		else
			echo "ok $((++n)) $g"
			failed=$before
		fi
	done
	return "$failed"
}

main
