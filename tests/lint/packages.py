#!/usr/bin/python3
"""One list of Debian packages, .ci/packages: nothing else names any, but for the line that comes before the clone."""
import re

from source import Check

GROUPS = ["build", "demo", "test", "dev"]
BEFORE_CLONE = {"ca-certificates", "git", "make"}  # README's root line on a bare Debian
INSTALL = re.compile(r"apt(?:-get)?\b[^\n;&|`]*\binstall\b([^\n;&|`]*)")
DEPS = re.compile(r"\.ci/deps\s+((?:[a-z]+\s*)+)")
PLACES = ["Makefile", "README.md", ".ci/run", ".ci/deps"]


def the_list(check):
    """Each line is a group and a package, no package is named twice, no group is empty."""
    seen, filled = {}, set()
    for number, line in enumerate(check.text(".ci/packages").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        if len(words) != 2 or words[0] not in GROUPS:
            check.say(".ci/packages", number, f"not GROUP PACKAGE with a group of {', '.join(GROUPS)}: {line!r}")
            continue
        group, package = words
        if package in seen:
            check.say(".ci/packages", number, f"{package} is already in line {seen[package]}")
        seen.setdefault(package, number)
        filled.add(group)
    for group in GROUPS:
        if group not in filled:
            check.say(".ci/packages", 1, f"no package in group {group}")


def mentions(check, path):
    text = check.text(path)
    for number, line in enumerate(text.splitlines(), 1):
        for match in INSTALL.finditer(line):
            words = [word.strip("\"'`") for word in match.group(1).split()]
            for package in words:
                if not package.startswith(("-", "$")) and re.match(r"[a-z0-9]", package) and package not in BEFORE_CLONE:
                    check.say(path, number, f"{package} is installed by name: name it in .ci/packages, call `make deps`")
        for match in DEPS.finditer(line):
            for group in match.group(1).split():
                if group not in GROUPS:
                    check.say(path, number, f"there is no group {group} in .ci/packages")


def main():
    check = Check(__doc__)
    the_list(check)
    places = [path for path in PLACES if (check.root / path).is_file()]
    for missing in set(PLACES) - set(places):
        check.say(missing, 1, "is missing")
    for path in places + [str(path) for path in check.files(["docs"], {".md"})]:
        mentions(check, path)
    if "README.md" in places and not re.search(r"make (deps|demo|test)", check.text("README.md")):
        check.say("README.md", 1, "does not say how packages are installed (make deps, demo or test)")
    if ".ci/run" in places and "make test" not in check.text(".ci/run"):
        check.say(".ci/run", 1, "does not run make test")
    check.end()


if __name__ == "__main__":
    main()
