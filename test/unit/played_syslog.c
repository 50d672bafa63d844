// SPDX-License-Identifier: ISC
/*
 * played_syslog.c - syslog(3) that keeps what it is given (played_syslog.h).
 * The linker takes these before the C library's.
 */
#include "played_syslog.h"

#include "unit.h"

#include <stdio.h>
#include <syslog.h>

struct syslog_line syslog_lines[SYSLOG_LINES_MAX];
size_t syslog_count;
int syslog_facility;

void __syslog_chk(int level, int flag, const char *format, ...);

__attribute__((format(printf, 2, 0))) static void
take(int level, const char *format, va_list arguments)
{
	struct syslog_line *line = &syslog_lines[syslog_count];

	assert_true(syslog_count < SYSLOG_LINES_MAX);
	line->level = level;
	vsnprintf(line->text, sizeof(line->text), format, arguments);
	syslog_count++;
}

void openlog(const char *name, int options, int facility)
{
	assert_string_equal(name, "restanted");
	assert_true((options & LOG_NDELAY) != 0); /* while it can be reached */
	syslog_facility = facility;
}

#undef syslog /* a macro, where clang fortifies */
void syslog(int level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	take(level, format, arguments);
	va_end(arguments);
}

/* What syslog is with _FORTIFY_SOURCE. */
__attribute__((format(printf, 3, 4))) void __syslog_chk(int level, int flag,
							const char *format, ...)
{
	va_list arguments;

	(void)flag;
	va_start(arguments, format);
	take(level, format, arguments);
	va_end(arguments);
}
