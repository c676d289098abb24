/* Folders of a trail in a bucket. Called by the s3 source on its thread; owns leaves and days. */
#include "agent/source/s3/walk.h"

#include "base/clock.h"
#include "base/heap.h"

#define MAX_DEPTH 12 /* folders in front of CloudTrail's own */
#define HOUR_MS ((int64_t)3600 * 1000)

/* The last folder of a prefix, without its slash; *out_rest is what stands in front of it. */
static struct sv last_folder(struct sv prefix, struct sv *out_rest)
{
	struct sv s = sv_head(prefix, prefix.len ? prefix.len - 1 : 0);
	size_t at = s.len;
	while (at && s.ptr[at - 1] != '/')
		at--;
	*out_rest = sv_head(s, at);
	return sv_skip(s, at);
}

static bool is_digests(struct sv folder)
{
	return sv_eq(folder, SV("CloudTrail-Digest"));
}

enum walk_kind walk_kind_of(struct sv prefix, bool digests)
{
	struct sv rest, above, last = last_folder(prefix, &rest);
	size_t depth = 0;
	struct sv parent = rest.len ? last_folder(rest, &above) : SV("");
	if (sv_eq(parent, SV("CloudTrail")) || (digests && is_digests(parent)))
		return WALK_LEAF;
	for (size_t i = 0; i < prefix.len; i++)
		depth += prefix.ptr[i] == '/';
	/* CloudTrail-Digest, CloudTrail-Insight, Config, elasticloadbalancing … stand beside CloudTrail. */
	bool beside = rest.len >= 2 && sv_find(rest, SV("AWSLogs/")) != SV_NONE && last.len &&
		      !sv_eq(last, SV("CloudTrail")) && !sv_starts(last, SV("o-")) &&
		      !(last.ptr[0] >= '0' && last.ptr[0] <= '9');
	beside = beside && !(digests && is_digests(last));
	return beside || depth > MAX_DEPTH ? WALK_SKIP : WALK_DESCEND;
}

void walk_fini(struct walk *w)
{
	for (size_t i = 0; i < w->leaves.n; i++) {
		struct walk_leaf *leaf = w->leaves.items[i];
		for (size_t d = 0; d < leaf->days.n; d++) {
			map_fini(&leaf->days.items[d]->known);
			free(leaf->days.items[d]);
		}
		vec_fini(&leaf->days);
		free(leaf->prefix);
		free(leaf->account);
		free(leaf->region);
		free(leaf);
	}
	vec_fini(&w->leaves);
}

struct walk_leaf *walk_leaf_of(struct walk *w, struct sv prefix)
{
	struct sv rest, above;
	for (size_t i = 0; i < w->leaves.n; i++)
		if (sv_eq(sv_from(w->leaves.items[i]->prefix), prefix))
			return w->leaves.items[i];
	struct walk_leaf *leaf = heap_zero(1, sizeof *leaf);
	leaf->prefix = heap_text(prefix);
	leaf->region = heap_text(last_folder(prefix, &rest));
	leaf->digests = is_digests(last_folder(rest, &above));
	leaf->account = heap_text(last_folder(above, &rest));
	vec_push(&w->leaves, leaf);
	return leaf;
}

void walk_days(struct walk_leaf *leaf, int64_t from_ms, int64_t to_ms)
{
	int64_t day = from_ms - from_ms % WALK_DAY_MS;
	if (leaf->days.n)
		day = leaf->days.items[leaf->days.n - 1]->start_ms + WALK_DAY_MS;
	for (; day <= to_ms; day += WALK_DAY_MS) {
		struct walk_day *d = heap_zero(1, sizeof *d);
		d->start_ms = day;
		vec_push(&leaf->days, d);
	}
}

void walk_day_prefix(const struct walk_leaf *leaf, const struct walk_day *day, struct buf *out)
{
	struct clk_parts p = clk_parts_utc(day->start_ms);
	buf_printf(out, "%s%04d/%02d/%02d/", leaf->prefix, p.year, p.month, p.day);
}

int64_t walk_stamp_ms(struct sv key)
{
	size_t slash = 0;
	int64_t ms;
	for (size_t i = 0; i < key.len; i++)
		slash = key.ptr[i] == '/' ? i + 1 : slash;
	struct sv name = sv_skip(key, slash), part;
	while (sv_cut(&name, '_', &part)) {
		char text[] = "20000101T000000Z";
		if (part.len != sizeof "20000101T0000Z" - 1 || part.ptr[8] != 'T' || part.ptr[13] != 'Z')
			continue;
		memcpy(text, part.ptr, 13);
		if (clk_parse(sv_from(text), &ms))
			return ms;
	}
	return -1;
}

static int64_t over_ms(const struct walk_day *day)
{
	return day->start_ms + WALK_DAY_MS + WALK_LATE_MS;
}

bool walk_day_done(const struct walk_day *day)
{
	return day->marked || (day->listed_ms > over_ms(day) && !day->n_open && !day->failed);
}

bool walk_due(
    const struct walk_leaf *leaf, const struct walk_day *day, int64_t now_ms, struct buf *start_after)
{
	if (walk_day_done(day))
		return false;
	if (!day->listed_ms || now_ms - day->listed_ms >= HOUR_MS)
		return true;
	if (leaf->digests)
		return now_ms - day->listed_ms >= WALK_DIGESTS_MS;
	int64_t recent = now_ms - WALK_RECENT_MS;
	if (recent >= day->start_ms + WALK_DAY_MS)
		return false; /* its new files are late ones: the hourly listing finds them */
	if (recent > day->start_ms) {
		struct clk_parts p = clk_parts_utc(recent);
		walk_day_prefix(leaf, day, start_after);
		buf_printf(start_after, "%s_CloudTrail_%s_%04d%02d%02dT%02d%02dZ", leaf->account,
		    leaf->region, p.year, p.month, p.day, p.hour, p.minute);
	}
	return true;
}
