/* The SigV4 signer. Called by every AWS client, once an attempt; owns nothing. Texts and derived keys that
 * come from the secret are wiped before it returns. */
#include "base/aws/sigv4.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/net/crypto.h"

#include <strings.h>

#define ALGORITHM "AWS4-HMAC-SHA256"
#define HEX_SHA256 (2 * CRYPTO_SHA256_BYTES + 1)

void sigv4_trace_fini(struct sigv4_trace *t)
{
	crypto_wipe(t->canonical.ptr, t->canonical.cap); /* it holds the session token */
	buf_fini(&t->canonical);
	buf_fini(&t->to_sign);
}

static bool unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_' || c == '.' || c == '~';
}

void sigv4_encode(struct sv s, bool keep_slash, struct buf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (unreserved(s.ptr[i]) || (keep_slash && c == '/')) {
			buf_addc(out, s.ptr[i]);
			continue;
		}
		char three[3] = {'%', digits[c >> 4], digits[c & 15]};
		buf_add(out, sv_of(three, 3));
	}
}

void sigv4_param(struct buf *out, const char *name, struct sv value)
{
	if (out->len)
		buf_addc(out, '&');
	sigv4_encode(sv_from(name), false, out);
	buf_addc(out, '=');
	sigv4_encode(value, false, out);
}

/* --- the URL --------------------------------------------------------------------------------------- */

struct url {
	struct sv host; /* as curl puts it into Host: without a port that is the scheme's own */
	struct sv path, query;
};

/* The URLs are our own work (base/aws/endpoint.h), so that a plain split is enough. */
static bool split_url(const char *text, struct url *out)
{
	struct sv rest = sv_from(text);
	bool https = sv_starts(rest, SV("https://"));
	if (!https && !sv_starts(rest, SV("http://")))
		return false;
	rest = sv_skip(rest, https ? 8 : 7);
	rest = sv_head(rest, sv_find_char(rest, '#'));
	size_t authority = 0;
	while (authority < rest.len && rest.ptr[authority] != '/' && rest.ptr[authority] != '?')
		authority++;
	struct sv host = sv_head(rest, authority), own_port = https ? SV(":443") : SV(":80");
	size_t at = sv_find_char(host, '@');
	if (at != SV_NONE)
		host = sv_skip(host, at + 1);
	if (sv_ends(host, own_port))
		host = sv_head(host, host.len - own_port.len);
	rest = sv_skip(rest, authority);
	size_t mark = sv_find_char(rest, '?');
	*out = (struct url){host, sv_head(rest, mark), sv_skip(rest, mark == SV_NONE ? rest.len : mark + 1)};
	return host.len > 0;
}

/* RFC 3986, 5.2.4, and empty segments go too. A `/` at the end stays while anything is in front of it. */
static void normalise_path(struct sv path, struct buf *out)
{
	VEC(struct sv) kept = {0};
	struct sv rest = path, segment;
	while (sv_cut(&rest, '/', &segment)) {
		if (sv_eq(segment, SV("..")))
			kept.n -= kept.n > 0;
		else if (segment.len && !sv_eq(segment, SV(".")))
			vec_push(&kept, segment);
	}
	for (size_t i = 0; i < kept.n; i++) {
		buf_addc(out, '/');
		buf_add(out, kept.items[i]);
	}
	if (!kept.n || sv_ends(path, SV("/")))
		buf_addc(out, '/');
	vec_fini(&kept);
}

static void canonical_path(struct sv path, enum sigv4_rules rules, struct buf *out)
{
	if (!path.len)
		path = SV("/");
	if (rules == SIGV4_S3) {
		buf_add(out, path);
		return;
	}
	struct buf normal = {0};
	normalise_path(path, &normal);
	sigv4_encode(buf_sv(&normal), true, out);
	buf_fini(&normal);
}

struct pair {
	struct sv name, value;
};
struct pairs {
	VEC(struct pair) list;
};

/* Stable: pairs that compare equal stay in their order. */
static void sort_pairs(struct pairs *p, int (*cmp)(const struct pair *a, const struct pair *b))
{
	for (size_t i = 1; i < p->list.n; i++)
		for (size_t k = i; k > 0 && cmp(&p->list.items[k - 1], &p->list.items[k]) > 0; k--) {
			struct pair swap = p->list.items[k];
			p->list.items[k] = p->list.items[k - 1];
			p->list.items[k - 1] = swap;
		}
}

static int by_name_then_value(const struct pair *a, const struct pair *b)
{
	int order = sv_cmp(a->name, b->name);
	return order ? order : sv_cmp(a->value, b->value);
}

static void canonical_query(struct sv query, struct buf *out)
{
	struct pairs p = {0};
	struct sv rest = query, part;
	while (query.len && sv_cut(&rest, '&', &part)) {
		size_t equals = sv_find_char(part, '=');
		vec_push(&p.list, (struct pair){sv_head(part, equals),
				      sv_skip(part, equals == SV_NONE ? part.len : equals + 1)});
	}
	sort_pairs(&p, by_name_then_value);
	for (size_t i = 0; i < p.list.n; i++) {
		buf_adds(out, i ? "&" : "");
		buf_add(out, p.list.items[i].name);
		buf_addc(out, '=');
		buf_add(out, p.list.items[i].value);
	}
	vec_fini(&p.list);
}

/* --- headers --------------------------------------------------------------------------------------- */

/* What the signer itself sets. */
static bool own_header(struct sv name)
{
	static const char *const own[] = {
	    "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"};
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (sv_eq_nocase(name, sv_from(own[i])))
			return true;
	return false;
}

/* Hop-by-hop headers, and what proxies and tracers rewrite on the way. */
static bool unsigned_header(struct sv name)
{
	static const char *const left_out[] = {"connection", "expect", "keep-alive", "te", "trailer",
	    "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id"};
	for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
		if (sv_eq_nocase(name, sv_from(left_out[i])))
			return true;
	return sv_eq_nocase(sv_head(name, 6), SV("proxy-")) || sv_eq_nocase(name, SV("host"));
}

static struct pair split_header(const char *line)
{
	struct sv rest = sv_from(line), name = {0};
	sv_cut(&rest, ':', &name);
	return (struct pair){name, sv_trim(rest)};
}

static void remove_own_headers(struct http_request *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->headers.n; i++) {
		char *line = r->headers.items[i];
		if (own_header(split_header(line).name))
			free(line);
		else
			r->headers.items[kept++] = line;
	}
	r->headers.n = kept;
}

static int by_name_nocase(const struct pair *a, const struct pair *b)
{
	size_t n = a->name.len < b->name.len ? a->name.len : b->name.len;
	int order = n ? strncasecmp(a->name.ptr, b->name.ptr, n) : 0;
	return order ? order : (a->name.len > b->name.len) - (a->name.len < b->name.len);
}

static void add_lower(struct sv s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++)
		buf_addc(out, s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + 32) : s.ptr[i]);
}

/* With inner runs of blanks as one. */
static void add_folded(struct sv s, struct buf *out)
{
	bool blank = false;
	for (size_t i = 0; i < s.len; i++) {
		bool was = blank;
		blank = s.ptr[i] == ' ' || s.ptr[i] == '\t';
		if (!blank)
			buf_addc(out, s.ptr[i]);
		else if (!was)
			buf_addc(out, ' ');
	}
}

/* `name:value\n` for each, duplicates joined by `,`; and the list `a;b` of what was signed. */
static void canonical_headers(
    const struct http_request *r, struct sv host, struct buf *lines, struct buf *names)
{
	struct pairs p = {0};
	vec_push(&p.list, (struct pair){SV("host"), host});
	for (size_t i = 0; i < r->headers.n; i++) {
		struct pair h = split_header(r->headers.items[i]);
		if (!unsigned_header(h.name))
			vec_push(&p.list, h);
	}
	sort_pairs(&p, by_name_nocase);
	for (size_t i = 0; i < p.list.n; i++) {
		const struct pair *h = &p.list.items[i];
		if (i && sv_eq_nocase(h->name, p.list.items[i - 1].name)) {
			buf_addc(lines, ',');
		} else {
			buf_adds(lines, i ? "\n" : "");
			add_lower(h->name, lines);
			buf_addc(lines, ':');
			buf_adds(names, i ? ";" : "");
			add_lower(h->name, names);
		}
		add_folded(h->value, lines);
	}
	buf_addc(lines, '\n');
	vec_fini(&p.list);
}

/* --- the signature --------------------------------------------------------------------------------- */

/* HMAC chain from the secret to the hex signature. */
static void signature(const struct sigv4_keys *keys, struct sv day, const struct sigv4_scope *scope,
    struct sv to_sign, char out[HEX_SHA256])
{
	unsigned char key[CRYPTO_SHA256_BYTES];
	const struct sv steps[] = {
	    day, sv_from(scope->region), sv_from(scope->service), SV("aws4_request"), to_sign};
	struct buf first = {0};
	buf_room(&first, keys->secret.len + 4); /* one piece: growing would leave copies behind */
	buf_adds(&first, "AWS4");
	buf_add(&first, keys->secret);
	struct sv with = buf_sv(&first);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		unsigned char next[CRYPTO_SHA256_BYTES];
		crypto_hmac_sha256(with, steps[i], next);
		memcpy(key, next, sizeof key);
		crypto_wipe(next, sizeof next);
		with = sv_of(key, sizeof key);
	}
	crypto_hex(key, sizeof key, out);
	crypto_wipe(key, sizeof key);
	crypto_wipe(first.ptr, first.cap);
	buf_fini(&first);
}

/* 20261124T030405Z */
static void amz_date(int64_t ms, char out[17])
{
	struct clk_parts p = clk_parts_utc(ms);
	char text[64];
	snprintf(text, sizeof text, "%04d%02d%02dT%02d%02d%02dZ", p.year, p.month, p.day, p.hour, p.minute,
	    p.second);
	memcpy(out, text, 16);
	out[16] = 0;
}

static void canonical_request(const struct http_request *r, const struct url *url,
    const struct sigv4_scope *scope, const char *payload_hash, struct buf *out, struct buf *signed_names)
{
	buf_printf(out, "%s\n", r->method);
	canonical_path(url->path, scope->rules, out);
	buf_addc(out, '\n');
	canonical_query(url->query, out);
	buf_addc(out, '\n');
	canonical_headers(r, url->host, out, signed_names);
	buf_addc(out, '\n');
	buf_add(out, buf_sv(signed_names));
	buf_printf(out, "\n%s", payload_hash);
}

enum rc sigv4_sign(struct http_request *r, const struct sigv4_scope *scope, const struct sigv4_keys *keys,
    int64_t now_ms, struct sigv4_trace *trace, struct err *e)
{
	struct url url;
	if (!split_url(r->url, &url))
		return err_set(e, RC_INPUT, "can't sign a request whose URL has no host");
	char date[17], body_hash[HEX_SHA256], request_hash[HEX_SHA256], hex[HEX_SHA256];
	struct sv day = sv_of(date, 8);
	amz_date(now_ms, date);
	crypto_sha256_hex(buf_sv(&r->body), body_hash);
	const char *payload_hash = scope->payload_hash ? scope->payload_hash : body_hash;

	remove_own_headers(r);
	http_request_header(r, "X-Amz-Date", sv_from(date));
	if (keys->token.len)
		http_request_header(r, "X-Amz-Security-Token", keys->token);
	if (scope->rules == SIGV4_S3)
		http_request_header(r, "X-Amz-Content-Sha256", sv_from(payload_hash));

	struct sigv4_trace own = {0};
	struct buf names = {0}, authorization = {0};
	canonical_request(r, &url, scope, payload_hash, &own.canonical, &names);
	crypto_sha256_hex(buf_sv(&own.canonical), request_hash);
	buf_printf(&own.to_sign, ALGORITHM "\n%s\n%.*s/%s/%s/aws4_request\n%s", date, SV_ARG(day),
	    scope->region, scope->service, request_hash);
	signature(keys, day, scope, buf_sv(&own.to_sign), hex);
	buf_printf(&authorization,
	    ALGORITHM " Credential=%.*s/%.*s/%s/%s/aws4_request, SignedHeaders=%s, Signature=%s",
	    SV_ARG(keys->id), SV_ARG(day), scope->region, scope->service, names.ptr, hex);
	http_request_header(r, "Authorization", buf_sv(&authorization));
	buf_fini(&names);
	buf_fini(&authorization);
	if (trace)
		*trace = own;
	else
		sigv4_trace_fini(&own);
	return RC_OK;
}
