/* How a correlation's condition compares: CORRELATION_COMPARE(SYMBOL, "name", "help"). */
CORRELATION_COMPARE(GT, "gt", "more than")
CORRELATION_COMPARE(GTE, "gte", "at least")
CORRELATION_COMPARE(LT, "lt", "less than")
CORRELATION_COMPARE(LTE, "lte", "at most")
CORRELATION_COMPARE(EQ, "eq", "exactly")
CORRELATION_COMPARE(NEQ, "neq", "anything but")
