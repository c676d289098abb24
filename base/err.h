/* The one way in which things fail: a code that tells the caller what to do, a text that tells a person what
 * to mend. */
#ifndef KW_BASE_ERR_H
#define KW_BASE_ERR_H

/* What the caller does next. 0 is success. */
enum rc {
	RC_OK = 0,
	RC_USAGE,    /* the command line is wrong: print help */
	RC_CONFIG,   /* configuration or rules are wrong: a person must mend them */
	RC_INPUT,    /* this input is malformed: count it, quarantine it, go on with the next */
	RC_LIMIT,    /* a cap was reached: like RC_INPUT, but the cap is named */
	RC_IO,       /* the system said no (errno is in the text): retry later, or stop */
	RC_STATE,    /* the state file is locked, damaged or from another version */
	RC_RETRY,    /* a peer is busy or away: try again later */
	RC_REJECT,   /* a peer refuses for good: do not try again */
	RC_NOTFOUND, /* no such thing */
	RC_STOPPED,  /* we were asked to stop */
};

/* Room for one text with its places; longer texts are cut with "...". Caller's storage, start with {0}. */
struct err {
	enum rc rc;
	char text[1200];
};

/* Sets code and text (replacing an older one) and returns `rc`. `e` may be NULL. Never pass a secret. */
enum rc err_set(struct err *e, enum rc rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* As err_set, with ": " and the text of `errnum` appended. */
enum rc err_errno(struct err *e, enum rc rc, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts "place: " in front of the text on the way up; returns e->rc. */
enum rc err_at(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The name of a code ("input", "retry"), for logs and metrics. */
const char *err_name(enum rc rc);

#endif
