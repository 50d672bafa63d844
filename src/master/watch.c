// SPDX-License-Identifier: ISC
/*
 * watch.c - whether the files of certificates have changed (watch.h).
 * Runs in: master.  Trusts: the paths; nothing of what is there now.
 */
#include "master/watch.h"

#include "master/config_certificate.h"

enum watch_result watch_look(struct watch *w, const char *config_path,
			     const struct config *config,
			     const struct tls_stamps *in_force, uint64_t now_ms,
			     struct conf_faults *faults_r)
{
	struct tls_stamps now;
	bool is_still, is_again;

	if (now_ms < w->due_ms) {
		return WATCH_SAME;
	}
	w->due_ms = now_ms + WATCH_PAUSE_MS;
	tls_stamps_look(config, &now);
	is_still = tls_stamps_are_equal(&now, &w->seen);
	w->seen = now;
	is_again = tls_stamps_are_equal(&now, &w->tried);
	if (!is_still || tls_stamps_are_equal(&now, in_force) ||
	    (is_again && now_ms < w->again_ms)) {
		return WATCH_SAME;
	}
	w->tried = now;
	w->again_ms = now_ms + WATCH_AGAIN_MS;
	faults_r->count = 0;
	config_certificate_check(config_path, NULL, config, faults_r);
	if (faults_r->count == 0) {
		return WATCH_CHANGED;
	}
	return is_again ? WATCH_SAME : WATCH_UNSOUND;
}
