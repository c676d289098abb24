"""What every check here shares: which files there are, C without comments and texts, how a finding is printed.

A check is a program: `tests/lint/NAME.py [--root FOLDER] [FILE...]`. It prints `file:line: what is wrong` for each
finding and ends with 1 if there was one. Without FILE it looks at the whole repository that --root names (this one).
"""
import argparse
import pathlib
import re
import sys

LAYERS = ["base", "config", "rules", "alerts", "agent"]  # an include goes to the own layer or to the left
OURS = pathlib.Path(__file__).resolve().parents[2]

NOT_OURS = {"__pycache__", "corpus"}

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text):
    """`text` with every character but line ends made a space: places stay what they were."""
    return re.sub(r"[^\n]", " ", text)


def code_of(text, keep_texts=False):
    """C without comments and, unless they are kept, without what stands in quotes."""
    def replaced(match):
        token = match.group()
        if token.startswith("/"):
            return blank(token)
        return token if keep_texts else token[0] + blank(token[1:-1]) + token[-1]
    return TOKEN.sub(replaced, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class Check:
    """The command line of a check and its findings."""

    def __init__(self, about):
        parser = argparse.ArgumentParser(description=about.split("\n\n")[0])
        parser.add_argument("--root", type=pathlib.Path, default=OURS)
        parser.add_argument("files", nargs="*", help="relative to the root")
        self.options = parser.parse_args()
        self.root = self.options.root.resolve()
        self.found = 0

    def files(self, folders, suffixes):
        """Paths below the root, relative, in byte order."""
        if self.options.files:
            named = [pathlib.PurePosixPath(name) for name in self.options.files]
            return [path for path in named if path.suffix in suffixes and path.parts[0] in folders]
        return sorted(
            pathlib.PurePosixPath(path.relative_to(self.root))
            for folder in folders
            for path in (self.root / folder).rglob("*")
            if path.suffix in suffixes and path.is_file() and not NOT_OURS.intersection(path.parts)
        )

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def say(self, path, line, what):
        print(f"{path}:{line}: {what}")
        self.found += 1

    def end(self):
        sys.exit(1 if self.found else 0)
