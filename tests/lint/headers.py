#!/usr/bin/python3
"""Every header compiles alone, with gcc and with clang, and is guarded by its own name.

`*_list.h` and `*_table.h` are X-macros: they are included where their macro is defined, and must hold nothing else.
"""
import concurrent.futures
import os
import re
import subprocess

from source import LAYERS, Check, code_of

FLAGS = ["-std=gnu17", "-D_GNU_SOURCE", "-I.", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-fsyntax-only",
         "-x", "c", "-include", "base/banned.h"]
ENTRY = re.compile(r"([A-Z][A-Z0-9_]*)\s*\(")


def alone(root, path, compiler):
    """None, or what the compiler says first."""
    done = subprocess.run([compiler, *FLAGS, "-"], input=f'#include "{path}"\n', cwd=root, text=True,
                          capture_output=True, check=False)
    return None if done.returncode == 0 else (done.stderr.strip() or f"{compiler} ended with {done.returncode}")


def guard(check, path):
    want = "KW_" + re.sub(r"[^A-Z0-9]", "_", str(path).upper())
    code = code_of(check.text(path))
    first = re.search(r"^\s*#ifndef (\w+)\s*\n\s*#define (\w+)", code)
    if not first or first.group(1) != want or first.group(2) != want:
        check.say(path, 1, f"its first lines of code are not #ifndef {want}, #define {want}")


def only_entries(check, path):
    left = re.sub(r"^\s*#.*$", "", code_of(check.text(path)), flags=re.M)
    while (match := ENTRY.search(left)):
        depth, end = 1, match.end()
        while depth and end < len(left):
            depth += {"(": 1, ")": -1}.get(left[end], 0)
            end += 1
        left = left[:match.start()] + left[end:]
    if left.strip(" \t\n;"):
        check.say(path, 1, f"a list holds entries only, not {left.split()[0]!r}")


def main():
    check = Check(__doc__)
    headers = check.files(LAYERS, {".h"})
    lists = [path for path in headers if path.stem.endswith(("_list", "_table"))]
    whole = [path for path in headers if path not in lists]
    for path in lists:
        only_entries(check, path)
    for path in whole:
        guard(check, path)
    jobs = [(path, compiler) for path in whole for compiler in ("gcc", "clang")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda job: alone(check.root, *job), jobs)
        for (path, compiler), words in zip(jobs, said):
            if words:
                check.say(path, 1, f"does not compile alone with {compiler}: {words}")
    check.end()


if __name__ == "__main__":
    main()
