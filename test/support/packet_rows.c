// SPDX-License-Identifier: ISC
/*
 * packet_rows.c - the rules of packets, from the words of ipc/packet*.h alone
 * (packet_rows.h).
 */
#include "packet_rows.h"

#define M   (1u << ROLE_MASTER)
#define S   (1u << ROLE_SESSION)
#define A   (1u << ROLE_AUTH)
#define D   (1u << ROLE_MAILDROP)
#define K   (1u << ROLE_KEY)
#define ANY (S | A | D | K)

/* A table is read by its columns: let no formatter break the rows. */
/* clang-format off */
#define ZERO(at, size)          { at, size, 0, 0, 1 }
#define MOST(at, size, most)    { at, size, 0, most, 1 }
#define STATUS(at, least)       { at, 4, least, 10, 1 }

const struct packet_row packet_rows[PACKET_TYPE_COUNT] = {
	[PACKET_SETTINGS] = { M, ANY, 8, .has_fd = false },
	[PACKET_CHANNEL] = { M, ANY, 16, .has_fd = true,
		.fields = { MOST(8, 4, 4) } },
	[PACKET_LISTENER] = { M, S, 16, .has_fd = true,
		.fields = { MOST(8, 4, 1), ZERO(12, 4) } },
	[PACKET_COUNTERS] = { M, S, 8, .has_fd = true },
	[PACKET_START] = { M, ANY, 8, .has_fd = false },
	[PACKET_RETIRE] = { M, ANY, 8, .has_fd = false },
	[PACKET_SERVE] = { M, S, 8, .has_fd = false },
	[PACKET_READY] = { ANY, M, 8, .has_fd = false },
	[PACKET_FILE] = { M, A | K, 16, .has_fd = true,
		.fields = { MOST(8, 4, 3) } },

	[PACKET_LOGIN] = { S, A, 40, .tail_at = { 32, 34, 36 },
		.fields = { MOST(32, 2, 255), MOST(34, 2, 65535),
			    MOST(36, 2, 128), ZERO(38, 2) } },
	[PACKET_KNOWN] = { S, A, 24, .tail_at = { 16 },
		.fields = { MOST(16, 4, 255), ZERO(20, 4) } },
	[PACKET_REFUSED] = { A, S, 24, .fields = { STATUS(16, 1) } },
	[PACKET_KNOWN_ANSWER] = { A, S, 24,
		.fields = { MOST(16, 4, 1), ZERO(20, 4) } },
	[PACKET_SASL_BEGIN] = { S, A, 144, .tail_at = { 128, 130, 132 },
		.fields = { { 128, 2, 1, 20, 1 }, MOST(130, 2, 12288),
			    MOST(132, 2, 12288), MOST(134, 1, 1),
			    MOST(135, 1, 1), MOST(136, 1, 64),
			    ZERO(137, 1), ZERO(138, 2), ZERO(140, 4) } },
	[PACKET_SASL_STEP] = { S, A, 24, .tail_at = { 16 },
		.fields = { MOST(16, 4, 12288), ZERO(20, 4) } },
	[PACKET_SASL_CANCEL] = { S, A, 16, .has_fd = false },
	[PACKET_SASL_CHALLENGE] = { A, S, 24, .tail_at = { 16 },
		.fields = { MOST(16, 4, 360), ZERO(20, 4) } },
	[PACKET_GRANT] = { A, D, 32, .tail_at = { 28, 30 },
		.fields = { MOST(28, 2, 255), MOST(30, 2, 2048) } },

	[PACKET_OPENED] = { D, S, 48, .tail_at = { 40, 44 },
		.fields = { STATUS(36, 0), MOST(40, 4, 4096),
			    MOST(44, 4, 255) } },
	[PACKET_GET_LISTING] = { S, D, 24, .has_fd = false },
	[PACKET_LISTING] = { D, S, 32, .has_fd = true, .status_at = 24,
		.fields = { STATUS(24, 0), ZERO(28, 4) } },
	[PACKET_FETCH] = { S, D, 32, .fields = { { 28, 4, 1, 64, 1 } } },
	[PACKET_MESSAGE] = { D, S, 32, .has_fd = true, .status_at = 28,
		.fields = { STATUS(28, 0) } },
	[PACKET_TEXTS] = { D, S, 24, .fields = { { 20, 4, 1, 64, 1 } } },
	[PACKET_MARK] = { S, D, 32, .tail_at = { 28 },
		.fields = { { 24, 4, 0, UINT32_MAX, 8 },
			    { 28, 4, 1, 4096, 1 } } },
	[PACKET_COMMIT] = { S, D, 32, .fields = { ZERO(28, 4) } },
	[PACKET_COMMITTED] = { D, S, 24, .has_fd = false },
	[PACKET_CLOSE] = { S, D, 32,
		.fields = { MOST(24, 4, 1), ZERO(28, 4) } },

	[PACKET_IDENTITY] = { K, S, 16, .has_fd = true },
	[PACKET_TICKET_KEY_SET] = { K, S, 256, .has_fd = false },
	[PACKET_GET_TICKET_KEYS] = { S, K, 8, .has_fd = false },
	[PACKET_SIGN] = { S, K, 24, .tail_at = { 22 },
		.fields = { MOST(22, 2, 512) } },
	/* its status is 0 or 4: "STATUS_OK or STATUS_PERM" */
	[PACKET_SIGNATURE] = { K, S, 24, .tail_at = { 20 },
		.fields = { { 16, 4, 0, 4, 4 }, MOST(20, 4, 1024) } },
};
/* clang-format on */
