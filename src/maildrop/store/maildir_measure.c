// SPDX-License-Identifier: ISC
/*
 * maildir_measure.c - reading a message to know its numbers (maildir.h).
 * Runs in: maildrop, under the file identity of the mail's owner.
 * Trusts: no file.  Allocates: never.
 */
#include "store/maildir.h"

#include <errno.h>
#include <unistd.h>

#include "limits.h"
#include "pop3/text.h"

/*
 * Measures all that can be read.  A file that fits into the buffer and was as
 * long as it said is not read once more just to see its end.
 */
static int measure_text(const struct maildir *md, int fd, uint64_t size,
			uint8_t *buffer, struct maildir_measured *m_r)
{
	struct pop3_measure measure;
	uint64_t stored = 0;
	ssize_t n;

	pop3_measure_init(&measure);
	do {
		if (stored > MAILDROP_MESSAGE_OCTETS_MAX) {
			return -EFBIG; /* it grew */
		}
		if (!store_may_read(&md->base, MAILDROP_READ_OCTETS)) {
			return -STORE_STOPPED;
		}
		n = read(fd, buffer, MAILDROP_READ_OCTETS);
		if (n < 0) {
			return -errno;
		}
		pop3_measure_add(&measure, pop3_slice_of(buffer, (size_t)n));
		stored += (uint64_t)n;
	} while (n != 0 && !(stored == size && n < MAILDROP_READ_OCTETS));
	m_r->octets = pop3_measure_end(&measure);
	m_r->stored = stored;
	m_r->is_wire = measure.is_wire;
	return 0;
}

int maildir_measure(const struct maildir *md, int fd, uint8_t *buffer,
		    struct maildir_measured *m_r)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	m_r->is_message = S_ISREG(st.st_mode);
	if (!m_r->is_message) {
		return 0;
	}
	m_r->stamp = maildir_stamp(&st);
	if ((uint64_t)st.st_size > MAILDROP_MESSAGE_OCTETS_MAX) {
		return -EFBIG;
	}
	return measure_text(md, fd, (uint64_t)st.st_size, buffer, m_r);
}
