/* Names of trail objects. Called on the analyst's thread for each object that was read, and by commands. */
#include "agent/ledger/trail_name.h"

#include "base/clock.h"

#define LOG_MARK SV("_CloudTrail_")
#define DIGEST_MARK SV("_CloudTrail-Digest_")
#define FOLDER SV("AWSLogs/")

static bool all_of(struct sv s, const char *allowed)
{
	for (size_t i = 0; i < s.len; i++)
		if (!s.ptr[i] || !strchr(allowed, s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool is_account(struct sv s)
{
	return s.len == 12 && all_of(s, "0123456789");
}

static bool is_region(struct sv s)
{
	return s.len >= 5 && s.len <= 30 && all_of(s, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

/* Takes the part behind the last `c` off *s. */
static bool cut_last(struct sv *s, char c, struct sv *out)
{
	size_t i = s->len;
	while (i && s->ptr[i - 1] != c)
		i--;
	if (!i)
		return false;
	*out = sv_skip(*s, i);
	s->len = i - 1;
	return true;
}

/* `20261124T0305Z`, or with seconds. */
static bool read_stamp(struct sv s, bool seconds, int64_t *out_ms)
{
	char text[17];
	size_t digits = seconds ? 6 : 4;
	if (s.len != 10 + digits || s.ptr[s.len - 1] != 'Z')
		return false;
	memcpy(text, s.ptr, 9 + digits);
	memcpy(text + 9 + digits, "00Z", 4 - (seconds ? 2 : 0));
	if (seconds)
		text[15] = 'Z';
	return clk_parse(sv_of(text, 16), out_ms);
}

static bool read_log(struct sv rest, struct trail_name *out)
{
	struct sv random, stamp;
	return cut_last(&rest, '_', &random) && random.len && cut_last(&rest, '_', &stamp) &&
	       read_stamp(stamp, false, &out->time_ms) && is_region(out->region = rest);
}

static bool read_digest(struct sv rest, struct trail_name *out)
{
	struct sv stamp;
	if (sv_ends(rest, SV("_backfill"))) {
		out->backfill = true;
		rest.len -= strlen("_backfill");
	}
	if (!cut_last(&rest, '_', &stamp) || !read_stamp(stamp, true, &out->time_ms) ||
	    !cut_last(&rest, '_', &out->home_region) || !is_region(out->home_region) ||
	    !sv_cut(&rest, '_', &out->region) || !is_region(out->region))
		return false;
	out->trail = rest;
	return rest.ptr && rest.len > 0;
}

/* Where the key begins: behind the last slash, or at AWSLogs/ when that is a folder of the path. */
static struct sv key_of(struct sv path, struct sv name)
{
	for (size_t at = 0, next; (next = sv_find(sv_skip(path, at), FOLDER)) != SV_NONE; at += next + 1)
		if (at + next == 0 || path.ptr[at + next - 1] == '/')
			return sv_skip(path, at + next);
	return name;
}

bool trail_name_read(struct sv path, struct trail_name *out)
{
	struct sv folder = path, name;
	if (!cut_last(&folder, '/', &name))
		name = path;
	*out = (struct trail_name){.key = key_of(path, name)};
	if (sv_ends(name, SV(".gz")))
		name.len -= 3;
	if (!sv_ends(name, SV(".json")) || name.len > 512)
		return false;
	name.len -= 5;
	out->account = sv_head(name, 12);
	struct sv rest = sv_skip(name, 12);
	if (!is_account(out->account))
		return false;
	if (sv_starts(rest, LOG_MARK))
		return read_log(sv_skip(rest, LOG_MARK.len), out);
	out->kind = TRAIL_DIGEST;
	return sv_starts(rest, DIGEST_MARK) && read_digest(sv_skip(rest, DIGEST_MARK.len), out);
}
