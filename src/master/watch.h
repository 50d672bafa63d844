// SPDX-License-Identifier: ISC
/*
 * watch.h - looking now and then whether the files of certificates and keys are
 * still those that are in force.
 *
 * Why not inotify(7): it watches inodes.  What certbot changes is a link, in
 * one directory, to a file in another; others rename, or remount, or write over
 * NFS.  What stat(2) says of the path is what the next start would read.
 */
#ifndef MASTER_WATCH_H
#define MASTER_WATCH_H

#include "master/tls_files.h"

#define WATCH_PAUSE_MS 5000u
#define WATCH_AGAIN_MS 60000u /* what could not be taken is tried again */

enum watch_result {
	WATCH_SAME, /* or nothing new to tell, or still being written */
	WATCH_CHANGED,
	WATCH_UNSOUND, /* changed, but of no use */
};

struct watch {
	uint64_t due_ms;         /* when to look again */
	struct tls_stamps seen;  /* at the last look */
	struct tls_stamps tried; /* what was reported last */
	uint64_t again_ms;       /* when that may be reported again */
};

/*
 * Looks, if it is time to, at the files that config names; in_force is what
 * they were.  A change is reported when nothing has changed any more for one
 * WATCH_PAUSE_MS, since a certificate and its key are not written at the same
 * moment; and again each WATCH_AGAIN_MS until it is in force, for what hindered
 * the master may have passed.  WATCH_UNSOUND, which is told once: the faults
 * are in *faults_r; config_path is for their remedies.
 */
enum watch_result watch_look(struct watch *w, const char *config_path,
			     const struct config *config,
			     const struct tls_stamps *in_force, uint64_t now_ms,
			     struct conf_faults *faults_r);

#endif
