"""What bench.py measures on: CloudTrail of the generator, rule sets of ruleset.py; kept until either changes."""
import itertools
import hashlib
import pathlib
import shutil
import subprocess

import ruleset

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "bench"
EVENT_BYTES = 1380  # average of the generator
PART = 10  # slow rows get one event in that many
REFERENCE_EVENTS = 500
SETS = {"sigmahq": None, "mixed 1000": 1000, "mixed 10000": 10000, "noequality 10000": 10000, "matchheavy": None}


def _stamp(folder, *more):
    source = b"".join(path.read_bytes() for path in sorted((ROOT / folder).glob("*.py")))
    return hashlib.sha256(source + repr(more).encode()).hexdigest()[:12]


def _generate(place, events):
    """The same events as one NDJSON file and as a tree of gzip objects, both at once."""
    print(f"generating {events:,} events …", flush=True)
    runs = [subprocess.Popen(["/usr/bin/python3", ROOT / "tests/data/generate.py", "--events", str(events), "--form", form,
                              "--out", place / out], stderr=subprocess.DEVNULL)
            for form, out in (("ndjson", "trail.ndjson"), ("tree", "tree"))]
    if any([run.wait() for run in runs]):
        raise SystemExit("bench: the generator failed")


def _cut(place, name, lines):
    """The first lines of the trail; as files of their own where the name has a number in it."""
    with open(place / "trail.ndjson", "rb") as trail, open(place / name, "wb") as out:
        for line, _ in zip(trail, range(lines)):
            out.write(line)


def _split(place, events, n_files):
    (place / "files").mkdir()
    with open(place / "trail.ndjson", "rb") as trail:
        for number in range(n_files):
            with open(place / "files" / f"{number:03d}.ndjson", "wb") as out:
                out.writelines(itertools.islice(trail, -(-events // n_files)))


def events_of(megabytes):
    return max(1000, megabytes * 1_000_000 // EVENT_BYTES)


def inputs(megabytes):
    """{name: (path, events)}: ndjson, tree (gzip objects), files (64 NDJSON files), part (the first tenth), head, none."""
    events = events_of(megabytes)
    place = HOME / f"data-{events}-{_stamp('tests/data', 2)}"
    if not (place / "done").exists():
        for old in HOME.glob("data-*"):
            shutil.rmtree(old)
        place.mkdir(parents=True)
        _generate(place, events)
        _cut(place, "part.ndjson", events // PART)
        _cut(place, "head.ndjson", REFERENCE_EVENTS)
        _cut(place, "none.ndjson", 0)
        _split(place, events, 64)
        (place / "done").touch()
    return {"ndjson": (place / "trail.ndjson", events), "tree": (place / "tree", events), "files": (place / "files", events),
            "part": (place / "part.ndjson", events // PART), "head": (place / "head.ndjson", REFERENCE_EVENTS),
            "none": (place / "none.ndjson", 0)}


def rules():
    """{name: folder} of all rule sets."""
    place = HOME / f"rules-{_stamp('tests/bench')}"
    if not (place / "done").exists():
        for old in HOME.glob("rules-*"):
            shutil.rmtree(old)
        for name, count in SETS.items():
            ruleset.write(name.split()[0], place / name.replace(" ", "-"), count)
        (place / "done").touch()
    return {name: place / name.replace(" ", "-") for name in SETS} | {"packs": ROOT / "rules/packs"}
