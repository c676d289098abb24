/* Keys of digests. One thread at a time: verify's, or that of the source that has them. */
#include "agent/digest/keys.h"

#include "base/aws/cloudtrail.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/jdoc.h"

#define MAX_FILE_BYTES ((size_t)4 << 20)
#define MAX_PAGES 50
#define QUIET_MS 60000

void keys_fini(struct keys *k)
{
	for (size_t i = 0; i < k->known.n; i++)
		crypto_rsa_free(k->known.entries[i].value);
	map_fini(&k->known);
	map_fini(&k->asked);
	free(k->trouble);
	*k = (struct keys){0};
}

static enum rc add_key(struct keys *k, const struct jdoc *item, struct err *e)
{
	struct sv value = jdoc_text(item, "Value"), fingerprint = jdoc_text(item, "Fingerprint");
	struct buf der = {0};
	struct crypto_rsa *key;
	if (!value.len || !fingerprint.len)
		return err_set(e, RC_INPUT, "\"Value\" or \"Fingerprint\" is missing");
	enum rc rc = crypto_unbase64(value, &der, e);
	if (rc == RC_OK)
		rc = crypto_rsa_new(buf_sv(&der), &key, e);
	if (rc == RC_OK)
		crypto_rsa_free(map_put(&k->known, fingerprint, key));
	buf_fini(&der);
	return rc;
}

enum rc keys_add(struct keys *k, struct sv json, struct err *e)
{
	struct jdoc *root;
	enum rc rc = jdoc_read(json, &root, e);
	if (rc != RC_OK)
		return rc;
	const struct jdoc *list = jdoc_at(root, "PublicKeyList");
	if (!list)
		rc = err_set(e, RC_INPUT,
		    "has no \"PublicKeyList\"; it is what `aws cloudtrail list-public-keys` prints");
	for (size_t i = 0; i < jdoc_count(list) && rc == RC_OK; i++)
		if ((rc = add_key(k, jdoc_item(list, i), e)) != RC_OK)
			err_at(e, "PublicKeyList[%zu]", i);
	jdoc_free(root);
	return rc;
}

enum rc keys_load(struct keys *k, const char *path, struct err *e)
{
	struct buf json = {0};
	enum rc rc = file_read(path, MAX_FILE_BYTES, &json, e);
	if (rc == RC_OK && (rc = keys_add(k, buf_sv(&json), e)) != RC_OK)
		err_at(e, "%s", path);
	buf_fini(&json);
	return rc;
}

/* --- asking CloudTrail ------------------------------------------------------------------------------ */

struct page {
	struct keys *keys;
	char *token;
	enum rc rc;
	struct err err;
};

static void on_page(void *ctx, const struct aws_answer *a)
{
	struct page *p = ctx;
	free(p->token);
	p->token = NULL;
	if (a->failure.kind != FAILURE_NONE)
		return;
	p->rc = keys_add(p->keys, buf_sv(&a->reply->body), &p->err);
	p->token = cloudtrail_next_token(a->reply);
}

static bool is_stopped(void *ctx)
{
	const struct page *p = ctx;
	return p->keys->stopped && p->keys->stopped(p->keys->ctx);
}

static enum rc ask(struct keys *k, struct sv region, int64_t from_ms, int64_t to_ms, struct err *e)
{
	struct page page = {.keys = k};
	enum rc rc = RC_OK;
	for (int n = 0; rc == RC_OK && (!n || page.token) && n < MAX_PAGES; n++) {
		struct aws_request r = {0};
		cloudtrail_list_public_keys(from_ms, to_ms, sv_from(page.token), &r);
		r.region = heap_text(region);
		rc = aws_call(k->aws, &r, on_page, &page, is_stopped, e);
		if (rc == RC_OK && page.rc != RC_OK) {
			*e = page.err;
			rc = page.rc;
		}
	}
	free(page.token);
	return rc;
}

const struct crypto_rsa *keys_find(
    struct keys *k, struct sv fingerprint, struct sv region, int64_t from_ms, int64_t to_ms)
{
	const struct crypto_rsa *key = map_get(&k->known, fingerprint);
	struct err e = {0};
	if (key || !k->aws || map_has(&k->asked, fingerprint) || clk_mono_ms() < k->quiet_until_ms)
		return key;
	if (ask(k, region, from_ms, to_ms, &e) != RC_OK) {
		free(k->trouble);
		k->trouble = heap_copy(e.text);
		k->quiet_until_ms = clk_mono_ms() + QUIET_MS;
		return NULL;
	}
	free(k->trouble);
	k->trouble = NULL;
	key = map_get(&k->known, fingerprint);
	if (!key)
		map_put(&k->asked, fingerprint, k);
	return key;
}
