// SPDX-License-Identifier: ISC
/*
 * test_config_tls.c - the settings of TLS, and the files that they name.
 * Runs in: the tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "config_dir.h"
#include "issuer.h"
#include "master/config_certificate.h"

#define DAY 86400

static const char sound[] =
    "mail_root = mail\nusers = users\ncache_dir = cache\nrun_dir = run\n";

static struct issued one, other;

static int open_pem(const char *name)
{
	char path[320];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", config_dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	return fd;
}

/* What is NULL is not in it. */
static void write_pem(const char *name, const struct issued *certificate,
		      const struct issued *key)
{
	int fd = open_pem(name);

	if (certificate != NULL) {
		issued_write_certificate(certificate, fd);
	}
	if (key != NULL) {
		issued_write_key(key, NULL, fd);
	}
	close(fd);
}

static int write_sound_files(void **state)
{
	(void)state;
	write_pem("a.pem", &one, &one);
	write_pem("b.pem", &other, NULL);
	write_pem("c.pem", NULL, &other);
	return 0;
}

static void load(const char *settings, struct config *c)
{
	char text[2048];

	snprintf(text, sizeof(text), "%s%s", sound, settings);
	config_dir_load_sound(text, c);
}

static void takes_settings_of_tls(void **state)
{
	struct config c;
	char path[320];

	(void)state;
	load("listen = 127.0.0.1:0\nlisten_tls = {127.0.0.1:0, 127.0.0.1:99}\n"
	     "tls_certificate = {a.pem, a.pem}\ntls_client_ca = b.pem\n",
	     &c);
	assert_int_equal(c.listen_count, 3);
	assert_int_equal(c.listen[0].kind, LISTENER_PLAIN);
	assert_int_equal(c.listen[1].kind, LISTENER_TLS);
	assert_int_equal(c.listen[2].kind, LISTENER_TLS);
	assert_string_equal(c.listen[2].text, "127.0.0.1:99");
	assert_int_equal(c.certificate.count, 2);
	assert_int_equal(c.private_key.count, 2);
	snprintf(path, sizeof(path), "%s/a.pem", config_dir);
	assert_string_equal(c.certificate.path[1], path);
	assert_string_equal(c.private_key.path[1], path);
	snprintf(path, sizeof(path), "%s/b.pem", config_dir);
	assert_string_equal(c.client_ca, path);
	assert_int_equal(c.key.certificates, 2);
	assert_true(c.session.has_tls);
	assert_true(c.session.asks_certificate);
}

static void keys_may_have_files_of_their_own(void **state)
{
	struct config c;

	(void)state;
	load("listen = {}\nlisten_tls = 127.0.0.1:0\n"
	     "tls_certificate = {a.pem, b.pem}\ntls_key = {a.pem, c.pem}\n",
	     &c);
	assert_int_equal(c.listen_count, 1);
	assert_string_equal(strrchr(c.private_key.path[1], '/'), "/c.pem");
}

/* STLS needs no port of its own. */
static void certificates_do_without_listen_tls(void **state)
{
	struct config c;

	(void)state;
	load("listen = 127.0.0.1:0\ntls_certificate = a.pem\n", &c);
	assert_true(c.session.has_tls);
	assert_false(c.session.asks_certificate);
}

static void settings_that_need_a_certificate_say_so(void **state)
{
	(void)state;
	config_dir_expect_value_fault("listen_tls = 127.0.0.1:0", "cert make");
	config_dir_expect_value_fault("tls_key = a.pem",
				      "needs a tls_certificate");
	config_dir_expect_value_fault("tls_client_ca = b.pem",
				      "needs a tls_certificate");
	config_dir_expect_fault_at(
	    "tls_certificate = {a.pem, b.pem}\ntls_key = a.pem", 2,
	    "tls_key: 1 files, but tls_certificate has 2");
}

static void addresses_share_a_list(void **state)
{
	char text[2048];

	(void)state;
	config_dir_expect_fault_at("tls_certificate = a.pem\n"
				   "listen_tls = {127.0.0.1:99,\n"
				   "127.0.0.1:99}",
				   3, "is there twice; leave");
	snprintf(text, sizeof(text),
		 "%stls_certificate = a.pem\nlisten = 127.0.0.1:99\n"
		 "listen_tls = 127.0.0.1:99\n",
		 sound);
	config_dir_expect_fault(text, 7, "in listen and in listen_tls");
	snprintf(text, sizeof(text), "tls_certificate = a.pem\nlisten_tls = {");
	for (size_t i = 0; i < CONFIG_LISTEN_MAX; i++) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "127.0.0.1:0,");
	}
	text[strlen(text) - 1] = '}';
	config_dir_expect_fault_at(text, 2, "more than 16 addresses");
	snprintf(text, sizeof(text),
		 "%stls_certificate = a.pem\nlisten = {}\nlisten_tls = {}\n",
		 sound);
	config_dir_expect_fault(text, 6, "nothing would be served");
}

static void too_many_certificates_are_told(void **state)
{
	char text[1024] = "tls_certificate = {";

	(void)state;
	for (size_t i = 0; i <= CONFIG_CERTIFICATES_MAX; i++) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "a.pem,");
	}
	text[strlen(text) - 1] = '}';
	config_dir_expect_value_fault(text, "more than 16 files");
}

static void files_that_are_not_there_are_told(void **state)
{
	(void)state;
	config_dir_expect_value_fault(
	    "tls_certificate = no.pem",
	    "no.pem: No such file or directory; a first one is made by: "
	    "restantectl -c ");
	config_dir_expect_fault_at("tls_certificate = {a.pem,\nb.pem}\n"
				   "tls_key = {a.pem,\nno.pem}",
				   4, "tls_key: ");
	config_dir_expect_value_fault("tls_certificate = mail", "is no file");
	config_dir_expect_fault_at(
	    "tls_certificate = a.pem\ntls_client_ca = no.pem", 2,
	    "tls_client_ca: ");
}

static void unsound_files_are_told(void **state)
{
	int fd;

	(void)state;
	config_dir_expect_value_fault("tls_certificate = users",
				      "users: holds no certificate in PEM");
	config_dir_expect_value_fault(
	    "tls_certificate = {a.pem, b.pem}",
	    "tls_certificate: "); /* and not tls_key, which nobody wrote */
	config_dir_expect_value_fault("tls_certificate = b.pem",
				      "b.pem: holds no private key in PEM");
	config_dir_expect_fault_at("tls_certificate = a.pem\ntls_key = c.pem",
				   2,
				   "c.pem: holds the private key of another "
				   "certificate");
	fd = open_pem("c.pem");
	issued_write_key(&other, "secret", fd);
	close(fd);
	config_dir_expect_fault_at("tls_certificate = b.pem\ntls_key = c.pem",
				   2, "c.pem: holds an encrypted private key");
	config_dir_expect_fault_at(
	    "tls_certificate = a.pem\ntls_client_ca = users", 2,
	    "users: holds no certificate in PEM");
}

/* They are needed only then. */
static void the_key_has_an_account_of_its_own(void **state)
{
	static const char accounts[] =
	    "session_user = daemon\nauth_user = bin\nmail_user = sys\n"
	    "uid_min = 1\nlisten = 127.0.0.1:0\n";
	struct config c;
	struct conf_faults f;
	char text[1024];

	(void)state;
	snprintf(text, sizeof(text), "%s%skey_user = no-such-account\n", sound,
		 accounts);
	config_dir_write(config_dir_conf, text, strlen(text));
	if (config_load(config_dir_conf, true, &c, &f) != 0) {
		for (size_t i = 0; i < f.count; i++) {
			assert_null(strstr(f.fault[i].text, "key_user"));
		}
	}
	snprintf(text, sizeof(text),
		 "%s%skey_user = bin\n"
		 "tls_certificate = a.pem\n",
		 sound, accounts);
	config_dir_write(config_dir_conf, text, strlen(text));
	assert_int_equal(config_load(config_dir_conf, true, &c, &f), -1);
	assert_non_null(strstr(f.fault[f.count - 1].text,
			       "key_user = bin: the same account as "
			       "auth_user"));
}

struct told {
	size_t count;
	bool is_grave;
	char text[512];
};

static void note(void *ctx, const struct config_worry *worry)
{
	struct told *t = ctx;

	t->count++;
	t->is_grave = t->is_grave || worry->is_grave;
	snprintf(t->text, sizeof(t->text), "%s: %s", worry->file, worry->text);
}

static struct told worries(int64_t now_unix)
{
	struct told told = { .count = 0 };
	struct config c;

	load("listen = 127.0.0.1:0\ntls_certificate = a.pem\n", &c);
	config_certificate_worry(&c, now_unix, note, &told);
	return told;
}

/* The certificate is good from yesterday on, for 30 days. */
static void a_certificates_time_is_a_worry(void **state)
{
	int64_t now = time(NULL);
	struct told told;

	(void)state;
	assert_int_equal(worries(now).count, 0);
	assert_int_equal(worries(now + 15 * DAY).count, 0);
	told = worries(now + 16 * DAY + 600);
	assert_int_equal(told.count, 1);
	assert_false(told.is_grave);
	assert_non_null(strstr(told.text, "/a.pem: expires on 2"));
	assert_non_null(strstr(told.text, ", in 13 days"));
	told = worries(now + 31 * DAY);
	assert_int_equal(told.count, 1);
	assert_true(told.is_grave);
	assert_non_null(strstr(told.text, "expired on 2"));
	told = worries(now - 2 * DAY);
	assert_true(told.is_grave);
	assert_non_null(strstr(told.text, "is not valid before 2"));
}

static void a_key_that_others_may_read_is_a_worry(void **state)
{
	char path[320];
	struct told told;

	(void)state;
	snprintf(path, sizeof(path), "%s/a.pem", config_dir);
	assert_int_equal(chmod(path, 0640), 0);
	told = worries(time(NULL));
	assert_int_equal(told.count, 1);
	assert_false(told.is_grave);
	assert_non_null(strstr(told.text, "try: chmod 600"));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(worries(time(NULL)).count, 0);
}

static void days_are_whole(void **state)
{
	(void)state;
	assert_int_equal(config_certificate_days(100, 100), 0);
	assert_int_equal(config_certificate_days(DAY - 1, 0), 0);
	assert_int_equal(config_certificate_days(DAY, 0), 1);
	assert_int_equal(config_certificate_days(0, DAY - 1), 0);
	assert_int_equal(config_certificate_days(0, DAY + 1), -1);
}

static int make(void **state)
{
	struct issue what = { .kind = "P-256", .common_name = "a.example" };

	issue(&what, &one);
	issue(&what, &other);
	return config_dir_make(state);
}

static int finish(void **state)
{
	issued_finish(&one);
	issued_finish(&other);
	return config_dir_remove(state);
}

#define on_sound_files(test) cmocka_unit_test_setup(test, write_sound_files)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_sound_files(takes_settings_of_tls),
		on_sound_files(keys_may_have_files_of_their_own),
		on_sound_files(certificates_do_without_listen_tls),
		on_sound_files(settings_that_need_a_certificate_say_so),
		on_sound_files(addresses_share_a_list),
		on_sound_files(too_many_certificates_are_told),
		on_sound_files(files_that_are_not_there_are_told),
		on_sound_files(unsound_files_are_told),
		on_sound_files(the_key_has_an_account_of_its_own),
		on_sound_files(a_certificates_time_is_a_worry),
		on_sound_files(a_key_that_others_may_read_is_a_worry),
		on_sound_files(days_are_whole),
	};

	return cmocka_run_group_tests(tests, make, finish);
}
