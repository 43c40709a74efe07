/* SPDX-License-Identifier: GPL-2.0 */
/* The names of cgroups: their paths below the place where cgroup2 is mounted. */
#ifndef _TCPFSM_TOOL_CGROUP_H
#define _TCPFSM_TOOL_CGROUP_H

#include "base/line.h"

/* As in /system.slice/nginx.service; the number @id if there is no such path */
void cgroup_put(struct line *line, uint64_t id);

#endif /* _TCPFSM_TOOL_CGROUP_H */
