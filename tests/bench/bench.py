#!/usr/bin/python3
"""Measures kendrawatch on generated CloudTrail, beside libdeflate and jansson on the same machine in the same minutes.

    make bench [BENCH_MB=1000] [BENCH_ROUNDS=7]        BENCH_MB=100 BENCH_ROUNDS=3 for a quick look

How to read what it prints, and what each row is: tests/bench/README.md.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

import bench_input

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "bench"
RELEASE = ROOT / "build" / "release"
LISTS = ROOT / "tests/bench/lists.yaml"
SLOW_S = 60  # a row that would take longer than that each round gets a tenth of the input
UNITS = ("plain", "SSE2", "AVX2")


@dataclass
class Row:
    name: str
    about: str
    how: str  # stage: one of bench_stages; unit: of bench_scan; scan: kendrawatch scan, from outside
    data: str = "ndjson"
    rules: str = ""
    form: str = "counts"  # scan: --output
    options: tuple = ()  # scan: more options
    cores: int = 1
    yardstick: str = ""
    target: float = 0.0  # the least ratio that is wanted; 0: only shown


ROWS = [
    Row("libdeflate", "yardstick: inflates the gzip objects", "stage", "tree"),
    Row("jansson", "yardstick: reads every record into a tree", "stage", "part"),
    *(Row(f"paths {unit}", "picks 12 paths of every record", "unit", "part", yardstick="libdeflate here") for unit in UNITS),
    Row("paths file", "yardstick: the same, reading the file as scan does", "stage"),
    Row("decode", "our plain reader: every record into a tree", "stage", "part", yardstick="jansson"),
    Row("57", "57 rules as SigmaHQ's", "scan", rules="sigmahq", yardstick="paths file", target=0.70),
    Row("57 no dedup", "the same with --no-dedup", "scan", rules="sigmahq", options=("--no-dedup",), yardstick="paths file"),
    Row("57 gz", "the same from gzip objects", "scan", "tree", rules="sigmahq", yardstick="libdeflate", target=0.60),
    Row("default", "the packs, alerts as ndjson into a file", "scan", rules="packs", form="ndjson", yardstick="paths file"),
    Row("1,000", "1,000 mixed rules", "scan", rules="mixed 1000", yardstick="57", target=0.80),
    Row("10,000", "10,000 mixed rules", "scan", rules="mixed 10000", yardstick="57", target=0.60),
    Row("10,000 no eq", "10,000 rules without equality", "scan", rules="noequality 10000", yardstick="57", target=0.60),
    Row("match-heavy", "3 rules, each matches every event", "scan", rules="matchheavy", yardstick="57"),
    Row("match-heavy out", "the same, alerts as ndjson into a file", "scan", "part", rules="matchheavy", form="ndjson",
        yardstick="match-heavy"),
]
JOBS = [  # where the binary has --jobs; wall time, on two cores
    Row("files, 1 job", "64 files", "scan", "files", rules="sigmahq", options=("--jobs", "1"), cores=2),
    Row("files, 2 jobs", "the same", "scan", "files", rules="sigmahq", options=("--jobs", "2"), cores=2,
        yardstick="files, 1 job", target=1.80),
    Row("one file, 1 job", "one NDJSON file", "scan", rules="sigmahq", options=("--jobs", "1"), cores=2),
    Row("one file, 2 jobs", "the same", "scan", rules="sigmahq", options=("--jobs", "2"), cores=2,
        yardstick="one file, 1 job", target=1.80),
]
LIMITS = [  # row, what, unit, at most
    ("57", "rss_mib", "MiB resident with 57 rules", 32),
    ("10,000", "rss_mib", "MiB resident with 10,000 rules", 96),
    ("10,000", "load_s", "s to load 10,000 rules", 0.5),
]


def wrong(what):
    sys.exit(f"bench: {what}")


def number(name, otherwise):
    text = os.environ.get(name, str(otherwise))
    if not text.isdigit() or int(text) < 1:
        wrong(f"{name} is a whole number from 1, not {text!r}")
    return int(text)


# ---- one measurement


def run(argv, cores, out=subprocess.PIPE):
    """What it printed, wall and CPU seconds, peak RSS in MiB."""
    allowed = sorted(os.sched_getaffinity(0))[-cores:]
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in argv], stdout=out, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                               preexec_fn=lambda: os.sched_setaffinity(0, allowed))
    text = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        wrong(f"{' '.join(map(str, argv))} ended with {process.returncode}")
    return text, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def stage(name, path, rules=None):
    text, *_ = run([RELEASE / "bench/bench_stages", name, path, *([LISTS, rules] if rules else [])], 1)
    return json.loads(text)


def scan(row, path, rules):
    """One `kendrawatch scan` from outside: totals, matches, seconds, RSS."""
    argv = [RELEASE / "kendrawatch", "scan", "--output", row.form, "--lists", LISTS, "--rules", rules, *row.options, path]
    if row.form == "counts":
        text, wall, cpu, rss = run(argv, row.cores)
        said = json.loads(text)
        if said["malformed"] or said["duplicates"]:
            wrong(f"{row.name}: {said['malformed']} malformed and {said['duplicates']} duplicate events in healthy input")
        return {"events": said["events"], "bytes": said["bytes"], "matches": said["alerts"], "wall": wall, "cpu": cpu, "rss_mib": rss}
    with open(HOME / "alerts.ndjson", "w+b") as out:
        _, wall, cpu, rss = run(argv, row.cores, out)
        out.seek(0)
        lines = sum(piece.count(b"\n") for piece in iter(lambda: out.read(1 << 20), b""))
        out.truncate(0)
    return {"events": None, "bytes": None, "matches": lines, "wall": wall, "cpu": cpu, "rss_mib": rss}


class Bench:
    def __init__(self, megabytes):
        self.rules = bench_input.rules()
        self.inputs = bench_input.inputs(megabytes)
        self.rows = list(ROWS)
        if "--jobs" in run([RELEASE / "kendrawatch", "help", "scan"], 1)[0].decode():
            self.rows += JOBS

    def check_reference(self):
        """The engine's counts are those of the reference evaluator, on a few events, with every rule set."""
        path, events = self.inputs["head"]
        for name in bench_input.SETS:
            row = Row(name, "", "scan")
            fast, slow = scan(row, path, self.rules[name]), stage("evaluate", path, self.rules[name])
            if (fast["events"], fast["matches"]) != (events, slow["matches"]):
                wrong(f"{name}: {fast['matches']} matches in {fast['events']} events, the reference says {slow['matches']}")

    def spare_slow_rows(self):
        """Rows that would take minutes each round are given a tenth; the table says so."""
        for row in self.rows:
            if row.how == "scan" and row.data == "ndjson" and row.cores == 1:
                figure = scan(row, self.inputs["part"][0], self.rules[row.rules])
                if figure["wall"] * bench_input.PART > SLOW_S:
                    row.data = "part"

    def measure(self, row):
        path, events = self.inputs[row.data]
        if row.how == "stage":
            said = stage(row.name, path)
            figure = {"events": said["events"] or events, "bytes": said["bytes"], "matches": 0, "seconds": said["cpu"],
                      "wall": said["seconds"], "cpu": said["cpu"], "rss_mib": 0}
        else:
            figure = scan(row, path, self.rules[row.rules])
            nothing = scan(row, self.inputs["none"][0], self.rules[row.rules])
            figure["load_s"] = nothing["cpu"]
            clock = "cpu" if row.cores == 1 else "wall"
            figure["seconds"] = max(figure[clock] - nothing[clock], 1e-6)
        if figure["events"] not in (None, events):
            wrong(f"{row.name} saw {figure['events']} of {events} events")
        return figure | {"data": row.data, "n_events": events}

    def units(self):
        """The scanner alone: rates in MB/s, each object beside libdeflate on the same bytes."""
        path, events = self.inputs["part"]
        said = json.loads(run([RELEASE / "bench/bench_scan", path, "1", "json"], 1)[0])
        if said["records"] != events:
            wrong(f"bench_scan saw {said['records']} of {events} events")
        size = path.stat().st_size
        return {f"paths {unit}": {"events": events, "n_events": events, "bytes": size, "matches": said["values"], "data": "part",
                                  "seconds": size / 1e6 / rate["mb_per_s"], "wall": 0, "rss_mib": 0, "ratio": rate["ratio"]}
                for unit, rate in said["units"].items()}

    def one_round(self):
        figures = self.units()
        for row in self.rows:
            if row.how != "unit":
                figures[row.name] = self.measure(row)
        for figure in figures.values():
            figure["bytes"] = figure["bytes"] or self.inputs[figure["data"]][0].stat().st_size
            figure["mb_per_s"] = figure["bytes"] / 1e6 / figure["seconds"]
        for row in self.rows:
            if row.yardstick in figures and row.name in figures:
                figures[row.name]["ratio"] = figures[row.name]["mb_per_s"] / figures[row.yardstick]["mb_per_s"]
        return figures


def agree(rows, rounds):
    """A rate means nothing unless all did all the work: the same matches for the same rules and input, every round."""
    known = {}
    for figures in rounds:
        for row in rows:
            if row.how == "scan":
                figure = figures[row.name]
                key = row.rules, figure["n_events"]
                first, matches = known.setdefault(key, (row.name, figure["matches"]))
                if not figure["matches"] or figure["matches"] != matches:
                    wrong(f"{row.name} found {figure['matches']} matches, {first} found {matches}, in the same events")
        sizes = {figures[name]["bytes"] for name in ("jansson", "decode")}
        if len(sizes) != 1:
            wrong("jansson and decode saw different numbers of bytes")


# ---- results


def middle(rounds, name, what):
    return statistics.median(figures[name][what] for figures in rounds)


def verdict(holds):
    return "✓" if holds else "✗"


def summarise(all_rows, rounds):
    """What was measured, by row, and which targets hold."""
    rows, missed = {}, []
    for row in all_rows:
        mine = [figures[row.name] for figures in rounds if row.name in figures]
        if not mine:
            continue
        rates = [figure["mb_per_s"] for figure in mine]
        out = {"about": row.about, "mb_per_s": statistics.median(rates), "least": min(rates), "most": max(rates),
               "events_per_s": statistics.median(figure["n_events"] / figure["seconds"] for figure in mine),
               "matches": mine[0]["matches"], "rss_mib": max(figure["rss_mib"] for figure in mine), "data": mine[0]["data"]}
        if "load_s" in mine[0]:
            out["load_s"] = statistics.median(figure["load_s"] for figure in mine)
        if "ratio" in mine[0]:
            out |= {"ratio": statistics.median(figure["ratio"] for figure in mine), "to": row.yardstick}
        if row.target:
            out |= {"target": row.target, "holds": out["ratio"] >= row.target}
            if not out["holds"]:
                missed.append(f"{row.name}: {out['ratio']:.2f} of {row.yardstick}, wanted {row.target:.2f}")
        rows[row.name] = out
    limits = []
    for name, what, words, most in LIMITS:
        value = rows[name][what]
        limits.append({"what": words, "value": value, "at_most": most, "holds": value <= most})
        if value > most:
            missed.append(f"{value:.3g} {words}, wanted at most {most:g}")
    return rows, limits, missed


def show(rows, limits, missed):
    print(f"{'row':<17}{'MB/s':>7}{'least-most':>14}{'events/s':>11}  {'ratio':<24}{'target':<9}  what")
    for name, row in rows.items():
        ratio = f"{row['ratio']:.2f} of {row['to']}" if "ratio" in row else ""
        target = f"≥ {row['target']:.2f} {verdict(row['holds'])}" if "target" in row else ""
        about = row["about"] + (", a tenth of the events" if row["data"] == "part" and row.get("load_s") else "")
        spread = f"{row['least']:.0f}-{row['most']:.0f}"
        print(f"{name:<17}{row['mb_per_s']:>7.0f}{spread:>14}{row['events_per_s']:>11,.0f}  {ratio:<24}{target:<9}  {about}")
    print("\nloading, taken off the rates: " + ", ".join(
        f"{row['load_s']:.3f} s ({name})" for name, row in rows.items() if "load_s" in row and "jobs" not in name))
    for limit in limits:
        print(f"{limit['value']:.3g} {limit['what']}, target ≤ {limit['at_most']:g} {verdict(limit['holds'])}")
    n = sum("target" in row for row in rows.values()) + len(limits)
    print(f"\n{n - len(missed)} of {n} targets hold" + (", missed:" if missed else ""))
    for words in missed:
        print(f"  ✗ {words}")


def machine():
    model = [line.partition(":")[2].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")]
    return {"cpu": model[0] if model else "unknown", "cores": os.cpu_count(), "load": os.getloadavg()[0]}


def busy(all_rows, rounds):
    """How much longer than its own work a process took: other work on the machine spoils rates."""
    return statistics.median(figures[row.name]["wall"] / max(figures[row.name]["cpu"], 1e-9)
                             for figures in rounds for row in all_rows if row.how == "scan" and row.cores == 1)


def main():
    for binary in ("kendrawatch", "bench/bench_stages", "bench/bench_scan"):
        if not (RELEASE / binary).exists():
            wrong(f"build/release/{binary} is missing: call this by `make bench`")
    megabytes, n_rounds, before = number("BENCH_MB", 1000), number("BENCH_ROUNDS", 7), machine()
    bench, rounds = Bench(megabytes), []
    bench.check_reference()
    bench.spare_slow_rows()
    for done in range(n_rounds):
        begin = time.monotonic()
        rounds.append(bench.one_round())
        agree(bench.rows, rounds)
        print(f"round {done + 1} of {n_rounds}: {time.monotonic() - begin:.0f} s", flush=True)
    (HOME / "alerts.ndjson").unlink(missing_ok=True)
    rows, limits, missed = summarise(bench.rows, rounds)
    path, events = bench.inputs["ndjson"]
    print(f"\n{events:,} events, {path.stat().st_size / 1e6:,.0f} MB of JSON; medians of {n_rounds} rounds, ratios within a round; "
          f"one core unless it says jobs;\n{before['cpu']}, {before['cores']} cores, load {before['load']:.1f}\n")
    show(rows, limits, missed)
    if busy(bench.rows, rounds) > 1.2:
        print(f"\nthe machine was busy: things took {busy(bench.rows, rounds):.1f} times their own CPU time; don't trust these figures far")
    result = {"machine": before, "events": events, "megabytes": megabytes, "rows": rows, "limits": limits, "missed": missed,
              "rounds": rounds}
    (HOME / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    print("\nall figures: build/bench/result.json; how to read them: tests/bench/README.md")


if __name__ == "__main__":
    main()
