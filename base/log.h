/* Log lines for the operator, to standard error: `time level what key=value …`. The only writer of stderr.
 * `fmt` gives the key=value part; values that came from outside go through buf_add_printable first. Never a
 * secret. */
#ifndef KW_BASE_LOG_H
#define KW_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* Lines below `level` are not written. Default: info. */
void log_set_level(enum log_level level);

/* "debug", "info", "warn", "error"; false when it is none. */
bool log_level_parse(const char *name, enum log_level *out);

/* `what` is a fixed phrase ("sink is failing"); one `what` is written at most 20 times a minute, then counted
 * and summed up by the next one that is. Control characters in the formatted text are escaped. */
void log_line(enum log_level level, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define log_debug(what, ...) log_line(LOG_LEVEL_DEBUG, what, __VA_ARGS__)
#define log_info(what, ...) log_line(LOG_LEVEL_INFO, what, __VA_ARGS__)
#define log_warn(what, ...) log_line(LOG_LEVEL_WARN, what, __VA_ARGS__)
#define log_error(what, ...) log_line(LOG_LEVEL_ERROR, what, __VA_ARGS__)

/* Writes the line and ends the process (abort): for what only a bug or an exhausted machine can cause. */
_Noreturn void log_fatal(const char *what, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Does standard error go to a terminal, so that a progress bar has a reader? */
bool log_on_terminal(void);

/* A plain message to the person at the terminal (usage errors, faults): written as it is, so escape what came
 * from outside. */
void log_tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
