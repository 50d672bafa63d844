// SPDX-License-Identifier: ISC
/*
 * fuzz_proof.c - whatever stands where a proof should: what is taken apart is
 * what was written, and no stranger's certificate is taken.
 */
#include <openssl/evp.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "auth/external.h"
#include "fuzz.h"
#include "guard.h"
#include "ipc/proof.h"
#include "issuer.h"
#include "must.h"

static struct guard guard;
static struct external *external;

static void set_up(void)
{
	const struct issue what = { .kind = "P-256", .common_name = "A" };
	int fd = memfd_create("ca", MFD_CLOEXEC);
	struct issued root;

	guard_init(&guard, PACKET_PROOF_MAX + 1);
	issue(&what, &root);
	issued_write_certificate(&root, fd);
	must(lseek(fd, 0, SEEK_SET) == 0 &&
		 external_create(fd, CERTIFICATE_COMMON_NAME, &external) == 0,
	     "an authority");
	close(fd);
	issued_finish(&root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[PACKET_PROOF_MAX];
	struct external_user user;
	struct pop3_slice s;
	struct proof p;
	size_t len;

	if (external == NULL) {
		set_up();
	}
	if (size > PACKET_PROOF_MAX) {
		return 0;
	}
	s = guard_copy(&guard, pop3_slice_of(data, size));
	if (proof_parse(s.at, s.len, &p)) {
		must(proof_put(&p, again, &len) && len == size &&
			 memcmp(again, data, size) == 0,
		     "the same octets");
	}
	must(external_verify(external, s.at, s.len, &user) != EXTERNAL_OK,
	     "no stranger");
	must(user.why != NULL && user.len == 0, "a reason, and no name");
	return 0;
}
