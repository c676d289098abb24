/* What the tests of alerts/ share: records, a rule, a state folder of their own. */
#ifndef KW_TESTS_UNIT_ALERTS_FIXTURE_H
#define KW_TESTS_UNIT_ALERTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alerts/alert.h"
#include "alerts/state.h"
#include "base/clock.h"
#include "base/heap.h"

#include <cmocka.h>

#define T0 1795485491000 /* 2026-11-24T01:58:11Z */

/* A record of DeleteIndex by an SSO person, with `more` (members, each followed by a comma) put in front. */
static inline char *fixture_event(
    const char *event_id, int64_t time_ms, const char *session, const char *more)
{
	char time[CLK_TEXT];
	clk_format(time_ms, false, time);
	return heap_printf(
	    "{%s\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":"
	    "\"AROAEXAMPLE:%s\","
	    "\"arn\":\"arn:aws:sts::111122223333:assumed-role/"
	    "AWSReservedSSO_AdministratorAccess_0123456789abcdef/%s\","
	    "\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIAEXAMPLEEXAM7QX2\",\"sessionContext\":{"
	    "\"sessionIssuer\":"
	    "{\"type\":\"Role\",\"principalId\":\"AROAEXAMPLE\",\"arn\":\"arn:aws:iam::111122223333:role/"
	    "aws-reserved/"
	    "sso.amazonaws.com/"
	    "AWSReservedSSO_AdministratorAccess_0123456789abcdef\",\"accountId\":\"111122223333\","
	    "\"userName\":\"AWSReservedSSO_AdministratorAccess_0123456789abcdef\"}}},\"eventTime\":\"%s\","
	    "\"eventSource\":\"kendra.amazonaws.com\",\"eventName\":\"DeleteIndex\",\"awsRegion\":\"eu-west-"
	    "1\","
	    "\"sourceIPAddress\":\"203.0.113.9\",\"userAgent\":\"aws-cli/2.15\",\"requestParameters\":"
	    "{\"id\":\"3f1c9d2e-0000-4000-8000-000000000001\"},\"responseElements\":null,\"eventID\":\"%s\","
	    "\"recipientAccountId\":\"111122223333\"}",
	    more, session, session, time, event_id);
}

static inline struct record *fixture_record(struct arena *a, struct sv json, const struct record_names *names)
{
	struct record *r = arena_zero(a, sizeof *r);
	struct err e = {0};
	if (record_open(r, a, arena_copy(a, json), names, &e) != RC_OK)
		fail_msg("%s", e.text);
	return r;
}

/* The same in one step; the text lives in the arena. */
static inline struct record *fixture_delete(
    struct arena *a, const char *event_id, int64_t time_ms, const char *session)
{
	char *json = fixture_event(event_id, time_ms, session, "");
	struct record *r = fixture_record(a, sv_from(json), NULL);
	free(json);
	return r;
}

static inline struct rule fixture_rule(const char *key)
{
	return (struct rule){.key = sv_from(key),
	    .name = SV("kendra_index_deleted"),
	    .title = SV("Kendra index deleted"),
	    .level = LEVEL_CRITICAL,
	    .state = RULE_ACTIVE,
	    .suppress_for_ms = -1};
}

struct fixture_state {
	char folder[64];
	struct store *store;
};

static inline int fixture_open(void **state)
{
	struct fixture_state *f = heap_zero(1, sizeof *f);
	struct err e = {0};
	snprintf(f->folder, sizeof f->folder, "/tmp/kw-alerts-XXXXXX");
	if (!mkdtemp(f->folder) || state_open(f->folder, STORE_WRITE, &f->store, &e) != RC_OK)
		return -1;
	*state = f;
	return 0;
}

static inline int fixture_close(void **state)
{
	struct fixture_state *f = *state;
	store_close(f->store);
	char *command = heap_printf("rm -rf %s", f->folder);
	int rc = system(command);
	free(command);
	free(f);
	return rc;
}

static inline void fixture_ok(enum rc rc, const struct err *e)
{
	if (rc != RC_OK)
		fail_msg("%s: %s", err_name(rc), e->text);
}

#define FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

#endif
