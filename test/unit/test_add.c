// SPDX-License-Identifier: ISC
/*
 * test_add.c - the dialogue that sets an account up, as a person sees it.
 */
#include "add_play.h"

static const struct played_server usual_servers[] = {
	{ "mail.example.org", 995, ACCOUNT_TLS_IMPLICIT, PROBE_READY },
	{ NULL, 0, ACCOUNT_TLS_NONE, PROBE_NO_HOST },
};

static const struct turn usual_turns[] = {
	{ "Mail address: ", "me@example.org" },
	{ "[example]: ", "" },
	{ "[me@example.org]: ", "" },
	{ "1, 2 or 3 [3]: ", "" },
	{ "Password: ", "right" },
	{ "To [maildir:~/Mail]: ", "" },
	{ "delivered? [y/N]: ", "" },
	{ "Write it? [Y/n]: ", "" },
};

/* Nothing that a server or a person said is raw on the terminal. */
static void expect_clean(const struct play *p)
{
	for (const char *c = p->said; *c != 0; c++) {
		assert_true(*c >= 0x20 || *c == '\n' || *c == '\r' ||
			    (unsigned char)*c >= 0x80);
	}
	assert_null(strstr(p->said, "\u202e"));
}

static void an_account_is_asked_for(void **state)
{
	char config[PLAY_SAID_MAX];
	struct play p;

	(void)state;
	play_init(&p, usual_servers);
	assert_int_equal(play_turns(&p, usual_turns, COUNT_OF(usual_turns)),
			 EX_OK);
	expect_clean(&p);
	assert_non_null(strstr(p.said, "Found: mail.example.org, port 995, "
				       "TLSv1.3, certificate verified"));
	assert_non_null(strstr(p.said, "TOP UIDL \\x1b]0;x\\x07"));
	assert_non_null(strstr(p.said, "SCRAM-SHA-256 PLAIN"));
	assert_non_null(strstr(p.said, "12 messages, 3.4 MB"));
	assert_non_null(strstr(p.said, "restante fetch example"));
	assert_null(strstr(p.said, "right"));
	assert_true(play_read(&p, PLAY_CONFIG, config));
	assert_non_null(strstr(config, "account \"example\" {"));
	assert_non_null(strstr(config, "\"mail.example.org\""));
	assert_non_null(strstr(config, "\"me@example.org\""));
	assert_non_null(strstr(config, "\"maildir:~/Mail\""));
	assert_non_null(strstr(config, "after = keep"));
	assert_null(strstr(config, "right"));
	assert_null(strstr(config, "pin"));
	play_finish(&p);
}

/* Whenever the person goes away, nothing is written. */
static void no_answer_writes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(usual_turns); i++) {
		struct turn turns[COUNT_OF(usual_turns)];
		struct play p;

		memcpy(turns, usual_turns, sizeof(turns));
		turns[i].answer = NULL;
		play_init(&p, usual_servers);
		assert_int_not_equal(play_turns(&p, turns, i + 1), EX_OK);
		assert_true(play_wrote_nothing(&p));
		play_finish(&p);
	}
}

static void no_is_no(void **state)
{
	struct turn turns[COUNT_OF(usual_turns)];
	struct play p;

	(void)state;
	memcpy(turns, usual_turns, sizeof(turns));
	turns[COUNT_OF(turns) - 1].answer = "n";
	play_init(&p, usual_servers);
	assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)), EX_USAGE);
	assert_true(play_wrote_nothing(&p));
	play_finish(&p);
}

static void a_password_file_is_ours_alone(void **state)
{
	struct turn turns[COUNT_OF(usual_turns)];
	char text[PLAY_SAID_MAX], path[256];
	struct stat st;
	struct play p;

	(void)state;
	memcpy(turns, usual_turns, sizeof(turns));
	turns[3].answer = "2";
	turns[6].answer = "y";
	play_init(&p, usual_servers);
	assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)), EX_OK);
	assert_true(play_read(&p, ".config/restante/example.password", text));
	assert_string_equal(text, "right\n");
	snprintf(path, sizeof(path), "%s/.config/restante/example.password",
		 p.home);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(play_read(&p, PLAY_CONFIG, text));
	assert_non_null(strstr(
	    text, "password_file = \"~/.config/restante/example.password\""));
	assert_non_null(strstr(text, "after = delete"));
	play_finish(&p);
}

/* What is in the way of the password stays; so does the configuration. */
static void no_file_is_overwritten(void **state)
{
	struct turn turns[COUNT_OF(usual_turns)];
	char text[PLAY_SAID_MAX], path[256];
	struct play p;
	FILE *file;

	(void)state;
	memcpy(turns, usual_turns, sizeof(turns));
	turns[3].answer = "2";
	play_init(&p, usual_servers);
	snprintf(path, sizeof(path), "%s/.config", p.home);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/.config/restante", p.home);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/.config/restante/example.password",
		 p.home);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("other", file);
	fclose(file);
	assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)), EX_CANTCREAT);
	assert_true(play_read(&p, ".config/restante/example.password", text));
	assert_string_equal(text, "other");
	assert_false(play_read(&p, PLAY_CONFIG, text));
	play_finish(&p);
}

static void a_command_prints_the_password(void **state)
{
	static const struct turn turns[] = {
		{ "Mail address: ", "me@example.org" },
		{ "[example]: ", "work" },
		{ "[me@example.org]: ", "\xff\xfe" },
		{ "[me@example.org]: ", "other" },
		{ "1, 2 or 3 [3]: ", "7" },
		{ "1, 2 or 3 [3]: ", "1" },
		{ "mail\": ", "echo a | cat" },
		{ "mail\": ", "/bin/echo right" },
		{ "To [maildir:~/Mail]: ", "nowhere:x" },
		{ "To [maildir:~/Mail]: ", "mbox:~/mail" },
		{ "delivered? [y/N]: ", "perhaps" },
		{ "delivered? [y/N]: ", "yes" },
		{ "Write it? [Y/n]: ", "y" },
	};
	char text[PLAY_SAID_MAX];
	struct play p;

	(void)state;
	play_init(&p, usual_servers);
	assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)), EX_OK);
	expect_clean(&p);
	assert_string_equal(p.played->user, "other");
	assert_true(play_read(&p, PLAY_CONFIG, text));
	assert_non_null(strstr(text, "account \"work\""));
	assert_non_null(strstr(text, "{\"/bin/echo\", \"right\"}"));
	assert_non_null(strstr(text, "\"mbox:~/mail\""));
	play_finish(&p);
}

static void a_wrong_password_can_be_typed_anew(void **state)
{
	static const struct turn turns[] = {
		{ "Mail address: ", "me@example.org" },
		{ "[example]: ", "" },
		{ "[me@example.org]: ", "" },
		{ "1, 2 or 3 [3]: ", "" },
		{ "Password: ", "wrong" },
		{ "password? [Y/n]: ", "" },
		{ "User [me@example.org]: ", "me" },
		{ "Password: ", "right" },
		{ "To [maildir:~/Mail]: ", "" },
		{ "delivered? [y/N]: ", "" },
		{ "Write it? [Y/n]: ", "" },
	};
	struct play p;

	(void)state;
	play_init(&p, usual_servers);
	assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)), EX_OK);
	expect_clean(&p);
	assert_non_null(strstr(p.said, "\\x1b[2Jwrong password"));
	assert_int_equal(p.played->visits, 2);
	assert_string_equal(p.played->user, "me");
	play_finish(&p);
}

static void a_wrong_password_writes_nothing(void **state)
{
	static const struct turn turns[] = {
		{ "Mail address: ", "me@example.org" },
		{ "[example]: ", "" },
		{ "[me@example.org]: ", "" },
		{ "1, 2 or 3 [3]: ", "2" },
		{ "Password: ", "wrong" },
		{ "password? [Y/n]: ", "n" },
	};
	struct play p;

	(void)state;
	play_init(&p, usual_servers);
	assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)), EX_NOPERM);
	assert_true(play_wrote_nothing(&p));
	play_finish(&p);
}

/* Two accounts: the second's name must be another. */
static void a_name_is_taken_once(void **state)
{
	struct turn turns[COUNT_OF(usual_turns) + 1];
	struct play p;

	(void)state;
	play_init(&p, usual_servers);
	assert_int_equal(play_turns(&p, usual_turns, COUNT_OF(usual_turns)),
			 EX_OK);
	memcpy(turns + 1, usual_turns, sizeof(usual_turns));
	turns[0] = usual_turns[0];
	turns[1] = (struct turn){ "[me@example.org]: ", "example" };
	turns[2] = (struct turn){ "here [me@example.org]: ", "bad name" };
	turns[3] = (struct turn){ "here [me@example.org]: ", "second" };
	turns[4] = (struct turn){ "there [me@example.org]: ", NULL };
	assert_int_equal(play_turns(&p, turns, 5), EX_USAGE);
	assert_non_null(strstr(p.said, "there is an account of that name"));
	assert_non_null(strstr(p.said, "a name has letters"));
	play_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_is_asked_for),
		cmocka_unit_test(no_answer_writes_nothing),
		cmocka_unit_test(no_is_no),
		cmocka_unit_test(a_password_file_is_ours_alone),
		cmocka_unit_test(no_file_is_overwritten),
		cmocka_unit_test(a_command_prints_the_password),
		cmocka_unit_test(a_wrong_password_can_be_typed_anew),
		cmocka_unit_test(a_wrong_password_writes_nothing),
		cmocka_unit_test(a_name_is_taken_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
