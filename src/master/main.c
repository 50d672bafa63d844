// SPDX-License-Identifier: ISC
/*
 * main.c - restanted: the master (restanted(8)).  Reads the configuration,
 * starts the roles, and watches over them.
 * Runs: as root, where ports below 1024 or accounts are wanted, or as anybody.
 * Trusts: its arguments and its configuration.
 */
#include "master/master.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "os/fd.h"

#define DESCRIPTORS_WANTED 262144u /* inherited by the roles */

static const char usage[] = "usage: restanted [-c FILE]\n"
			    "       restanted -V\n";

static int serve(const char *path)
{
	static struct master master; /* large; there is one */
	static struct config config;
	static struct config_faults faults;

	if (config_load(path, geteuid() == 0, &config, &faults) < 0) {
		config_faults_print(&faults, path, stderr);
		return EX_CONFIG;
	}
	fd_limit_raise(DESCRIPTORS_WANTED);
	if (master_init(&master, path, &config) < 0) {
		return EXIT_FAILURE;
	}
	return master_run(&master);
}

int main(int argc, char **argv)
{
	static const char options[] = "c:hV";
	const char *path = SYSCONF_DIR "/restante/restanted.conf";

	log_init("restanted", LOG_FORM_TERMINAL, LOG_INFO);
	for (int option = getopt(argc, argv, options); option != -1;
	     option = getopt(argc, argv, options)) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case 'V':
			puts("restanted " VERSION);
			return EX_OK;
		case 'h':
			fputs(usage, stdout);
			return EX_OK;
		default:
			fputs(usage, stderr);
			return EX_USAGE;
		}
	}
	if (optind != argc) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	return serve(path);
}
