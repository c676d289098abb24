/* Rule files → a rule set: walks paths, parses YAML, applies actions, reads documents, then what needs all of
 * them: identities, overrides, filters. One thread, at start and on reload; never in the way of events. */
#include "rules/load.h"

#include "base/file.h"
#include "base/map.h"
#include "base/net/crypto.h"
#include "rules/action.h"
#include "rules/correlation_bind.h"
#include "rules/filter.h"
#include "rules/override.h"
#include "rules/ruleset.h"

#include <unistd.h>

/* No rule file that a person wrote is larger. */
#define MAX_FILE_BYTES ((size_t)4 << 20)
#define REVISION_DIGITS 12

struct loader {
	struct ruleset *set;
	const struct lists *lists;
	struct faults *faults;
	struct map keys;  /* key in lower case -> struct rule * */
	struct map names; /* name -> struct rule * */
	struct map
	    skipped; /* name, and id in lower case, of documents about other logs -> what it is, in words */
	struct crypto_hash *revision;
};

static void loader_init(struct loader *l, const struct lists *lists, struct faults *faults)
{
	*l = (struct loader){.lists = lists, .faults = faults};
	l->set = ruleset_new();
	l->revision = crypto_hash_new();
}

/* --- identity ------------------------------------------------------------------------------------- */

static struct sv lower(struct arena *a, struct sv s)
{
	char *copy = arena_alloc(a, s.len + 1);

	for (size_t i = 0; i < s.len; i++)
		copy[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] + 32 : s.ptr[i]);
	copy[s.len] = 0;
	return sv_of(copy, s.len);
}

/* Where a rule says who it is. */
static const struct ydoc_node *identity_node(const struct rule *r)
{
	const struct ydoc_node *n = ydoc_get(r->root, r->id.len > 0 ? "id" : "name");

	return n ? n : r->root;
}

/* The second use of an identity is refused; a second use of a name beside an id is doubtful. */
static void register_rule(struct loader *l, struct rule *r)
{
	struct arena *arena = &l->set->memory->arena;
	struct sv key = lower(arena, r->key);
	const struct rule *first = map_get(&l->keys, key);

	if (first) {
		const struct ydoc_node *here = identity_node(r), *there = identity_node(first);
		const char *what = r->id.len > 0 ? "id" : "name";

		r->state = RULE_REFUSED;
		r->state_reason = arena_printf(arena, "%s \"%.*s\" is already used at %.*s:%d:%d", what,
		    SV_ARG(r->key), SV_ARG(first->file), there->line, there->col);
		fault_add(l->faults, FAULT_ERROR, r->file.ptr, here->line, here->col, "%.*s",
		    SV_ARG(r->state_reason));
		fault_tag(l->faults, FAULT_ID_REUSED);
		return;
	}
	map_put(&l->keys, key, r);
	if (r->name.len == 0)
		return;
	first = map_get(&l->names, r->name);
	if (first) {
		const struct ydoc_node *here = ydoc_get(r->root, "name");
		const struct ydoc_node *there = ydoc_get(first->root, "name");

		fault_add(l->faults, FAULT_WARNING, r->file.ptr, here->line, here->col,
		    "name \"%.*s\" is already used at %.*s:%d:%d; it means the first rule", SV_ARG(r->name),
		    SV_ARG(first->file), there->line, there->col);
		fault_tag(l->faults, FAULT_ID_REUSED);
		return;
	}
	map_put(&l->names, r->name, r);
}

static void add_rule(struct loader *l, struct rule *r)
{
	r->index = l->set->rules.n;
	vec_push(&l->set->rules, r);
	if (r->state != RULE_REFUSED)
		register_rule(l, r);
}

/* --- files ---------------------------------------------------------------------------------------- */

/* A place in the set for what could not be parsed, so that nobody has to read logs to see that it is missing.
 */
static void add_unreadable(struct loader *l, struct document *d, const struct fault *why)
{
	d->root = NULL;
	d->number++;
	struct rule *r = document_unreadable(d, sv_from(why->text));

	if (why->line > 0)
		r->line = why->line;
	add_rule(l, r);
}

/* For correlations that name it; the fault just added says why. */
static void note_skipped(struct loader *l, const struct ydoc_node *root)
{
	struct arena *arena = &l->set->memory->arena;
	const struct fault *why = &l->faults->list.items[l->faults->list.n - 1];
	static const char prefix[] = "skipped: it is ";
	char *text = (char *)arena_copy(arena, sv_skip(sv_from(why->text), sizeof prefix - 1)).ptr;
	struct sv name = ydoc_text(ydoc_get(root, "name")),
		  id = lower(arena, ydoc_text(ydoc_get(root, "id")));

	if (name.len > 0)
		map_put(&l->skipped, name, text);
	if (id.len > 0)
		map_put(&l->skipped, id, text);
}

static void load_documents(struct loader *l, struct document *d, const struct ydoc *yaml)
{
	struct action action = {0};

	for (size_t i = 0; i < ydoc_count(yaml); i++) {
		struct rule *r = NULL;

		d->number = (int)i + 1;
		d->root = ydoc_root(yaml, i);
		if (!d->root || (d->root->kind == YDOC_SCALAR && d->root->type == YDOC_NULL))
			continue;
		switch (action_apply(&action, d->arena, d->file, d->root, &d->root, l->faults)) {
		case ACTION_LOAD:
			r = document_read(d);
			if (!r)
				note_skipped(l, d->root);
			break;
		case ACTION_REFUSE:
			r = document_unreadable(
			    d, sv_from(l->faults->list.items[l->faults->list.n - 1].text));
			break;
		case ACTION_NONE: break;
		}
		if (r)
			add_rule(l, r);
	}
}

static void load_text(struct loader *l, const char *file, struct sv text)
{
	struct arena *arena = &l->set->memory->arena;
	size_t n_before = l->faults->list.n;
	struct place_map places = {0};
	struct document d = {
	    .arena = arena,
	    .lists = l->lists,
	    .faults = l->faults,
	    .file = arena_copy(arena, sv_from(file)).ptr,
	    .places = &places,
	};
	char length[32];

	snprintf(length, sizeof length, "%zu:", text.len);
	crypto_hash_add(l->revision, sv_from(length));
	crypto_hash_add(l->revision, text);

	place_map_init(&places, text);
	struct ydoc *yaml = ydoc_parse(file, text, 0, l->faults);
	vec_push(&l->set->memory->documents, yaml);
	size_t n_after = l->faults->list.n;
	faults_tag_from(l->faults, n_before, FAULT_SYNTAX);
	load_documents(l, &d, yaml);
	for (size_t i = n_before; i < n_after; i++)
		if (l->faults->list.items[i].level == FAULT_ERROR) {
			add_unreadable(l, &d, &l->faults->list.items[i]);
			break;
		}
	place_map_fini(&places);
}

static void load_file(struct loader *l, const char *path)
{
	struct buf text = {0};
	struct err e = {0};

	if (file_read(path, MAX_FILE_BYTES, &text, &e)) {
		size_t n_before = l->faults->list.n;
		struct arena *arena = &l->set->memory->arena;
		struct document d = {.arena = arena, .file = arena_copy(arena, sv_from(path)).ptr};

		fault_add(l->faults, FAULT_ERROR, path, 0, 0, "%s", e.text);
		add_unreadable(l, &d, &l->faults->list.items[n_before]);
	} else {
		load_text(l, path, buf_sv(&text));
	}
	buf_fini(&text);
}

/* --- paths ---------------------------------------------------------------------------------------- */

static void on_folder_error(void *ctx, const char *path, int errnum)
{
	struct loader *l = ctx;
	struct err e = {0};

	err_errno(&e, RC_IO, errnum, "can't read this folder");
	fault_add(l->faults, FAULT_ERROR, path, 0, 0, "%s", e.text);
}

static bool is_yaml(const char *path)
{
	return sv_ends(sv_from(path), SV(".yml")) || sv_ends(sv_from(path), SV(".yaml"));
}

static int by_bytes(const void *a, const void *b)
{
	return sv_cmp(sv_from(*(char *const *)a), sv_from(*(char *const *)b));
}

/* All rule files, in byte order, each once. A file that is named is taken whatever it is called. */
static void find_files(struct loader *l, const struct load_input *in, struct file_list *out)
{
	size_t n = 0;

	for (size_t i = 0; i < in->n_paths; i++) {
		size_t from = out->paths.n, kept = from;
		struct err e = {0};

		if (file_walk(in->paths[i], out, on_folder_error, l, &e))
			fault_add(l->faults, FAULT_ERROR, in->paths[i], 0, 0, "%s", e.text);
		for (size_t j = from; j < out->paths.n; j++) {
			char *path = out->paths.items[j];

			if (is_yaml(path) || sv_eq(sv_from(path), sv_from(in->paths[i])))
				out->paths.items[kept++] = path;
			else
				free(path);
		}
		out->paths.n = kept;
	}
	if (out->paths.n > 0)
		qsort(out->paths.items, out->paths.n, sizeof(char *), by_bytes);
	for (size_t i = 0; i < out->paths.n; i++) {
		char *path = out->paths.items[i];

		if (n > 0 && sv_eq(sv_from(path), sv_from(out->paths.items[n - 1])))
			free(path);
		else
			out->paths.items[n++] = path;
	}
	out->paths.n = n;
}

/* --- the set as a whole --------------------------------------------------------------------------- */

static void count_states(struct ruleset *s)
{
	for (size_t i = 0; i < s->rules.n; i++) {
		const struct rule *r = s->rules.items[i];

		if (r->state == RULE_REFUSED)
			s->n_refused++;
		if (r->kind != RULE_DETECTION)
			continue;
		s->n_active += r->state == RULE_ACTIVE;
		s->n_waiting += r->state == RULE_WAITING;
		s->n_shadow += r->state == RULE_SHADOW;
		s->n_off += r->state == RULE_OFF;
	}
}

static struct ruleset *loader_end(struct loader *l, const struct load_input *in)
{
	unsigned char digest[CRYPTO_SHA256_BYTES];
	char hex[2 * CRYPTO_SHA256_BYTES + 1];

	if (in) {
		override_apply(l->set, in, l->faults);
		filter_expire(l->set, in->now_ms, l->faults);
	}
	filter_attach(l->set, l->faults);
	correlation_bind(l->set, &l->skipped, l->faults);
	count_states(l->set);
	crypto_hash_end(l->revision, digest);
	crypto_hex(digest, sizeof digest, hex);
	l->set->revision = arena_copy(&l->set->memory->arena, sv_head(sv_from(hex), REVISION_DIGITS));
	faults_sort(l->faults);
	map_fini(&l->keys);
	map_fini(&l->names);
	map_fini(&l->skipped);
	return l->set;
}

struct ruleset *rules_load(const struct load_input *in, struct faults *faults)
{
	struct file_list files = {0};
	struct loader l;

	loader_init(&l, in->lists, faults);
	find_files(&l, in, &files);
	for (size_t i = 0; i < files.paths.n; i++)
		load_file(&l, files.paths.items[i]);
	file_list_fini(&files);
	return loader_end(&l, in);
}

struct ruleset *rules_load_text(
    const char *file, struct sv yaml, const struct lists *lists, struct faults *faults)
{
	struct loader l;

	loader_init(&l, lists, faults);
	load_text(&l, file, yaml);
	return loader_end(&l, NULL);
}

/* `…/build/FLAVOUR/…` → `…/rules/packs`; NULL when the executable is in no build tree. */
static char *packs_beside_build(void)
{
	static const char marker[] = "/build/";
	char *own = file_own_folder(), *path = NULL;
	struct sv rest = sv_from(own);
	size_t at = SV_NONE;

	for (size_t next = sv_find(rest, SV("/build/")), from = 0; next != SV_NONE;
	     next = sv_find(sv_skip(rest, from), SV("/build/"))) {
		at = from + next;
		from = at + sizeof marker - 1;
	}
	if (at != SV_NONE)
		path = heap_printf("%.*s/rules/packs", (int)at, own);
	free(own);
	if (path && access(path, R_OK | X_OK) != 0) {
		free(path);
		path = NULL;
	}
	return path;
}

/* `…/bin` → `…/share/kendrawatch/packs`: an installation is found wherever it was moved or unpacked. */
static char *packs_beside_bin(void)
{
	char *own = file_own_folder(), *path = NULL;
	struct sv prefix = sv_from(own);

	if (sv_ends(prefix, SV("/bin")))
		path = heap_printf("%.*s/share/kendrawatch/packs", (int)(prefix.len - 4), own);
	free(own);
	if (path && access(path, R_OK | X_OK) != 0) {
		free(path);
		path = NULL;
	}
	return path;
}

char *rules_packs_folder(void)
{
	char *path = packs_beside_build();

	if (!path)
		path = packs_beside_bin();

	if (!path && access(KW_DATADIR "/packs", R_OK | X_OK) == 0)
		path = heap_copy(KW_DATADIR "/packs");
	return path;
}
