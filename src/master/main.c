// SPDX-License-Identifier: ISC
/*
 * main.c - restanted: the master (restanted(8)).  Reads the configuration,
 * starts the roles, and watches over them.
 * Runs: as root, where ports below 1024 or accounts are wanted, or as anybody.
 * Trusts: its arguments and its configuration.
 */
#include "master/master.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "os/fd.h"

#define DESCRIPTORS_WANTED 262144u /* inherited by the roles */

static const char usage[] = "usage: restanted [-c FILE]\n"
			    "       restanted -V\n";

/* A descriptor of ours must not be one of those that a role gets as its
 * standard ones. */
static void open_standard_descriptors(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd <= STDERR_FILENO) {
		fd = open("/dev/null", O_RDWR);
	}
	if (fd > STDERR_FILENO) {
		close(fd);
	}
}

/* A connection needs one, and another while it gets a message. */
static void check_descriptors(const struct config *config, size_t limit)
{
	struct log_line l;

	if (limit / 2 >= config->session.connections_max) {
		return;
	}
	log_begin(&l, LOG_WARNING, "few descriptors for connections_max");
	log_u64(&l, "connections_max", config->session.connections_max);
	log_u64(&l, "descriptors_of_a_process", limit);
	log_str(&l, "remedy",
		"a higher hard limit: ulimit -Hn, or "
		"LimitNOFILE= in the systemd unit");
	log_end(&l);
}

static int serve(const char *path)
{
	static struct master master; /* large; there is one */
	static struct config config;
	static struct conf_faults faults;

	if (config_load(path, geteuid() == 0, &config, &faults) < 0) {
		conf_faults_print(&faults, path, stderr);
		return EX_CONFIG;
	}
	check_descriptors(&config, fd_limit_raise(DESCRIPTORS_WANTED));
	if (master_init(&master, path, &config) < 0) {
		return EXIT_FAILURE;
	}
	return master_run(&master);
}

int main(int argc, char **argv)
{
	static const char options[] = "c:hV";
	const char *path = SYSCONF_DIR "/restante/restanted.conf";

	open_standard_descriptors();
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
