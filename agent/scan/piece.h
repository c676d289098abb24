/* Where a plain file of lines can be cut into pieces that are read at the same time. Both answers are guesses
 * that cost time when they are wrong, never a record: whoever reads the piece in front knows whether a record
 * really ended there (reading_is_fresh), and reads on when not. */
#ifndef KW_AGENT_SCAN_PIECE_H
#define KW_AGENT_SCAN_PIECE_H

#include <stdbool.h>
#include <stdint.h>

/* Pieces are between these. */
#define PIECE_LEAST ((uint64_t)1 << 20)
#define PIECE_BYTES ((uint64_t)16 << 20)
#define PIECE_END UINT64_MAX

/* Does it begin with a line that is an object for itself? Lines of an array, pretty-printed JSON, one long
 * line and gzip are no such files. Reads from `fd` by place; its own place is left alone. */
bool piece_looks_cuttable(int fd);

/* The first place behind the newline at or after byte `from` where a line begins with `{`; PIECE_END when the
 * file ends before, or there is none within two records of the greatest size. */
uint64_t piece_begin(int fd, uint64_t from);

#endif
