// SPDX-License-Identifier: ISC
/*
 * exit_code.h - what the end of a delivering program means.
 */
#ifndef FETCH_SINK_EXIT_CODE_H
#define FETCH_SINK_EXIT_CODE_H

#include "fetch/why.h"

/* Of waitpid's status; WHY_NONE: it has the message. */
enum why_kind exit_kind(int status);

/* "exit code 65 (EX_DATAERR: a wrong message)", or "signal 11 (Segmentation
 * fault)". */
#define EXIT_TEXT_MAX 100u
void exit_text(int status, char text_r[EXIT_TEXT_MAX]);

#endif
