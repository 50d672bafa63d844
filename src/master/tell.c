// SPDX-License-Identifier: ISC
/*
 * tell.c - what the master logs about a configuration (master.h).
 * Runs in: master.  Trusts: nothing in the configuration file.
 */
#include "master/master.h"

#include "base/log.h"
#include "master/config_certificate.h"
#include "os/clock.h"

void master_log_faults(const struct conf_faults *faults, const char *path)
{
	size_t shown =
	    faults->count < CONF_FAULTS_MAX ? faults->count : CONF_FAULTS_MAX;

	for (size_t i = 0; i < shown; i++) {
		struct log_line l;

		log_begin(&l, LOG_ERROR, "configuration");
		log_str(&l, "file", path);
		log_u64(&l, "line", faults->fault[i].line);
		log_str(&l, "mistake", faults->fault[i].text);
		log_end(&l);
	}
}

static void log_worry(void *ctx, const struct config_worry *worry)
{
	struct log_line l;

	(void)ctx;
	log_begin(&l, worry->is_grave ? LOG_ERROR : LOG_WARNING, "certificate");
	log_str(&l, "file", worry->file);
	log_str(&l, "why", worry->text);
	log_end(&l);
}

void master_log_worries(const struct config *config)
{
	config_certificate_worry(config, clock_unix(), log_worry, NULL);
}
