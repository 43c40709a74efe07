// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <libmnl/libmnl.h>

#include "nl/msg.h"

enum kind {
	KIND_IGNORED,
	KIND_VALUE,
	KIND_FLAG,
	KIND_STRING,		/* a pointer into the receive buffer */
	KIND_COPY,		/* a string, into an array of the struct */
	KIND_NEST,
	KIND_LIST,		/* any number of attributes of this type */
};

struct set;

/* What becomes of the attributes of one type. */
struct field {
	enum kind kind;
	unsigned short offset;
	unsigned short size;
	const struct set *nest;
	void (*add)(void *to, const void *item);	/* of a list: one of them, to the struct */
};

/* A set of attributes; the struct that it is decoded into begins with 'have'. */
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
#define COPY(type, member) {						\
	.kind = KIND_COPY,						\
	.offset = offsetof(struct type, member),			\
	.size = sizeof(((struct type *)0)->member),			\
}
/* A list of nests of @set; if it is NULL, of values of @length octets */
#define LIST(set, length, function)					\
	{ .kind = KIND_LIST, .nest = set, .size = length, .add = function }
#define FLAG	{ .kind = KIND_FLAG }

struct stay {
	uint64_t have;
	uint8_t state;
	uint64_t duration;
};

static const struct field stay_fields[TCPFSM_A_STAY_MAX + 1] = {
	[TCPFSM_A_STAY_STATE] = VALUE(stay, state),
	[TCPFSM_A_STAY_DURATION] = VALUE(stay, duration),
};

static const struct set stay_set = { stay_fields, TCPFSM_A_STAY_MAX };

static void add_stay(void *to, const void *item)
{
	struct msg_endpoint *end = to;
	const struct stay *stay = item;

	if (stay->state >= TCPFSM_STATE_COUNT)
		return;
	end->stay[stay->state] = stay->duration;
	end->stays |= 1u << stay->state;
}

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
	[TCPFSM_A_ENDPOINT_SINCE] = VALUE(msg_endpoint, since),
	[TCPFSM_A_ENDPOINT_STAY] = LIST(&stay_set, 0, add_stay),
	[TCPFSM_A_ENDPOINT_SOCKET_STATE] = VALUE(msg_endpoint, socket_state),
	[TCPFSM_A_ENDPOINT_UID] = VALUE(msg_endpoint, uid),
	[TCPFSM_A_ENDPOINT_INODE] = VALUE(msg_endpoint, inode),
	[TCPFSM_A_ENDPOINT_CGROUP] = VALUE(msg_endpoint, cgroup),
	[TCPFSM_A_ENDPOINT_UNSEEN] = VALUE(msg_endpoint, unseen),
};

static const struct set endpoint_set = { endpoint_fields, TCPFSM_A_ENDPOINT_MAX };

static const struct field time_wait_fields[TCPFSM_A_TIME_WAIT_MAX + 1] = {
	[TCPFSM_A_TIME_WAIT_ENDPOINT] = VALUE(msg_time_wait, endpoint),
	[TCPFSM_A_TIME_WAIT_ENTERED] = VALUE(msg_time_wait, entered),
	[TCPFSM_A_TIME_WAIT_RESTARTS] = VALUE(msg_time_wait, restarts),
	[TCPFSM_A_TIME_WAIT_SOURCE] = VALUE(msg_time_wait, source),
	[TCPFSM_A_TIME_WAIT_RESTARTED] = VALUE(msg_time_wait, restarted),
	[TCPFSM_A_TIME_WAIT_DURATION] = VALUE(msg_time_wait, duration),
	[TCPFSM_A_TIME_WAIT_END] = VALUE(msg_time_wait, end),
	[TCPFSM_A_TIME_WAIT_GAP] = VALUE(msg_time_wait, gap),
	[TCPFSM_A_TIME_WAIT_ISN_DELTA] = VALUE(msg_time_wait, isn_delta),
};

static const struct set time_wait_set = { time_wait_fields, TCPFSM_A_TIME_WAIT_MAX };

static void add_time_wait(void *to, const void *item)
{
	struct msg *msg = to;
	const struct msg_time_wait *wait = item;

	if (wait->endpoint < TCPFSM_ROLE_COUNT)
		msg->time_wait[wait->endpoint] = *wait;
}

struct anomaly_count {
	uint64_t have;
	uint8_t anomaly;
	uint32_t count;
};

static const struct field anomaly_fields[TCPFSM_A_ANOMALY_COUNT_MAX + 1] = {
	[TCPFSM_A_ANOMALY_COUNT_ANOMALY] = VALUE(anomaly_count, anomaly),
	[TCPFSM_A_ANOMALY_COUNT_COUNT] = VALUE(anomaly_count, count),
};

static const struct set anomaly_set = { anomaly_fields, TCPFSM_A_ANOMALY_COUNT_MAX };

static void add_anomaly(void *to, const void *item)
{
	struct msg *msg = to;
	const struct anomaly_count *count = item;

	/* a newer module may know more of them */
	if (count->anomaly < TCPFSM_ANOMALY_COUNT)
		msg->anomalies[count->anomaly] = count->count;
}

struct segment {
	uint64_t have;
	struct tcpfsm_past past;
};

#define PAST(member) VALUE(segment, past.member)

static const struct field segment_fields[TCPFSM_A_SEGMENT_MAX + 1] = {
	[TCPFSM_A_SEGMENT_TIME] = PAST(time),
	[TCPFSM_A_SEGMENT_ENDPOINT] = PAST(from),
	[TCPFSM_A_SEGMENT_FLAGS] = PAST(flags),
	[TCPFSM_A_SEGMENT_SEQ] = PAST(seq),
	[TCPFSM_A_SEGMENT_ACK] = PAST(ack),
	[TCPFSM_A_SEGMENT_LEN] = PAST(len),
	[TCPFSM_A_SEGMENT_CLIENT_STATE] = PAST(state[TCPFSM_ROLE_CLIENT]),
	[TCPFSM_A_SEGMENT_SERVER_STATE] = PAST(state[TCPFSM_ROLE_SERVER]),
	[TCPFSM_A_SEGMENT_ANOMALY] = PAST(anomaly),
};

static const struct set segment_set = { segment_fields, TCPFSM_A_SEGMENT_MAX };

static void add_segment(void *to, const void *item)
{
	struct msg *msg = to;
	const struct segment *segment = item;
	struct tcpfsm_past *past;

	if (msg->segments == MSG_SEGMENTS)
		return;
	past = &msg->segment[msg->segments++];
	*past = segment->past;
	if (!MSG_HAS(segment, TCPFSM_A_SEGMENT_ANOMALY))
		past->anomaly = TCPFSM_ANOMALY_NONE;
	past->late = MSG_HAS(segment, TCPFSM_A_SEGMENT_SEQ) &&
		     !MSG_HAS(segment, TCPFSM_A_SEGMENT_FLAGS);
}

static void add_bucket(void *to, const void *item)
{
	struct msg_histogram *histogram = to;

	if (histogram->buckets < TCPFSM_HIST_BUCKETS)
		memcpy(&histogram->hist.bucket[histogram->buckets++], item, sizeof(uint64_t));
}

static const struct field histogram_fields[TCPFSM_A_HISTOGRAM_MAX + 1] = {
	[TCPFSM_A_HISTOGRAM_NAME] = STRING(msg_histogram, name),
	[TCPFSM_A_HISTOGRAM_COUNT] = VALUE(msg_histogram, hist.count),
	[TCPFSM_A_HISTOGRAM_SUM] = VALUE(msg_histogram, hist.sum),
	[TCPFSM_A_HISTOGRAM_MAXIMUM] = VALUE(msg_histogram, hist.max),
	[TCPFSM_A_HISTOGRAM_BUCKET] = LIST(NULL, sizeof(uint64_t), add_bucket),
};

static const struct set histogram_set = { histogram_fields, TCPFSM_A_HISTOGRAM_MAX };

static const struct field msg_fields[TCPFSM_A_MAX + 1] = {
	[TCPFSM_A_ID] = VALUE(msg, id),
	[TCPFSM_A_FAMILY] = VALUE(msg, family),
	[TCPFSM_A_START] = VALUE(msg, start),
	[TCPFSM_A_DURATION] = VALUE(msg, duration),
	[TCPFSM_A_OPENED] = VALUE(msg, opened),
	[TCPFSM_A_CLOSED] = VALUE(msg, closed),
	[TCPFSM_A_CLIENT] = NEST(msg, end[TCPFSM_ROLE_CLIENT], &endpoint_set),
	[TCPFSM_A_SERVER] = NEST(msg, end[TCPFSM_ROLE_SERVER], &endpoint_set),
	[TCPFSM_A_TIME_WAIT] = LIST(&time_wait_set, 0, add_time_wait),
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
	[TCPFSM_A_RTT_SERVER] = VALUE(msg, rtt[TCPFSM_ROLE_SERVER]),
	[TCPFSM_A_RTT_CLIENT] = VALUE(msg, rtt[TCPFSM_ROLE_CLIENT]),
	[TCPFSM_A_CONN_STATE] = COPY(msg, conn_state),
	[TCPFSM_A_HISTORY] = COPY(msg, letters),
	[TCPFSM_A_ANOMALIES] = LIST(&anomaly_set, 0, add_anomaly),
	[TCPFSM_A_SEGMENT] = LIST(&segment_set, 0, add_segment),
	[TCPFSM_A_ANOMALY] = VALUE(msg, anomaly),
	[TCPFSM_A_KIND] = VALUE(msg, kind),
	[TCPFSM_A_EXPECTED] = VALUE(msg, expected),
	[TCPFSM_A_FORGOTTEN] = VALUE(msg, forgotten),
	[TCPFSM_A_OCTETS] = VALUE(msg, octets),
	[TCPFSM_A_HISTOGRAM] = NEST(msg, histogram, &histogram_set),
};

static const struct set msg_set = { msg_fields, TCPFSM_A_MAX };

static void decode(const struct set *set, void *to, const void *attrs, size_t len);

/* Decode one nest of a list, and add it. */
static void decode_item(const struct field *field, void *to, const void *attrs, size_t len)
{
	union {
		struct anomaly_count count;
		struct segment segment;
		struct msg_time_wait time_wait;
		struct stay stay;
	} item;

	memset(&item, 0, sizeof(item));
	decode(field->nest, &item, attrs, len);
	field->add(to, &item);
}

/* False: the attribute is ignored, because it is unknown or too short. */
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
	case KIND_COPY:
		if (!len || payload[len - 1] || len > field->size)
			return false;
		memcpy(to, payload, len);
		return true;
	case KIND_LIST:
		if (len < field->size)
			return false;
		if (field->nest)
			decode_item(field, to, payload, len);
		else
			field->add(to, payload);
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
	memset(msg, 0, offsetof(struct msg, segment));
	decode(&msg_set, msg, attrs, len);
	msg->cmd = cmd;
}
