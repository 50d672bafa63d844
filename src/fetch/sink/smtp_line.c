// SPDX-License-Identifier: ISC
/*
 * smtp_line.c - lines out, replies in (smtp_line.h).
 * Runs in: a carrier thread.  Trusts: nothing that a server says.  Allocates:
 * never.
 */
#include "fetch/sink/smtp_line.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fetch/limits.h"
#include "fetch/sink/smtp_connect.h"
#include "os/clock.h"
#include "os/fd.h"

int smtp_line_open(struct smtp_line *l, const struct destination *d,
		   struct why *why)
{
	int fd = smtp_connect(d, why);

	if (fd < 0) {
		return -1;
	}
	l->fd = fd;
	l->is_unix = d->host == NULL;
	l->in_at = 0;
	l->in_len = 0;
	l->out_len = 0;
	return 0;
}

void smtp_line_close(struct smtp_line *l)
{
	fd_close(&l->fd);
}

static int broken(struct smtp_line *l, int error, struct why *why)
{
	if (error == ETIMEDOUT) {
		why_set(why, WHY_TEMP, "the mail server does not answer");
	} else {
		why_errno(why, WHY_TEMP, error,
			  "the connection to the mail server broke");
	}
	smtp_line_close(l);
	return -1;
}

static uint64_t end_of(const struct smtp_line *l, uint64_t wait_ms)
{
	bool is_less = l->wait_max_ms != 0 && l->wait_max_ms < wait_ms;

	return clock_ms() + (is_less ? l->wait_max_ms : wait_ms);
}

static int send_all(struct smtp_line *l, const uint8_t *at, size_t len,
		    struct why *why)
{
	while (len != 0) {
		ssize_t n = send(l->fd, at, len, MSG_NOSIGNAL);
		int rc = 0;

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			rc = smtp_wait(l->fd, POLLOUT,
				       end_of(l, FETCH_SMTP_BLOCK_MS));
			n = 0;
		} else if (n < 0 && errno != EINTR) {
			rc = -errno;
		}
		if (rc < 0) {
			return broken(l, -rc, why);
		}
		at += n < 0 ? 0 : n;
		len -= n < 0 ? 0 : (size_t)n;
	}
	return 0;
}

int smtp_line_flush(struct smtp_line *l, struct why *why)
{
	size_t len = l->out_len;

	l->out_len = 0;
	return send_all(l, l->out, len, why);
}

int smtp_line_put(struct smtp_line *l, const void *at, size_t len,
		  struct why *why)
{
	const uint8_t *octets = at;

	while (len != 0) {
		size_t n = SMTP_OUT_MAX - l->out_len;

		n = n < len ? n : len;
		memcpy(l->out + l->out_len, octets, n);
		l->out_len += n;
		octets += n;
		len -= n;
		if (l->out_len == SMTP_OUT_MAX && smtp_line_flush(l, why) < 0) {
			return -1;
		}
	}
	return 0;
}

int smtp_line_stuff(struct smtp_line *l, struct pop3_stuff *st,
		    struct pop3_slice text, struct why *why)
{
	while (text.len != 0) {
		struct pop3_writer out = pop3_writer_of(l->out, SMTP_OUT_MAX);

		out.len = l->out_len;
		pop3_stuff_run(st, &text, &out);
		l->out_len = out.len;
		if (text.len != 0 && smtp_line_flush(l, why) < 0) {
			return -1;
		}
	}
	return 0;
}

int smtp_line_stuff_end(struct smtp_line *l, struct pop3_stuff *st,
			struct why *why)
{
	struct pop3_writer out = pop3_writer_of(l->out, SMTP_OUT_MAX);

	if (smtp_line_flush(l, why) < 0) {
		return -1;
	}
	(void)!pop3_stuff_end(st, &out); /* there is room */
	l->out_len = out.len;
	return 0;
}

/* More octets behind those that are there. */
static int receive(struct smtp_line *l, uint64_t end_ms, struct why *why)
{
	ssize_t n;
	int rc;

	memmove(l->in, l->in + l->in_at, l->in_len - l->in_at);
	l->in_len -= l->in_at;
	l->in_at = 0;
	if (l->in_len == SMTP_IN_MAX) {
		why_set(why, WHY_DELIVERY,
			"what the mail server says is no reply, but endless");
		smtp_line_close(l);
		return -1;
	}
	do {
		rc = smtp_wait(l->fd, POLLIN, end_ms);
		n = rc < 0 ? rc
			   : recv(l->fd, l->in + l->in_len,
				  SMTP_IN_MAX - l->in_len, 0);
	} while (rc == 0 && n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n <= 0) {
		return broken(l,
			      rc < 0  ? -rc
			      : n < 0 ? errno
				      : ECONNRESET,
			      why);
	}
	l->in_len += (size_t)n;
	return 0;
}

/* The next line without its end; it lives until the next. */
static int next_line(struct smtp_line *l, uint64_t end_ms, const uint8_t **at_r,
		     size_t *len_r, struct why *why)
{
	const uint8_t *at = l->in + l->in_at;
	const uint8_t *lf = memchr(at, '\n', l->in_len - l->in_at);
	size_t len;

	while (lf == NULL) {
		if (receive(l, end_ms, why) < 0) {
			return -1;
		}
		at = l->in + l->in_at;
		lf = memchr(at, '\n', l->in_len - l->in_at);
	}
	len = (size_t)(lf - at);
	l->in_at += len + 1;
	*at_r = at;
	*len_r = len != 0 && at[len - 1] == '\r' ? len - 1 : len;
	return 0;
}

static bool is_digit(uint8_t octet)
{
	return octet >= '0' && octet <= '9';
}

/* Three digits from 200 to 599, and an end, a blank or a hyphen behind. */
static bool is_reply(const uint8_t *at, size_t len)
{
	return len >= 3 && at[0] >= '2' && at[0] <= '5' && is_digit(at[1]) &&
	       is_digit(at[2]) && (len == 3 || at[3] == ' ' || at[3] == '-');
}

static void keep(struct smtp_reply *r, const uint8_t *at, size_t len)
{
	size_t room = SMTP_TEXT_MAX - r->text_len;

	if (r->text_len != 0 && room != 0 && len != 0) {
		r->text[r->text_len++] = ' ';
		room--;
	}
	len = len < room ? len : room;
	memcpy(r->text + r->text_len, at, len);
	r->text_len += len;
}

static int no_reply(struct smtp_line *l, const uint8_t *at, size_t len,
		    struct why *why)
{
	why_set(why, WHY_DELIVERY, "what the mail server says is no reply:");
	why_octets(why, at, len);
	smtp_line_close(l);
	return -1;
}

int smtp_line_reply(struct smtp_line *l, uint64_t wait_ms, smtp_each_fn *each,
		    void *arg, struct smtp_reply *reply_r, struct why *why)
{
	uint64_t end_ms = end_of(l, wait_ms);

	reply_r->text_len = 0;
	if (smtp_line_flush(l, why) < 0) {
		return -1;
	}
	for (unsigned i = 0; i < FETCH_SMTP_LINES_MAX; i++) {
		const uint8_t *at = NULL;
		size_t len = 0;

		if (next_line(l, end_ms, &at, &len, why) < 0) {
			return -1;
		}
		if (!is_reply(at, len)) {
			return no_reply(l, at, len, why);
		}
		reply_r->code =
		    (at[0] - '0') * 100u + (at[1] - '0') * 10u + (at[2] - '0');
		keep(reply_r, at + (len > 3 ? 4 : 3), len > 3 ? len - 4 : 0);
		if (each != NULL && len > 3) {
			each(arg, at + 4, len - 4);
		}
		if (len == 3 || at[3] == ' ') {
			return 0;
		}
	}
	why_set(why, WHY_DELIVERY, "the mail server's reply never ends");
	smtp_line_close(l);
	return -1;
}
