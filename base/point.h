/* Crash points: in the test flavours the process kills itself at the n-th pass of a named point
 * (KW_POINT=name:n, n from 1), which proves what "nothing is lost" claims. In release they are nothing. */
#ifndef KW_BASE_POINT_H
#define KW_BASE_POINT_H

enum point {
#define POINT_NAME(name, where) POINT_##name,
#include "base/point_list.h"
#undef POINT_NAME
	POINT_COUNT
};

#ifdef KW_TEST
/* Counts a pass; call by POINT. */
void point_pass(enum point p);
#define POINT(name) point_pass(POINT_##name)
#else
#define POINT(name) ((void)0)
#endif

#endif
