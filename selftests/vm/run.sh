#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs one command in a guest, on an overlay over the file system of the host.
#
#   run.sh GUEST [OPTION]... -- COMMAND [ARG]...
#
#   -t SECONDS		limit of the whole run (300)
#   -o DIR		put what COMMAND wrote into $TCPFSM_OUT here, and the
#			kernel log
#   -m MEM		memory (1G)
#   -c CPUS		processors (1; more only with QEMU)
#   -e VAR=VALUE	into COMMAND's environment
#   --time-travel[=basic]	UML only: the clock jumps over idle time and stands
#			still while code runs (basic: it only jumps)
#   --icount		QEMU only: emulation with a clock that counts instructions,
#			a nanosecond each
#
# GUEST is one of those of kernel.sh. COMMAND runs as root in the directory of the
# caller; its changes to files are discarded. The exit status is that of COMMAND, or
#
#   124		over the time limit
#   125		the guest did not start, or died without a verdict
#   126		the kernel log has a warning, an oops, a stack trace or a leak

set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${TCPFSM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tcpfsm}

guest=
limit=300
out=
mem=1G
cpus=1
env=()
time_travel=
icount=()
command=()

run=
pids=()
reader=
timed_out=0

# Seconds for a guest to exit, and for a pipe to be read, after the run.
grace=10

# What the kernel log must not have. The exact words: boot messages name KASAN and
# kmemleak, too.
bad_log='\bBUG: ?|\bWARNING: |Call Trace:|unreferenced object 0x|ref_tracker: '
bad_log+='|Objects remaining |INFO: (task|rcu|trying) |possible circular '
bad_log+='|possible recursive |suspicious RCU |UBSAN: |KASAN: |ODEBUG: '
bad_log+='|Oops: |Kernel panic|general protection fault'

die() {
	echo "run.sh: $*" >&2
	exit 125
}

say() {
	echo "run.sh: $guest: $*"
}

usage() {
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 125
}

parse_options() {
	(($#)) || usage
	guest=$1
	shift
	while (($#)); do
		case $1 in
		-t) limit=${2-} ;;
		-o) out=${2-} ;;
		-m) mem=${2-} ;;
		-c) cpus=${2-} ;;
		-e) env+=("${2-}") ;;
		--time-travel) time_travel=inf-cpu ;;
		--time-travel=basic) time_travel=basic ;;
		--icount) icount=(-icount "shift=0,sleep=off") ;;
		--)
			shift
			command=("$@")
			break
			;;
		*) usage ;;
		esac
		[[ $1 == --* ]] || shift
		shift
	done
	((${#command[@]})) || usage
}

check_options() {
	local var

	[[ $guest =~ ^(6\.1|6\.12|uml|uml-debug)$ ]] || die "no such guest: $guest"
	[[ $limit =~ ^[1-9][0-9]*$ ]] || die "-t wants seconds"
	[[ $cpus =~ ^[1-9][0-9]*$ ]] || die "-c wants a number"
	[[ $mem =~ ^[1-9][0-9]*[MG]$ ]] || die "-m wants a size such as 512M or 1G"
	for var in "${env[@]}"; do
		[[ $var =~ ^[A-Za-z_][A-Za-z_0-9]*= ]] || die "-e wants VAR=VALUE"
	done
	if [[ $guest == uml* ]]; then
		((cpus == 1)) || die "UML has one processor"
		((!${#icount[@]})) || die "instructions are counted by QEMU"
	else
		[[ ! $time_travel ]] || die "time travel is for UML"
		((!${#icount[@]} || cpus == 1)) || die "--icount is for one processor"
		((EUID == 0)) || die "the file server of QEMU guests needs root"
	fi
}

# --- processes ----------------------------------------------------------------

# start COMMAND...: in a session of its own, so that all its processes can be
# killed; they also end when this script dies.
start() {
	setsid setpriv --pdeathsig KILL "$@" </dev/null &
	pids+=("$!")
	# Keeps bash from reporting that the guest was killed.
	disown "$!"
}

stop_all() {
	local pid

	for pid in "${pids[@]}"; do
		kill -KILL -- "-$pid" 2>/dev/null
		wait_gone "$pid" "$grace"
	done
	pids=()
}

cleanup() {
	stop_all
	[[ ! $reader ]] || kill "$reader" 2>/dev/null
	[[ ! $run ]] || rm -rf "$run"
}

# wait_gone PID SECONDS
wait_gone() {
	local end=$((SECONDS + $2))

	while kill -0 "$1" 2>/dev/null; do
		((SECONDS < end)) || return
		sleep 0.05
	done
}

wait_guest() {
	local pid=$1 end=$((SECONDS + limit))

	while kill -0 "$pid" 2>/dev/null; do
		if [[ -s $run/verdict ]]; then
			wait_gone "$pid" "$grace"
			return
		fi
		if ((SECONDS >= end)); then
			timed_out=1
			return
		fi
		sleep 0.05
	done
}

# --- the guest ----------------------------------------------------------------

# Write the file "job" for guest.sh.
write_job() {
	local job_guest=$guest job_cwd=$PWD job_modules=$1 job_out=0
	local job_env=("${env[@]}") job_command=("${command[@]}") job_visible

	job_visible=("$PWD" "$(cd "$here/../.." && pwd)" "$(cd "$cache" && pwd)")
	[[ ! $out ]] || job_out=1
	declare -p job_guest job_cwd job_modules job_out job_env job_command \
		job_visible >"$run/job"
	cp "$here/guest.sh" "$run/init"
}

# UML keeps its memory in a file, which should be on a tmpfs. In containers /dev/shm
# is often too small; a guest that fills it is killed by SIGBUS.
memory_dir() {
	local free need=${mem%[MG]}

	[[ $mem != *G ]] || need=$((need * 1024))
	free=$(df --output=avail -B 1M /dev/shm 2>/dev/null | tail -n 1)
	if ((${free:-0} > 2 * need)); then
		echo /dev/shm
	else
		echo "$run"
	fi
}

start_uml() {
	local image args

	image=$("$here/kernel.sh" image "$guest") || die "no kernel"
	args=("mem=$mem" "umid=guest" "uml_dir=$run/uml/" con=null ssl=null
		"con0=null,fd:2" "ssl0=null,fd:7" rootfstype=hostfs root=/dev/root ro
		log_buf_len=4M init="$run/init")
	case $time_travel in
	basic) args+=(time-travel) ;;
	inf-cpu) args+=(time-travel=inf-cpu) ;;
	esac
	TMPDIR=$(memory_dir) start "$image" "${args[@]}" >>"$run/console" 2>&1
}

virtiofsd() {
	local file

	for file in /usr/lib/qemu/virtiofsd /usr/libexec/virtiofsd; do
		if [[ -x $file ]]; then
			echo "$file"
			return
		fi
	done
	die "no virtiofsd (see deps.sh)"
}

start_file_server() {
	local server i

	server=$(virtiofsd) || exit
	# The default sandbox cannot pivot_root() to the present root.
	start "$server" --socket-path="$run/fs.sock" -o source=/ \
		-o sandbox=chroot -o cache=always >"$run/virtiofsd.log" 2>&1 7>&-
	for ((i = 0; i < 100; i++)); do
		[[ ! -S $run/fs.sock ]] || return 0
		sleep 0.05
	done
	cat "$run/virtiofsd.log" >&2
	die "virtiofsd does not start"
}

# machine ACCEL: the options that probe and run share
machine() {
	printf '%s\n' -nodefaults -no-user-config -display none -no-reboot \
		-accel "$1" -cpu max -kernel "$("$here/kernel.sh" image "$guest")" \
		-initrd "$("$here/kernel.sh" initrd "$guest")"
}

# probe ACCEL: does a guest reach its first process?
probe() {
	local args text

	mapfile -t args < <(machine "$1")
	text=$(timeout -k 1 20 qemu-system-x86_64 "${args[@]}" -M q35 -m 512M \
		-serial stdio -append 'console=ttyS0 panic=-1 -- probe' \
		</dev/null 2>&1)
	[[ $text == *'initrd: probe'* ]]
}

# A guest can hang or abort although there is a /dev/kvm, so KVM is only used after
# a probe has booted with it once since the host was booted.
kvm_works() {
	local boot probed=$cache/kvm works=no

	grep -qwE 'vmx|svm' /proc/cpuinfo && [[ -w /dev/kvm ]] || return
	boot=$(</proc/sys/kernel/random/boot_id)
	if [[ ! -e $probed || $(<"$probed") != "$boot "* ]]; then
		! probe kvm || works=yes
		echo "$boot $works" >"$probed"
	fi
	[[ $(<"$probed") == "$boot yes" ]]
}

accel() {
	if ((${#icount[@]})); then
		echo tcg
		return
	fi
	case ${TCPFSM_ACCEL-} in
	tcg | kvm) echo "$TCPFSM_ACCEL" ;;
	'') if kvm_works; then echo kvm; else echo tcg; fi ;;
	*) die "TCPFSM_ACCEL is tcg or kvm" ;;
	esac
}

# port NAME FILE: a virtio serial port of the guest that writes to FILE
port() {
	printf '%s\n' -chardev "file,id=$1,path=$2" \
		-device "virtserialport,chardev=$1,name=$1"
}

start_qemu() {
	local args accel append

	accel=$(accel) || exit
	start_file_server
	mapfile -t args < <(
		machine "$accel"
		printf '%s\n' -M q35,memory-backend=mem -m "$mem" -smp "$cpus" \
			-object "memory-backend-memfd,id=mem,size=$mem,share=on" \
			-chardev "socket,id=fs,path=$run/fs.sock" \
			-device vhost-user-fs-pci,chardev=fs,tag=host \
			-serial "file:$run/console" -device virtio-serial-pci \
			"${icount[@]}"
		port out "$run/out.fifo"
		port log "$run/log"
		port files "$run/files"
		port verdict "$run/verdict"
	)
	append="console=ttyS0 panic=-1 oops=panic log_buf_len=4M"
	start qemu-system-x86_64 "${args[@]}" -append "$append -- $run/init" \
		>"$run/qemu.log" 2>&1 7>&-
}

# --- the verdict --------------------------------------------------------------

# The console ends its lines with CR LF.
collect_console() {
	touch "$run/log" "$run/console"
	{
		cat "$run/console"
		[[ ! -s $run/qemu.log ]] || cat "$run/qemu.log"
	} | tr -d '\r' >"$run/console.log"
	cp "$run/console.log" "$cache/console.$$" &&
		mv "$cache/console.$$" "$cache/console-$guest.log"
	[[ $out ]] || return
	mkdir -p "$out" && cp "$run/console.log" "$out/" &&
		cp "$run/log" "$out/kernel.log"
	[[ ! -s $run/files ]] ||
		tar -C "$out" --no-same-owner -xf "$run/files"
}

# show_bad FILE: print bad lines; succeeds if there are any
show_bad() {
	local lines

	grep -qE "$bad_log" "$1" || return
	mapfile -t -n 100 lines < <(grep -nE -B3 -A25 "$bad_log" "$1")
	say "the kernel log must not have this:"
	printf '%s\n' "${lines[@]}"
	return 0
}

# The log that the guest sends at its end has everything. The console is for guests
# that died before.
scan_log() {
	show_bad "$run/log" || show_bad "$run/console.log"
}

judge() {
	local verdict=

	[[ ! -s $run/verdict ]] || verdict=$(<"$run/verdict")
	if [[ ! $verdict =~ ^exit\ ([0-9]+)$ ]]; then
		if ((timed_out)); then
			scan_log
			say "killed, over the time limit of $limit s"
			return 124
		fi
		scan_log
		say "died without a verdict; the end of its console:"
		tail -n 30 "$run/console.log"
		[[ ! -s $run/virtiofsd.log ]] || tail -n 5 "$run/virtiofsd.log"
		return 125
	fi
	! scan_log || return 126
	return "${BASH_REMATCH[1]}"
}

main() {
	local modules

	parse_options "$@"
	check_options
	trap cleanup EXIT
	trap 'exit 143' HUP INT TERM
	modules=$("$here/kernel.sh" modules "$guest") || die "no kernel"
	# Not in TMPDIR: the name is on the kernel's command line and has to be short.
	run=$(mktemp -d /tmp/tcpfsm-run.XXXXXX) || die "no directory for the run"
	mkdir "$run/uml"
	write_job "$modules"
	mkfifo "$run/out.fifo"
	# UML writes to the descriptor, QEMU opens the pipe itself. It is held open
	# here, so that its reader does not wait for a guest that never opens it, or
	# end before one does.
	exec 7<>"$run/out.fifo"
	cat "$run/out.fifo" 7>&- &
	reader=$!
	case $guest in
	uml*) start_uml ;;
	*) start_qemu ;;
	esac
	wait_guest "${pids[-1]}"
	stop_all
	exec 7>&-
	wait_gone "$reader" "$grace"
	kill "$reader" 2>/dev/null
	collect_console
	judge
}

main "$@"
