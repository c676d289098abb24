#!/usr/bin/python3
"""Calls that have one place: ending the process, writing to stderr, reading a clock. And words that are not finished.

What must not be called at all (strcpy, gmtime, …) does not compile: base/banned.h.
"""
import re

from source import LAYERS, Check, code_of, line_of

CLOCKS = "time comes from base/clock.h, so that tests can set it"
# Pattern, the files where it may stand, why.
PLACES = [
    (r"\b(exit|_exit|_Exit|quick_exit|abort)\s*\(", ["agent/main.c", "base/log.c"],
     "only agent/main.c ends the process (log_fatal for what only a bug can cause)"),
    (r"\bstderr\b|\bSTDERR_FILENO\b|\bperror\s*\(", ["base/log.c"], "only base/log.c writes to stderr"),
    (r"\bclock_gettime\s*\(", ["base/clock.c", "base/queue.c"], CLOCKS),
    (r"\b(time|gettimeofday|clock|timespec_get|ftime)\s*\(", ["base/clock.c"], CLOCKS),
    (r"\b(rand|random|srand|srandom|drand48)\s*\(", [], "chance comes from base/net/crypto.h"),
    (r"\b(system|popen)\s*\(", [], "the agent starts no shell"),
    (r"\btypedef\s+(struct|union|enum)\b(?![^;{]*\()", [], "structs keep their tag: no typedef"),
]
# Split, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK", "WI" "P"]) + r")\b")
VAGUE = {"util", "utils", "common", "misc", "helper", "helpers", "manager"}


def in_c(check, path):
    code = code_of(check.text(path))
    for pattern, places, why in PLACES:
        if str(path) in places:
            continue
        for match in re.finditer(pattern, code):
            check.say(path, line_of(code, match.start()), f"{match.group().strip()}: {why}")


def in_any(check, path):
    if path.stem in VAGUE:
        check.say(path, 1, "a file is named after the thing it owns")
    text = check.text(path)
    for match in UNFINISHED.finditer(text):
        check.say(path, line_of(text, match.start()), f"{match.group()}: finish it or file it")


def main():
    check = Check(__doc__)
    for path in check.files(LAYERS, {".c", ".h"}):
        in_c(check, path)
    for path in check.files(LAYERS + ["tests", "docs"], {".c", ".h", ".py", ".sh", ".md", ".yaml", ".yml"}):
        in_any(check, path)
    check.end()


if __name__ == "__main__":
    main()
