// SPDX-License-Identifier: ISC
/*
 * main.c - restante-bench: plays many POP3 clients and says how fast a server
 * is that serves them.
 * Runs as: whoever calls it.  Trusts: its caller; the server may lie.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "bench/bench.h"
#include "bench/cpu.h"
#include "bench/delivery.h"
#include "bench/digests.h"
#include "bench/load.h"
#include "bench/report.h"
#include "os/fd.h"

enum {
	EXIT_ERRORS = 1,
	EXIT_USAGE = 2,
};

/* Beside the connections: standard ones, epoll, Maildirs. */
#define DESCRIPTORS_BESIDE 32u

static volatile sig_atomic_t is_interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	is_interrupted = 1;
}

/* The first is for what was measured, the second for who is in a hurry. */
static void catch_interrupt(void)
{
	struct sigaction once = { .sa_handler = on_interrupt,
				  .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&once.sa_mask);
	(void)sigaction(SIGINT, &once, NULL);
}

static bool prepare_texts(struct bench *b, struct why *why)
{
	const struct options *o = b->options;

	if (o->scenario->delivers) {
		b->delivery =
		    delivery_create(o->maildir, o->delivered_octets, why);
		return b->delivery != NULL;
	}
	if (o->verify == VERIFY_HASH) {
		b->digests = digests_create(o->users, o->maildir, why);
		return b->digests != NULL;
	}
	return true;
}

static bool prepare(struct bench *b, struct why *why)
{
	const struct options *o = b->options;
	size_t wanted = o->at_once + DESCRIPTORS_BESIDE;

	if (fd_limit_raise(wanted) < wanted) {
		return why_not(why, "-c %u: too many descriptors for this user",
			       o->at_once);
	}
	b->input = malloc(BENCH_INPUT_MAX);
	b->burst = malloc(BENCH_BURST_MAX);
	if (b->input == NULL || b->burst == NULL) {
		return why_not(why, "no memory");
	}
	b->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (b->epoll < 0) {
		return why_not(why, "epoll: %s", strerror(errno));
	}
	return dial_init(&b->dial, o->host, o->port, o->at_once, why) &&
	       tls_side_init(&b->tls, o, why) && prepare_texts(b, why);
}

static void finish(struct bench *b)
{
	digests_destroy(&b->digests);
	delivery_destroy(&b->delivery);
	tls_side_finish(&b->tls);
	fd_close(&b->epoll);
	free(b->burst);
	free(b->input);
}

static void warm_up(struct bench *b, struct load *load)
{
	uint64_t errors;

	load_run(load, b->options->warm_up, 0);
	errors = b->tally.errors;
	b->tally = (struct tally){ .errors = errors };
}

static void run(struct load *load, const struct options *o, double *seconds_r,
		struct bench *b)
{
	uint64_t begun_ns;

	if (o->scenario->holds) {
		load_hold(load, seconds_r);
		return;
	}
	bench_look_at_clock(b);
	begun_ns = b->now_ns;
	load_run(load, o->sessions, o->seconds);
	bench_look_at_clock(b);
	*seconds_r = (double)(b->now_ns - begun_ns) / 1e9;
}

static bool measure(struct bench *b, struct load *load, struct spent *spent,
		    struct why *why)
{
	uint64_t server_ns, client_ns;

	if (!cpu_of_server(b->options, &server_ns, why)) {
		return false;
	}
	client_ns = cpu_of_self();
	run(load, b->options, &spent->seconds, b);
	spent->client_cpu_ns = cpu_of_self() - client_ns;
	if (!cpu_of_server(b->options, &spent->server_cpu_ns, why)) {
		return false;
	}
	spent->server_cpu_ns = spent->server_cpu_ns > server_ns
				   ? spent->server_cpu_ns - server_ns
				   : 0;
	return true;
}

static bool run_and_report(struct bench *b, struct why *why)
{
	struct load *load = load_create(b, why);
	struct spent spent = { 0, 0, 0 };
	bool is_done;

	if (load == NULL) {
		return false;
	}
	if (b->options->warm_up > 0 && !b->options->scenario->holds) {
		warm_up(b, load);
	}
	is_done = measure(b, load, &spent, why);
	load_destroy(&load);
	if (!is_done) {
		return false;
	}
	if (b->tally.errors >= BENCH_ERRORS_MAX) {
		fprintf(stderr, "restante-bench: given up after %u errors\n",
			BENCH_ERRORS_MAX);
	}
	if (is_interrupted) {
		fputs("restante-bench: interrupted\n", stderr);
	}
	return (b->options->is_json ? report_json(b, &spent)
				    : report_table(b, &spent)) ||
	       why_not(why, "standard output: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	static struct bench bench = { .epoll = -1,
				      .is_interrupted = &is_interrupted };
	struct options options;
	struct why why;
	bool is_done;

	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_GO:
		break;
	case OPTIONS_HELPED:
		return EXIT_SUCCESS;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	catch_interrupt();
	bench.options = &options;
	is_done = prepare(&bench, &why) && run_and_report(&bench, &why);
	if (!is_done) {
		fprintf(stderr, "restante-bench: %s\n", why.text);
	}
	finish(&bench);
	return is_done && bench.tally.errors == 0 && !is_interrupted
		   ? EXIT_SUCCESS
		   : EXIT_ERRORS;
}
