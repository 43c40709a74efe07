#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make the uapi header and the netlink policies from the specification with
# the kernel's own generator; and before that, in the specification, the enum
# of anomalies from the list in module/core/defs.h.
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

status=0

# keep MADE KEPT: write it, or compare it
keep()
{
	if [ "$mode" = check ]; then
		diff -u "$top/$2" "$work/$1" || status=1
	else
		cp "$work/$1" "$top/$2"
	fi
}

cc -I"$top/module" -o "$work/catalogue" "$top/selftests/docs/catalogue.c"
"$work/catalogue" yaml >"$work/enum"
sed -e "/# made from module\/core\/defs.h/r $work/enum" \
	-e '/# made from module\/core\/defs.h/,/# end of what genl.sh made/{/^  #/!d}' \
	"$here/specs/tcpfsm.yaml" >"$work/tcpfsm.yaml"
keep tcpfsm.yaml Documentation/netlink/specs/tcpfsm.yaml

# The generator looks for a MAINTAINERS file to find the top of its tree, and
# for the schema one directory above the specifications.
mkdir -p "$work/Documentation/netlink/specs" "$work/net"
touch "$work/MAINTAINERS"
cp "$src"/Documentation/netlink/*.yaml "$work/Documentation/netlink/"
cp "$work/tcpfsm.yaml" "$work/Documentation/netlink/specs/"

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

keep tcpfsm.h module/uapi/linux/tcpfsm.h
keep genl.h module/edge/genl.h
keep genl.c module/edge/genl.c
exit $status
