/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version of the module and of the tool. The manual page and CHANGELOG.md
 * name it as well; selftests/docs compares them with this.
 */
#ifndef _TCPFSM_VERSION_H
#define _TCPFSM_VERSION_H

#define TCPFSM_VERSION	"0.2.0"

#endif /* _TCPFSM_VERSION_H */
