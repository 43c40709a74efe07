/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The catalogue of anomalies as cases: a case named "NAME: ..." provokes the
 * anomaly NAME, "NAME: near miss, ..." comes close to it without provoking it.
 */
#ifndef _TCPFSM_CATALOGUE_H
#define _TCPFSM_CATALOGUE_H

#include "conn_case.h"

extern const struct conn_case *const catalogue_tables[];
extern const unsigned int catalogue_tables_count;

bool catalogue_is_complete(void);

#endif /* _TCPFSM_CATALOGUE_H */
