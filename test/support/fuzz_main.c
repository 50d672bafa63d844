// SPDX-License-Identifier: ISC
/*
 * fuzz_main.c - runs a fuzz target over files and folders of files, for builds
 * without libFuzzer: the corpus as a regression test.
 *
 *	fuzz_NAME PATH...
 */
#include "fuzz.h"
#include "mailbox.h"
#include "must.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static unsigned run_file(const char *path)
{
	struct octets input = { 0 };

	mailbox_read_file(path, &input);
	(void)LLVMFuzzerTestOneInput(input.at, input.len);
	octets_finish(&input);
	return 1;
}

static unsigned run_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned count = 0;

	must(dir != NULL, folder);
	for (entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		char path[1024];
		int len = snprintf(path, sizeof(path), "%s/%s", folder,
				   entry->d_name);

		must(len > 0 && (size_t)len < sizeof(path), "a short path");
		if (entry->d_name[0] != '.') {
			count += run_file(path);
		}
	}
	(void)closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	unsigned count = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		must(stat(argv[i], &st) == 0, argv[i]);
		count += S_ISDIR(st.st_mode) ? run_folder(argv[i])
					     : run_file(argv[i]);
	}
	printf("%u inputs\n", count);
	return count == 0; /* no corpus is no test */
}
