#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The first process of a guest, on the host's root file system, read only. It
# is run from the directory of the run that run.sh made, beside the file "job".

set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# All set by "job". job_out: the host wants the files. job_visible: directories
# that must not be covered.
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

# Nothing can be reported without the channels: the host sees a guest that is
# gone, and the console says why.
fatal() {
	echo "guest.sh: $*" >&2
	power_off
}

# UML runs itself again on reboot; QEMU is told to exit on it, because not each
# kernel can switch the machine off.
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

# /run of the host is of no use to the guest, so it is the place to build the
# new root at.
build_root() {
	mount -t tmpfs -o mode=755,size=75% tmpfs /run &&
		mkdir /run/root /run/upper /run/work &&
		mount -t overlay -o lowerdir=/,upperdir=/run/upper,workdir=/run/work \
			overlay /run/root &&
		chmod 755 /run/root
}

# keep_visible DIR: an empty file system is about to cover DIR; what the test
# needs from below it (a checkout in /tmp, say) is bound into the new one.
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

# What udev would make. The node of a module's device is there before the
# module, so that the first use loads it.
make_devices() {
	ln -s /proc/self/fd /dev/fd
	ln -s fd/0 /dev/stdin
	ln -s fd/1 /dev/stdout
	ln -s fd/2 /dev/stderr
	[[ -e /dev/net/tun ]] || mknod -m 666 /dev/net/tun c 10 200
}

# The trace file system is there in all guests, the debug one as well; a kernel
# without them is still good for the tests that do not use them.
mount_debug() {
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t tracefs tracefs /sys/kernel/tracing
}

mount_modules() {
	local dir

	dir=/lib/modules/$(uname -r)
	mkdir -p "$dir" && mount --bind "$job_modules" "$dir"
}

# One name per channel: out (what COMMAND says, as it says it), log, files and
# verdict. With QEMU they are virtio ports, with UML files, but for the output,
# which files would hold back: that is a serial line.
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
	# Leave the console to the kernel: an oops is the end of the run.
	echo 1 >/proc/sys/kernel/panic_on_oops
}

# kill_leftovers PID: all but PID and this process. Kernel threads do not care.
kill_leftovers() {
	local proc

	for proc in /proc/[0-9]*; do
		proc=${proc#/proc/}
		((proc == $$ || proc == $1)) || kill -9 "$proc" 2>/dev/null
	done
}

# COMMAND writes to a pipe, not to the channel: a channel is a terminal, or a
# port that one process at a time can open.
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

# An object is a leak to kmemleak when it is 5 s old and two scans have seen
# the same contents.
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
	# Last: whoever reads it may rely on all the rest.
	echo "exit $status" >"$channels/verdict"
	power_off
}

main </dev/null
