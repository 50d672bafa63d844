// SPDX-License-Identifier: ISC
/*
 * sink_play.h - messages sent the way of sink.h, for tests of each sink.
 */
#ifndef TEST_SINK_PLAY_H
#define TEST_SINK_PLAY_H

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/sink/sink.h"
#include "unit.h"

/* A folder of the test's own, and a destination below it. */
struct sink_play {
	char root[64];
	char path[96];
	struct destination to;
	struct sink *sink;
	struct why why;
	const char *text; /* for the test's use */
};

static inline int play_remove_one(const char *path, const struct stat *st,
				  int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline void play_remove(const char *path)
{
	assert_int_equal(nftw(path, play_remove_one, 16, FTW_DEPTH | FTW_PHYS),
			 0);
}

static inline void play_init(struct sink_play *p, enum destination_kind kind)
{
	memset(p, 0, sizeof(*p));
	strncpy(p->root, "/tmp/restante-sink-XXXXXX", sizeof(p->root));
	assert_non_null(mkdtemp(p->root));
	snprintf(p->path, sizeof(p->path), "%.63s/mail", p->root);
	p->to.kind = kind;
	p->to.path = p->path;
}

/* What failed says why. */
static inline void play_ok(const struct sink_play *p, int rc)
{
	if (rc != 0) {
		print_error("why: %s\n", p->why.text);
	}
	assert_int_equal(rc, 0);
}

static inline void play_open(struct sink_play *p)
{
	play_ok(p, sink_open(&p->to, &p->sink, &p->why));
}

static inline void play_finish(struct sink_play *p)
{
	sink_close(&p->sink);
	play_remove(p->root);
}

static inline struct sink_item *play_begin(struct sink_play *p,
					   const char *folder)
{
	struct sink_about about = { folder, "work", 1764129600 };
	struct sink_item *item = NULL;

	play_ok(p, sink_begin(p->sink, &about, &item, &p->why));
	return item;
}

static inline void play_write(struct sink_play *p, struct sink_item *item,
			      const void *text, size_t len)
{
	play_ok(p, sink_write(p->sink, item, text, len, &p->why));
}

/* A message up to end. */
static inline struct sink_item *
play_put_in(struct sink_play *p, const char *folder, const char *text)
{
	struct sink_item *item = play_begin(p, folder);

	play_write(p, item, text, strlen(text));
	play_ok(p, sink_end(p->sink, item, &p->why));
	return item;
}

static inline struct sink_item *play_put(struct sink_play *p, const char *text)
{
	return play_put_in(p, NULL, text);
}

static inline void play_ready(struct sink_play *p, struct sink_item **items,
			      size_t count)
{
	play_ok(p, sink_ready(p->sink, items, count, &p->why));
}

/* It fails so; all are to be released. */
static inline void play_not_ready(struct sink_play *p, struct sink_item **items,
				  size_t count, enum why_kind kind,
				  const char *said)
{
	assert_int_equal(sink_ready(p->sink, items, count, &p->why), -1);
	assert_int_equal(p->why.kind, kind);
	assert_non_null(strstr(p->why.text, said));
}

/* From ended to released. */
static inline void play_through(struct sink_play *p, struct sink_item **items,
				size_t count)
{
	play_ready(p, items, count);
	for (size_t i = 0; i < count; i++) {
		play_ok(p, sink_deliver(p->sink, items[i], &p->why));
	}
	play_ok(p, sink_settle(p->sink, items, count, &p->why));
	for (size_t i = 0; i < count; i++) {
		sink_release(p->sink, &items[i]);
	}
}

static inline void play_send(struct sink_play *p, const char *folder,
			     const char *text)
{
	struct sink_item *item = play_put_in(p, folder, text);

	play_through(p, &item, 1);
}

static inline const char *play_path(const struct sink_play *p, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", p->root, name);
	return path;
}

/* All of a file, with a NUL; the caller frees it. */
static inline char *play_text(const char *path, size_t *len_r)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *text;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	text = calloc(1, (size_t)st.st_size + 1);
	assert_non_null(text);
	assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
	close(fd);
	*len_r = (size_t)st.st_size;
	return text;
}

static inline void play_assert_file(const char *path, const char *want)
{
	size_t len;
	char *text = play_text(path, &len);

	assert_slice_at(pop3_slice_of(text, len),
			pop3_slice_of(want, strlen(want)), __FILE__, __LINE__);
	free(text);
}

/* How many files a folder has, and the name of the last one seen. */
static inline size_t play_files(const char *path, char name_r[256])
{
	DIR *d = opendir(path);
	const struct dirent *e;
	size_t count = 0;

	assert_non_null(d);
	for (e = readdir(d); e != NULL; e = readdir(d)) {
		if (e->d_name[0] != '.') {
			snprintf(name_r, 256, "%s", e->d_name);
			count++;
		}
	}
	closedir(d);
	return count;
}

/* Of a Maildir: the files of one of its folders. */
static inline size_t play_count_in(const struct sink_play *p, const char *part,
				   char name_r[256])
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", p->path, part);
	return play_files(path, name_r);
}

static inline void play_expect_counts(const struct sink_play *p, size_t in_tmp,
				      size_t in_new)
{
	char name[256];

	assert_int_equal(play_count_in(p, "tmp", name), in_tmp);
	assert_int_equal(play_count_in(p, "new", name), in_new);
}

#endif
