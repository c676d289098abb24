/* The classifier of messages. Called by the sqs source for each message; owns nothing but what it returns.
 *
 * It reads with the same reader as the rules do, and gives records on as they are spelled. */
#include "agent/source/envelope.h"

#include <stdio.h>

#include "base/aws/s3.h"
#include "base/inflate.h"
#include "base/net/crypto.h"
#include "rules/event/tree.h"

/* One message while it is read. */
struct scan {
	struct envelope *out;
	struct arena arena;
};

static void classify_text(struct scan *x, struct sv text, int layer);
static void classify(struct scan *x, const struct tree *t, int layer);

/* --- verdicts -------------------------------------------------------------------------------------- */

static void unknown(struct scan *x, const char *what, struct sv sample)
{
	struct buf shown = {0};
	if (x->out->n_unknown++)
		return;
	buf_adds(&shown, what);
	buf_add_printable(&shown, sv_head(sample, 80));
	snprintf(x->out->looks_like, sizeof x->out->looks_like, "%.*s", SV_ARG(buf_sv(&shown)));
	buf_fini(&shown);
}

static void ignored(struct scan *x, const char *form)
{
	x->out->form = form;
	x->out->n_ignored++;
}

static void event(struct scan *x, struct sv record, const char *form)
{
	x->out->form = form;
	x->out->n_events++;
	buf_add(&x->out->events, record);
	buf_addc(&x->out->events, '\n');
}

static struct sv without_quotes(struct sv s)
{
	return s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"' ? sv_of(s.ptr + 1, s.len - 2) : s;
}

/* `key` is taken. */
static void object(
    struct scan *x, struct sv bucket, char *key, const struct tree *size, struct sv etag, const char *form)
{
	bool valid = s3_bucket_valid(bucket) && *key;
	if (!valid || x->out->objects.n == ENVELOPE_OBJECTS) {
		unknown(x,
		    valid ? "a notice about more objects than AWS ever names, in bucket "
			  : "a notice about an object, with a wrong name of its bucket or none: ",
		    bucket);
		free(key);
		return;
	}
	struct envelope_object o = {.bucket = heap_text(bucket), .key = key, .size = -1};
	sv_int(tree_text(size), 0, INT64_MAX, &o.size);
	etag = without_quotes(etag);
	o.etag = etag.len ? heap_text(etag) : NULL;
	x->out->form = form;
	vec_push(&x->out->objects, o);
}

/* --- forms ----------------------------------------------------------------------------------------- */

static struct sv text_at(const struct tree *t, const char *path)
{
	const struct tree *v = tree_at(t, path);
	return v && v->type == TREE_STRING ? v->text : (struct sv){NULL, 0};
}

static bool text_is(const struct tree *t, const char *path, struct sv want)
{
	return sv_eq(text_at(t, path), want);
}

static const struct tree *array_at(const struct tree *t, struct sv key)
{
	const struct tree *v = tree_get(t, key);
	return v && v->type == TREE_ARRAY ? v : NULL;
}

/* One entry of an S3 event notification. */
static void s3_record(struct scan *x, const struct tree *t)
{
	static const char form[] = "S3 event notification";
	if (!text_at(t, "eventName").len) {
		unknown(x, "a record of S3 that does not say what happened", SV(""));
		return;
	}
	if (!sv_starts(text_at(t, "eventName"), SV("ObjectCreated:"))) {
		ignored(x, form);
		return;
	}
	object(x, text_at(t, "s3.bucket.name"), s3_decode_key(text_at(t, "s3.object.key")),
	    tree_at(t, "s3.object.size"), text_at(t, "s3.object.eTag"), form);
}

static void eventbridge(struct scan *x, const struct tree *t, const struct tree *detail)
{
	if (tree_get(detail, SV("eventVersion"))) {
		event(x, detail->raw, "EventBridge event via CloudTrail");
	} else if (text_is(t, "source", SV("aws.s3")) && text_is(t, "detail-type", SV("Object Created"))) {
		object(x, text_at(detail, "bucket.name"), heap_text(text_at(detail, "object.key")),
		    tree_at(detail, "object.size"), text_at(detail, "object.etag"),
		    "EventBridge event of S3");
	} else {
		ignored(x, "EventBridge event");
	}
}

/* CloudTrail's own notice: keys as they are. */
static void trail_notice(struct scan *x, const struct tree *t, const struct tree *keys)
{
	static const char form[] = "CloudTrail's SNS notice";
	for (size_t i = 0; i < keys->n; i++)
		object(x, text_at(t, "s3Bucket"),
		    heap_text(keys->items[i].type == TREE_STRING ? keys->items[i].text : SV("")), NULL,
		    SV(""), form);
	if (!keys->n)
		ignored(x, form);
}

static void log_events(struct scan *x, const struct tree *t, int layer)
{
	static const char form[] = "CloudWatch Logs subscription";
	const struct tree *events = array_at(t, SV("logEvents"));
	if (!events || !events->n || text_is(t, "messageType", SV("CONTROL_MESSAGE"))) {
		ignored(x, form);
		return;
	}
	for (size_t i = 0; i < events->n; i++)
		classify_text(x, text_at(&events->items[i], "message"), layer + 1);
}

static void notification(struct scan *x, const struct tree *t, struct sv message, int layer)
{
	if (!text_is(t, "Type", SV("Notification"))) {
		unknown(x, "a message of SNS about a subscription, which a person must confirm: ",
		    text_at(t, "TopicArn"));
		return;
	}
	classify_text(x, message, layer + 1);
}

/* --- recognising ----------------------------------------------------------------------------------- */

static bool looks_like_event(const struct tree *t)
{
	const struct tree *version = tree_get(t, SV("eventVersion"));
	return version && (tree_get(t, SV("eventSource")) || tree_get(t, SV("eventID")));
}

static void unknown_object(struct scan *x, const struct tree *t)
{
	struct buf keys = {0};
	for (size_t i = 0; i < t->n && keys.len < 60; i++)
		buf_printf(&keys, "%s%.*s", i ? ", " : "", SV_ARG(sv_head(t->keys[i], 30)));
	unknown(x, "an object with ", keys.len ? buf_sv(&keys) : SV("nothing in it"));
	buf_fini(&keys);
}

/* Objects that hold others. False: it is none of them. */
static bool container(struct scan *x, const struct tree *t, int layer)
{
	const struct tree *list;
	struct sv text;
	if ((text = text_at(t, "Message")).ptr && text_at(t, "Type").len)
		notification(x, t, text, layer);
	else if (text_at(t, "messageType").len && tree_get(t, SV("logEvents")))
		log_events(x, t, layer);
	else if ((text = text_at(t, "awslogs.data")).len)
		classify_text(x, text, layer + 1);
	else if ((list = array_at(t, SV("Records"))) || (list = array_at(t, SV("Events"))))
		classify(x, list, layer);
	else
		return false;
	return true;
}

static void classify_object(struct scan *x, const struct tree *t, int layer)
{
	const struct tree *part;
	if (text_is(t, "eventSource", SV("aws:s3")))
		s3_record(x, t);
	else if (looks_like_event(t))
		event(x, t->raw, "CloudTrail record");
	else if (text_at(t, "CloudTrailEvent").len)
		event(x, t->raw, "LookupEvents entry");
	else if (text_at(t, "detail-type").len && (part = tree_get(t, SV("detail"))) &&
		 part->type == TREE_OBJECT)
		eventbridge(x, t, part);
	else if (text_at(t, "s3Bucket").len && (part = array_at(t, SV("s3ObjectKey"))))
		trail_notice(x, t, part);
	else if (text_is(t, "Event", SV("s3:TestEvent")))
		ignored(x, "S3 test message");
	else if (!container(x, t, layer))
		unknown_object(x, t);
}

static void classify(struct scan *x, const struct tree *t, int layer)
{
	if (layer > ENVELOPE_LAYERS) {
		unknown(x, "more layers of envelopes than are taken off", SV(""));
	} else if (t->type == TREE_OBJECT) {
		classify_object(x, t, layer);
	} else if (t->type == TREE_STRING) {
		classify_text(x, t->text, layer + 1);
	} else if (t->type == TREE_ARRAY) {
		for (size_t i = 0; i < t->n; i++)
			classify(x, &t->items[i], layer + 1);
		if (!t->n)
			ignored(x, "an empty list");
	} else {
		unknown(x, "a JSON value that is no object: ", t->raw);
	}
}

/* Several records, a line each. False when a line is no JSON: then nothing was taken. */
static bool classify_lines(struct scan *x, struct sv text, int layer)
{
	VEC(const struct tree *) lines = {0};
	struct sv line;
	bool good = true;
	while (good && sv_cut(&text, '\n', &line)) {
		const struct tree *t;
		line = sv_trim(line);
		if (!line.len)
			continue;
		good = line.ptr[0] == '{' && tree_read(&x->arena, line, &t, NULL) == RC_OK;
		if (good)
			vec_push(&lines, t);
	}
	for (size_t i = 0; good && i < lines.n; i++)
		classify(x, lines.items[i], layer);
	vec_fini(&lines);
	return good;
}

/* gzip in base64. False when it is not that. */
static bool classify_packed(struct scan *x, struct sv text, int layer)
{
	struct buf gzip = {0}, plain = {0};
	bool good = sv_starts(text, SV("H4sI")) && crypto_unbase64(text, &gzip, NULL) == RC_OK &&
		    inflate_whole(buf_sv(&gzip), ENVELOPE_INFLATED, &plain, NULL) == RC_OK;
	if (good)
		classify_text(x, arena_copy(&x->arena, buf_sv(&plain)), layer + 1);
	buf_fini(&gzip);
	buf_fini(&plain);
	return good;
}

static void classify_text(struct scan *x, struct sv text, int layer)
{
	const struct tree *t;
	text = sv_trim(text);
	if (layer > ENVELOPE_LAYERS)
		unknown(x, "more layers of envelopes than are taken off", SV(""));
	else if (!text.len)
		unknown(x, "an empty text", SV(""));
	else if (sv_eq(text, SV("CloudTrail validation message.")))
		ignored(x, "CloudTrail's validation message");
	else if (text.ptr[0] != '{' && text.ptr[0] != '[') {
		if (!classify_packed(x, text, layer))
			unknown(x, "a text: ", text);
	} else if (tree_read(&x->arena, text, &t, NULL) == RC_OK)
		classify(x, t, layer);
	else if (!classify_lines(x, text, layer))
		unknown(x, "broken JSON: ", text);
}

void envelope_read(struct sv body, struct envelope *out)
{
	struct scan x = {.out = out};
	classify_text(&x, body, 0);
	arena_fini(&x.arena);
}

void envelope_fini(struct envelope *x)
{
	for (size_t i = 0; i < x->objects.n; i++) {
		free(x->objects.items[i].bucket);
		free(x->objects.items[i].key);
		free(x->objects.items[i].etag);
	}
	vec_fini(&x->objects);
	buf_fini(&x->events);
	*x = (struct envelope){0};
}
