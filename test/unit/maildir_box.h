// SPDX-License-Identifier: ISC
/*
 * maildir_box.h - a Maildir opened and listed by the store, for its tests.
 */
#ifndef TEST_MAILDIR_BOX_H
#define TEST_MAILDIR_BOX_H

#include <errno.h>

#include "mail_dir.h"
#include "store/store.h"

static struct mail_dir d;
static struct store_fault fault;

static inline int begin_test(void **state)
{
	(void)state;
	mail_dir_init(&d);
	return 0;
}

static inline int end_test(void **state)
{
	(void)state;
	mail_dir_finish(&d);
	return 0;
}

static inline int no_lock(void *ctx, uint64_t dev, uint64_t ino, bool is_shared,
			  int *fd_r)
{
	(void)ctx;
	(void)dev;
	(void)ino;
	(void)is_shared;
	(void)fd_r;
	return -ENOLCK;
}

static inline enum packet_status try_open(const char *path, bool is_shared,
					  struct store_maildrop **md_r)
{
	struct store_place place = { .root_fd = d.root_fd,
				     .path = path,
				     .is_shared = is_shared,
				     .lock = no_lock };

	fault = (struct store_fault){ 0 };
	return store_maildir.open(&place, md_r, &fault);
}

static inline struct store_maildrop *open_box(void)
{
	struct store_maildrop *md = NULL;

	assert_int_equal(try_open("box", false, &md), STATUS_OK);
	assert_non_null(md);
	return md;
}

/* One opened and listed maildrop. */
struct box {
	struct store_maildrop *md;
	struct store_list list;
	struct snapshot s;
};

static inline struct box list_box(const struct store_known *known)
{
	struct box b = { .md = open_box() };

	assert_int_equal(store_maildir.list(b.md, known, &b.list, &fault),
			 STATUS_OK);
	assert_true(listing_view(&b.list.listing, &b.s));
	assert_true(snapshot_is_sound(&b.s));
	return b;
}

static inline struct box list_known(const struct box *a)
{
	struct store_known known = { a->s, a->list.state, a->list.settled };

	return list_box(&known);
}

static inline void close_box(struct box *b)
{
	listing_finish(&b->list.listing);
	store_maildir.close(&b->md);
	assert_null(b->md);
}

static inline struct pop3_slice name_of(const struct box *b, uint32_t idx)
{
	struct snapshot_text text = snapshot_name(&b->s, idx);

	return pop3_slice_of(text.at, text.len);
}

static inline struct pop3_slice uid_of(const struct box *b, uint32_t idx)
{
	struct snapshot_text text = snapshot_uid(&b->s, idx);

	return pop3_slice_of(text.at, text.len);
}

static inline enum packet_status fetch(struct box *b, uint32_t idx,
				       char *text_r, size_t cap)
{
	int fd = -1;
	enum packet_status status =
	    store_maildir.fetch(b->md, &b->s, idx, &fd, &fault);
	ssize_t n;

	if (status == STATUS_OK) {
		n = read(fd, text_r, cap - 1);
		assert_true(n >= 0);
		text_r[n] = '\0';
		close(fd);
	}
	return status;
}

#endif
