// SPDX-License-Identifier: ISC
/*
 * limits.h - every limit of the collector, with its origin.
 */
#ifndef FETCH_LIMITS_H
#define FETCH_LIMITS_H

/* Messages of one maildrop: 16 times what a server of ours is tested with
 * would be 16 million; a listing that is longer is refused. */
#define FETCH_MESSAGES_MAX 4000000u
/* Octets of one message, whatever LIST says: a server that never ends. */
#define FETCH_MESSAGE_OCTETS_MAX (4ull * 1024 * 1024 * 1024)
/* Accounts in one configuration. */
#define FETCH_ACCOUNTS_MAX 1000u
/* Octets of restante.conf: a thousand accounts of a thousand octets. */
#define FETCH_CONFIG_OCTETS_MAX (1024u * 1024u)
/* Rules of one account, with those of the defaults; each may cost a TOP. */
#define FETCH_RULES_MAX 200u
/* Ports: RFC 1939, RFC 8314. */
#define ACCOUNT_PORT     110u
#define ACCOUNT_PORT_TLS 995u
/* RFC 5321; LMTP must not use it (RFC 2033, section 5). */
#define DESTINATION_SMTP_PORT 25u
/* No answer for that long is none: mpop waits 60 s, fetchmail 300 s. */
#define ACCOUNT_TIMEOUT_S 60u
/* Between two visits of watch: getmail's and fetchmail's manuals ask for no
 * less than five minutes. */
#define ACCOUNT_INTERVAL_S 300u
/* A password command may wait for a person who unlocks a keyring. */
#define PASSWORD_COMMAND_S 120u
/* Octets of its output that are read, though only the first line counts. */
#define PASSWORD_OUTPUT_MAX (64u * 1024u)

/* -- a visit */

/* Commands on their way, and octets of messages that were asked for: more than
 * a line of 100 MB/s and 100 ms holds, and little enough to wait for at an
 * end.  With 200 commands 1,000 messages of 4 KB took five round trips. */
#define VISIT_WINDOW_COMMANDS 1000u
#define VISIT_WINDOW_OCTETS   (16u * 1024u * 1024u)
/* Octets of commands that the socket has not taken yet: a window of them. */
#define VISIT_WINDOW_PENDING (32u * 1024u)
#define VISIT_TICK_MS        1000u
/* Octets until we are logged in: CAPA's lines twice, challenges. */
#define VISIT_OPENING_OCTETS_MAX (128u * 1024u)
/* Behind the log-in: lines of LIST and UIDL that are no entries, and CAPA's. */
#define VISIT_IDLE_LINES_MAX 1000u
/* Until we are logged in: so many times the account's timeout. */
#define VISIT_OPENING_TIMEOUTS 5u
/* A text that looks over, and silence: ask (pop3_client_probe). */
#define VISIT_PROBE_TICKS 4u
/* Nothing to ask for, as mail is being delivered: NOOP.  Servers are known that
 * give up after a minute. */
#define VISIT_AWAKE_MS 30000u

/* -- the carrier */

/* A group of messages shares its syncs: so many, or so many octets, and it is
 * settled.  What is fetched and not settled is fetched again after a crash. */
#define HAUL_GROUP_MESSAGES 256u
#define HAUL_GROUP_OCTETS   (64u * 1024u * 1024u)
/* Messages that a destination refuses for now, one after the other, until it is
 * taken for down.  One that refuses all costs five downloads; one that refuses
 * each tenth, by chance, is taken for down once in 100,000 messages. */
#define HAUL_REFUSALS_MAX 5u
/* Octets that are converted at a time. */
#define HAUL_TEXT_OCTETS (256u * 1024u)
/* Octets of a header that rules look at; what is longer is no header. */
#define HAUL_HEAD_MAX (256u * 1024u)
/* Octets of one text that is shown: a frame of 100 rows on the widest terminal
 * with colours, or 100 of the longest lines of what the collector says. */
#define SHOW_TEXT_MAX (1024u * 1024u)
/* Characters without a width on top of one another: more than two are in no
 * orthography but Tibetan's and Hebrew's, which have up to four. */
#define SHOW_MARKS_MAX 4u
/* Octets of lines that wait for a terminal stopped by Ctrl-S; behind them the
 * collector waits, too. */
#define SHOW_PENDING_MAX (64u * 1024u)
/* Accounts that have a row at once: more than terminals have. */
#define SHOW_ROWS_MAX 100u

/* A folder that a rule names: octets of UTF-8.  As modified UTF-7, two and a
 * half times as long at most, it is still a file's name. */
#define FETCH_FOLDER_MAX 100u
/* Octets of a host name in a Maildir file's: all of it fits a unique-id. */
#define FETCH_MAILDIR_HOST_MAX 32u
/* Files of a Maildir open at once, until they are synced: an account's share of
 * the 1,024 descriptors that a process has at least. */
#define FETCH_SYNC_FILES 128u
/* Threads that sync them.  1,000 files of 4 KB on ext4 (virtual disk): 1,700 to
 * 2,300 ms one after the other, 80 by 4 threads, 45 by 16, 35 by 32. */
#define FETCH_SYNC_THREADS 16u
/* Files in tmp/ that nobody finishes any more: the Maildir specification. */
#define FETCH_MAILDIR_STALE_S (36 * 60 * 60)
/* Octets of one write to a file. */
#define FETCH_WRITE_OCTETS (256u * 1024u)
/* Octets of a message in memory, before it goes to an unnamed file. */
#define FETCH_SPOOL_OCTETS (256u * 1024u)

/* Tries to get a message, in a row, until it is set aside: one is chance, two a
 * bad line. */
#define FETCH_TRIES_MAX 3u
/* What was set aside is tried again by itself after a day, once. */
#define FETCH_ASIDE_RETRY_S (24 * 60 * 60)
/* Failures of messages without unique-id that are remembered for an account:
 * each message without one is compared with them. */
#define FETCH_NAMELESS_FAILURES_MAX 1000u
/* Days that the record keeps a row after its message went: a server that comes
 * back from a backup, or Gmail's "recent:", brings mail of 30 days again. */
#define FETCH_RECORD_KEPT_DAYS 90u
/* A listing that was shown is believed for a day: who saw it has it no longer
 * in mind, or on the screen. */
#define FETCH_SHOWN_S (24 * 60 * 60)
/* Messages of it that are remembered: more are not looked through, with a TOP
 * for each; 100,000 take the record some 10 MB. */
#define FETCH_SHOWN_MAX 100000u
/* Different sizes of messages that were to be deleted and seem to have come
 * again under other names, until that is taken for no chance. */
#define FETCH_RENAMED_SIZES 4u
/* What another restante's commit may take, on a disk that has much to do. */
#define FETCH_RECORD_BUSY_MS 30000

/* Messages that a line broke in, in one run: with COLLECT_BREAKS_MAX there are
 * no more. */
#define HAUL_BLAMED_MAX 32u
/* A hostile text may come in slices of an octet: so many jobs, of some 300
 * octets each, may wait before reading pauses. */
#define CARRIER_JOBS_MAX 8192u

/* -- a collection */

/* Blocks of FETCH_BLOCK_OCTETS between socket and disk, for each account. */
#define COLLECT_BLOCKS 32u
/* Octets of a message beyond four times what LIST says, and of a header: who
 * says more does not end. */
#define COLLECT_UNKNOWN_OCTETS  (1024u * 1024u * 1024u)
#define COLLECT_UNLISTED_OCTETS (64u * 1024u * 1024u)
/* The same beyond twice size_max, if there is one: each CRLF of a message may
 * have been counted as LF. */
#define COLLECT_BEYOND_OCTETS (1024u * 1024u)
/* Octets of a refusal that are told, where more is said behind it. */
#define REFUSAL_SHOWN_MAX 160u
/* What a header is thought to have: for the window. */
#define COLLECT_HEAD_OCTETS 4096u
/* Sessions in a row that broke and brought something. */
#define COLLECT_BREAKS_MAX 20u
/* Messages until QUIT, once a session broke. */
#define COLLECT_BATCH_SHAKY 50u
/* After a session that broke: the server has to see that, too. */
#define COLLECT_AGAIN_MS 1000u
/* LOGIN-DELAY that is waited for between two sessions. */
#define COLLECT_DELAY_MAX_S 10u
/* LOGIN-DELAY that is obeyed at all: who announces more could keep us away for
 * ever. */
#define FETCH_LOGIN_DELAY_MAX_S (24u * 60 * 60)
/* From Ctrl-C to the end, if the server answers no sooner. */
#define COLLECT_STOP_MS 5000u
/* Of it, for messages that were taken in whole and go to a slow destination;
 * what is left is for DELE and QUIT. */
#define HAUL_STOP_MS 2000u
/* Accounts at once. */
#define FETCH_AT_ONCE 32u
/* Octets of what the dialogue says at once, and of an answer: a path is at most
 * 4096. */
#define ASK_SAID_MAX   8192u
#define ASK_ANSWER_MAX 4096u
/* Times that the dialogue asks for the same thing before it gives up: a server
 * that refuses log-ins locks whoever goes on. */
#define ASK_TRIES_MAX 5u

/* -- net/ */

/* Octets of a block of what comes: large enough that reads of a fast line cost
 * nothing, small enough for four of each of 1,000 accounts. */
#define FETCH_BLOCK_OCTETS (256u * 1024)
/* A block with less room behind what was filled is not read into: what a
 * record of TLS may bring (RFC 8446, 5.1). */
#define FETCH_BLOCK_ROOM_MIN (16u * 1024)
/* Octets that wait to be sent: VISIT_WINDOW_PENDING, and the longest line. */
#define FETCH_OUT_MAX (64u * 1024)
/* Addresses of a server that are tried. */
#define FETCH_ADDRESSES_MAX 16u
/* From one address to the next: RFC 8305, section 5. */
#define FETCH_ATTEMPT_MS 250u
/* The floor of progress: who is awaited for so many times the account's
 * timeout, says less than so many octets a second, and ends no answer, is as
 * good as silent.  A line of 300 bit/s brings twice as much. */
#define FETCH_PROGRESS_TIMEOUTS 5u
#define FETCH_PROGRESS_RATE     14u
/* A line without traffic is probed: most NATs forget it after 5 minutes. */
#define FETCH_KEEPALIVE_S 60u
/* A TLS session is resumed for no longer: so long is a certificate that was
 * revoked or has expired believed.  Servers' tickets live a day, too. */
#define FETCH_RESUME_S (24 * 60 * 60)
/* What OpenSSL reads at a time. */
#define FETCH_READ_AHEAD (128u * 1024)
/* Seconds that a server which may not be one is waited for: five times what a
 * greeting takes with a round trip by satellite and TLS. */
#define ADD_TRY_S 15u
/* The process that asks a server, as of the account's timeout: four times what
 * it may take to log in, and then some minutes for a listing of four million.
 * From SIGTERM to SIGKILL, when that is over. */
#define ADD_CHILD_TIMEOUTS 20u
#define ADD_CHILD_GRACE_MS 1000u
/* Waiting for the lock of an mbox: a large one takes a mail reader that long to
 * write anew.  Between two looks, with half as much by chance. */
#define FETCH_MBOX_LOCK_MS  (60u * 1000u)
#define FETCH_MBOX_RETRY_MS 100u
/* A dot lock whose owner cannot be told is stale then: between Dovecot's 120 s
 * and procmail's 1,024 s. */
#define FETCH_MBOX_STALE_S (5 * 60)
/* Octets of a dot lock: what is larger is something else. */
#define FETCH_MBOX_DOT_MAX 256u

/* One run of a command: Postfix's command_time_limit. */
#define FETCH_COMMAND_MS (1000u * 1000u)
/* From SIGTERM to SIGKILL, when that is over. */
#define FETCH_COMMAND_GRACE_MS (5u * 1000u)

/* To one address of a mail server; TCP itself would try for two minutes. */
#define FETCH_SMTP_CONNECT_MS (30u * 1000u)
/* RFC 5321, section 4.5.3.2: to the greeting and to replies of EHLO, MAIL, RCPT
 * and RSET; to 354; while octets of a message go out; to the end's reply. */
#define FETCH_SMTP_REPLY_MS (5u * 60u * 1000u)
#define FETCH_SMTP_DATA_MS  (2u * 60u * 1000u)
#define FETCH_SMTP_BLOCK_MS (3u * 60u * 1000u)
#define FETCH_SMTP_END_MS   (10u * 60u * 1000u)
/* To that of QUIT, whose reply changes nothing. */
#define FETCH_SMTP_QUIT_MS (2u * 1000u)
/* Lines of one reply: Exim's EHLO has fifteen. */
#define FETCH_SMTP_LINES_MAX 100u
/* Octets of an address: RFC 5321, section 4.5.3.1.3, less the brackets. */
#define FETCH_SMTP_ADDRESS_MAX 254u

/* watch: between two visits, after failures. */
#define FETCH_PAUSE_MAX_S 3600u
#define FETCH_TICK_MS     100u

/* -- list, check, show, delete */

#define LOOK_BLOCKS 8u
/* Octets of an answer to TOP n 0 that are let come. */
#define LOOK_HEAD_OCTETS_MAX (16u * 1024u * 1024u)
#define LOOK_HEAD_MAX        (64u * 1024u)
#define LOOK_TEXT_OCTETS     (64u * 1024u)
/* Rounds of SCRAM's hash that a server may ask for: they are counted in the
 * loop, which has other accounts to see to (a million take 0.3 s); and the
 * fewest when somebody may listen or pose as it: RFC 7677, section 4. */
#define FETCH_SCRAM_ROUNDS_MAX 1000000ull
#define FETCH_SCRAM_ROUNDS_MIN 4096ull

#endif
