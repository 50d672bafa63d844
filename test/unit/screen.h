// SPDX-License-Identifier: ISC
/*
 * screen.h - a terminal that keeps what is drawn on it, breaks lines anew when
 * it is resized, and knows only what the collector may use: any other control
 * character or sequence fails the test.  Lines are kept whole; where the
 * terminal breaks them is reckoned.
 */
#ifndef TEST_SCREEN_H
#define TEST_SCREEN_H

#include <fcntl.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "fetch/show/escape.h"
#include "unit.h"

#define SCREEN_LINES   300
#define SCREEN_COLUMNS 1000

struct screen_line {
	size_t len;
	char cell[SCREEN_COLUMNS][5]; /* a character, or "" behind a wide one */
};

struct screen {
	int master;
	int slave;
	size_t width;
	size_t y, x; /* which line, and where in it */
	size_t count;
	size_t frames;  /* reads that brought something */
	size_t colours; /* sequences that set one */
	struct screen_line line[SCREEN_LINES];
	uint8_t octets[1024 * 1024];
	size_t octets_len;
};

static inline void screen_resize(struct screen *s, unsigned short columns,
				 unsigned short rows)
{
	struct winsize size = { .ws_col = columns, .ws_row = rows };

	assert_int_equal(ioctl(s->master, TIOCSWINSZ, &size), 0);
	s->width = columns;
}

static inline struct screen *screen_open(unsigned short columns,
					 unsigned short rows)
{
	struct screen *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	assert_int_equal(openpty(&s->master, &s->slave, NULL, NULL, NULL), 0);
	assert_int_equal(fcntl(s->master, F_SETFL, O_NONBLOCK), 0);
	s->count = 1;
	screen_resize(s, columns, rows);
	return s;
}

static inline void screen_close(struct screen **s)
{
	close((*s)->master);
	close((*s)->slave);
	free(*s);
	*s = NULL;
}

static inline void screen_up(struct screen *s, size_t lines)
{
	for (size_t i = 0; i < lines; i++) {
		if (s->x >= s->width) {
			s->x -= s->width;
			continue;
		}
		assert_true(s->y > 0);
		s->y--;
		if (s->line[s->y].len > 0) {
			s->x += (s->line[s->y].len - 1) / s->width * s->width;
		}
	}
}

static inline void screen_down(struct screen *s)
{
	const struct screen_line *l = &s->line[s->y];

	if (l->len > 0 && s->x / s->width < (l->len - 1) / s->width) {
		s->x += s->width;
		return;
	}
	s->y++;
	s->x %= s->width;
	assert_true(s->y < SCREEN_LINES);
	if (s->y >= s->count) {
		s->count = s->y + 1;
	}
}

static inline void screen_erase_line(struct screen *s)
{
	struct screen_line *l = &s->line[s->y];
	size_t end = (s->x / s->width + 1) * s->width;

	if (end >= l->len) {
		l->len = s->x < l->len ? s->x : l->len;
		return;
	}
	for (size_t x = s->x; x < end; x++) {
		memcpy(l->cell[x], " ", 2);
	}
}

static inline void screen_erase_below(struct screen *s)
{
	struct screen_line *l = &s->line[s->y];

	l->len = s->x < l->len ? s->x : l->len;
	for (size_t y = s->y + 1; y < s->count; y++) {
		s->line[y].len = 0;
	}
	s->count = s->y + 1;
}

static inline void screen_put(struct screen *s, const uint8_t *at, size_t len,
			      int32_t code)
{
	struct screen_line *l = &s->line[s->y];
	int columns = wcwidth((wchar_t)code);

	assert_true(code >= 0x20 && code != 0x7f && columns >= 0);
	assert_true(s->x + 2 < SCREEN_COLUMNS);
	while (l->len < s->x) {
		memcpy(l->cell[l->len++], " ", 2);
	}
	for (int i = 0; i < columns; i++) {
		memset(l->cell[s->x], 0, sizeof(l->cell[0]));
		memcpy(l->cell[s->x++], at, i == 0 ? len : 0);
	}
	l->len = s->x > l->len ? s->x : l->len;
}

/* A sequence behind ESC; returns its octets. */
static inline size_t screen_obey(struct screen *s, const uint8_t *at,
				 size_t len)
{
	size_t i = 1, n = 0;

	assert_true(len > 1 && at[0] == '[');
	while (i < len && ((at[i] >= '0' && at[i] <= '9') || at[i] == ';')) {
		n = at[i] == ';' ? n : n * 10 + at[i] - '0';
		i++;
	}
	assert_true(i < len);
	if (at[i] == 'A') {
		screen_up(s, n);
	} else if (at[i] == 'K') {
		screen_erase_line(s);
	} else if (at[i] == 'J') {
		screen_erase_below(s);
	} else {
		assert_int_equal(at[i], 'm');
		s->colours++;
	}
	return i + 1;
}

static inline void screen_show(struct screen *s, const uint8_t *at, size_t len)
{
	size_t i = 0;

	while (i < len) {
		int32_t code;
		size_t octets = escape_take(at + i, len - i, &code);

		if (at[i] == 0x1b) {
			octets += screen_obey(s, at + i + 1, len - i - 1);
		} else if (at[i] == '\r') {
			s->x -= s->x % s->width;
		} else if (at[i] == '\n') {
			screen_down(s);
		} else {
			screen_put(s, at + i, octets, code);
		}
		i += octets;
	}
}

/* Takes in what was drawn since.  Returns how many octets. */
static inline size_t screen_read(struct screen *s)
{
	ssize_t n;

	s->octets_len = 0;
	do {
		assert_true(s->octets_len < sizeof(s->octets));
		n = read(s->master, s->octets + s->octets_len,
			 sizeof(s->octets) - s->octets_len);
		s->octets_len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	s->frames += s->octets_len > 0;
	screen_show(s, s->octets, s->octets_len);
	return s->octets_len;
}

/* The line, without the blanks at its end. */
static inline const char *screen_line(const struct screen *s, size_t y,
				      char text_r[4 * SCREEN_COLUMNS])
{
	size_t len = 0;

	for (size_t x = 0; x < s->line[y].len; x++) {
		size_t octets = strlen(s->line[y].cell[x]);

		memcpy(text_r + len, s->line[y].cell[x], octets);
		len += octets;
	}
	while (len > 0 && text_r[len - 1] == ' ') {
		len--;
	}
	text_r[len] = 0;
	return text_r;
}

static inline void screen_expect(const struct screen *s,
				 const char *const *lines, size_t count,
				 const char *file, int at)
{
	char text[4 * SCREEN_COLUMNS];

	for (size_t y = 0; y < count; y++) {
		if (strcmp(screen_line(s, y, text), lines[y]) != 0) {
			print_error("line %zu\nis:     \"%s\"\n"
				    "wanted: \"%s\"\n",
				    y, text, lines[y]);
			_assert_true(0, "lines are equal", file, at);
		}
	}
	_assert_int_equal(s->count, count + 1, file, at);
	/* the cursor rests below, at the start of an empty line */
	_assert_int_equal(s->y, count, file, at);
	_assert_int_equal(s->x, 0, file, at);
	_assert_int_equal(s->line[count].len, 0, file, at);
}

#define assert_screen(s, ...)                                                  \
	do {                                                                   \
		static const char *const lines_[] = { __VA_ARGS__ };           \
		screen_expect((s), lines_, COUNT_OF(lines_), __FILE__,         \
			      __LINE__);                                       \
	} while (0)

#endif
