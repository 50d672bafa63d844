// SPDX-License-Identifier: ISC
/*
 * main.c - restanted-session: speaks POP3 with clients.  Runs without root, in
 * an empty directory, with system calls for descriptors that it has and no
 * others. Trusts: nothing that comes from the network.
 */
#include "session/process.h"

int main(void)
{
	return process_main(NULL);
}
