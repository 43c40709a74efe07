#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a guest, with one connection open in each of two namespaces: run each command
# of a file and print its exit status. A command that does not end is stopped.

set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$here/../../tools:$PATH

insmod "$here/../../build/uml/tcpfsm.ko" || exit 1
ip netns add client

# one_connection [COMMAND]...: over loopback, in the namespace of COMMAND
one_connection()
{
	"$@" ip link set lo up
	"$@" /usr/bin/python3 - <<-PYTHON &
		import socket, time
		listener = socket.create_server(("127.0.0.1", 80))
		client = socket.create_connection(("127.0.0.1", 80))
		time.sleep(120)
	PYTHON
}

one_connection
one_connection ip netns exec client
sleep 1

while IFS= read -r command; do
	timeout -s INT 2 bash -c "$command" >/dev/null 2>/tmp/error
	status=$?
	[ $status -eq 124 ] && status=0		# stopped, as intended
	echo "$command: status $status $(head -n 1 /tmp/error)"
done <"$1"
