/* Cutting files of lines. Called by crew.c under its window's lock, once a piece: a look at some kilobytes.
 */
#include "agent/scan/piece.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/sv.h"
#include "rules/event/frame.h"

#define LOOK_BYTES ((size_t)16 << 10)
#define REACH ((uint64_t)2 * FRAME_MAX_RECORD)

/* Bytes of fd from `at` on; empty at the end, or when they can't be read. */
static struct sv look(int fd, uint64_t at, char *room)
{
	ssize_t n;
	do
		n = pread(fd, room, LOOK_BYTES, (off_t)at);
	while (n < 0 && errno == EINTR);
	return sv_of(room, n > 0 ? (size_t)n : 0);
}

/* The first newline at or after `from`, as far as `until`; PIECE_END: none. */
static uint64_t find_newline(int fd, uint64_t from, uint64_t until)
{
	char room[LOOK_BYTES];
	for (struct sv bytes; from < until; from += bytes.len) {
		bytes = look(fd, from, room);
		if (!bytes.len)
			break;
		size_t at = sv_find_char(bytes, '\n');
		if (at != SV_NONE)
			return from + at;
	}
	return PIECE_END;
}

static bool begins_object(int fd)
{
	char room[LOOK_BYTES];
	struct sv head = look(fd, 0, room);
	if (sv_starts(head, SV("\xef\xbb\xbf")))
		head = sv_skip(head, 3);
	head = sv_trim(head);
	return head.len && head.ptr[0] == '{';
}

/* Does the line that the newline at `newline` ends end with an object? */
static bool ends_object(int fd, uint64_t newline)
{
	char room[LOOK_BYTES];
	uint64_t begin = newline > 16 ? newline - 16 : 0;
	struct sv line = sv_trim(sv_head(look(fd, begin, room), (size_t)(newline - begin)));
	return line.len > 1 && line.ptr[line.len - 1] == '}';
}

bool piece_looks_cuttable(int fd)
{
	if (!begins_object(fd))
		return false;
	uint64_t newline = find_newline(fd, 0, REACH);
	return newline != PIECE_END && ends_object(fd, newline);
}

uint64_t piece_begin(int fd, uint64_t from)
{
	char room[LOOK_BYTES];
	uint64_t until = from + REACH, newline = from;
	while ((newline = find_newline(fd, newline, until)) != PIECE_END) {
		struct sv next = look(fd, ++newline, room);
		if (!next.len)
			break;
		if (next.ptr[0] == '{')
			return newline;
	}
	return PIECE_END;
}
