#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs each LINE as if root typed it on the machine whose files are in ROOT, in
# the directory of the sources there, and says how it ended. The status is 0
# when all of them ended well.
#
#	enter.sh ROOT LINE...
#
# What is mounted for that is left mounted: whoever calls this does it in a
# mount namespace, or in a guest, that ends soon after.

set -u

root=$1
shift
mount -t proc proc "$root/proc" &&
	mount --rbind /dev "$root/dev" &&
	mount --rbind /sys "$root/sys" || exit

failed=0
for line in "$@"; do
	# A login shell, so that PATH is Debian's; no standard input, as in CI
	timeout -k 10 600 chroot "$root" /usr/bin/env -i HOME=/root TERM=dumb \
		/bin/bash -lc "cd ~/tcpfsm && $line" </dev/null 2>&1
	status=$?
	echo "status $status: $line"
	[ "$status" -eq 0 ] || failed=1
done
exit $failed
