/* `kendrawatch verify`: does a bucket, or a copy of one, hold what CloudTrail delivered, all of it and
 * nothing else? */
#include "agent/command/commands.h"
#include "agent/digest/verify.h"
#include "base/clock.h"
#include "base/log.h"

static const struct cli_option options[] = {
    {"keys", "FILE", true,
	"public keys, as `aws cloudtrail list-public-keys` prints them; without it CloudTrail is asked"},
    {"since", "TIME", false,
	"from then on: a date, or a span back from now such as 30d (default: everything in a folder, 7d in "
	"S3)"},
    {"until", "TIME", false, "up to then (default: now)"},
    {"allow", "KIND", true, "a kind of finding that does not fail it, such as gap"},
    {"profile", "NAME", false, "profile of AWS's shared files, for S3 and for keys"},
    {"region", "NAME", false, "region of the bucket (default: as AWS's own tools)"},
    {"output", "FORM", false, "text (default) or json, one object a line for each place"},
};

#define S3_DAYS 7
#define DAY_MS ((int64_t)86400000)

struct job {
	struct cli *cli;
	struct keys keys;
	struct aws_client *aws; /* NULL: none could be made */
	struct err aws_trouble;
	struct verify with; /* what was asked for */
	bool json, until_given;
};

/* A span back from now, or a date. */
static bool read_time(const char *word, int64_t *out_ms)
{
	int64_t span;
	if (!clk_span(sv_from(word), &span))
		return clk_parse(sv_from(word), out_ms);
	*out_ms = clk_now_ms() - span;
	return true;
}

static enum exit_code read_allowed(struct job *job)
{
	size_t n;
	const char **words = cli_values(job->cli, "allow", &n), *near;
	enum exit_code code = EXIT_FINE;
	for (size_t i = 0; i < n && code == EXIT_FINE; i++) {
		enum flaw_kind kind;
		if (flaw_find(sv_from(words[i]), &kind, &near))
			job->with.allowed[kind] = true;
		else
			code = cli_usage(job->cli, "--allow: there is no kind \"%s\"%s%s%s", words[i],
			    near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	}
	free(words);
	return code;
}

static enum exit_code read_options(struct job *job)
{
	const struct cli *c = job->cli;
	const char *since = cli_value(c, "since"), *until = cli_value(c, "until"),
		   *output = cli_value(c, "output");
	if (!c->n_words)
		return cli_usage(c, "name a folder laid out as the bucket is, or s3://bucket/prefix");
	if (output && strcmp(output, "text") != 0 && strcmp(output, "json") != 0)
		return cli_usage(c, "--output is text or json, not \"%s\"", output);
	job->json = output && strcmp(output, "json") == 0;
	job->with.from_ms = INT64_MIN;
	job->with.to_ms = clk_now_ms();
	job->with.bounded = since != NULL;
	job->until_given = until != NULL;
	if (since && !read_time(since, &job->with.from_ms))
		return cli_usage(c, "--since is a date, or a span such as 30d, not \"%s\"", since);
	if (until && !read_time(until, &job->with.to_ms))
		return cli_usage(c, "--until is a date, or a span such as 1d, not \"%s\"", until);
	if (job->with.from_ms >= job->with.to_ms)
		return cli_usage(c, "--since is not before --until");
	return read_allowed(job);
}

static enum exit_code tell(const struct job *job, enum rc rc, const struct err *e)
{
	log_tell("kendrawatch verify: %s\n", e->text);
	(void)job;
	return rc == RC_NOTFOUND ? EXIT_INPUT : cli_exit_of(rc);
}

static enum exit_code load_keys(struct job *job)
{
	size_t n;
	struct err e = {0};
	const char **files = cli_values(job->cli, "keys", &n);
	enum rc rc = RC_OK;
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = keys_load(&job->keys, files[i], &e);
	free(files);
	if (rc != RC_OK)
		return tell(job, rc, &e);
	bool needed = !n;
	for (size_t i = 0; i < job->cli->n_words; i++)
		needed |= place_is_s3(job->cli->words[i]);
	if (!needed)
		return EXIT_FINE;
	struct aws_options o = {.credentials = {.profile = cli_value(job->cli, "profile")},
	    .region = cli_value(job->cli, "region"),
	    .max_reply_bytes = PLACE_MAX_BYTES,
	    .max_in_flight = 16};
	rc = aws_client_new(&o, &job->aws, &job->aws_trouble);
	if (rc == RC_OK && !n)
		job->keys.aws = job->aws;
	else if (rc != RC_OK && !n)
		job->keys.trouble = heap_copy(job->aws_trouble.text);
	return EXIT_FINE;
}

static enum exit_code verify_place(struct job *job, const char *word)
{
	struct verify v = job->with;
	struct err e = {0};
	bool s3 = place_is_s3(word);
	v.keys = &job->keys;
	v.now_ms = s3 && !job->until_given ? v.to_ms : INT64_MIN;
	if (s3 && !v.bounded)
		v.from_ms = v.to_ms - S3_DAYS * DAY_MS;
	enum rc rc = !s3        ? place_folder(word, &v.place, &e)
		     : job->aws ? place_s3(word, job->aws, &v.place, &e)
				: (e = job->aws_trouble).rc;
	if (rc == RC_OK)
		rc = verify_run(&v, &e);
	if (rc != RC_OK)
		err_at(&e, "%s", word);
	enum exit_code code = rc != RC_OK ? tell(job, rc, &e) : verify_failures(&v) ? EXIT_FOUND : EXIT_FINE;
	if (rc == RC_OK) {
		struct buf out = {0};
		struct jout j = jout_on(&out);
		if (job->json) {
			verify_json(&v, word, &j);
			buf_addc(&out, '\n');
		} else {
			verify_text(&v, word, cli_colours(), &out);
		}
		cli_print(buf_sv(&out));
		buf_fini(&out);
	}
	verify_fini(&v);
	place_free(v.place);
	return code;
}

static enum exit_code run(struct cli *c)
{
	struct job job = {.cli = c};
	enum exit_code code = read_options(&job);
	if (code == EXIT_FINE)
		code = load_keys(&job);
	for (size_t i = 0; i < c->n_words && (code == EXIT_FINE || code == EXIT_FOUND); i++) {
		enum exit_code one = verify_place(&job, c->words[i]);
		code = one == EXIT_FINE ? code : one;
	}
	keys_fini(&job.keys);
	aws_client_free(job.aws);
	return code;
}

const struct command cli_verify = {"verify", options, sizeof options / sizeof *options, run};
