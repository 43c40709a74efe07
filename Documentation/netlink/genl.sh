#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make the uapi header and the netlink policies from the specification with
# the kernel's own generator.
#
#	genl.sh KERNEL_SOURCE		write the files
#	genl.sh KERNEL_SOURCE check	compare them with what is committed
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(dirname "$(dirname "$here")")
src=${1:?usage: genl.sh KERNEL_SOURCE [check]}
mode=${2:-write}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The generator looks for a MAINTAINERS file to find the top of its tree, and
# for the schema one directory above the specifications.
mkdir -p "$work/Documentation/netlink/specs" "$work/net"
touch "$work/MAINTAINERS"
cp "$src"/Documentation/netlink/*.yaml "$work/Documentation/netlink/"
cp "$here/specs/tcpfsm.yaml" "$work/Documentation/netlink/specs/"

generate()
{
	(cd "$work" && timeout 60 /usr/bin/python3 \
		"$(readlink -f "$src")/tools/net/ynl/ynl-gen-c.py" \
		--spec Documentation/netlink/specs/tcpfsm.yaml \
		--mode "$1" "--$2" -o "net/genl.${2:0:1}")
	mv "$work/net/genl.${2:0:1}" "$work/$3"
}

generate uapi header tcpfsm.h
generate kernel header genl.h
generate kernel source genl.c

# The generator leaves out the groups' flags, so netlink.c has its own table.
sed -i '/^static const struct genl_multicast_group/,/^};/d' "$work/genl.c"
sed -i -e :a -e '/^\n*$/{$d;N;ba' -e '}' "$work/genl.c"

status=0
while read -r made kept; do
	if [ "$mode" = check ]; then
		diff -u "$top/$kept" "$work/$made" || status=1
	else
		cp "$work/$made" "$top/$kept"
	fi
done <<-LIST
	tcpfsm.h module/uapi/linux/tcpfsm.h
	genl.h module/genl.h
	genl.c module/genl.c
LIST
exit $status
