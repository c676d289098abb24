#!/usr/bin/python3
"""Prints compile_commands.json, from which clangd and clang-tidy learn how each file is compiled.

    compile_commands.py COMPILER FLAG... -- SOURCE...
"""
import json
import os
import sys


def main(words):
    if "--" not in words[1:]:
        sys.exit(__doc__)
    split = words.index("--")
    command, sources = words[:split], words[split + 1:]
    json.dump(
        [{"directory": os.getcwd(), "file": source, "arguments": [*command, "-c", source]} for source in sources],
        sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main(sys.argv[1:])
