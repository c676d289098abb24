/* PCRE2, the only includer. PCRE2's own match limit counts anew from each starting point, which leaves
 * length * limit steps to an attacker who chooses the text; so an automatic callout before every item counts
 * all work of one search instead, and the library's limits stay as a second fence. Searches own their scratch
 * memory: any thread. */
#include "rules/regex.h"

#include "base/heap.h"
#include "base/utf8.h"
#include "rules/limit.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <pthread.h>
#include <stdatomic.h>

#define MATCH_LIMIT 10000000
#define DEPTH_LIMIT 1000000
#define HEAP_LIMIT_KIB 65536
#define YOUNG_SEARCHES 8

struct regex {
	pcre2_code *code;
	unsigned n_searches; /* under `young`; stays at the number that makes machine code */
	atomic_bool grown;   /* machine code was made, or can't be */
};

struct search {
	uint64_t steps_left;
	PCRE2_SIZE at;
};

enum rc regex_new(struct sv written, struct regex_flags flags, struct regex **out, struct err *e)
{
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
	if (written.len > REGEX_MAX_BYTES)
		return err_set(e, RC_LIMIT, "is longer than %d bytes", REGEX_MAX_BYTES);
	if (flags.ignore_case)
		options |= PCRE2_CASELESS;
	if (flags.multi_line)
		options |= PCRE2_MULTILINE;
	if (flags.dot_all)
		options |= PCRE2_DOTALL;
	int code;
	PCRE2_SIZE at;
	pcre2_code *compiled = pcre2_compile(
	    (PCRE2_SPTR)(written.ptr ? written.ptr : ""), written.len, options, &code, &at, NULL);
	if (!compiled) {
		PCRE2_UCHAR text[256] = "";
		pcre2_get_error_message(code, text, sizeof text);
		return err_set(e, RC_CONFIG, "is wrong at character %zu: %s",
		    utf8_count(sv_head(written, at)) + 1, (const char *)text);
	}
	struct regex *re = heap_zero(1, sizeof *re);
	re->code = compiled;
	*out = re;
	return RC_OK;
}

void regex_free(struct regex *re)
{
	if (!re)
		return;
	pcre2_code_free(re->code);
	free(re);
}

static int count_step(pcre2_callout_block *block, void *data)
{
	struct search *s = data;
	PCRE2_SIZE at = block->current_position;
	uint64_t steps = 1 + (at > s->at ? at - s->at : s->at - at);
	s->at = at;
	if (steps > s->steps_left)
		return PCRE2_ERROR_MATCHLIMIT;
	s->steps_left -= steps;
	return 0;
}

static int search(const struct regex *re, struct sv text, uint32_t options, struct search *s)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	if (!context || !data) {
		pcre2_match_context_free(context);
		pcre2_match_data_free(data);
		return PCRE2_ERROR_NOMEMORY;
	}
	pcre2_set_match_limit(context, MATCH_LIMIT);
	pcre2_set_depth_limit(context, DEPTH_LIMIT);
	pcre2_set_heap_limit(context, HEAP_LIMIT_KIB);
	pcre2_set_callout(context, count_step, s);
	int rc = pcre2_match(
	    re->code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, 0, options, data, context);
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	return rc;
}

/* Machine code costs more time and memory than all the rest of an expression, and of many rules few are ever
 * asked more often than loading does to learn what they mean: the first searches are interpreted, then it is
 * made. PCRE2 may not search with an expression while its machine code is being made: one at a time until
 * then.
 */
static int search_young(struct regex *re, struct sv text, struct search *s)
{
	static pthread_mutex_t young = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&young);
	bool interpret = !atomic_load_explicit(&re->grown, memory_order_relaxed);
	if (interpret && re->n_searches++ == YOUNG_SEARCHES) {
		/* Where memory may not be made executable this fails, and the interpreter does the work. */
		(void)pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
		atomic_store_explicit(&re->grown, true, memory_order_release);
		interpret = false;
	}
	int rc = interpret ? search(re, text, PCRE2_NO_JIT, s) : 0;
	pthread_mutex_unlock(&young);
	return interpret ? rc : search(re, text, 0, s);
}

bool regex_found(struct regex *re, struct sv text, uint64_t *steps_left)
{
	if (!*steps_left)
		return false;
	struct search s = {.steps_left = *steps_left};
	bool grown = atomic_load_explicit(&re->grown, memory_order_acquire);
	int rc = grown ? search(re, text, 0, &s) : search_young(re, text, &s);
	/* The machine stack that JIT code works on is small; the interpreter has the heap. */
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = search(re, text, PCRE2_NO_JIT, &s);
	*steps_left = s.steps_left;
	if (rc >= 0)
		return true;
	if (rc != PCRE2_ERROR_NOMATCH) {
		*steps_left = 0;
		limit_reached();
	}
	return false;
}
