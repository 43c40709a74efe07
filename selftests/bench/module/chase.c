// SPDX-License-Identifier: GPL-2.0
#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/prandom.h>

#include "chase.h"
#include "clock.h"

/* Contiguous pages, mapped as those of slabs are; vmalloc() maps page by page */
#define CHUNK_ORDER	9
#define CHUNK_BYTES	(PAGE_SIZE << CHUNK_ORDER)
#define CHUNK_LINES	(CHUNK_BYTES / SMP_CACHE_BYTES)

struct line {
	struct line	*next;
} ____cacheline_aligned;

struct memory {
	struct line	**chunk;
	u64		chunks;
};

static struct line *line_at(const struct memory *memory, u64 i)
{
	return &memory->chunk[i / CHUNK_LINES][i % CHUNK_LINES];
}

static void release(struct memory *memory)
{
	u64 i;

	for (i = 0; i < memory->chunks && memory->chunk[i]; i++)
		free_pages((unsigned long)memory->chunk[i], CHUNK_ORDER);
	kvfree(memory->chunk);
}

static int allocate(struct memory *memory, u64 bytes)
{
	u64 i;

	memory->chunks = DIV_ROUND_UP(bytes, CHUNK_BYTES);
	memory->chunk = kvcalloc(memory->chunks, sizeof(*memory->chunk),
				 GFP_KERNEL);
	if (!memory->chunk)
		return -ENOMEM;
	for (i = 0; i < memory->chunks; i++) {
		memory->chunk[i] = (void *)__get_free_pages(GFP_KERNEL,
							    CHUNK_ORDER);
		if (!memory->chunk[i]) {
			release(memory);
			return -ENOMEM;
		}
	}
	return 0;
}

/* Link all lines into one random cycle: Sattolo's shuffle */
static void link_lines(const struct memory *memory)
{
	u64 lines = memory->chunks * CHUNK_LINES, i;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, lines);
	for (i = 0; i < lines; i++)
		line_at(memory, i)->next = line_at(memory, i);
	for (i = lines - 1; i > 0; i--) {
		u64 other = ((u64)prandom_u32_state(&rnd) * i) >> 32;

		swap(line_at(memory, i)->next, line_at(memory, other)->next);
	}
}

static struct line *follow(struct line *line, u64 steps)
{
	while (steps--)
		line = READ_ONCE(line->next);
	return line;
}

/**
 * chase_run - measure dependent loads over some memory
 * @chase: the size and the number; @ns is set
 *
 * Process context.
 *
 * Return: 0, -ENOMEM, or -EINVAL for no memory or 256 GiB and more.
 */
int chase_run(struct bench_chase *chase)
{
	struct memory memory;
	u64 begin;
	int err;

	if (!chase->bytes || chase->bytes >> 38)
		return -EINVAL;
	err = allocate(&memory, chase->bytes);
	if (err)
		return err;
	link_lines(&memory);
	begin = clock_ns();
	if (!follow(memory.chunk[0], chase->steps))
		err = -EIO;
	chase->ns = clock_ns() - begin;
	release(&memory);
	return err;
}
