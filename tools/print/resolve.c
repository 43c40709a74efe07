// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/options.h"
#include "print/resolve.h"

#define PORTS	65536

/*
 * Ports that the kernel chooses for clients stay numbers, as in ss: a client's port
 * has nothing to do with the service of that number in /etc/services.
 */
static void forget_ephemeral(char **services)
{
	FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");
	unsigned int low, high;

	if (!file)
		return;
	if (fscanf(file, "%u %u", &low, &high) == 2)
		for (; low <= high && low < PORTS; low++) {
			free(services[low]);
			services[low] = NULL;
		}
	fclose(file);
}

/* All at once, because getservbyport() reads the whole file each time. */
static char **load_services(void)
{
	char **services = calloc(PORTS, sizeof(*services));
	const struct servent *entry;

	if (!services)
		return NULL;
	setservent(1);
	while ((entry = getservent())) {
		char **name = &services[ntohs(entry->s_port)];

		if (!strcmp(entry->s_proto, "tcp") && !*name)
			*name = strdup(entry->s_name);
	}
	endservent();
	forget_ephemeral(services);
	return services;
}

static const char *service(uint16_t port)
{
	static char **services;
	static bool loaded;

	if (opt.numeric)
		return NULL;
	if (!loaded)
		services = load_services();
	loaded = true;
	return services ? services[ntohs(port)] : NULL;
}

static bool look_up(const struct msg_endpoint *end, uint8_t family, char *buf, size_t size)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };

	if (family == AF_INET) {
		memcpy(&in.sin_addr, end->address, sizeof(in.sin_addr));
		return !getnameinfo((struct sockaddr *)&in, sizeof(in),
				    buf, size, NULL, 0, NI_NAMEREQD);
	}
	memcpy(&in6.sin6_addr, end->address, sizeof(in6.sin6_addr));
	return !getnameinfo((struct sockaddr *)&in6, sizeof(in6),
			    buf, size, NULL, 0, NI_NAMEREQD);
}

/*
 * The name of a host; NULL: it has none. A lookup may take seconds, and the same
 * addresses come again and again: each slot of the cache keeps the result for the
 * last address that came to it, "" if that has no name.
 */
static const char *host(const struct msg_endpoint *end, uint8_t family)
{
	static struct slot {
		uint8_t family;
		uint8_t address[16];
		char name[256];
	} cache[256];
	size_t len = family == AF_INET ? 4 : 16;
	unsigned int i, hash = 0;
	struct slot *slot;

	if (!opt.resolve)
		return NULL;
	for (i = 0; i < len; i++)
		hash = hash * 31 + end->address[i];
	slot = &cache[hash % 256];
	if (slot->family != family || memcmp(slot->address, end->address, len)) {
		slot->family = family;
		memcpy(slot->address, end->address, len);
		if (!look_up(end, family, slot->name, sizeof(slot->name)))
			slot->name[0] = '\0';
	}
	return slot->name[0] ? slot->name : NULL;
}

static void address4(struct line *line, const uint8_t *address)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (i)
			line_char(line, '.');
		line_u64(line, address[i]);
	}
}

void resolve_endpoint(struct line *line, const struct msg_endpoint *end, uint8_t family)
{
	const char *name = host(end, family), *port;
	char buf[INET6_ADDRSTRLEN];

	if (name) {
		line_str(line, name);
	} else if (family == AF_INET) {
		address4(line, end->address);
	} else {
		line_char(line, '[');
		line_str(line, resolve_address(end, family, buf, sizeof(buf)));
		line_char(line, ']');
	}
	line_char(line, ':');
	port = service(end->port);
	if (port)
		line_str(line, port);
	else
		line_u64(line, ntohs(end->port));
}

const char *resolve_address(const struct msg_endpoint *end, uint8_t family,
			    char *buf, size_t size)
{
	return inet_ntop(family == AF_INET ? AF_INET : AF_INET6, end->address, buf, size);
}
