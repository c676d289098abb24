#!/usr/bin/python3
"""Prints rules/casefold_table.h from Unicode's CaseFolding.txt (Debian: package unicode-data).

    tests/tools/make_casefold.py /usr/share/unicode/CaseFolding.txt > rules/casefold_table.h

Simple folding: the rows of status C and S, which map one code point to one. Neighbours with the same distance
to their target become one range; Unicode alternates upper and lower case in many blocks, hence the stride.
"""
import sys


def rows(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            parts = [p.strip() for p in line.split("#")[0].split(";")]
            if len(parts) >= 3 and parts[1] in ("C", "S"):
                yield int(parts[0], 16), int(parts[2], 16)


def ranges(pairs):
    """[first, last, stride, delta]"""
    out = []
    for code, target in sorted(pairs):
        delta = target - code
        if out and out[-1][3] == delta:
            step = code - out[-1][1]
            alone = out[-1][0] == out[-1][1]
            if step in (1, 2) and (alone or step == out[-1][2]):
                out[-1][1], out[-1][2] = code, step
                continue
        out.append([code, code, 1, delta])
    return out


def main(path):
    with open(path, encoding="utf-8") as file:
        version = file.readline().strip("# \n").removesuffix(".txt")
    table = ranges(rows(path))
    print(f"/* {version}, status C and S. Made by tests/tools/make_casefold.py; do not edit. */")
    print("/* clang-format off */")
    for first, last, stride, delta in table:
        print(f"FOLD_RANGE(0x{first:05x}, 0x{last:05x}, {stride}, {delta})")
    print("/* clang-format on */")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
