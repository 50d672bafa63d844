// SPDX-License-Identifier: ISC
/*
 * startup.c - how a role process begins (startup.h).
 * Runs in: every role but the master, before it confines itself.
 * Trusts: the master.
 */
#include "ipc/startup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "os/privilege.h"
#include "os/thread.h"

static int refuse(const char *why)
{
	log_event_str(LOG_ERROR, "start: the master sent", "what", why);
	return -EPROTO;
}

static int take_settings(const struct packet *p, const char *name,
			 void *settings, size_t settings_len)
{
	struct settings_common common;

	if (packet_tail_len(p) != settings_len) {
		return refuse("settings of another version");
	}
	memcpy(settings, packet_tail(p), settings_len);
	memcpy(&common, settings, sizeof(common));
	log_init(name, (enum log_form)common.log_form,
		 (enum log_level)common.log_level);
	return 0;
}

static int take_item(struct packet *p, struct startup *startup)
{
	struct startup_item *item = &startup->items[startup->count];

	if (startup->count == STARTUP_DESCRIPTORS_MAX) {
		return refuse("too many descriptors");
	}
	item->type = p->as.head.type;
	item->kind = 0;
	item->id = 0;
	if (item->type == PACKET_CHANNEL) {
		item->kind = p->as.channel.role;
		item->id = p->as.channel.id;
	} else if (item->type == PACKET_LISTENER) {
		item->kind = p->as.listener.kind;
	} else if (item->type == PACKET_FILE) {
		item->kind = p->as.file.kind;
		item->id = p->as.file.idx;
	}
	item->fd = p->fd;
	p->fd = -1;
	startup->count++;
	return 0;
}

int startup_receive(enum role self, const char *name, void *settings,
		    size_t settings_len, struct startup *startup_r)
{
	struct packet p;
	bool has_settings = false;
	int rc;

	log_init(name, LOG_FORM_TERMINAL, LOG_INFO);
	startup_r->count = 0;
	thread_take_turns();
	if (fcntl(STARTUP_FD, F_SETFD, FD_CLOEXEC) < 0) {
		log_event(LOG_ERROR, "start: not to be run by hand; see "
				     "restanted(8)");
		return -EBADF;
	}
	for (;;) {
		rc = channel_receive_checked(STARTUP_FD, &p, ROLE_MASTER, self);
		if (rc != CHANNEL_OK) {
			return refuse("no sound packet");
		}
		if (p.as.head.type == PACKET_START) {
			return has_settings ? 0 : refuse("no settings");
		}
		if (p.as.head.type == PACKET_SETTINGS) {
			rc = take_settings(&p, name, settings, settings_len);
			wipe(p.as.octets, p.len); /* key's have a secret */
			has_settings = true;
		} else if (p.fd != -1) {
			rc = take_item(&p, startup_r);
		} else {
			rc = refuse(packet_name(p.as.head.type));
		}
		if (rc < 0) {
			return rc;
		}
	}
}

int startup_drop(const struct settings_common *common, bool keep_file_identity)
{
	int rc;

	if (!common->drop_privileges) {
		return 0;
	}
	rc = privilege_drop(common->uid, common->gid,
			    keep_file_identity ? PRIVILEGE_KEEP_FILE_IDENTITY
					       : PRIVILEGE_KEEP_NOTHING);
	if (rc < 0) {
		log_event_errno(LOG_ERROR, "cannot become the role's account",
				NULL, -rc);
	}
	return rc;
}
