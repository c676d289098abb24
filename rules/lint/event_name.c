/* The tables of event_name_table.h, asked. Constant, any thread. */
#include "rules/lint/event_name.h"

#include "base/nearest.h"

static const struct {
	struct sv source, events; /* events: apart by blanks */
} services[] = {
#define EVENT_SERVICE(source, events) {SV_INIT(source), SV_INIT(events)},
#define EVENT_SOURCE(source)
#include "rules/lint/event_name_table.h"
#undef EVENT_SERVICE
#undef EVENT_SOURCE
};
#define N_SERVICES (sizeof services / sizeof services[0])

static const char *const sources[] = {
#define EVENT_SERVICE(source, events) source,
#define EVENT_SOURCE(source) source,
#include "rules/lint/event_name_table.h"
#undef EVENT_SERVICE
#undef EVENT_SOURCE
};
#define N_SOURCES (sizeof sources / sizeof sources[0])

/* Farther than this a name is another one. */
#define MAX_SLIPS 2

int event_service(struct sv source)
{
	for (size_t i = 0; i < N_SERVICES; i++)
		if (sv_eq_nocase(services[i].source, source))
			return (int)i;
	return -1;
}

static bool is_version(struct sv s)
{
	return s.len >= 8 && s.ptr[0] == '2' && s.ptr[1] == '0';
}

bool event_service_has(int service, struct sv event)
{
	struct sv rest = services[service].events, name;
	while (sv_cut(&rest, ' ', &name))
		if (sv_eq_nocase(sv_head(event, name.len), name) && name.len > 0 &&
		    (event.len == name.len || is_version(sv_skip(event, name.len))))
			return true;
	return false;
}

bool event_service_near(int service, struct sv event, struct buf *out)
{
	struct sv rest = services[service].events, name, best = {0};
	size_t least = MAX_SLIPS + 1;
	while (sv_cut(&rest, ' ', &name)) {
		size_t longer = name.len > event.len ? name.len : event.len;
		if (2 * longer - name.len - event.len > MAX_SLIPS || name.len < 6)
			continue;
		size_t distance = nearest_distance(event, name);
		if (distance < least) {
			least = distance;
			best = name;
		}
	}
	buf_add(out, best);
	return best.len > 0;
}

struct sv event_service_of(struct sv event)
{
	for (size_t i = 0; i < N_SERVICES; i++)
		if (event_service_has((int)i, event))
			return services[i].source;
	return SV("");
}

bool event_source_known(struct sv source)
{
	for (size_t i = 0; i < N_SOURCES; i++)
		if (sv_eq_nocase(sv_from(sources[i]), source))
			return true;
	return false;
}

const char *event_source_near(struct sv source)
{
	const char *best = NULL;
	size_t least = MAX_SLIPS + 1;
	for (size_t i = 0; i < N_SOURCES; i++) {
		size_t distance = nearest_distance(source, sv_from(sources[i]));
		if (distance < least) {
			least = distance;
			best = sources[i];
		}
	}
	return best;
}
