// SPDX-License-Identifier: ISC
/*
 * config_fault.c - gathering the mistakes in a configuration file.
 * Runs in: master, restantectl.  Trusts: nothing of what it is told.
 */
#include "master/config_fault.h"

#include <stdarg.h>
#include <string.h>

int config_refuse(struct config_reason *why_r, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(why_r->text, sizeof(why_r->text), format, values);
	va_end(values);
	return -1;
}

static void make_printable(char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f) {
			*text = '?';
		}
	}
}

/* Makes room for a fault of that line; returns its place, or NULL. */
static struct config_fault *make_room(struct config_faults *faults,
				      unsigned line)
{
	size_t at;

	if (faults->count >= CONFIG_FAULTS_MAX) {
		return NULL;
	}
	at = faults->count;
	while (at > 0 && faults->fault[at - 1].line > line) {
		faults->fault[at] = faults->fault[at - 1];
		at--;
	}
	return &faults->fault[at];
}

void config_fault_add(struct config_faults *faults, unsigned line,
		      const char *format, ...)
{
	struct config_fault *f = make_room(faults, line);
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

void config_faults_print(const struct config_faults *faults, const char *path,
			 FILE *to)
{
	for (size_t i = 0; i < faults->count && i < CONFIG_FAULTS_MAX; i++) {
		const struct config_fault *f = &faults->fault[i];

		if (f->line == 0) {
			fprintf(to, "%s: %s\n", path, f->text);
		} else {
			fprintf(to, "%s:%u: %s\n", path, f->line, f->text);
		}
	}
	if (faults->count > CONFIG_FAULTS_MAX) {
		fprintf(to, "%s: and %zu more\n", path,
			faults->count - CONFIG_FAULTS_MAX);
	}
}
