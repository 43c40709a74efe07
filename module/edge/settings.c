// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "compat.h"
#include "edge/hook.h"
#include "edge/settings.h"
#include "track/entry.h"
#include "track/timer.h"

/* With enabled=0 there are neither hooks nor flows */
static int switch_hooks(struct tcpfsm_net *tn, bool on)
{
	struct net *net = tn->tracker.net;
	int err;

	if (on == tn->hooked)
		return 0;
	if (on) {
		err = tcpfsm_hook_register(net);
		if (err)
			return err;
	} else {
		tcpfsm_hook_unregister(net);
		synchronize_rcu();
		tcpfsm_entry_flush(&tn->tracker);
	}
	tn->hooked = on;
	return 0;
}

/* Do the timers of flows depend on this setting? */
static bool affects_timers(enum tcpfsm_setting setting)
{
	switch (setting) {
	case TCPFSM_SETTING_timeout_half_open:
	case TCPFSM_SETTING_timeout_established:
	case TCPFSM_SETTING_timeout_closing:
	case TCPFSM_SETTING_timeout_closed:
	case TCPFSM_SETTING_close_wait_long:
		return true;
	default:
		return false;
	}
}

/**
 * tcpfsm_settings_find - look up a setting by its name
 * @name: the name
 *
 * Context: Any.
 * Return: enum tcpfsm_setting, or -ENOENT.
 */
int tcpfsm_settings_find(const char *name)
{
	int i;

	for (i = 0; i < TCPFSM_SETTING_COUNT; i++)
		if (!strcmp(name, tcpfsm_setting_infos[i].name))
			return i;
	return -ENOENT;
}

/**
 * tcpfsm_settings_set - change a setting and put it into effect
 * @tn: the namespace
 * @setting: the setting
 * @value: its new value, in the unit of the setting
 *
 * The WRITE_ONCE() pairs with the READ_ONCE() in tcpfsm_setting(),
 * tcpfsm_setting_timeout() and on_sysctl().
 *
 * Context: Process; sleeps. Takes @tn->mutex.
 * Return: 0; -ERANGE for a value out of bounds; or -ENOMEM or -E2BIG if the
 * hooks cannot be registered. The setting keeps its value in case of an error.
 */
int tcpfsm_settings_set(struct tcpfsm_net *tn, enum tcpfsm_setting setting,
			u64 value)
{
	const struct tcpfsm_setting_info *info = &tcpfsm_setting_infos[setting];
	int err = 0;

	if (value < info->min || value > info->max)
		return -ERANGE;
	mutex_lock(&tn->mutex);
	if (setting == TCPFSM_SETTING_enabled)
		err = switch_hooks(tn, value);
	if (!err)
		WRITE_ONCE(tn->tracker.setting[setting], value);
	if (affects_timers(setting))
		tcpfsm_timer_rearm(&tn->tracker);
	mutex_unlock(&tn->mutex);
	return err;
}

static int on_sysctl(tcpfsm_ctl_table *table, int write, void *buffer,
		     size_t *size, loff_t *pos)
{
	struct tcpfsm_net *tn = table->extra1;
	u32 *stored = table->data;
	u32 value = READ_ONCE(*stored);
	struct ctl_table shown = {
		.data = &value,
		.maxlen = sizeof(value),
		.mode = table->mode,
	};
	int err = proc_douintvec(&shown, write, buffer, size, pos);

	if (err || !write)
		return err;
	err = tcpfsm_settings_set(tn, stored - tn->tracker.setting, value);
	return err == -ERANGE ? -EINVAL : err;
}

/**
 * tcpfsm_settings_register - make net.tcpfsm.* of a namespace
 * @tn: the namespace
 *
 * Context: Process; may sleep.
 * Return: 0, or -ENOMEM.
 */
int tcpfsm_settings_register(struct tcpfsm_net *tn)
{
	struct ctl_table *table;
	int i;

	/* One more, empty: before 6.6 it ends the table */
	table = kcalloc(TCPFSM_SETTING_COUNT + 1, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < TCPFSM_SETTING_COUNT; i++) {
		table[i].procname = tcpfsm_setting_infos[i].name;
		table[i].data = &tn->tracker.setting[i];
		table[i].maxlen = sizeof(u32);
		table[i].mode = 0644;
		table[i].proc_handler = on_sysctl;
		table[i].extra1 = tn;
	}
	tn->sysctl = tcpfsm_register_sysctl(tn->tracker.net, "net/tcpfsm",
					    table, TCPFSM_SETTING_COUNT);
	if (!tn->sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	tn->sysctl_table = table;
	return 0;
}

/**
 * tcpfsm_settings_unregister - undo tcpfsm_settings_register()
 * @tn: the namespace
 *
 * Waits for readers and writers that are in one of the files.
 *
 * Context: Process; sleeps.
 */
void tcpfsm_settings_unregister(struct tcpfsm_net *tn)
{
	unregister_net_sysctl_table(tn->sysctl);
	kfree(tn->sysctl_table);
}
