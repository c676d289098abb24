#!/usr/bin/python3
"""Who may include what: a layer its own folder and those to the left; a library only the files that own it.

The linker says the same of calls (each archive is linked with the lower ones only); this says it of types and macros,
and says it at the line.
"""
import re

from source import LAYERS, Check, code_of, line_of

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)

# Header of a library, as a regular expression -> the files or folders (ending in /) that may include it.
OWNERS = {
    r"curl/": ["base/net/http.c", "base/net/http_curl.h", "base/net/http_curl.c"],
    r"openssl/": ["base/net/"],
    r"yaml\.h": ["base/ydoc.c"],
    r"jansson\.h": ["base/jdoc.c"],
    r"sqlite3\.h": ["base/store.c"],
    r"libdeflate\.h": ["base/inflate.c"],
    r"zlib\.h": ["base/inflate.c"],
    r"pcre2\.h": ["rules/regex.c"],
    r"microhttpd\.h": ["agent/listen/"],
}


def layer_of(path):
    parts = path.parts[2:] if path.parts[:2] == ("tests", "unit") else path.parts
    return parts[0] if parts and parts[0] in LAYERS else None


def owned_by(path, owners):
    return any(str(path) == owner or (owner.endswith("/") and str(path).startswith(owner)) for owner in owners)


def look(check, path):
    layer, product = layer_of(path), path.parts[0] != "tests"
    text = code_of(check.text(path), keep_texts=True)
    for match in INCLUDE.finditer(text):
        line, quote, name = line_of(text, match.start()), match.group(1), match.group(2)
        if quote == "<":
            for library, owners in OWNERS.items():
                if product and re.match(library, name) and not owned_by(path, owners):
                    check.say(path, line, f"<{name}> belongs to {', '.join(owners)} alone: call our wrapper")
            continue
        target = name.split("/")[0]
        if not (check.root / name).is_file():
            check.say(path, line, f'"{name}" is no file below the root: include paths start there')
        elif target in LAYERS and layer and LAYERS.index(target) > LAYERS.index(layer):
            check.say(path, line, f'"{name}" is to the right of layer {layer} ({" < ".join(LAYERS)})')
        elif target == "tests" and product:
            check.say(path, line, f'"{name}": the product does not need its tests')


def main():
    check = Check(__doc__)
    for path in check.files(LAYERS + ["tests"], {".c", ".h"}):
        look(check, path)
    check.end()


if __name__ == "__main__":
    main()
