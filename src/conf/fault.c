// SPDX-License-Identifier: ISC
/*
 * fault.c - gathering the mistakes in a configuration file (fault.h).
 * Runs in: master, restantectl, restante.  Trusts: nothing of what it is told.
 */
#include "conf/fault.h"

#include <stdarg.h>
#include <string.h>

static void make_printable(char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f) {
			*text = '?';
		}
	}
}

int conf_refuse(struct conf_reason *why_r, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(why_r->text, sizeof(why_r->text), format, values);
	va_end(values);
	make_printable(why_r->text);
	return -1;
}

/* Makes room for a fault of that line; returns its place, or NULL. */
static struct conf_fault *make_room(struct conf_faults *faults, unsigned line)
{
	size_t at;

	if (faults->count >= CONF_FAULTS_MAX) {
		return NULL;
	}
	at = faults->count;
	while (at > 0 && faults->fault[at - 1].line > line) {
		faults->fault[at] = faults->fault[at - 1];
		at--;
	}
	return &faults->fault[at];
}

void conf_fault_add(struct conf_faults *faults, unsigned line,
		    const char *format, ...)
{
	struct conf_fault *f = make_room(faults, line);
	va_list values;

	faults->count++;
	if (f == NULL) {
		return;
	}
	f->line = line;
	va_start(values, format);
	vsnprintf(f->text, sizeof(f->text), format, values);
	va_end(values);
	make_printable(f->text);
}

bool conf_faults_within(const struct conf_faults *faults, unsigned first,
			unsigned last)
{
	for (size_t i = 0; i < faults->count && i < CONF_FAULTS_MAX; i++) {
		unsigned line = faults->fault[i].line;

		if (line >= first && line <= last) {
			return true;
		}
	}
	return false;
}

void conf_faults_print(const struct conf_faults *faults, const char *path,
		       FILE *to)
{
	for (size_t i = 0; i < faults->count && i < CONF_FAULTS_MAX; i++) {
		const struct conf_fault *f = &faults->fault[i];

		if (f->line == 0) {
			fprintf(to, "%s: %s\n", path, f->text);
		} else {
			fprintf(to, "%s:%u: %s\n", path, f->line, f->text);
		}
	}
	if (faults->count > CONF_FAULTS_MAX) {
		fprintf(to, "%s: and %zu more\n", path,
			faults->count - CONF_FAULTS_MAX);
	}
}
