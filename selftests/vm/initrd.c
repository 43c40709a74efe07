// SPDX-License-Identifier: GPL-2.0
/*
 * The only program in the initial RAM disk of QEMU guests. It loads the modules that
 * the root file system of the host needs, mounts that, and executes the program that
 * the kernel command line names after "--". With "probe" it only powers off: the
 * guest has booted.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>

static int is_module(const struct dirent *entry)
{
	return strstr(entry->d_name, ".ko") != NULL;
}

/* The names of the files begin with a number, which is the order of loading. */
static void load_modules(void)
{
	struct dirent **names;
	int i, n, fd;

	if (chdir("/modules"))
		err(1, "/modules");
	n = scandir(".", &names, is_module, alphasort);
	for (i = 0; i < n; i++) {
		fd = open(names[i]->d_name, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
			warn("%s", names[i]->d_name);
		if (fd >= 0)
			close(fd);
	}
}

static void enter_host(void)
{
	if (mount("host", "/host", "virtiofs", MS_RDONLY, NULL))
		err(1, "virtiofs");
	if (chdir("/host") || mount(".", "/", NULL, MS_MOVE, NULL) ||
	    chroot(".") || chdir("/"))
		err(1, "/host");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(1, "want one argument, have %d", argc - 1);
	if (!strcmp(argv[1], "probe")) {
		puts("initrd: probe");
		fflush(stdout);
		reboot(RB_AUTOBOOT);
	}
	load_modules();
	enter_host();
	execv(argv[1], argv + 1);
	err(1, "%s", argv[1]);
}
