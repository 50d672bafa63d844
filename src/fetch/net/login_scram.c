// SPDX-License-Identifier: ISC
/*
 * login_scram.c - SCRAM in a log-in (login_impl.h, scram.h).
 * Runs in: the collector's loop.  Trusts: nothing that a server says.
 * Allocates: never.
 */
#include "fetch/net/login_impl.h"

#include <string.h>

#include "fetch/limits.h"

/* [rfc5802/6/flag] "y": "the client supports channel binding but thinks the
 * server does not"; a server that does, and whose -PLUS somebody has taken out
 * of CAPA, finds out.  To one that has announced it, "n" says that we do not
 * want to. */
static enum scram_flag flag_of(const struct login *l)
{
	if ((l->way->flags & WAY_PLUS) != 0) {
		return SCRAM_FLAG_P;
	}
	return ways_can_bind(l) && !ways_announces_plus(l) ? SCRAM_FLAG_Y
							   : SCRAM_FLAG_N;
}

int login_begin_scram(struct login *l, struct pop3_writer *out)
{
	const struct login_options *o = &l->options;
	bool has_exporter = o->exporter_len != 0;
	struct scram_options options = {
		.is_sha256 = strstr(l->way->name, "-256") != NULL,
		.flag = flag_of(l),
		.binding = has_exporter ? LINK_BINDING_EXPORTER
					: LINK_BINDING_END_POINT,
		.binding_octets = has_exporter ? o->exporter : o->end_point,
		.binding_len =
		    has_exporter ? o->exporter_len : o->end_point_len,
		.user = o->account->user,
		.rounds_min = o->is_private ? 1 : FETCH_SCRAM_ROUNDS_MIN,
		.rounds_max = FETCH_SCRAM_ROUNDS_MAX,
	};
	struct pop3_slice first;

	if (scram_begin(&l->scram, &options) != SCRAM_OK) {
		return LOGIN_EWAY;
	}
	first = pop3_slice_of(l->scram.first.at, l->scram.first.len);
	return login_auth(l, &first, out);
}

static int cancel(struct login *l, enum scram_result result,
		  struct pop3_slice said, struct pop3_writer *out)
{
	static const struct {
		enum why_kind kind;
		const char *what;
	} words[] = {
		[SCRAM_OK] = { WHY_NONE, "" },
		[SCRAM_EMALFORMED] = { WHY_PROTOCOL,
				       "what it says in the log-in is not "
				       "what SCRAM demands" },
		[SCRAM_EROUNDS] = { WHY_LOGIN, "its SCRAM wants a number of "
					       "rounds that is not safe" },
		[SCRAM_EREFUSED] = { WHY_LOGIN,
				     "it refuses the log-in; are the user name "
				     "and the password right?  It says" },
		[SCRAM_EWRONG] = { WHY_LOGIN,
				   "it does not prove that it knows the "
				   "password; it may be another server than "
				   "it says" },
		[SCRAM_EINTERNAL] = { WHY_INTERNAL,
				      "the log-in cannot be computed" },
	};
	int rc = login_cancel(l, out, words[result].kind, words[result].what);

	if (result == SCRAM_EREFUSED) {
		why_octets(&l->why, said.at, said.len);
	}
	return rc;
}

int login_scram_challenge(struct login *l, struct pop3_slice said,
			  struct pop3_writer *out)
{
	bool is_last = l->scram.final.len != 0;
	struct pop3_slice response = { NULL, 0 };
	enum scram_result result =
	    is_last ? scram_verify(&l->scram, said)
		    : scram_answer(&l->scram, said, l->options.password);

	if (result != SCRAM_OK) {
		return cancel(l, result, said, out);
	}
	l->is_complete = is_last;
	if (!is_last) {
		response = pop3_slice_of(l->scram.final.at, l->scram.final.len);
	}
	return pop3_client_auth_response(l->options.client, out, response);
}
