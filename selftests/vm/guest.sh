#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The first process of a guest. It runs on the root file system of the host,
# mounted read only, from the directory that run.sh made for this run; the file
# "job" is beside it.

set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Set by "job". job_out: the host wants the files in $TCPFSM_OUT. job_visible:
# directories that must not be covered by a mount.
job_guest=
job_cwd=
job_modules=
job_out=0
job_visible=()
job_env=()
job_command=()
run=${0%/*}
# shellcheck source=/dev/null
source "$run/job"

channels=/run/tcpfsm
output=$channels/out

# Before the channels are open there is no other way to report: the host sees that
# the guest has died, and the console says why.
fatal() {
	echo "guest.sh: $*" >&2
	power_off
}

# On a reboot UML would start again, so it is powered off. QEMU exits on a reboot,
# which works with every kernel; power-off does not.
power_off() {
	sync
	case $job_guest in
	uml*) echo o >/proc/sysrq-trigger ;;
	*) echo b >/proc/sysrq-trigger ;;
	esac
	while :; do
		sleep 60
	done
}

# The new root is built at /run, which the guest does not need from the host.
build_root() {
	mount -t tmpfs -o mode=755,size=75% tmpfs /run &&
		mkdir /run/root /run/upper /run/work &&
		mount -t overlay -o lowerdir=/,upperdir=/run/upper,workdir=/run/work \
			overlay /run/root &&
		chmod 755 /run/root
}

# fresh_tmpfs DIR: mount an empty tmpfs on DIR, with bind mounts of what the test
# needs from below DIR, such as a checkout in /tmp.
fresh_tmpfs() {
	local top=$1 mode=$2 root=/run/root stage=/run/stage dir

	mkdir -p "$stage" && mount -t tmpfs -o "mode=$mode" tmpfs "$stage" ||
		return
	for dir in "${job_visible[@]}"; do
		[[ $dir == "$top"/* ]] || continue
		mkdir -p "$stage${dir#"$top"}" &&
			mount --bind "$root$dir" "$stage${dir#"$top"}" || return
	done
	mount --move "$stage" "$root$top"
}

mount_root() {
	cd /run/root &&
		fresh_tmpfs /tmp 1777 &&
		fresh_tmpfs /run 755 &&
		mkdir -p run/lock run/netns run/old var/tmp &&
		pivot_root . run/old &&
		cd / &&
		mount -t proc proc /proc &&
		mount -t sysfs sysfs /sys &&
		mount -t devtmpfs devtmpfs /dev &&
		mkdir -p /dev/pts /dev/shm /dev/net &&
		mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts &&
		mount -t tmpfs -o mode=1777 tmpfs /dev/shm
}

# The device nodes that udev would make. That of a module exists before the module
# is loaded: the first use loads it.
make_devices() {
	ln -s /proc/self/fd /dev/fd
	ln -s fd/0 /dev/stdin
	ln -s fd/1 /dev/stdout
	ln -s fd/2 /dev/stderr
	[[ -e /dev/net/tun ]] || mknod -m 666 /dev/net/tun c 10 200
}

# All guests have tracefs and debugfs. If one is missing, tests that do not need it
# can still run.
mount_debug() {
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t tracefs tracefs /sys/kernel/tracing
}

mount_modules() {
	local dir

	dir=/lib/modules/$(uname -r)
	mkdir -p "$dir" && mount --bind "$job_modules" "$dir"
}

# A channel for each of: out (the output of COMMAND, unbuffered), log, files and
# verdict. With QEMU all are virtio ports; with UML they are files, except for out,
# which is a serial line because a file would not be followed.
open_channels() {
	local port

	mkdir -p "$channels" || return
	case $job_guest in
	uml*)
		mount -t hostfs -o "$run" none "$channels" || return
		stty -F /dev/ttyS0 raw -echo
		output=/dev/ttyS0
		;;
	*)
		for port in /sys/class/virtio-ports/*; do
			ln -s "/dev/${port##*/}" \
				"$channels/$(<"$port/name")" || return
		done
		[[ -e $channels/verdict ]]
		;;
	esac
}

prepare_system() {
	ip link set lo up
	hostname "tcpfsm-${job_guest//./-}"
	echo 1 >/proc/sys/kernel/sysrq
	# From here on the console is the kernel's. An oops ends the run.
	echo 1 >/proc/sys/kernel/panic_on_oops
}

# kill_leftovers PID: kill all processes but PID and this one
kill_leftovers() {
	local proc

	for proc in /proc/[0-9]*; do
		proc=${proc#/proc/}
		((proc == $$ || proc == $1)) || kill -9 "$proc" 2>/dev/null
	done
}

# COMMAND writes to a pipe and not to the channel, which is a terminal or a port
# that only one process can open.
run_command() {
	local pipe=/run/tcpfsm-out.pipe writer status

	mkfifo "$pipe"
	cat <"$pipe" >"$output" &
	writer=$!
	(
		cd "$job_cwd" || exit
		exec setsid env -i PATH="$PATH" HOME=/root USER=root \
			TERM=dumb LANG=C.UTF-8 TCPFSM_GUEST="$job_guest" \
			TCPFSM_OUT=/run/tcpfsm-files "${job_env[@]}" \
			"${job_command[@]}"
	) >"$pipe" 2>&1 </dev/null &
	wait $!
	status=$?
	kill_leftovers "$writer" 2>/dev/null
	wait "$writer"
	return "$status"
}

# kmemleak reports an object that is 5 s old and unchanged between two scans.
report_leaks() {
	local leaks=/sys/kernel/debug/kmemleak

	[[ -e $leaks ]] || return
	echo scan >"$leaks"
	sleep 5.5
	echo scan >"$leaks"
	cat "$leaks"
}

main() {
	local status

	mount -t proc proc /proc
	build_root || fatal "no new root file system"
	mount_root || fatal "incomplete root file system"
	make_devices
	mount_debug
	mount_modules || fatal "no modules"
	open_channels || fatal "no channels to the host"
	prepare_system
	mkdir /run/tcpfsm-files
	umount -l /run/old

	run_command
	status=$?

	{
		report_leaks
		dmesg
	} >"$channels/log"
	((!job_out)) || tar -C /run/tcpfsm-files -cf "$channels/files" .
	sync
	# The verdict comes last: who reads it may rely on everything before.
	echo "exit $status" >"$channels/verdict"
	power_off
}

main </dev/null
