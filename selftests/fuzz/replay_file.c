// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of many connections, mostly plausible, in frames of each link type. The
 * input of a packet begins with two octets:
 *
 *	0x3f the connection, the last one of an end with itself; 0x40 IPv6; 0x80
 *	the server sends
 *	0x0f flags, or a verb; 0x10 time passes; 0x20 payload; 0x40 numbers that
 *	are not in order; 0x80 not all of it was captured
 *
 * followed by an octet for each of 0x10 to 0x80 that is set.
 */
#include "around.h"
#include "conn_step.h"
#include "replay_file.h"

#define FLOWS		64
#define FLOW_OF_ONE	63
#define PACKET_ROOM	400	/* a frame with its record header */

enum verb_of_packet {
	CROWD = FUZZ_FLAGS,	/* handshakes of all other connections */
	RAW,			/* a frame of raw bytes, their number first */
	VLAN,			/* frames have so many tags from here on */
	AROUND,			/* packets are in one more tunnel from here on, or in none */
	FRAGMENTS,		/* packets are in fragments from here on, or not */
};

#define DEPTH_MAX	3
#define NO_TUNNEL	0x3f

/* Link types, with the octets of their header */
static const struct {
	u16	type;
	u8	header;
} links[FUZZ_LINKS] = {
	{ 1, 14 }, { 113, 16 }, { 276, 20 }, { 101, 0 }, { 14, 0 }, { 228, 0 },
	{ 229, 0 }, { 0, 4 }, { 108, 4 }, { 9, 4 }, { 50, 4 }, { 51, 8 }, { 104, 4 },
	{ 166, 4 }, { 204, 3 }, { 239, 8 }, { 219, 8 }, { 100, 8 }, { 147, 0 },
};

/**
 * struct writer - a capture that is being written
 * @file: the file
 * @link: index of the type of link
 * @tags: VLAN tags on each frame
 * @depth: tunnels around each packet
 * @tunnel: what they are, the innermost first; 0x40: over IPv6
 * @fragments: 0: none; else their size in octets / 8 - 1 in the lower three bits, and
 *	the number of the one that comes first
 * @id: of the last packet that was cut into fragments
 * @now: seconds of the clock
 * @nxt: what each end of each connection sends next
 */
struct writer {
	struct replay_file	*file;
	unsigned int		link;
	unsigned int		tags;
	unsigned int		depth;
	u8			tunnel[DEPTH_MAX];
	u8			fragments;
	u16			id;
	u32			now;
	u32			nxt[FLOWS][2];
};

static void put(struct replay_file *file, const void *bytes, size_t len)
{
	if (len > sizeof(file->bytes) - file->len)
		len = sizeof(file->bytes) - file->len;
	if (len)
		memcpy(file->bytes + file->len, bytes, len);
	file->len += len;
}

static void put32(struct replay_file *file, u32 value)
{
	put(file, &value, sizeof(value));
}

/* With nanoseconds and the byte order of this machine; pcap allows both */
static void put_head(struct replay_file *file, u32 type)
{
	put32(file, 0xa1b23c4d);
	put32(file, 2 | 4 << 16);
	put32(file, 0);
	put32(file, 0);
	put32(file, 65535);
	put32(file, type);
}

/* The header of the link layer, with the Ethertype or family */
static u32 frame_header(const struct writer *writer, bool v6, u8 *header)
{
	u32 len = links[writer->link].header, i;
	u8 type[2] = { v6 ? 0x86 : 0x08, v6 ? 0xdd : 0x00 };
	u8 ppp = v6 ? 0x57 : 0x21;

	memset(header, 0, len);
	switch (links[writer->link].type) {
	case 9:
	case 50:
		memcpy(header, (u8 []){ 0xff, 3, 0, ppp }, 4);
		return len;
	case 51:
		memcpy(header, (u8 []){ 0x11, 0, 0, 5, 0, 0, 0, ppp }, 8);
		return len;
	case 104:
		memcpy(header, (u8 []){ 0x0f, 0, type[0], type[1] }, 4);
		return len;
	case 166:
		memcpy(header, (u8 []){ 1, 3, 0, ppp }, 4);
		return len;
	case 204:
		memcpy(header, (u8 []){ 1, 0, ppp }, 3);
		return len;
	case 239:
		memcpy(header, (u8 []){ 2, 0, 0, 0, 200, 0, 9, 0 }, 8);
		return len;
	case 219:
		memcpy(header, (u8 []){ 0, 1, 0, 64, 0, 2, 1, 64 }, 8);
		return len;
	case 100:
		memcpy(header, (u8 []){ 0xaa, 0xaa, 3, 0, 0, 0, type[0], type[1] }, 8);
		return len;
	case 0:
		header[0] = v6 ? 10 : 2;
		return len;
	case 108:
		header[3] = v6 ? 24 : 2;
		return len;
	case 276:
		memcpy(header, type, 2);
		return len;
	case 1:
	case 113:
		for (i = 0; i < writer->tags; i++, len += 4)
			memcpy(header + len - 2, (u8 []){ 0x81, 0, 0, 7 }, 4);
		memcpy(header + len - 2, type, 2);
		return len;
	default:
		return len;
	}
}

static void put_frame(struct writer *writer, const struct packet *p, u32 more,
		      u32 cut)
{
	bool v6 = p->len && p->bytes[0] >> 4 == 6;
	u8 header[64];
	u32 head = frame_header(writer, v6, header);
	u32 there = head + p->len - min(cut, p->len);

	put32(writer->file, writer->now);
	put32(writer->file, 0);
	put32(writer->file, there);
	put32(writer->file, head + p->len + more);
	put(writer->file, header, head);
	put(writer->file, p->bytes, there - head);
}

/* All of them once, beginning with any */
static void put_fragments(struct writer *writer, const struct packet *p, u32 more, u32 cut)
{
	u32 size = (writer->fragments % 8 + 1u) * 8, count = (p->len + size - 1) / size, i;
	struct packet fragment;

	writer->id++;
	for (i = 0; i < count; i++) {
		u32 which = (i + writer->fragments / 8u) % count;

		if (around_fragment(p, which * size, size, writer->id, &fragment))
			put_frame(writer, &fragment, which ? 0 : more, cut);
	}
}

static void put_packet(struct writer *writer, const struct packet *inside, u32 more, u32 cut)
{
	struct packet p = *inside;
	unsigned int i;

	for (i = 0; i < writer->depth; i++)
		around_put(&p, writer->tunnel[i] & 0x3f, writer->tunnel[i] & 0x40);
	if (writer->fragments)
		put_fragments(writer, &p, more, cut);
	else
		put_frame(writer, &p, more, cut);
}

static void set_tunnel(struct writer *writer, u8 which)
{
	if ((which & 0x3f) == NO_TUNNEL)
		writer->depth = 0;
	else if (writer->depth < DEPTH_MAX)
		writer->tunnel[writer->depth++] = which;
}

static void make_segment(struct writer *writer, unsigned int flow, bool v6,
			 bool server, u8 flags, u32 len, u8 off, u8 cut)
{
	static const u32 offsets[16] = {
		0, 1, -1u, 10, -10u, 100, -100u, 1000, -1000u, 65535, 1 << 30,
		-1u << 30, 1u << 31, 1448, -1448u, 70000,
	};
	const u32 *nxt = writer->nxt[flow];
	u16 port = flow == FLOW_OF_ONE ? 1 : (u16)(2 + flow);
	u8 src = server || flow == FLOW_OF_ONE ? 2 : 1;
	u8 dst = server && flow != FLOW_OF_ONE ? 1 : 2;
	struct tcpfsm_segment seg = {
		.sport = server ? 1 : port,
		.dport = server ? port : 1,
		.seq = nxt[server] + offsets[off >> 4],
		.ack = flags & TCPFSM_ACK ? nxt[!server] + offsets[off % 16] : 0,
		.flags = flags, .window = 65535,
	};
	struct packet p;
	u32 total;

	if (v6)
		packet_ipv6(&p, src, dst);
	else
		packet_ipv4(&p, src, dst, 0);
	packet_tcp(&p, &seg, NULL, 0);
	total = p.len + len;
	p.bytes[v6 ? 4 : 2] = (u8)((total - (v6 ? 40 : 0)) >> 8);
	p.bytes[v6 ? 5 : 3] = (u8)(total - (v6 ? 40 : 0));
	put_packet(writer, &p, len, cut);
	writer->nxt[flow][server] = seg.seq + len + !!(flags & TCPFSM_SYN) +
				    !!(flags & TCPFSM_FIN);
}

static void make_raw(struct writer *writer, struct input *in)
{
	struct packet p = { .len = input_u8(in) };
	u32 i;

	for (i = 0; i < p.len; i++)
		p.bytes[i] = input_u8(in);
	put_packet(writer, &p, input_u8(in), input_u8(in));
}

static void make_packet(struct writer *writer, struct input *in)
{
	u8 which = input_u8(in), what = input_u8(in);
	u32 time = what & 0x10 ? input_u8(in) : 0;
	u32 len = what & 0x20 ? input_u8(in) : 0;
	u8 off = what & 0x40 ? input_u8(in) : 0;
	u8 cut = what & 0x80 ? input_u8(in) : 0;
	unsigned int flow = which % FLOWS;

	/* A second, a minute, a day, and back */
	writer->now += time < 64 ? time : time < 128 ? (time - 64) * 60 :
		       time < 240 ? (time - 128) * 86400 : time - 256;
	switch (what % 16) {
	case CROWD:
		for (flow = 0; flow < FLOWS; flow++)
			make_segment(writer, flow, which & 0x40, false,
				     TCPFSM_SYN, len, off, cut);
		break;
	case RAW:
		make_raw(writer, in);
		break;
	case VLAN:
		writer->tags = which % 4;
		break;
	case AROUND:
		set_tunnel(writer, which);
		break;
	case FRAGMENTS:
		writer->fragments = which;
		break;
	default:
		make_segment(writer, flow, which & 0x40, which & 0x80,
			     fuzz_flags[what % 16 % FUZZ_FLAGS], len, off, cut);
	}
}

/**
 * replay_file_make - make a capture of the input
 * @file: filled
 * @in: the input, which is consumed
 */
void replay_file_make(struct replay_file *file, struct input *in)
{
	u8 first = input_u8(in);
	struct writer writer = {
		.file = file, .link = first % ARRAY_SIZE(links), .now = 1000,
	};

	file->len = 0;
	if (first == FUZZ_WHOLE_FILE) {
		put(file, in->at, in->left);
		return;
	}
	put_head(file, links[writer.link].type);
	while (in->left && file->len + PACKET_ROOM < sizeof(file->bytes))
		make_packet(&writer, in);
}
