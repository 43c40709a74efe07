#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes what README.md shows, from real connections in a guest: the output of
# each command of the tour, and the capture that Documentation/ladder.svg is
# drawn from. It takes four minutes and is run by hand, with module-uml and the
# tool built:
#
#	selftests/vm/run.sh uml -t 600 -o DIR -- selftests/docs/tour.sh
#
# Two hosts, 10.1.0.1 and 10.1.0.2, are namespaces. Between them is a third one,
# the line: it delays each packet by 20 ms, and loses some.

set -eu

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=$here/../../build/uml/tcpfsm.ko
out=$TCPFSM_OUT
export PATH=$here/../../tools:$PATH

# host NAME ADDRESS: a host, and its end of the line
host()
{
	ip netns add "$1"
	ip link add eth0 netns "$1" type veth peer name "$1" netns line
	ip -n "$1" addr add "$2/24" dev eth0
	ip -n "$1" link set eth0 up
	ip -n line addr add 10.1.0.254/32 dev "$1"
	ip -n line link set "$1" up
	ip -n line route add "$2" dev "$1"
	ip netns exec line sysctl -qw "net.ipv4.conf.$1.proxy_arp=1"
	tc -n line qdisc add dev "$1" root netem delay 20ms
}

ip netns add line
ip netns exec line sysctl -qw net.ipv4.ip_forward=1
host client 10.1.0.1
host server 10.1.0.2
# A port may be used again while its last connection is in TIME-WAIT
ip netns exec client sysctl -qw net.ipv4.tcp_tw_reuse=1
ip netns exec client ping -qc 2 10.1.0.2 >"$out/ping"

# One connection, to the end of its TIME-WAIT. The echo request that follows it
# tells the reader of the capture that 2MSL have passed.
insmod "$module"
ip netns exec client tcpdump -qU -s 96 -i eth0 -w "$out/ladder.pcap" \
	tcp or icmp 2>"$out/tcpdump" &
tcpdump=$!
tcpfsm -N client monitor >"$out/monitor" &
monitor=$!
tcpfsm -N client ladder --follow dport 80 >"$out/ladder" &
ladder=$!
sleep 1
"$here/tour.py" one
sleep 66
ip netns exec client ping -qc 1 10.1.0.2 >"$out/ping"
sleep 1
kill $tcpdump $monitor $ladder
wait
rmmod tcpfsm

# Some that an audit has to explain; then many on a line that loses packets
for part in few many; do
	insmod "$module"
	"$here/tour.py" $part
	rmmod tcpfsm
done
