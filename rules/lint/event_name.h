/* Names of AWS event sources, and of the events of those services that rules are mostly about. */
#ifndef KW_RULES_LINT_EVENT_NAME_H
#define KW_RULES_LINT_EVENT_NAME_H

#include "base/buf.h"
#include "base/sv.h"

/* A service whose operations are known; an index, -1 when it is none of them. Names fold case. */
int event_service(struct sv source);

/* Does the service have the event? Versioned names (CreateFunction20150331) count. */
bool event_service_has(int service, struct sv event);

/* The service's event that `event` is a slip of the pen away from, appended to `out`; false when none is. */
bool event_service_near(int service, struct sv event, struct buf *out);

/* The first known service that has the event, "" when none has; borrowed. */
struct sv event_service_of(struct sv event);

/* Is there such an event source? And the one it is near to, NULL when none is. */
bool event_source_known(struct sv source);
const char *event_source_near(struct sv source);

#endif
