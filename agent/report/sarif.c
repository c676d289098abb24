/* SARIF 2.1.0 (OASIS, 2020) with what code scanning reads: rules with help, regions in code points, URIs
 * relative to the working folder, fingerprints that outlive moved lines. */
#include "agent/report/report.h"
#include "agent/report/source_text.h"
#include "base/jout.h"
#include "base/map.h"
#include "base/net/crypto.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static const char *level_of(enum fault_level level)
{
	return fault_level_name(level); /* SARIF has the same three words */
}

static void message(struct jout *j, const char *key, const char *text)
{
	jout_key(j, key);
	jout_begin_object(j);
	jout_kv(j, "text", sv_from(text));
	jout_end_object(j);
}

/* RFC 3986: what may stand in a path stays, the rest is percent-encoded. */
static void write_uri(struct jout *j, const char *path)
{
	struct buf uri = {0};
	char *relative = source_relative(path);
	if (relative[0] == '/')
		buf_adds(&uri, "file://");
	for (const char *p = relative; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			     (*p >= '0' && *p <= '9') || strchr("-._~/", *p);
		if (plain)
			buf_addc(&uri, *p);
		else
			buf_printf(&uri, "%%%02X", (unsigned char)*p);
	}
	jout_key(j, "artifactLocation");
	jout_begin_object(j);
	jout_kv(j, "uri", buf_sv(&uri));
	if (relative[0] != '/')
		jout_kv(j, "uriBaseId", SV("%SRCROOT%"));
	jout_end_object(j);
	buf_fini(&uri);
	free(relative);
}

static void write_rules(struct jout *j, const size_t *index)
{
	jout_key(j, "rules");
	jout_begin_array(j);
	for (size_t i = 0; i < FAULT_CODE_COUNT; i++) {
		enum fault_code code = (enum fault_code)i;
		if (!index[i])
			continue;
		jout_begin_object(j);
		jout_kv(j, "id", sv_from(fault_code_name(code)));
		message(j, "shortDescription", fault_code_what(code));
		message(j, "help", fault_code_advice(code));
		jout_end_object(j);
	}
	jout_end_array(j);
}

/* Hash of kind, file, text of the line, and how often that came before: stays when lines move. */
static void write_fingerprint(
    struct jout *j, const struct fault *f, const struct source_span *span, struct map *seen)
{
	char hex[2 * CRYPTO_SHA256_BYTES + 1];
	char *relative = source_relative(f->file);
	struct sv line = sv_trim(span->line);
	char *identity = heap_printf(
	    "%s\n%s\n%.*s\n%s", fault_code_name(f->code), relative, SV_ARG(line), span->found ? "" : f->text);
	size_t n = (size_t)(uintptr_t)map_get(seen, sv_from(identity)) + 1;
	map_put(seen, sv_from(identity), (void *)(uintptr_t)n);
	char *counted = heap_printf("%s\n%zu", identity, n);
	crypto_sha256_hex(sv_from(counted), hex);
	jout_key(j, "partialFingerprints");
	jout_begin_object(j);
	jout_kv(j, "kendrawatchFault/v1", sv_head(sv_from(hex), 32));
	jout_end_object(j);
	free(counted);
	free(identity);
	free(relative);
}

static void write_region(struct jout *j, const struct fault *f, const struct source_span *span)
{
	if (f->line <= 0)
		return;
	jout_key(j, "region");
	jout_begin_object(j);
	jout_kv_int(j, "startLine", f->line);
	jout_kv_int(j, "startColumn", f->col > 0 ? f->col : 1);
	if (span->found && span->end_col > f->col)
		jout_kv_int(j, "endColumn", span->end_col);
	if (span->found) {
		jout_key(j, "snippet");
		jout_begin_object(j);
		jout_kv(j, "text", span->line);
		jout_end_object(j);
	}
	jout_end_object(j);
}

static void write_result(
    struct jout *j, const struct fault *f, size_t rule, struct source_cache *sources, struct map *seen)
{
	struct source_span span = source_find(sources, f);
	jout_begin_object(j);
	jout_kv(j, "ruleId", sv_from(fault_code_name(f->code)));
	jout_kv_int(j, "ruleIndex", (int64_t)rule);
	jout_kv(j, "level", sv_from(level_of(f->level)));
	message(j, "message", f->text);
	jout_key(j, "locations");
	jout_begin_array(j);
	jout_begin_object(j);
	jout_key(j, "physicalLocation");
	jout_begin_object(j);
	write_uri(j, f->file);
	write_region(j, f, &span);
	jout_end_object(j);
	jout_end_object(j);
	jout_end_array(j);
	write_fingerprint(j, f, &span, seen);
	jout_end_object(j);
}

static void write_tool(struct jout *j, const size_t *index)
{
	jout_key(j, "tool");
	jout_begin_object(j);
	jout_key(j, "driver");
	jout_begin_object(j);
	jout_kv(j, "name", SV("kendrawatch"));
	jout_kv(j, "version", SV(KW_VERSION));
	write_rules(j, index);
	jout_end_object(j);
	jout_end_object(j);
}

void report_sarif(const struct report *r, struct buf *out)
{
	size_t index[FAULT_CODE_COUNT] = {0}, n = 0; /* place among the rules, from 1; 0: not used */
	struct source_cache sources = {.masked = r->masked};
	struct map seen = {0};
	struct jout j = jout_on(out);
	for (size_t i = 0; i < r->faults->list.n; i++)
		index[r->faults->list.items[i].code] = 1;
	for (size_t i = 0; i < FAULT_CODE_COUNT; i++)
		if (index[i])
			index[i] = ++n;
	jout_begin_object(&j);
	jout_kv(&j, "$schema", SV(SCHEMA));
	jout_kv(&j, "version", SV("2.1.0"));
	jout_key(&j, "runs");
	jout_begin_array(&j);
	jout_begin_object(&j);
	write_tool(&j, index);
	jout_kv(&j, "columnKind", SV("unicodeCodePoints"));
	jout_key(&j, "results");
	jout_begin_array(&j);
	for (size_t i = 0; i < r->faults->list.n; i++) {
		const struct fault *f = &r->faults->list.items[i];
		write_result(&j, f, index[f->code] - 1, &sources, &seen);
	}
	jout_end_array(&j);
	jout_end_object(&j);
	jout_end_array(&j);
	jout_end_object(&j);
	buf_addc(out, '\n');
	map_fini(&seen);
	source_cache_fini(&sources);
}
