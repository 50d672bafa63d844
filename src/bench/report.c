// SPDX-License-Identifier: ISC
/*
 * report.c - what came of a run (report.h).
 * Runs in: restante-bench.  Trusts: its caller.  Allocates: what jansson does.
 */
#include "bench/report.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "bench/cpu.h"

#define DIGITS 6 /* significant ones */

/* What both forms show. */
struct figures {
	double sessions_per_s;
	double messages_per_s;
	double mb_per_s;
	double server_ms; /* a session */
	double server_s_per_gb;
	double client_ms;
	bool has_session;
	bool has_cpu; /* and it was asked for */
	bool has_octets;
};

static double per(double amount, double of)
{
	return of > 0 ? amount / of : 0;
}

static struct figures figures_of(const struct bench *b,
				 const struct spent *spent)
{
	const struct tally *t = &b->tally;
	double sessions = (double)t->sessions, octets = (double)t->octets;
	struct figures f = {
		.sessions_per_s = per(sessions, spent->seconds),
		.messages_per_s = per((double)t->messages, spent->seconds),
		.mb_per_s = per(octets / 1e6, spent->seconds),
		.server_ms = per((double)spent->server_cpu_ns / 1e6, sessions),
		.server_s_per_gb = per((double)spent->server_cpu_ns, octets),
		.client_ms = per((double)spent->client_cpu_ns / 1e6, sessions),
	};

	f.has_session = t->sessions > 0;
	f.has_octets = t->octets > 0;
	f.has_cpu = cpu_is_asked(b->options);
	return f;
}

static double ms_at(const struct histogram *h, unsigned share)
{
	return (double)histogram_at(h, share) / 1e6;
}

static json_t *number_or_null(bool is_known, double n)
{
	return is_known ? json_real(n) : json_null();
}

static json_t *percentiles(const struct histogram *h, bool has_all)
{
	json_t *o = json_object();

	json_object_set_new(o, "p50", json_real(ms_at(h, 5000)));
	if (has_all) {
		json_object_set_new(o, "p90", json_real(ms_at(h, 9000)));
	}
	json_object_set_new(o, "p99", json_real(ms_at(h, 9900)));
	if (has_all) {
		json_object_set_new(o, "p999", json_real(ms_at(h, 9990)));
	}
	json_object_set_new(o, "max", json_real((double)h->max / 1e6));
	return o;
}

static void set_count(json_t *o, const char *key, uint64_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

static void set_cpu(json_t *o, const struct figures *f)
{
	json_object_set_new(
	    o, "cpu_ms_per_session",
	    number_or_null(f->has_cpu && f->has_session, f->server_ms));
	json_object_set_new(
	    o, "cpu_s_per_gb",
	    number_or_null(f->has_cpu && f->has_octets, f->server_s_per_gb));
	json_object_set_new(o, "client_cpu_ms_per_session",
			    number_or_null(f->has_session, f->client_ms));
}

static json_t *object_of(const struct bench *b, const struct spent *spent)
{
	const struct options *opt = b->options;
	const struct tally *t = &b->tally;
	struct figures f = figures_of(b, spent);
	json_t *o = json_object();

	json_object_set_new(o, "scenario", json_string(opt->scenario->name));
	json_object_set_new(o, "how", json_string(how_names[opt->how]));
	set_count(o, "at_once", opt->at_once);
	set_count(o, "sessions", t->sessions);
	json_object_set_new(o, "seconds", json_real(spent->seconds));
	json_object_set_new(o, "sessions_per_s", json_real(f.sessions_per_s));
	set_count(o, "messages", t->messages);
	json_object_set_new(o, "messages_per_s", json_real(f.messages_per_s));
	set_count(o, "octets", t->octets);
	json_object_set_new(o, "mb_per_s", json_real(f.mb_per_s));
	json_object_set_new(o, "latency_ms", percentiles(&t->latency_ns, true));
	json_object_set_new(o, "reply_ms", percentiles(&t->reply_ns, false));
	set_count(o, "stalls", t->stalls);
	set_cpu(o, &f);
	set_count(o, "resumed", t->resumed);
	set_count(o, "not_resumed", t->not_resumed);
	set_count(o, "errors", t->errors);
	return o;
}

bool report_json(const struct bench *b, const struct spent *spent)
{
	json_t *o = object_of(b, spent);
	bool is_written =
	    o != NULL &&
	    json_dumpf(o, stdout, JSON_REAL_PRECISION(DIGITS)) == 0 &&
	    putchar('\n') != EOF && fflush(stdout) == 0;

	json_decref(o);
	return is_written;
}

static void print_times(const char *label, const struct histogram *h)
{
	printf("%-18s %.3f ms (p50)  %.3f (p90)  %.3f (p99)  %.3f (p99.9)  "
	       "%.3f (max)\n",
	       label, ms_at(h, 5000), ms_at(h, 9000), ms_at(h, 9900),
	       ms_at(h, 9990), (double)h->max / 1e6);
}

static void print_cpu(const struct figures *f)
{
	if (f->has_cpu) {
		printf("%-18s %.4f ms a session, %.3f s a GB\n", "server's CPU",
		       f->server_ms, f->server_s_per_gb);
	}
	printf("%-18s %.4f ms a session\n", "client's CPU", f->client_ms);
}

bool report_table(const struct bench *b, const struct spent *spent)
{
	const struct options *o = b->options;
	const struct tally *t = &b->tally;
	struct figures f = figures_of(b, spent);

	printf("%s, %s, %" PRIu32 " at once\n", o->scenario->name,
	       how_names[o->how], o->at_once);
	printf("%-18s %" PRIu64 " in %.3f s: %.1f a second\n", "sessions",
	       t->sessions, spent->seconds, f.sessions_per_s);
	printf("%-18s %" PRIu64 ": %.1f a second\n", "messages", t->messages,
	       f.messages_per_s);
	printf("%-18s %" PRIu64 ": %.3f MB a second\n", "octets received",
	       t->octets, f.mb_per_s);
	print_times("a session took", &t->latency_ns);
	print_times("slowest reply", &t->reply_ns);
	printf("%-18s %" PRIu64 "\n", "stalls", t->stalls);
	print_cpu(&f);
	if (o->how != HOW_CLEAR) {
		printf("%-18s %" PRIu64 " resumed, %" PRIu64 " not\n",
		       "handshakes", t->resumed, t->not_resumed);
	}
	printf("%-18s %" PRIu64 "\n", "errors", t->errors);
	return fflush(stdout) == 0 && !ferror(stdout);
}
