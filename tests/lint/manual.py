#!/usr/bin/python3
"""The header is the manual: a comment stands above every public function, and its parameters have names.

One comment may serve a paragraph of prototypes without a blank line between them. x_free, x_fini and the others whose
meaning docs/architecture.md gives once need none, nor do inline functions, which show their body.
"""
import re

from source import LAYERS, Check, code_of, line_of

FUNCTION = re.compile(r"^(?!typedef|static|#|struct \w+ \{|enum \w+ \{)[a-zA-Z_][\w \t*\n]*?[\s*](\w+)\(([^;{}]*?)\)"
                      r"(?:\s*__attribute__\(\(.*?\)\))?;", re.M | re.S)
BY_NAME = re.compile(r"_(init|fini|new|free|reset|ref|unref|name|help)$")
BARE = re.compile(r"^(const\s+)?(unsigned\s+|signed\s+|long\s+)*(void|char|int|long|short|bool|double|float|size_t|ssize_t|"
                  r"u?int\d+_t|struct \w+|enum \w+|union \w+)[\s*]*(const)?$")


def documented(lines, line):
    """A comment within the paragraph above, or behind the prototype."""
    if "/*" in lines[line - 1]:
        return True
    for above in reversed(lines[:line - 1]):
        if not above.strip():
            return False
        if "*/" in above or above.strip().startswith("//"):
            return True
    return False


def look(check, path):
    text = check.text(path)
    lines, code = text.splitlines(), code_of(text)
    # Macro bodies and inline functions may look like prototypes.
    code = re.sub(r"^[ \t]*#(?:.*\\\n)*.*", lambda m: re.sub(r"[^\n]", " ", m.group()), code, flags=re.M)
    for match in FUNCTION.finditer(code):
        name, parameters = match.group(1), match.group(2)
        line = line_of(code, match.start())
        if not BY_NAME.search(name) and not documented(lines, line):
            check.say(path, line, f"{name}() has no docstring above it")
        for parameter in re.split(r",(?![^(]*\))", parameters):
            words = " ".join(parameter.split())
            if words not in ("void", "...", "") and BARE.match(words):
                check.say(path, line, f"{name}() has a parameter without a name: {words}")


def main():
    check = Check(__doc__)
    for path in check.files(LAYERS, {".h"}):
        look(check, path)
    check.end()


if __name__ == "__main__":
    main()
