// SPDX-License-Identifier: ISC
/*
 * file.c - the text of a configuration file (file.h).
 * Runs in: master, restantectl, restante.  Trusts: nothing of the file.
 */
#include "conf/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"

/* Up to max + 1 octets, so that one too many shows. */
static bool read_all(int fd, char *text, size_t max, size_t *len_r)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, text + len, max + 1 - len);
		if (n < 0 && errno != EINTR) {
			return false;
		}
		len += n > 0 ? (size_t)n : 0;
	} while (n != 0 && len <= max);
	*len_r = len;
	return true;
}

/* O_NONBLOCK: a FIFO is to be a fault, not to be waited for. */
static int open_file(const char *path, struct conf_file *file,
		     struct conf_faults *faults)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		conf_fault_add(faults, 0, "%s", strerror(errno));
		fd_close(&fd);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		conf_fault_add(faults, 0, "is no file");
		fd_close(&fd);
		return -1;
	}
	file->mode = st.st_mode & 07777;
	file->uid = st.st_uid;
	file->gid = st.st_gid;
	return fd;
}

static bool is_text(const char *text, size_t len, size_t max,
		    struct conf_faults *faults)
{
	if (len > max) {
		conf_fault_add(faults, 0, "is larger than %zu octets", max);
		return false;
	}
	if (memchr(text, '\0', len) != NULL) {
		conf_fault_add(faults, 0, "holds a NUL octet: is no text");
		return false;
	}
	return true;
}

static bool read_text(int fd, size_t max, struct conf_file *file,
		      struct conf_faults *faults)
{
	if (!read_all(fd, file->text, max, &file->len)) {
		conf_fault_add(faults, 0, "%s", strerror(errno));
		return false;
	}
	file->text[file->len] = '\0';
	return is_text(file->text, file->len, max, faults);
}

bool conf_file_read(const char *path, size_t max, struct conf_file *file_r,
		    struct conf_faults *faults)
{
	struct conf_file file = { .text = NULL };
	int fd = open_file(path, &file, faults);
	bool done = false;

	if (fd < 0) {
		return false;
	}
	file.text = malloc(max + 2);
	if (file.text != NULL) {
		done = read_text(fd, max, &file, faults);
	} else {
		conf_fault_add(faults, 0, "out of memory");
	}
	fd_close(&fd);
	if (!done) {
		free(file.text);
		return false;
	}
	*file_r = file;
	return true;
}
