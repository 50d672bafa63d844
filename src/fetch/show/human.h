// SPDX-License-Identifier: ISC
/*
 * human.h - numbers as people read them: "3.4 MB", "0:27".
 */
#ifndef FETCH_SHOW_HUMAN_H
#define FETCH_SHOW_HUMAN_H

#include <stdint.h>

#define HUMAN_MAX 32u /* octets of any, with the NUL */

/* "512 B", "3.4 kB", "34 MB": powers of 1000; 6 columns at most but beyond
 * 999 EB, which 64 bits do not reach. */
void human_octets(uint64_t octets, char text_r[HUMAN_MAX]);

/* " 2/45 MB": both in the unit of the second, and as wide. */
void human_share(uint64_t octets, uint64_t of, char text_r[HUMAN_MAX]);

/* "0:27", "12:03", "5:12:03", "3 d 4 h". */
void human_left(uint64_t seconds, char text_r[HUMAN_MAX]);

/* "0.3 s", "27 s", "5 min 3 s", "2 h 5 min". */
void human_span(uint64_t ms, char text_r[HUMAN_MAX]);

/* A moment as RFC 3339 has it, in UTC: "2026-11-26T04:05:06.789Z". */
void human_time(uint64_t unix_ms, char text_r[HUMAN_MAX]);

/* A moment as people here say it: "14:05:06"; "?" if there is no such time. */
void human_time_of_day(int64_t unix_s, char text_r[HUMAN_MAX]);

#endif
