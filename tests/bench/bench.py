#!/usr/bin/python3
"""Measures events/s and MB/s of each stage of the pipeline and of the whole `kendrawatch scan`, on generated CloudTrail.

    make bench [BENCH_MB=200] [BENCH_ROUNDS=5]

Every round runs every stage once, each in a process of its own, so that whatever slows the machine down slows all of
them; ratios are taken within a round. Shown are medians with the least and the most; build/bench/result.json has all.
MB are 10^6 bytes of JSON, also where the input was compressed. The inputs are in memory before the clock starts, but for
`scan`, which is measured from outside, start and rule loading included.
"""
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "bench"
RELEASE = ROOT / "build" / "release"
LISTS = ROOT / "tests/bench/lists.yaml"
PACKS = ROOT / "rules/packs"
EVENT_BYTES = 1383  # average of the generator

# Name, which input, needs rules, yardstick (a stage of the same round), what it is.
STAGES = [
    ("libdeflate", "tree", False, None, "libdeflate alone"),
    ("inflate", "tree", False, "libdeflate", "gzip, whole objects"),
    ("inflate_stream", "tree", False, "libdeflate", "gzip, streamed (zlib)"),
    ("jansson", "ndjson", False, None, "jansson alone"),
    ("frame", "ndjson", False, "jansson", "bytes cut into records"),
    ("decode", "ndjson", False, "jansson", "records read as trees"),
    ("evaluate", "ndjson", True, "decode", "decode, then all packs"),
    ("reading", "ndjson", True, "evaluate", "all between bytes and findings"),
]
SCANS = [
    ("scan ndjson", "ndjson", "evaluate", "kendrawatch scan --output counts FILE"),
    ("scan gz", "tree", "scan ndjson", "kendrawatch scan --output counts TREE"),
]


def wrong(what):
    sys.exit(f"bench: {what}")


def number(name, otherwise):
    text = os.environ.get(name, str(otherwise))
    if not text.isdigit() or int(text) < 1:
        wrong(f"{name} is a whole number from 1, not {text!r}")
    return int(text)


# ---- input


def generate(events):
    """The same events as one NDJSON file and as a tree of gzip objects; kept until the generator changes."""
    source = b"".join(path.read_bytes() for path in sorted((ROOT / "tests/data").glob("*.py")))
    place = HOME / f"data-{events}-{hashlib.sha256(source).hexdigest()[:12]}"
    inputs = {"ndjson": place / "trail.ndjson", "tree": place / "tree"}
    if (place / "done").exists():
        return inputs
    for old in HOME.glob("data-*"):
        shutil.rmtree(old)
    place.mkdir(parents=True)
    print(f"generating {events} events …", flush=True)
    for form, path in inputs.items():
        subprocess.run(["/usr/bin/python3", ROOT / "tests/data/generate.py", "--events", str(events), "--form", form,
                        "--out", path], check=True, stderr=subprocess.DEVNULL)
    (place / "done").touch()
    return inputs


# ---- one measurement


def run(argv):
    """What it printed (JSON), wall and CPU seconds, peak RSS."""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in argv], stdout=subprocess.PIPE, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        wrong(f"{' '.join(map(str, argv))} ended with {process.returncode}")
    said = json.loads(text)
    return said, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure_stage(name, path, with_rules):
    rules = [LISTS, PACKS] if with_rules else []
    said, _, _, rss = run([RELEASE / "bench/bench_stages", name, path, *rules])
    return {"events": said["events"], "bytes": said["bytes"], "matches": said["matches"], "seconds": said["seconds"],
            "cpu": said["cpu"], "rss_mib": rss}


def measure_scan(path):
    said, seconds, cpu, rss = run([RELEASE / "kendrawatch", "scan", "--output", "counts", "--lists", LISTS, "--rules", PACKS, path])
    if said["malformed"] or said["duplicates"]:
        wrong(f"scan saw {said['malformed']} malformed and {said['duplicates']} duplicate events in healthy input")
    return {"events": said["events"], "bytes": said["bytes"], "matches": said["alerts"], "seconds": seconds, "cpu": cpu,
            "rss_mib": rss}


def one_round(inputs):
    figures = {name: measure_stage(name, inputs[form], rules) for name, form, rules, _, _ in STAGES}
    figures |= {name: measure_scan(inputs[form]) for name, form, _, _ in SCANS}
    return figures


def agree(figures, events):
    """A rate means nothing unless everyone did all the work: same events, same matches, same bytes."""
    for name, figure in figures.items():
        if figure["events"] not in ((0, events) if "flate" in name else (events,)):
            wrong(f"{name} saw {figure['events']} of {events} events")
    for names in (("libdeflate", "inflate", "inflate_stream"), ("jansson", "frame", "decode", "evaluate")):
        if len({figures[name]["bytes"] for name in names}) != 1:
            wrong(f"{', '.join(names)} saw different numbers of bytes")
    matches = {name: figures[name]["matches"] for name in ("evaluate", "reading", "scan ndjson", "scan gz")}
    if len(set(matches.values())) != 1 or not matches["evaluate"]:
        wrong(f"not the same matches everywhere: {matches}")


# ---- results


def spread(values):
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def summarise(rounds, events):
    rows = {}
    yardsticks = {name: yardstick for name, _, _, yardstick, _ in STAGES} | {name: y for name, _, y, _ in SCANS}
    for name, yardstick in yardsticks.items():
        mine = [figures[name] for figures in rounds]
        # All rates count the NDJSON's bytes or those inside the gzip objects, whichever this stage was given.
        rows[name] = {
            "events_per_s": spread([events / figure["seconds"] for figure in mine]),
            "mb_per_s": spread([figure["bytes"] / figure["seconds"] / 1e6 for figure in mine]),
            "seconds": spread([figure["seconds"] for figure in mine]),
            "cpu_seconds": spread([figure["cpu"] for figure in mine]),
            "rss_mib": spread([figure["rss_mib"] for figure in mine]),
            "matches": mine[0]["matches"],
        }
        if yardstick:
            rows[name]["ratio_to"] = yardstick
            rows[name]["ratio"] = spread([figures[yardstick]["seconds"] / figures[name]["seconds"] for figures in rounds])
    return rows


def show(rows):
    about = {name: words for name, _, _, _, words in STAGES} | {name: words for name, _, _, words in SCANS}
    print(f"{'stage':<15}{'events/s':>10}{'MB/s':>8}{'(least-most)':>16}{'CPU s':>8}{'RSS MiB':>9}  ratio")
    for name, row in rows.items():
        rate = row["mb_per_s"]
        ratio = f"{row['ratio']['median']:.2f} of {row['ratio_to']}" if "ratio" in row else "yardstick"
        print(f"{name:<15}{row['events_per_s']['median']:>10,.0f}{rate['median']:>8.0f}"
              f"{rate['least']:>9.0f}-{rate['most']:<6.0f}{row['cpu_seconds']['median']:>8.2f}"
              f"{row['rss_mib']['most']:>9.0f}  {ratio:<22} {about[name]}")


def machine():
    model = [line.partition(":")[2].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")]
    return {"cpu": model[0] if model else "unknown", "cores": os.cpu_count(), "load": os.getloadavg()[0]}


def main():
    for binary in (RELEASE / "kendrawatch", RELEASE / "bench/bench_stages"):
        if not binary.exists():
            wrong(f"{binary} is missing: call this by `make bench`")
    n_rounds = number("BENCH_ROUNDS", 5)
    events = max(1000, number("BENCH_MB", 200) * 1_000_000 // EVENT_BYTES)
    inputs, rounds, before = generate(events), [], machine()
    for done in range(n_rounds):
        rounds.append(one_round(inputs))
        agree(rounds[-1], events)
        print(f"round {done + 1} of {n_rounds}", flush=True)
    rows = summarise(rounds, events)
    print(f"\n{events} events, {rounds[0]['decode']['bytes'] / 1e6:.0f} MB, {rounds[0]['evaluate']['matches']} matches; "
          f"{n_rounds} rounds; {before['cpu']}, {before['cores']} cores, load {before['load']:.1f}\n")
    show(rows)
    result = {"machine": before, "events": events, "rounds": n_rounds, "stages": rows, "raw": rounds}
    (HOME / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    print("\nall figures: build/bench/result.json")


if __name__ == "__main__":
    main()
