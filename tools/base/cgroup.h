/* SPDX-License-Identifier: GPL-2.0 */
/* The names of cgroups, as seen from where they are mounted. */
#ifndef _TCPFSM_TOOL_CGROUP_H
#define _TCPFSM_TOOL_CGROUP_H

#include "base/line.h"

/* As in /system.slice/nginx.service; of one that has no name here, its id */
void cgroup_put(struct line *line, uint64_t id);

#endif /* _TCPFSM_TOOL_CGROUP_H */
