/* JSON writer. One thread a writer. */
#include "base/jout.h"

#include <assert.h>

#include "base/ascii.h"
#include "base/utf8.h"

struct jout jout_on(struct buf *out)
{
	return (struct jout){.out = out, .first = 1};
}

static void before_value(struct jout *j)
{
	uint64_t bit = 1ull << j->depth;
	if (!j->after_key && !(j->first & bit))
		buf_addc(j->out, ',');
	j->first &= ~bit;
	j->after_key = false;
}

static void begin(struct jout *j, char c)
{
	before_value(j);
	buf_addc(j->out, c);
	assert(j->depth < 63);
	j->depth++;
	j->first |= 1ull << j->depth;
}

static void end(struct jout *j, char c)
{
	j->depth--;
	buf_addc(j->out, c);
}

void jout_begin_object(struct jout *j)
{
	begin(j, '{');
}

void jout_end_object(struct jout *j)
{
	end(j, '}');
}

void jout_begin_array(struct jout *j)
{
	begin(j, '[');
}

void jout_end_array(struct jout *j)
{
	end(j, ']');
}

void jout_key_sv(struct jout *j, struct sv key)
{
	before_value(j);
	jout_quote(j->out, key);
	buf_addc(j->out, ':');
	j->after_key = true;
}

void jout_key(struct jout *j, const char *key)
{
	jout_key_sv(j, sv_from(key));
}

void jout_string(struct jout *j, struct sv s)
{
	before_value(j);
	jout_quote(j->out, s);
}

void jout_int(struct jout *j, int64_t v)
{
	before_value(j);
	if (v < 0)
		buf_addc(j->out, '-');
	buf_add_uint(j->out, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void jout_bool(struct jout *j, bool v)
{
	before_value(j);
	buf_adds(j->out, v ? "true" : "false");
}

void jout_null(struct jout *j)
{
	before_value(j);
	buf_adds(j->out, "null");
}

void jout_fixed(struct jout *j, double v, int decimals)
{
	before_value(j);
	buf_printf(j->out, "%.*f", decimals, v);
}

void jout_raw(struct jout *j, struct sv json)
{
	before_value(j);
	buf_add(j->out, json);
}

void jout_kv(struct jout *j, const char *key, struct sv s)
{
	jout_key(j, key);
	jout_string(j, s);
}

void jout_kv_int(struct jout *j, const char *key, int64_t v)
{
	jout_key(j, key);
	jout_int(j, v);
}

void jout_kv_bool(struct jout *j, const char *key, bool v)
{
	jout_key(j, key);
	jout_bool(j, v);
}

static void quote_ascii(struct buf *out, char c)
{
	switch (c) {
	case '"': buf_adds(out, "\\\""); return;
	case '\\': buf_adds(out, "\\\\"); return;
	case '\n': buf_adds(out, "\\n"); return;
	case '\r': buf_adds(out, "\\r"); return;
	case '\t': buf_adds(out, "\\t"); return;
	default: break;
	}
	if ((unsigned char)c < 0x20 || c == 0x7f)
		buf_printf(out, "\\u%04x", (unsigned)(unsigned char)c);
	else
		buf_addc(out, c);
}

void jout_quote(struct buf *out, struct sv s)
{
	buf_addc(out, '"');
	while (s.len) {
		size_t plain = ascii_unescaped(s);
		buf_add(out, sv_head(s, plain));
		s = sv_skip(s, plain);
		if (!s.len)
			break;
		if ((unsigned char)s.ptr[0] < 0x80) {
			quote_ascii(out, s.ptr[0]);
			s = sv_skip(s, 1);
			continue;
		}
		struct sv before = s;
		if (utf8_next(&s) & UTF8_BAD)
			buf_adds(out, "\xef\xbf\xbd");
		else
			buf_add(out, sv_head(before, before.len - s.len));
	}
	buf_addc(out, '"');
}
