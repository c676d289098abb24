/* The twelve paths that the scanner is measured with: what nearly every rule and every alert asks about. */
#ifndef KW_TESTS_BENCH_PATHS_H
#define KW_TESTS_BENCH_PATHS_H

#include "base/sv.h"

static const struct sv bench_paths[] = {SV_INIT("eventSource"), SV_INIT("eventName"), SV_INIT("errorCode"),
    SV_INIT("awsRegion"), SV_INIT("sourceIPAddress"), SV_INIT("userAgent"), SV_INIT("eventTime"),
    SV_INIT("eventID"), SV_INIT("recipientAccountId"), SV_INIT("userIdentity.type"),
    SV_INIT("userIdentity.arn"), SV_INIT("userIdentity.accessKeyId")};
#define BENCH_PATHS (sizeof bench_paths / sizeof *bench_paths)

#endif
