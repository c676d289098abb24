/* Reader of AWS's shared files. Called by credentials.c and endpoint.c at start, on one thread. Owns a flat
 * list of settings; there are a few dozen at most, so that a look-up walks it. */
#include "base/aws/profile.h"

#include "base/file.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/net/crypto.h"
#include "base/vec.h"

#include <sys/stat.h>

#define MAX_FILE_BYTES (1u << 20)

enum section { SECTION_PROFILE, SECTION_SERVICES, SECTION_OTHER };

struct setting {
	enum section section;
	char *name;   /* of the profile or the services section */
	char *parent; /* key above an indented one; NULL: not indented */
	char *key;    /* lower case; NULL: only says that the section is there */
	char *value;
};

struct profiles {
	VEC(struct setting) list; /* of the credentials file first: the first hit wins */
};

/* Where the reader is. */
struct cursor {
	const char *path;
	bool credentials; /* sections are bare profile names */
	int line;
	bool in_section;
	enum section section;
	char *name, *parent;
};

static char *lower_text(struct sv s)
{
	char *text = heap_text(s);
	for (char *c = text; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
	return text;
}

static void add(struct profiles *p, const struct cursor *at, char *key, char *value)
{
	struct setting s = {at->section, heap_copy(at->name), heap_copy(at->parent), key, value};
	vec_push(&p->list, s);
}

/* `[default]`, `[profile name]`, `[profile "a b"]`, `[services x]`; in the credentials file `[name]`. */
static enum rc read_section(struct profiles *p, struct cursor *at, struct sv line, struct err *e)
{
	size_t end = sv_find_char(line, ']');
	if (end == SV_NONE)
		return err_set(e, RC_CONFIG, "%s:%d: section without ]", at->path, at->line);
	struct sv inside = sv_trim(sv_skip(sv_head(line, end), 1)), name = inside;
	size_t word = 0;
	while (word < inside.len && inside.ptr[word] != ' ' && inside.ptr[word] != '\t')
		word++;
	struct sv first = sv_head(inside, word), second = sv_trim(sv_skip(inside, word));
	at->section = SECTION_PROFILE;
	if (!at->credentials && !sv_eq(inside, SV("default"))) {
		at->section = sv_eq(first, SV("profile"))    ? SECTION_PROFILE
			      : sv_eq(first, SV("services")) ? SECTION_SERVICES
							     : SECTION_OTHER;
		name = second;
	}
	if (name.len >= 2 && (name.ptr[0] == '"' || name.ptr[0] == '\'') &&
	    name.ptr[name.len - 1] == name.ptr[0])
		name = sv_of(name.ptr + 1, name.len - 2);
	free(at->name);
	free(at->parent);
	at->name = heap_text(name);
	at->parent = NULL;
	at->in_section = true;
	add(p, at, NULL, NULL);
	return RC_OK;
}

/* A comment may also follow a value, behind a blank. */
static struct sv without_comment(struct sv value)
{
	for (size_t i = 1; i < value.len; i++)
		if ((value.ptr[i] == '#' || value.ptr[i] == ';') &&
		    (value.ptr[i - 1] == ' ' || value.ptr[i - 1] == '\t'))
			return sv_trim(sv_head(value, i));
	return value;
}

static enum rc read_setting(struct profiles *p, struct cursor *at, struct sv line, struct err *e)
{
	bool indented = line.ptr[0] == ' ' || line.ptr[0] == '\t';
	struct sv rest = sv_trim(line), key;
	if (!at->in_section)
		return err_set(
		    e, RC_CONFIG, "%s:%d: a setting in front of the first [section]", at->path, at->line);
	if (sv_find_char(rest, '=') == SV_NONE) {
		if (indented)
			return RC_OK; /* the second line of a long value; none that we read has one */
		return err_set(e, RC_CONFIG, "%s:%d: neither [section] nor key = value", at->path, at->line);
	}
	sv_cut(&rest, '=', &key);
	key = sv_trim(key);
	struct sv value = without_comment(sv_trim(rest));
	if (!indented) {
		free(at->parent);
		at->parent = NULL;
		add(p, at, lower_text(key), heap_text(value));
		if (!value.len)
			at->parent = lower_text(key);
		return RC_OK;
	}
	if (at->parent)
		add(p, at, lower_text(key), heap_text(value));
	return RC_OK;
}

static enum rc read_lines(struct profiles *p, struct cursor *at, struct sv text, struct err *e)
{
	struct sv line;
	enum rc rc = RC_OK;
	if (sv_starts(text, SV("\xef\xbb\xbf")))
		text = sv_skip(text, 3);
	while (rc == RC_OK && sv_cut(&text, '\n', &line)) {
		struct sv inside = sv_trim(line);
		at->line++;
		if (!inside.len || inside.ptr[0] == '#' || inside.ptr[0] == ';')
			continue;
		rc = line.ptr[0] == '[' ? read_section(p, at, inside, e) : read_setting(p, at, line, e);
	}
	return rc;
}

static void warn_if_open(const char *path)
{
	struct stat st;
	if (stat(path, &st) == 0 && st.st_mode & 077)
		log_warn("credentials file can be read by others", "file=%s mode=%o next=\"chmod 600\"", path,
		    (unsigned)(st.st_mode & 0777));
}

static enum rc read_file(
    struct profiles *p, const char *variable, const char *in_home, bool credentials, struct err *e)
{
	const char *named = getenv(variable), *home = getenv("HOME");
	if (!(named && *named) && !(home && *home))
		return RC_OK;
	char *path = named && *named ? heap_copy(named) : file_join(home, in_home);
	struct buf text = {0};
	enum rc rc = file_read(path, MAX_FILE_BYTES, &text, e);
	if (rc == RC_OK) {
		struct cursor at = {.path = path, .credentials = credentials};
		if (credentials)
			warn_if_open(path);
		rc = read_lines(p, &at, buf_sv(&text), e);
		free(at.name);
		free(at.parent);
	} else if (rc == RC_NOTFOUND) {
		rc = RC_OK;
	}
	crypto_wipe(text.ptr, text.cap);
	buf_fini(&text);
	free(path);
	return rc;
}

enum rc profile_read(struct profiles **out, struct err *e)
{
	struct profiles *p = heap_zero(1, sizeof *p);
	enum rc rc = read_file(p, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", true, e);
	if (rc == RC_OK)
		rc = read_file(p, "AWS_CONFIG_FILE", ".aws/config", false, e);
	if (rc != RC_OK) {
		profile_free(p);
		return rc;
	}
	*out = p;
	return RC_OK;
}

void profile_free(struct profiles *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->list.n; i++) {
		struct setting *s = &p->list.items[i];
		if (s->value)
			crypto_wipe(s->value, strlen(s->value));
		free(s->name);
		free(s->parent);
		free(s->key);
		free(s->value);
	}
	vec_fini(&p->list);
	free(p);
}

const char *profile_default_name(void)
{
	const char *name = getenv("AWS_PROFILE");
	return name && *name ? name : "default";
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const struct setting *find(
    const struct profiles *p, enum section section, const char *name, const char *parent, const char *key)
{
	for (size_t i = 0; i < p->list.n; i++) {
		const struct setting *s = &p->list.items[i];
		if (s->section == section && same(s->name, name) && same(s->parent, parent) &&
		    same(s->key, key))
			return s;
	}
	return NULL;
}

bool profile_exists(const struct profiles *p, const char *profile)
{
	return find(p, SECTION_PROFILE, profile, NULL, NULL) != NULL;
}

const char *profile_get(const struct profiles *p, const char *profile, const char *key)
{
	const struct setting *s = find(p, SECTION_PROFILE, profile, NULL, key);
	return s ? s->value : NULL;
}

const char *profile_service_get(
    const struct profiles *p, const char *profile, const char *service, const char *key)
{
	const char *services = profile_get(p, profile, "services");
	const struct setting *s = services ? find(p, SECTION_SERVICES, services, service, key) : NULL;
	return s ? s->value : NULL;
}
