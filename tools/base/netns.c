// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/netns.h"
#include "base/status.h"

#define NETNS_DIR	"/run/netns"

static int open_in(const char *dir, const char *name, const char *file)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s%s", dir, name, file) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int open_netns(const char *netns)
{
	int fd;

	if (strchr(netns, '/'))
		return open(netns, O_RDONLY | O_CLOEXEC);
	fd = *netns ? open_in(NETNS_DIR, netns, "") : -1;
	if (fd < 0 && *netns && !netns[strspn(netns, "0123456789")])
		fd = open_in("/proc", netns, "/ns/net");
	return fd;
}

int netns_enter(const char *netns)
{
	int fd = open_netns(netns), ret = STATUS_OK;

	if (fd < 0 && errno == EACCES)
		return fail(STATUS_KERNEL,
			    "not permitted to open network namespace '%s': run it as root (sudo)",
			    netns);
	if (fd < 0)
		return fail(STATUS_USAGE,
			    "no network namespace '%s': a name of 'ip netns', a path or a process id",
			    netns);
	if (setns(fd, CLONE_NEWNET)) {
		if (errno == EINVAL)
			ret = fail(STATUS_USAGE, "'%s' is not a network namespace", netns);
		else if (errno == EPERM)
			ret = fail(STATUS_KERNEL,
				   "not permitted to enter network namespace '%s': run it as root (sudo)",
				   netns);
		else
			ret = fail(STATUS_KERNEL, "cannot enter network namespace '%s': %s",
				   netns, strerror(errno));
	}
	close(fd);
	return ret;
}
