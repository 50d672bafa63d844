// SPDX-License-Identifier: ISC
/*
 * packet_types.h - the kinds of packets, who there is to send them, and the
 * limits of what they hold.
 */
#ifndef IPC_PACKET_TYPES_H
#define IPC_PACKET_TYPES_H

#include <stdint.h>

#define PACKET_MAX                65536u /* octets of a whole packet */
#define PACKET_USER_MAX           255u
#define PACKET_PATH_MAX           2048u
#define PACKET_INLINE_LISTING_MAX 4096u /* larger ones travel as a memfd */
#define PACKET_MARK_OCTETS_MAX    4096u
#define PACKET_TEXTS_MAX          64u    /* messages in one FETCH */
#define PACKET_TEXT_MAX           32768u /* larger ones are descriptors */
#define PACKET_MECHANISM_MAX      20u    /* RFC 4422, section 3.1 */
#define PACKET_RESPONSE_MAX       12288u /* a line of 16 KiB in base64 */
#define PACKET_CHALLENGE_MAX      360u   /* POP3_CHALLENGE_MAX */
#define PACKET_PROOF_MAX          12288u
#define PACKET_STAMP_MAX          128u
#define PACKET_TO_SIGN_MAX        512u  /* TLS signs less than 300 octets */
#define PACKET_SIGNATURE_MAX      1024u /* RSA of 8192 bits */
#define PACKET_EXPORTER_LEN       32u   /* RFC 9266 */
#define PACKET_END_POINT_MAX      64u /* RFC 5929: a hash of the certificate */
#define PACKET_TICKET_KEYS        3u
#define PACKET_TICKET_NAME_LEN    16u
#define PACKET_TICKET_KEY_LEN     32u

enum packet_type {
	PACKET_SETTINGS = 1,
	PACKET_CHANNEL,
	PACKET_LISTENER,
	PACKET_COUNTERS,
	PACKET_START,
	PACKET_RETIRE,
	PACKET_READY,
	PACKET_LOGIN,
	PACKET_KNOWN,
	PACKET_REFUSED,
	PACKET_KNOWN_ANSWER,
	PACKET_GRANT,
	PACKET_OPENED,
	PACKET_GET_LISTING,
	PACKET_LISTING,
	PACKET_FETCH,
	PACKET_MESSAGE,
	PACKET_MARK,
	PACKET_COMMIT,
	PACKET_COMMITTED,
	PACKET_CLOSE,
	PACKET_SERVE,
	PACKET_FILE,
	PACKET_SASL_BEGIN,
	PACKET_SASL_STEP,
	PACKET_SASL_CANCEL,
	PACKET_SASL_CHALLENGE,
	PACKET_IDENTITY,
	PACKET_TICKET_KEY_SET,
	PACKET_SIGN,
	PACKET_SIGNATURE,
	PACKET_GET_TICKET_KEYS,
	PACKET_TEXTS,
	PACKET_TYPE_COUNT
};

enum role {
	ROLE_MASTER,
	ROLE_SESSION,
	ROLE_AUTH,
	ROLE_MAILDROP,
	ROLE_KEY,
	ROLE_COUNT
};

/* Why a request failed; session puts it into words.  0 is success. */
enum packet_status {
	STATUS_OK,
	STATUS_AUTH,        /* wrong name or secret */
	STATUS_IN_USE,      /* the maildrop is locked by another session */
	STATUS_TEMP,        /* try later: [SYS/TEMP] */
	STATUS_PERM,        /* the operator must act: [SYS/PERM] */
	STATUS_GONE,        /* that message is no longer there */
	STATUS_CHANGED,     /* that message is not what it was when listed */
	STATUS_LOGIN_DELAY, /* the last log-in was too short a time ago */
	STATUS_GUESSING,    /* too many failures: refused without a look */
	STATUS_BUSY,        /* too many others are being verified */
	STATUS_EXCHANGE,    /* SASL: not what the mechanism demands */
	STATUS_COUNT
};

struct packet_head {
	uint32_t type; /* enum packet_type */
	uint32_t zero;
};

#endif
