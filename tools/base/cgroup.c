// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cgroup.h"

/* Type of a file handle that consists of the id of a kernfs node */
#define FILEID_KERNFS	0xfe

struct mount {
	int fd;			/* -1: cgroup2 is not mounted */
	char path[PATH_MAX];
};

static void find_mount(struct mount *mount)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	const struct mntent *entry;

	mount->fd = -1;
	if (!mounts)
		return;
	while (mount->fd < 0 && (entry = getmntent(mounts))) {
		if (strcmp(entry->mnt_type, "cgroup2") || strlen(entry->mnt_dir) >= PATH_MAX)
			continue;
		strcpy(mount->path, entry->mnt_dir);
		mount->fd = open(mount->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	endmntent(mounts);
}

static int open_by_id(int mount_fd, uint64_t id)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} it = { .handle = { .handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS } };

	memcpy(it.handle.f_handle, &id, sizeof(id));
	return open_by_handle_at(mount_fd, &it.handle, O_PATH | O_CLOEXEC);
}

/* The part of @path below @mount, which begins with '/'; NULL: it is not below it */
static const char *below(const char *path, const char *mount)
{
	size_t len = strlen(mount);

	if (strncmp(path, mount, len))
		return NULL;
	return path[len] == '/' ? path + len : path[len] ? NULL : "/";
}

void cgroup_put(struct line *line, uint64_t id)
{
	static struct mount mount;
	static bool known;
	char link[32], path[PATH_MAX];
	const char *name = NULL;
	ssize_t len = -1;
	int fd;

	if (!known)
		find_mount(&mount);
	known = true;
	fd = mount.fd < 0 ? -1 : open_by_id(mount.fd, id);
	if (fd >= 0) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		len = readlink(link, path, sizeof(path) - 1);
		close(fd);
	}
	if (len >= 0) {
		path[len] = '\0';
		name = below(path, mount.path);
	}
	if (name)
		line_str(line, name);
	else
		line_u64(line, id);
}
