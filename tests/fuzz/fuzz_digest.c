/* Digests, their metadata, keys, names and logs: whoever can write to the bucket chooses them. The first byte
 * says which. */
#include "agent/digest/digest.h"
#include "agent/digest/keys.h"
#include "agent/ledger/trail_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv in = sv_of(data + 1, size ? size - 1 : 0);
	struct arena a = {0};
	struct digest d;
	struct digest_metadata m;
	struct trail_name n;
	struct keys k = {0};
	struct buf text = {0};
	char hash[DIGEST_HASH_TEXT];
	if (!size)
		return 0;
	if (data[0] == 'd' && digest_read(in, &a, &d, NULL) == RC_OK)
		digest_signed_text(&d, &text);
	else if (data[0] == 'm')
		digest_metadata_read(in, &a, &m, NULL);
	else if (data[0] == 'k')
		keys_add(&k, in, NULL);
	else if (data[0] == 'l')
		digest_log_hash(in, hash, NULL);
	else if (trail_name_read(in, &n) && n.account.len != 12)
		abort();
	keys_fini(&k);
	buf_fini(&text);
	arena_fini(&a);
	return 0;
}
