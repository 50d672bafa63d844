// SPDX-License-Identifier: ISC
/*
 * maildir_files.c - what a Maildir's files ought to be on the wire
 * (maildir_files.h).
 * Runs in: restante-bench.  Trusts: that nobody changes the Maildir meanwhile.
 * Allocates: 16 octets a message.
 */
#include "bench/maildir_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "bench/limits.h"
#include "bench/template.h"
#include "os/fd.h"

struct found {
	struct digest *at;
	size_t count;
	size_t cap;
};

static bool hash_text(EVP_MD_CTX *hash, const uint8_t *at, size_t len,
		      uint8_t *last)
{
	static const char crlf[] = "\r\n";
	size_t begin = 0;

	for (size_t i = 0; i < len; i++) {
		if (at[i] == '\n' && *last != '\r') {
			if (EVP_DigestUpdate(hash, at + begin, i - begin) !=
				1 ||
			    EVP_DigestUpdate(hash, crlf, 2) != 1) {
				return false;
			}
			begin = i + 1;
		}
		*last = at[i];
	}
	return EVP_DigestUpdate(hash, at + begin, len - begin) == 1;
}

static bool hash_file(EVP_MD_CTX *hash, int fd)
{
	uint8_t octets[16384], last = '\n';
	ssize_t n;

	for (;;) {
		n = read(fd, octets, sizeof(octets));
		if (n <= 0) {
			break;
		}
		if (!hash_text(hash, octets, (size_t)n, &last)) {
			return false;
		}
	}
	return n == 0 &&
	       (last == '\n' || EVP_DigestUpdate(hash, "\r\n", 2) == 1);
}

static bool digest_file(int dir, const char *name, struct digest *digest_r)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	uint8_t whole[EVP_MAX_MD_SIZE];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool is_done = false;

	if (fd >= 0 && hash != NULL &&
	    EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1 &&
	    hash_file(hash, fd)) {
		is_done = EVP_DigestFinal_ex(hash, whole, NULL) == 1;
	}
	fd_close(&fd);
	EVP_MD_CTX_free(hash);
	if (is_done) {
		*digest_r = digest_of(whole);
	}
	return is_done;
}

static bool add(struct found *f, struct digest digest)
{
	if (f->count == f->cap) {
		size_t cap = f->cap == 0 ? 16 : f->cap * 2;
		struct digest *at = reallocarray(f->at, cap, sizeof(*at));

		if (at == NULL || cap > BENCH_DIGESTS_MAX) {
			f->at = at != NULL ? at : f->at;
			return false;
		}
		f->at = at;
		f->cap = cap;
	}
	f->at[f->count++] = digest;
	return true;
}

static bool add_files(struct found *f, DIR *dir, const char *path,
		      struct why *why)
{
	for (;;) {
		struct digest digest;
		const struct dirent *entry = readdir(dir);

		if (entry == NULL) {
			return true;
		}
		if (entry->d_name[0] == '.') {
			continue;
		}
		if (!digest_file(dirfd(dir), entry->d_name, &digest) ||
		    !add(f, digest)) {
			return why_not(why, "%s: cannot read %s", path,
				       entry->d_name);
		}
	}
}

static bool add_folder(struct found *f, const char *maildir, const char *sub,
		       uint32_t user, struct why *why)
{
	char path[BENCH_PATH_MAX];
	size_t len = template_expand(maildir, user, path, sizeof(path) - 8);
	bool is_done;
	DIR *dir;

	if (len == 0) {
		return why_not(why, "%s: too long", maildir);
	}
	memcpy(path + len, sub, strlen(sub) + 1);
	dir = opendir(path);
	if (dir == NULL) {
		return why_not(why, "%s: %s", path, strerror(errno));
	}
	is_done = add_files(f, dir, path, why);
	closedir(dir);
	return is_done;
}

bool maildir_files_digest(const char *maildir, uint32_t user,
			  struct digest **at_r, size_t *count_r,
			  struct why *why)
{
	struct found f = { NULL, 0, 0 };

	if (!add_folder(&f, maildir, "/new", user, why) ||
	    !add_folder(&f, maildir, "/cur", user, why)) {
		free(f.at);
		return false;
	}
	*at_r = f.at;
	*count_r = f.count;
	return true;
}
