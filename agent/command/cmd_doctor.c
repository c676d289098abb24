/* `kendrawatch doctor`: is the way from AWS to a person whole? */
#include <unistd.h>

#include "agent/command/commands.h"
#include "agent/doctor/doctor.h"
#include "base/jout.h"
#include "base/log.h"

#define DEFAULT_CONFIG "/etc/kendrawatch/kendrawatch.yaml"

static const struct cli_option options[] = {
    {"config", "FILE", false, "configuration file (default: " DEFAULT_CONFIG ")"},
    {"trail", "NAME", true, "look at this trail (name or ARN) and no other"},
    {"offline", NULL, false, "ask nobody outside this machine"},
    {"iam", NULL, false, "print the least IAM policy for exactly this configuration, and ask nobody"},
    {"for", "WHAT", false, "with --iam: run (default), doctor or verify"},
    {"bucket", "NAME", true,
	"with --iam: a bucket that holds trail files, where the configuration names none"},
    {"kms-key", "ARN", true, "with --iam: a key that encrypts bucket, queue or topic"},
    {"output", "FORM", false, "text (default) or json"},
};

/* --- showing ---------------------------------------------------------------------------------------------
 */

#define STATION_WIDTH 24
#define TEXT_WIDTH 110

/* `text` in lines of at most TEXT_WIDTH, those after the first behind `indent` blanks. */
static void add_folded(struct buf *out, struct sv text, int indent)
{
	size_t room = TEXT_WIDTH - (size_t)indent;
	while (text.len > room) {
		size_t cut = room;
		while (cut > 0 && text.ptr[cut] != ' ')
			cut--;
		if (!cut)
			break;
		buf_printf(out, "%.*s\n%*s", SV_ARG(sv_head(text, cut)), indent, "");
		text = sv_skip(text, cut + 1);
	}
	buf_printf(out, "%.*s\n", SV_ARG(text));
}

static void show_text(const struct checkup *c, struct buf *out)
{
	const char *before = "";
	for (size_t i = 0; i < c->lines.n; i++) {
		const struct checkup_line *l = &c->lines.items[i];
		bool same = strcmp(before, l->station) == 0;
		int indent = 6 + STATION_WIDTH + 1;
		buf_printf(
		    out, "%-5s %-*s ", checkup_mark_name(l->mark), STATION_WIDTH, same ? "" : l->station);
		add_folded(out, sv_from(l->text), indent);
		if (l->advice && l->mark != CHECKUP_OK) {
			buf_printf(out, "%*s-> ", indent, "");
			add_folded(out, sv_from(l->advice), indent + 3);
		}
		before = l->station;
	}
	buf_printf(out, "%zu ok, %zu skipped, %zu warnings, %zu failures\n", c->n_marks[CHECKUP_OK],
	    c->n_marks[CHECKUP_SKIP], c->n_marks[CHECKUP_WARN], c->n_marks[CHECKUP_FAIL]);
}

static void show_json(const struct checkup *c, struct buf *out)
{
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	jout_kv(&j, "schema", SV("kendrawatch.doctor/1"));
	jout_key(&j, "checks");
	jout_begin_array(&j);
	for (size_t i = 0; i < c->lines.n; i++) {
		const struct checkup_line *l = &c->lines.items[i];
		jout_begin_object(&j);
		jout_kv(&j, "station", sv_from(l->station));
		jout_kv(
		    &j, "result", l->mark == CHECKUP_FAIL ? SV("fail") : sv_from(checkup_mark_name(l->mark)));
		jout_kv(&j, "text", sv_from(l->text));
		if (l->advice && l->mark != CHECKUP_OK)
			jout_kv(&j, "advice", sv_from(l->advice));
		jout_end_object(&j);
	}
	jout_end_array(&j);
	jout_kv_int(&j, "ok", (int64_t)c->n_marks[CHECKUP_OK]);
	jout_kv_int(&j, "skipped", (int64_t)c->n_marks[CHECKUP_SKIP]);
	jout_kv_int(&j, "warnings", (int64_t)c->n_marks[CHECKUP_WARN]);
	jout_kv_int(&j, "failures", (int64_t)c->n_marks[CHECKUP_FAIL]);
	jout_end_object(&j);
	buf_addc(out, '\n');
}

/* --- running ---------------------------------------------------------------------------------------------
 */

static bool policy_parse(const char *word, enum doctor_policy *out)
{
	static const char *const names[] = {"run", "doctor", "verify"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(word ? word : "run", names[i]) == 0) {
			*out = (enum doctor_policy)i;
			return true;
		}
	return false;
}

static enum exit_code show_policy(const struct cli *c, const struct setup *s, enum doctor_policy what)
{
	struct doctor_extra extra = {0};
	struct grants needed = {0};
	struct buf out = {0}, notes = {0};
	extra.buckets = cli_values(c, "bucket", &extra.n_buckets);
	extra.kms_keys = cli_values(c, "kms-key", &extra.n_kms_keys);
	doctor_grants(s->config, what, &extra, &needed, &notes);
	if (needed.list.n) {
		grants_write(&needed, &out);
		cli_print(buf_sv(&out));
	} else {
		buf_adds(&notes, "no source and no sink talks to AWS: no policy is needed\n");
	}
	if (notes.len)
		log_tell("%s", notes.ptr);
	grants_fini(&needed);
	buf_fini(&out);
	buf_fini(&notes);
	free(extra.buckets);
	free(extra.kms_keys);
	return EXIT_FINE;
}

static enum exit_code look(const struct cli *c, const struct setup *s, bool json)
{
	struct doctor d = {.setup = s, .offline = cli_flag(c, "offline")};
	struct buf out = {0};
	d.trails = cli_values(c, "trail", &d.n_trails);
	doctor_look(&d);
	(json ? show_json : show_text)(&d.out, &out);
	cli_print(buf_sv(&out));
	enum exit_code code = d.out.n_marks[CHECKUP_FAIL] ? EXIT_FOUND : EXIT_FINE;
	buf_fini(&out);
	checkup_fini(&d.out);
	free(d.trails);
	return code;
}

static enum exit_code run(struct cli *c)
{
	const char *output = cli_value(c, "output");
	enum doctor_policy what;
	struct setup s;
	if (c->n_words)
		return cli_usage(c, "takes no words, but got \"%s\"", c->words[0]);
	if (output && strcmp(output, "text") != 0 && strcmp(output, "json") != 0)
		return cli_usage(c, "--output is text or json, not \"%s\"", output);
	if (!policy_parse(cli_value(c, "for"), &what))
		return cli_usage(c, "--for is run, doctor or verify, not \"%s\"", cli_value(c, "for"));
	if (!cli_flag(c, "iam") && (cli_flag(c, "for") || cli_flag(c, "bucket") || cli_flag(c, "kms-key")))
		return cli_usage(c, "--for, --bucket and --kms-key go with --iam");
	if (!cli_value(c, "config")) {
		if (access(DEFAULT_CONFIG, F_OK) != 0)
			return cli_usage(
			    c, "name a configuration with --config FILE; there is no " DEFAULT_CONFIG);
		c->given[c->n_given++] = (struct cli_given){&options[0], DEFAULT_CONFIG};
	}
	enum rc rc = setup_load(c, &s);
	enum exit_code code = cli_exit_of(rc);
	if (cli_flag(c, "iam") && rc == RC_OK)
		code = show_policy(c, &s, what);
	else if (cli_flag(c, "iam"))
		setup_tell(&s.faults, FAULT_ERROR);
	else if (look(c, &s, output && strcmp(output, "json") == 0) != EXIT_FINE && code == EXIT_FINE)
		code = EXIT_FOUND;
	setup_fini(&s);
	return code;
}

const struct command cli_doctor = {"doctor", options, sizeof options / sizeof *options, run};
