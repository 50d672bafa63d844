// SPDX-License-Identifier: ISC
/*
 * cpu.c - the CPU that a server has used (cpu.h).
 * Runs in: restante-bench.  Trusts: the kernel.  Allocates: a table of the
 * machine's processes while it looks.
 */
#include "bench/cpu.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/number.h"
#include "os/fd.h"

struct process {
	pid_t pid;
	pid_t parent;
	uint64_t own_ns;
	uint64_t waited_ns; /* of children that are gone, and theirs */
	bool is_counted;
};

struct processes {
	struct process *at;
	size_t count;
};

/* The file's text with a NUL behind it; false if there is none. */
static bool read_text(const char *path, char *text, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0) {
		return false;
	}
	n = read(fd, text, cap - 1);
	fd_close(&fd);
	if (n <= 0) {
		return false;
	}
	text[n] = '\0';
	return true;
}

static uint64_t ns_of_ticks(uint64_t ticks)
{
	return ticks * (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* All threads, those that have ended too; ticks are the kernel's word if it
 * has no such clock. */
static uint64_t own_ns(pid_t pid, uint64_t ticks)
{
	struct timespec used;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &used) != 0) {
		return ns_of_ticks(ticks);
	}
	return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

/* proc(5): the name is in parentheses and may have any octets; the parent is
 * the second word behind it, utime the 12th, stime, cutime and cstime next. */
static bool read_process(pid_t pid, struct process *p)
{
	char path[64], text[1024];
	uint64_t words[16] = { 0 };
	const uint8_t *at, *end;
	const char *behind;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (!read_text(path, text, sizeof(text))) {
		return false;
	}
	behind = strrchr(text, ')');
	if (behind == NULL || strlen(behind) < 4) {
		return false;
	}
	at = (const uint8_t *)behind + 4; /* ") S " */
	end = at + strlen((const char *)at);
	for (unsigned i = 2; i < 16; i++) {
		at += at < end && *at == '-'; /* tpgid may be -1 */
		if (!number_take(&at, end, &words[i]) || at == end) {
			return false;
		}
		at++;
	}
	*p = (struct process){ .pid = pid, .parent = (pid_t)words[2] };
	p->own_ns = own_ns(pid, words[12] + words[13]);
	p->waited_ns = ns_of_ticks(words[14] + words[15]);
	return true;
}

static bool add_process(struct processes *all, pid_t pid)
{
	struct process p;

	if (all->count == BENCH_PROCESSES_MAX) {
		return false;
	}
	if (read_process(pid, &p)) {
		all->at[all->count++] = p;
	}
	return true;
}

static bool read_processes(struct processes *all)
{
	DIR *proc = opendir("/proc");
	bool is_fine = proc != NULL;

	while (is_fine) {
		const struct dirent *entry = readdir(proc);
		uint64_t pid;

		if (entry == NULL) {
			break;
		}
		if (number_parse(entry->d_name, 1, INT32_MAX, &pid)) {
			is_fine = add_process(all, (pid_t)pid);
		}
	}
	if (proc != NULL) {
		closedir(proc);
	}
	return is_fine;
}

static bool count_one(struct processes *all, pid_t pid)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].pid == pid) {
			all->at[i].is_counted = true;
			return true;
		}
	}
	return false;
}

static bool is_counted(const struct processes *all, pid_t pid)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].pid == pid) {
			return all->at[i].is_counted;
		}
	}
	return false;
}

/* Children of those that count, until there are no more. */
static void count_descendants(struct processes *all)
{
	bool has_more = true;

	while (has_more) {
		has_more = false;
		for (size_t i = 0; i < all->count; i++) {
			struct process *p = &all->at[i];

			if (!p->is_counted && is_counted(all, p->parent)) {
				p->is_counted = has_more = true;
			}
		}
	}
}

static uint64_t sum(const struct processes *all)
{
	uint64_t ns = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].is_counted) {
			ns += all->at[i].own_ns + all->at[i].waited_ns;
		}
	}
	return ns;
}

static bool count_pids(struct processes *all, const pid_t *pids, unsigned count,
		       struct why *why)
{
	for (unsigned i = 0; i < count; i++) {
		if (!count_one(all, pids[i])) {
			return why_not(why, "there is no process %ld",
				       (long)pids[i]);
		}
	}
	return true;
}

bool cpu_of_processes(const pid_t *pids, unsigned count, uint64_t *ns_r,
		      struct why *why)
{
	struct processes all = {
		calloc(BENCH_PROCESSES_MAX, sizeof(struct process)), 0
	};
	bool is_fine = all.at != NULL && read_processes(&all);

	if (!is_fine) {
		why_not(why, "cannot read /proc");
	} else {
		is_fine = count_pids(&all, pids, count, why);
	}
	if (is_fine) {
		count_descendants(&all);
		*ns_r = sum(&all);
	}
	free(all.at);
	return is_fine;
}

static bool read_number(const char *text, uint64_t factor, uint64_t *ns_r)
{
	const uint8_t *at = (const uint8_t *)text;
	uint64_t n;

	if (!number_take(&at, at + strlen(text), &n) ||
	    __builtin_mul_overflow(n, factor, &n)) {
		return false;
	}
	*ns_r = n;
	return true;
}

bool cpu_of_cgroup(const char *dir, uint64_t *ns_r, struct why *why)
{
	static const char word[] = "usage_usec ";
	char path[BENCH_PATH_MAX], text[1024];
	const char *usage;

	snprintf(path, sizeof(path), "%s/cpu.stat", dir);
	if (read_text(path, text, sizeof(text))) {
		usage = strstr(text, word);
		if (usage != NULL &&
		    read_number(usage + sizeof(word) - 1, 1000, ns_r)) {
			return true;
		}
	}
	snprintf(path, sizeof(path), "%s/cpuacct.usage", dir);
	if (read_text(path, text, sizeof(text)) && read_number(text, 1, ns_r)) {
		return true;
	}
	return why_not(why, "%s: neither cpu.stat nor cpuacct.usage", dir);
}

bool cpu_of_server(const struct options *o, uint64_t *ns_r, struct why *why)
{
	if (o->cgroup != NULL) {
		return cpu_of_cgroup(o->cgroup, ns_r, why);
	}
	if (o->pids_count != 0) {
		return cpu_of_processes(o->pids, o->pids_count, ns_r, why);
	}
	*ns_r = 0;
	return true;
}

uint64_t cpu_of_self(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}
