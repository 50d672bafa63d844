// SPDX-License-Identifier: ISC
/*
 * command.c - the grammar of a command line and the table of verbs (RFC 1939,
 * 2595, 5034, 6856; RFC 2449, section 3).
 * Runs in: session.  Trusts: nothing.  Allocates: never.
 */
#include "command.h"
#include "handlers.h"

#define AUTHORIZATION POP3_IN(POP3_ST_AUTHORIZATION)
#define TRANSACTION   POP3_IN(POP3_ST_TRANSACTION)

const struct pop3_verb_row pop3_verbs[POP3_VERB_COUNT] = {
	[POP3_VERB_NONE] = { "", 0, 0, 0, 0, NULL },
	[POP3_VERB_USER] = { "USER", AUTHORIZATION, 0, 1, 1, pop3_on_user },
	[POP3_VERB_PASS] = { "PASS", AUTHORIZATION, POP3_TAKES_REST, 1, 1,
			     pop3_on_pass },
	[POP3_VERB_APOP] = { "APOP", AUTHORIZATION, 0, 2, 2, pop3_on_apop },
	/* Outlook sends "AUTH" and a blank to learn the mechanisms.  RFC 5034
	 * demands a name there, so this gets -ERR as any faulty command does,
	 * one line, and the client goes on with what it knows.
	 * [rfc5034/4/again] "After a successful AUTH command completes, a
	 * server MUST reject any further AUTH commands with an -ERR reply." */
	[POP3_VERB_AUTH] = { "AUTH", AUTHORIZATION, 0, 1, 2, pop3_on_auth },
	/* [rfc2595/4/state] "Only permitted in AUTHORIZATION state." */
	[POP3_VERB_STLS] = { "STLS", AUTHORIZATION, 0, 0, 0, pop3_on_stls },
	[POP3_VERB_UTF8] = { "UTF8", AUTHORIZATION, 0, 0, 0, pop3_on_utf8 },
	[POP3_VERB_LANG] = { "LANG", AUTHORIZATION | TRANSACTION, 0, 0, 1,
			     pop3_on_lang },
	[POP3_VERB_CAPA] = { "CAPA", AUTHORIZATION | TRANSACTION, 0, 0, 0,
			     pop3_on_capa },
	[POP3_VERB_QUIT] = { "QUIT", AUTHORIZATION | TRANSACTION, 0, 0, 0,
			     pop3_on_quit },
	[POP3_VERB_STAT] = { "STAT", TRANSACTION, 0, 0, 0, pop3_on_stat },
	[POP3_VERB_LIST] = { "LIST", TRANSACTION,
			     POP3_TAKES_MSN | POP3_WANTS_LISTING, 0, 1,
			     pop3_on_list },
	[POP3_VERB_UIDL] = { "UIDL", TRANSACTION,
			     POP3_TAKES_MSN | POP3_WANTS_LISTING, 0, 1,
			     pop3_on_uidl },
	[POP3_VERB_RETR] = { "RETR", TRANSACTION,
			     POP3_TAKES_MSN | POP3_WANTS_LISTING, 1, 1,
			     pop3_on_retr },
	[POP3_VERB_TOP] = { "TOP", TRANSACTION, POP3_TAKES_MSN, 2, 2,
			    pop3_on_top },
	[POP3_VERB_DELE] = { "DELE", TRANSACTION,
			     POP3_TAKES_MSN | POP3_WANTS_LISTING, 1, 1,
			     pop3_on_dele },
	[POP3_VERB_RSET] = { "RSET", TRANSACTION, 0, 0, 0, pop3_on_rset },
	[POP3_VERB_NOOP] = { "NOOP", TRANSACTION, 0, 0, 0, pop3_on_noop },
};

/* [rfc1939/3/keywords] "Commands in the POP3 consist of a case-insensitive
 * keyword, possibly followed by one or more arguments." */
static enum pop3_verb verb_of(struct pop3_slice word)
{
	for (int i = POP3_VERB_NONE + 1; i < POP3_VERB_COUNT; i++) {
		const char *name = pop3_verbs[i].name;

		if (pop3_slice_equal_fold(word,
					  pop3_slice_of(name, strlen(name)))) {
			return (enum pop3_verb)i;
		}
	}
	return POP3_VERB_NONE;
}

/* The octets before the first blank, or all; the rest begins with the blank. */
static struct pop3_slice take_word(struct pop3_slice *rest)
{
	size_t len = 0;
	struct pop3_slice word;

	while (len < rest->len && rest->at[len] != ' ') {
		len++;
	}
	word = pop3_slice_of(rest->at, len);
	*rest = pop3_slice_tail(*rest, len);
	return word;
}

static void skip_blanks(struct pop3_slice *rest)
{
	while (rest->len != 0 && rest->at[0] == ' ') {
		*rest = pop3_slice_tail(*rest, 1);
	}
}

static void take_args(struct pop3_slice rest, struct pop3_command *cmd)
{
	for (skip_blanks(&rest); rest.len != 0; skip_blanks(&rest)) {
		struct pop3_slice word = take_word(&rest);

		if (cmd->argc < POP3_ARGS_MAX) {
			cmd->args[cmd->argc] = word;
		}
		cmd->argc++;
	}
}

/* [rfc1939/7/pass] "Since the PASS command has exactly one argument, a POP3
 * server may treat spaces in the argument as part of the password, instead of
 * as argument separators." */
static void take_rest(struct pop3_slice rest, struct pop3_command *cmd)
{
	if (rest.len > 1) {
		cmd->args[0] = pop3_slice_tail(rest, 1);
		cmd->argc = 1;
	}
}

struct pop3_command pop3_command_parse(struct pop3_slice line)
{
	struct pop3_command cmd = { .verb = POP3_VERB_NONE };
	struct pop3_slice rest = line;

	cmd.verb = verb_of(take_word(&rest));
	if ((pop3_verbs[cmd.verb].flags & POP3_TAKES_REST) != 0) {
		take_rest(rest, &cmd);
	} else {
		take_args(rest, &cmd);
	}
	return cmd;
}
