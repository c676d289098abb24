#!/usr/bin/python3
"""One idea a file: none of C passes 700 lines, none of Python 800; tables are left out."""
from source import LAYERS, Check

CAPS = {".c": 700, ".h": 700, ".py": 800}


def main():
    check = Check(__doc__)
    for path in check.files(LAYERS + ["tests"], set(CAPS)):
        if path.stem.endswith(("_list", "_table")):
            continue
        n = len(check.text(path).splitlines())
        if n > CAPS[path.suffix]:
            check.say(path, CAPS[path.suffix], f"{n} lines: look for the second idea")
    check.end()


if __name__ == "__main__":
    main()
