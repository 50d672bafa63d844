// SPDX-License-Identifier: ISC
/*
 * fuzz_packet.c - what one role may send another: packet_check accepts what the
 * model accepts and nothing else, and reads nothing behind the packet.
 *
 * The input's first octet says from whom, to whom and whether a descriptor
 * came; the rest is the packet.
 */
#include "fuzz.h"
#include "guard.h"
#include "must.h"
#include "packet_model.h"

#include <string.h>

static struct guard guard;

/* At the end of a page that is followed by one that nobody may touch. */
static const struct packet *place(const uint8_t *octets, size_t len, int fd)
{
	size_t front = offsetof(struct packet, as);
	size_t room = (front + len + 7) / 8 * 8; /* it must be aligned */
	uint8_t *at;
	struct packet *p;

	if (guard.cap == 0) {
		guard_init(&guard, sizeof(struct packet));
	}
	at = guard_tail(&guard, room < sizeof(*p) ? room : sizeof(*p));
	p = (void *)at;
	memset(at, 0xff, room);
	p->len = len;
	p->fd = fd;
	memcpy(at + front, octets, len);
	return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct packet *p;
	enum role from, to;
	bool has_fd, is_sound;

	if (size == 0 || size - 1 > PACKET_MAX) {
		return 0;
	}
	from = (enum role)((data[0] & 7) % ROLE_COUNT);
	to = (enum role)((data[0] >> 3 & 7) % ROLE_COUNT);
	has_fd = (data[0] & 64) != 0;
	p = place(data + 1, size - 1, has_fd ? 4 : -1);
	is_sound = packet_check(p, from, to);
	must(is_sound ==
		 packet_model_allows(data + 1, size - 1, has_fd, from, to),
	     "accepts what the model accepts");
	if (is_sound) {
		must(packet_tail(p) >= p->as.octets &&
			 packet_tail(p) + packet_tail_len(p) ==
			     p->as.octets + p->len,
		     "a tail that ends with the packet");
		must(packet_name(p->as.head.type)[0] != '?', "a name");
	}
	return 0;
}
