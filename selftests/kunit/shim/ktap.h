/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the unit tests use of user space, in terms of the kernel; and in place of
 * their ktap.h, the results as KUnit reports them.
 */
#ifndef _TCPFSM_SHIM_KTAP_H
#define _TCPFSM_SHIM_KTAP_H

#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/inet.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#define ktap_note(...)		kunit_info(kunit_get_current_test(), __VA_ARGS__)
#define fprintf(stream, ...)	kunit_err(kunit_get_current_test(), __VA_ARGS__)
#define strtol			simple_strtol

/* Ends the KUnit case, where a program would end */
static inline void __noreturn exit(int status)
{
	KUNIT_FAIL(kunit_get_current_test(), "exit with status %d", status);
	__kunit_abort(kunit_get_current_test());
}

#define assert(holds) \
	KUNIT_ASSERT_TRUE(kunit_get_current_test(), holds)

static inline char *strtok_r(char *text, const char *separators, char **save)
{
	char *word;

	if (text)
		*save = text;
	do {
		word = strsep(save, separators);
	} while (word && !*word);
	return word;
}

#endif /* _TCPFSM_SHIM_KTAP_H */
