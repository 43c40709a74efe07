#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What "make demo" runs in a guest: a connection between two namespaces, opened by
# three segments and closed by four, as tcpfsm sees it.
#
#	demo.sh DIRECTORY	with tcpfsm.ko in DIRECTORY

set -eu

here=$(cd "$(dirname "$0")" && pwd)
tool=$(cd "$here/../../tools" && pwd)
PATH=$tool:$PATH

title()
{
	printf '\n\033[1m%s\033[0m\n' "$*"
}

run()
{
	printf '# %s\n' "$*"
	"$@"
}

title "Linux $(uname -r): load the module"
run insmod "$1/tcpfsm.ko"

# Two namespaces, joined by a veth pair
ip netns add client
ip netns add server
ip link add eth0 netns client type veth peer name eth0 netns server
ip -n client addr add 10.1.0.1/24 dev eth0
ip -n server addr add 10.1.0.2/24 dev eth0
ip -n client link set eth0 up
ip -n server link set eth0 up

title "Two hosts, 10.1.0.1 and 10.1.0.2; a monitor on the client's"
printf '# tcpfsm -N client monitor\n'
tcpfsm -N client monitor &
monitor=$!
sleep 1
"$here/conversation.py" "$tool/tcpfsm"
sleep 1
kill "$monitor"
wait "$monitor" || true

title "What was counted on the client's host: /proc/net/tcpfsm/stats, without the zeros"
ip netns exec client grep -v ' 0$' /proc/net/tcpfsm/stats

title "And as a table"
run tcpfsm -N client stats

title "The same from the server's host: what it knows of the other end is assumed (?)"
run tcpfsm -N server -s show

ip netns del client
ip netns del server
run rmmod tcpfsm
