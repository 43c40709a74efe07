#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Installs the Debian packages that the guests, the build and the tests need.
#
#   deps.sh [demo|check]
#
# demo is the part that one guest with a stock kernel needs; check, the default,
# is all. The kernels of the QEMU guests are not installed: kernel.sh unpacks
# them into its cache.

set -euo pipefail

# WHAT PACKAGE... # why
packages() {
	cat <<'TABLE'
demo	gcc libc6-dev make		# the module, the tools, initrd.c
demo	kmod xz-utils cpio		# depmod and modprobe; source; initrd
demo	libelf1				# objtool, when a module is built
demo	dwarves				# pahole: BTF of modules for 6.12
demo	qemu-system-x86			# guests with stock kernels
demo	qemu-system-common		# virtiofsd (Debian 12)
demo	libmnl-dev			# the tools: netlink
demo	libyajl-dev			# the tools: JSON as a stream
demo	libpcap-dev			# the tools: captures
demo	python3				# test peers
demo	iproute2 util-linux		# ip, ss, tc; setpriv, unshare
check	procps				# sysctl
check	bc bison flex			# kernel build
check	libelf-dev libssl-dev		# kernel build: objtool, sign-file
check	linux-source-6.12		# the UML kernels; checkpatch, kernel-doc
check	python3-yaml			# code generator
check	python3-jsonschema		# code generator: checks the specification
check	nftables			# NAT in tests
check	libclang-rt-14-dev		# fuzzers
check	tcpdump				# captures to replay
check	conntrack			# to measure against
check	ethtool iputils-ping		# offloads off in tests; reachability
check	sparse clang			# static analysis of the C code
check	shellcheck python3-pyflakes	# of the shell and Python code
check	man-db				# of the man page
check	git				# the files to check
check	mmdebstrap			# a fresh machine to try README.md on
TABLE
}

die() {
	echo "deps.sh: $*" >&2
	exit 1
}

wanted() {
	packages | sed 's/#.*//' | while read -r set list; do
		[[ $1 == check || $set == demo ]] || continue
		tr ' ' '\n' <<<"$list"
	done
}

is_installed() {
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == \
		installed ]]
}

missing() {
	local package

	for package in $(wanted "$1"); do
		is_installed "$package" || echo "$package"
	done
}

apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" \
		</dev/null >/dev/null
}

install() {
	((EUID == 0)) || die "not root, and missing: $*"
	apt update || die "cannot update the package lists"
	apt install -y --no-install-recommends "$@" ||
		die "cannot install: $*"
}

main() {
	local list

	case ${1-check} in
	demo | check) ;;
	*) die "usage: deps.sh [demo|check]" ;;
	esac
	command -v dpkg-query >/dev/null || die "this is not Debian"
	mapfile -t list < <(missing "${1-check}")
	((!${#list[@]})) || install "${list[@]}"
}

main "$@"
