// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <libmnl/libmnl.h>

#include "msg.h"

enum kind {
	KIND_IGNORED,
	KIND_VALUE,
	KIND_FLAG,
	KIND_STRING,
	KIND_NEST,
};

struct set;

/* Where an attribute goes, by its type. */
struct field {
	enum kind kind;
	unsigned short offset;
	unsigned short size;
	const struct set *nest;
};

/* The struct that a set is decoded into begins with 'have'. */
struct set {
	const struct field *field;
	unsigned short max;
};

#define VALUE(type, member) {						\
	.kind = KIND_VALUE,						\
	.offset = offsetof(struct type, member),			\
	.size = sizeof(((struct type *)0)->member),			\
}
#define STRING(type, member)						\
	{ .kind = KIND_STRING, .offset = offsetof(struct type, member) }
#define NEST(type, member, set)						\
	{ .kind = KIND_NEST, .offset = offsetof(struct type, member), .nest = set }
#define FLAG	{ .kind = KIND_FLAG }

static const struct field endpoint_fields[TCPFSM_A_ENDPOINT_MAX + 1] = {
	[TCPFSM_A_ENDPOINT_ADDRESS4] = {
		.kind = KIND_VALUE,
		.offset = offsetof(struct msg_endpoint, address),
		.size = 4,
	},
	[TCPFSM_A_ENDPOINT_ADDRESS6] = VALUE(msg_endpoint, address),
	[TCPFSM_A_ENDPOINT_PORT] = VALUE(msg_endpoint, port),
	[TCPFSM_A_ENDPOINT_STATE] = VALUE(msg_endpoint, state),
	[TCPFSM_A_ENDPOINT_CONFIRMED] = FLAG,
	[TCPFSM_A_ENDPOINT_LOCAL] = FLAG,
	[TCPFSM_A_ENDPOINT_ISN] = VALUE(msg_endpoint, isn),
	[TCPFSM_A_ENDPOINT_PACKETS] = VALUE(msg_endpoint, packets),
	[TCPFSM_A_ENDPOINT_BYTES] = VALUE(msg_endpoint, bytes),
	[TCPFSM_A_ENDPOINT_RETRANSMITS] = VALUE(msg_endpoint, retransmits),
};

static const struct set endpoint_set = { endpoint_fields, TCPFSM_A_ENDPOINT_MAX };

static const struct field time_wait_fields[TCPFSM_A_TIME_WAIT_MAX + 1] = {
	[TCPFSM_A_TIME_WAIT_ENDPOINT] = VALUE(msg_time_wait, endpoint),
	[TCPFSM_A_TIME_WAIT_ENTERED] = VALUE(msg_time_wait, entered),
	[TCPFSM_A_TIME_WAIT_RESTARTS] = VALUE(msg_time_wait, restarts),
	[TCPFSM_A_TIME_WAIT_SOURCE] = VALUE(msg_time_wait, source),
};

static const struct set time_wait_set = { time_wait_fields, TCPFSM_A_TIME_WAIT_MAX };

static const struct field msg_fields[TCPFSM_A_MAX + 1] = {
	[TCPFSM_A_ID] = VALUE(msg, id),
	[TCPFSM_A_FAMILY] = VALUE(msg, family),
	[TCPFSM_A_START] = VALUE(msg, start),
	[TCPFSM_A_DURATION] = VALUE(msg, duration),
	[TCPFSM_A_OPENED] = VALUE(msg, opened),
	[TCPFSM_A_CLOSED] = VALUE(msg, closed),
	[TCPFSM_A_CLIENT] = NEST(msg, end[TCPFSM_ROLE_CLIENT], &endpoint_set),
	[TCPFSM_A_SERVER] = NEST(msg, end[TCPFSM_ROLE_SERVER], &endpoint_set),
	[TCPFSM_A_TIME_WAIT] = NEST(msg, time_wait, &time_wait_set),
	[TCPFSM_A_TIME] = VALUE(msg, time),
	[TCPFSM_A_ENDPOINT] = VALUE(msg, endpoint),
	[TCPFSM_A_OLD] = VALUE(msg, old),
	[TCPFSM_A_NEW] = VALUE(msg, new),
	[TCPFSM_A_CAUSE] = VALUE(msg, cause),
	[TCPFSM_A_CONFIRMED] = FLAG,
	[TCPFSM_A_SEQ] = VALUE(msg, seq),
	[TCPFSM_A_ACK] = VALUE(msg, ack),
	[TCPFSM_A_NAME] = STRING(msg, name),
	[TCPFSM_A_VALUE] = VALUE(msg, value),
	[TCPFSM_A_MINIMUM] = VALUE(msg, minimum),
	[TCPFSM_A_MAXIMUM] = VALUE(msg, maximum),
	[TCPFSM_A_DOC] = STRING(msg, doc),
	[TCPFSM_A_COUNT] = VALUE(msg, count),
};

static const struct set msg_set = { msg_fields, TCPFSM_A_MAX };

static void decode(const struct set *set, void *to, const void *attrs, size_t len);

/* False: the attribute is not what this tool knows, so it is not there. */
static bool store(const struct field *field, char *to, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);
	const char *payload = mnl_attr_get_payload(attr);

	switch (field->kind) {
	case KIND_VALUE:
		if (len < field->size)
			return false;
		memcpy(to, payload, field->size);
		return true;
	case KIND_STRING:
		if (!len || payload[len - 1])
			return false;
		memcpy(to, &payload, sizeof(payload));
		return true;
	case KIND_NEST:
		decode(field->nest, to, payload, len);
		return true;
	case KIND_FLAG:
		return true;
	case KIND_IGNORED:
		break;
	}
	return false;
}

static void decode(const struct set *set, void *to, const void *attrs, size_t len)
{
	const struct nlattr *attr;
	uint64_t have = 0;

	mnl_attr_for_each_payload(attrs, len) {
		unsigned int type = mnl_attr_get_type(attr);
		const struct field *field;

		if (type > set->max)
			continue;
		field = &set->field[type];
		if (store(field, (char *)to + field->offset, attr))
			have |= 1ull << type;
	}
	memcpy(to, &have, sizeof(have));
}

void msg_decode(struct msg *msg, uint8_t cmd, const void *attrs, size_t len)
{
	memset(msg, 0, sizeof(*msg));
	decode(&msg_set, msg, attrs, len);
	msg->cmd = cmd;
}
