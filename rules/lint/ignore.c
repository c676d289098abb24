/* `# kendrawatch: ignore=…` comments. Only files that have something to ignore are read. */
#include "base/file.h"
#include "base/nearest.h"
#include "rules/lint/lint.h"

#define MAX_BYTES ((size_t)4 << 20)
#define MARK "# kendrawatch: ignore"

/* One kind that is ignored on one line; line 0: in the whole file. */
struct ignored {
	int line;
	enum fault_code code;
};

/* The comments of one file. */
struct comments {
	const char *file; /* borrowed from a fault */
	VEC(struct ignored) list;
	struct faults *doubts; /* about the comments themselves */
};

static void doubt_name(struct comments *c, struct sv name, int line, int col)
{
	const char *names[FAULT_CODE_COUNT];
	for (size_t i = 0; i < FAULT_CODE_COUNT; i++)
		names[i] = fault_code_name((enum fault_code)i);
	int near = nearest_find(name, names, FAULT_CODE_COUNT);
	if (near >= 0)
		fault_add(c->doubts, FAULT_WARNING, c->file, line, col,
		    "there is no kind of fault \"%.*s\" to ignore; did you mean \"%s\"?", SV_ARG(name),
		    names[near]);
	else
		fault_add(c->doubts, FAULT_WARNING, c->file, line, col,
		    "there is no kind of fault \"%.*s\" to ignore; `kendrawatch list lints` shows them",
		    SV_ARG(name));
	fault_tag(c->doubts, FAULT_UNKNOWN_IGNORE);
}

static bool is_blank_before(struct sv line, size_t at)
{
	return sv_trim(sv_head(line, at)).len == 0;
}

static void read_line(struct comments *c, struct sv line, int number)
{
	size_t at = sv_find(line, SV(MARK));
	if (at == SV_NONE)
		return;
	struct sv rest = sv_skip(line, at + strlen(MARK)), name;
	bool whole_file = sv_starts(rest, SV("-file"));
	rest = sv_skip(rest, whole_file ? strlen("-file") : 0);
	if (!sv_starts(rest, SV("=")))
		return;
	rest = sv_trim(sv_skip(rest, 1));
	int applies = whole_file ? 0 : is_blank_before(line, at) ? number + 1 : number;
	while (sv_cut(&rest, ',', &name)) {
		enum fault_code code;
		name = sv_trim(name);
		size_t blank = sv_find_char(name, ' '); /* words behind the names are the reason */
		if (blank != SV_NONE)
			name = sv_head(name, blank);
		if (fault_code_parse(name, &code))
			vec_push(&c->list, (struct ignored){applies, code});
		else
			doubt_name(c, name, number, (int)at + 1);
		if (blank != SV_NONE)
			return;
	}
}

static void read_comments(struct comments *c)
{
	struct buf text = {0};
	struct err e = {0};
	int number = 0;
	if (file_read(c->file, MAX_BYTES, &text, &e) == RC_OK &&
	    sv_find(buf_sv(&text), SV(MARK)) != SV_NONE) {
		struct sv rest = buf_sv(&text), line;
		while (sv_cut(&rest, '\n', &line))
			read_line(c, line, ++number);
	}
	buf_fini(&text);
}

/* Called for faults in order, so that each file is read once. */
static bool keep(void *ctx, const struct fault *f)
{
	struct comments *c = ctx;
	if (f->level == FAULT_ERROR || f->line <= 0)
		return true;
	if (!c->file || strcmp(c->file, f->file) != 0) {
		free((char *)c->file);
		c->file = heap_copy(f->file);
		c->list.n = 0;
		read_comments(c);
	}
	for (size_t i = 0; i < c->list.n; i++) {
		const struct ignored *each = &c->list.items[i];
		if (each->code == f->code && (!each->line || each->line == f->line))
			return false;
	}
	return true;
}

void lint_ignore(struct faults *faults)
{
	struct faults doubts = {0};
	struct comments c = {.doubts = &doubts};
	faults_keep(faults, keep, &c);
	for (size_t i = 0; i < doubts.list.n; i++)
		fault_copy(faults, &doubts.list.items[i]);
	if (doubts.list.n > 0)
		faults_sort(faults);
	free((char *)c.file);
	vec_fini(&c.list);
	faults_fini(&doubts);
}
