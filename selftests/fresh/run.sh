#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does README.md work on a machine where nothing is installed? Two minimal
# Debian 12 systems are made below build/, with the sources in them, and the
# command lines of README.md run there as they stand: "machine" gets those of
# "Two commands", "own" is the virtual machine of your own and has a kernel
# installed. A result for each line. KTAP.
#
# Whatever runs in them has mounts and processes of its own (namespaces), which
# end with it. So nothing of it stays on the host, and there is no mount below
# the directories when they are removed.

set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$(dirname "$here")")
cd "$top" || exit 1
systems=$top/build/fresh
log=$systems/log
number=0 failed=0
child='' signal=''

# Two systems are 40000 files, which a busy disk takes minutes to write and to
# remove: they are in memory, where there is enough
make_place()
{
	local free

	free=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	remove_place && mkdir -p "$systems" || exit
	[ "$free" -lt 6000000 ] || mount -t tmpfs -o size=3G tmpfs "$systems"
}

# The last process in a namespace may take a moment to die
remove_place()
{
	umount -l "$systems" 2>/dev/null
	for _ in 1 2 3 4 5; do
		rm -rf --one-file-system "$systems" && return
		sleep 1
	done
	return 1
}

# Called by a trap
# shellcheck disable=SC2317
cleanup()
{
	[ -z "$child" ] || kill "-$signal" "$child"
	wait 2>/dev/null
	remove_place 2>/dev/null
}

# attend SIGNAL COMMAND...: it gets SIGNAL when this script ends before it does
attend()
{
	local status

	signal=$1
	shift
	setpriv --pdeathsig "$signal" "$@" >"$log" 2>&1 </dev/null &
	child=$!
	wait "$child"
	status=$?
	child=''
	return $status
}

contained()
{
	attend KILL unshare --mount --pid --fork --kill-child --mount-proc "$@"
}

result()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number fresh: $2"
	else
		echo "not ok $number fresh: $2"
		tail -n 30 "$log" | sed 's/^/# /'
		failed=1
	fi
}

# typed SECTION: what README.md tells to type there, which is in the blocks
# marked as sh; a command that goes on in the next line becomes one line
typed()
{
	awk -v heading="## $1" '
		/^## / { inside = $0 == heading }
		/^```/ { block = inside && $0 == "```sh"; next }
		block' README.md | sed -e ':again' -e '/\\$/ { N; s/\\\n[[:space:]]*//; b again; }'
}

# debian NAME [OPTION]: no more than what makes it a Debian. That dpkg syncs
# each file to the disk would take four times as long.
debian()
{
	TMPDIR=$systems contained mmdebstrap --variant=minbase "${@:2}" \
		--dpkgopt=force-unsafe-io bookworm "$systems/$1" &&
		sources "$systems/$1/root/tcpfsm" >>"$log" 2>&1
}

# The sources as a clone has them, with what is not committed yet
sources()
{
	mkdir "$1" && git ls-files -coz --exclude-standard |
		tar --null -T - --ignore-failed-read -c | tar -C "$1" -x
}

# A chroot shares the host's kernel. "own" has another one installed, which it
# boots below, so that is what uname has to say there.
own_uname()
{
	local release

	release=$(basename "$systems"/own/lib/modules/*)
	cat >"$systems/own/usr/local/bin/uname" <<-SCRIPT
		#!/bin/sh
		[ "\$*" = -r ] || exec /bin/uname "\$@"
		echo $release
	SCRIPT
	chmod +x "$systems/own/usr/local/bin/uname"
}

# on NAME LINE: with the host's kernel
on()
{
	contained "$here/enter.sh" "$systems/$1" "$2"
}

# What README.md promises: live, as a table, and in /proc/net/tcpfsm/stats
demo_shows()
{
	local line

	for line in 'client FIN-WAIT-2 -> TIME-WAIT' \
		'^1 +TIME-WAIT +\*10\.1\.0\.1:40000' '^connections\.seen 1$'; do
		grep -qE "$line" "$log" && continue
		echo "it does not show: $line" >>"$log"
		return 1
	done
}

# "make check" is what runs this, so not again: that its line is the demo's but
# for the target, and that a Debian has all packages which it installs
check_begins()
{
	if [ ! "$1" ] || [ "${1%check}" != "${2%demo}" ]; then
		echo "README.md has: $1" >"$log"
		return 1
	fi
	echo 'APT::Get::Simulate "true";' >"$systems/machine/root/simulate"
	on machine "APT_CONFIG=~/simulate selftests/vm/deps.sh check"
}

two_commands()
{
	local demo check

	demo=$(typed "Two commands" | grep 'make demo$')
	check=$(typed "Two commands" | grep 'make check$')
	on machine "${demo:-echo no line for it in README.md; false}" &&
		demo_shows
	result $? "${demo:-make demo}"
	check_begins "$check" "$demo"
	result $? "${check:-make check} (its packages only)"
}

# in_guest LINE...: in the guest that has the kernel of "own": the demo's cache
# has it, and both are the newest in Debian
in_guest()
{
	local line n=0

	TCPFSM_CACHE=$systems/machine/root/.cache/tcpfsm \
		attend TERM selftests/vm/run.sh 6.12 -- \
		"$here/enter.sh" "$systems/own" "$@"
	mv "$log" "$systems/all"
	for line in "$@"; do
		# What was said up to the end of this line
		awk -v n=$((n++)) 'seen == n; /^status [0-9]+: / { seen++ }' \
			"$systems/all" >"$log"
		grep -qxF "status 0: $line" "$log"
		result $? "$line"
	done
}

# own_machine LINE...: what comes before insmod needs the network and much time,
# so not a guest that is emulated
own_machine()
{
	while [ $# -gt 0 ] && [[ $1 != insmod* ]]; do
		on own "$1"
		result $? "$1"
		shift
	done
	in_guest "$@"
}

[ "$EUID" -eq 0 ] || { echo "Bail out! not root"; exit 1; }
# What is mounted below is not seen outside, and gone after this script
[ "${1-}" = unshared ] || exec unshare --mount "$0" unshared
trap cleanup EXIT
trap 'exit 143' HUP INT TERM
make_place
mapfile -t own < <(typed "On a virtual machine of your own")
echo "TAP version 13"
echo "1..$((4 + ${#own[@]}))"
debian machine
result $? "a minimal Debian"
# Nothing boots with an initial RAM disk from there, and to make one takes long
INITRD=No debian own --include=linux-image-6.12-cloud-amd64 && own_uname
result $? "another one, with a kernel"
two_commands
own_machine "${own[@]}"
exit $failed
