"""What `make bench` measures with: the generated rule sets are valid, the same every time, and match what they should."""

import json
import pathlib
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "bench"))

import bench  # noqa: E402
import ruleset  # noqa: E402

SETS = [("sigmahq", None, 57), ("mixed", 1000, 1000), ("noequality", 1000, 1000), ("matchheavy", None, 3)]


@pytest.fixture(scope="module")
def trail(tmp_path_factory):
    """A day of the generator in 2,000 events."""
    path = tmp_path_factory.mktemp("bench") / "trail.ndjson"
    argv = ["/usr/bin/python3", TESTS / "data/generate.py", "--events", "2000", "--out", path]
    subprocess.run(argv, check=True, stderr=subprocess.DEVNULL)
    return path


@pytest.mark.parametrize("kind, count, n_rules", SETS)
def test_rule_sets_are_valid(kw, tmp_path, kind, count, n_rules):
    assert ruleset.write(kind, tmp_path / "rules", count) == n_rules
    checked = kw.run(["check", str(tmp_path / "rules")])
    assert checked.rc == 0 and f"{n_rules} rules, 0 errors" in checked.err, checked.out + checked.err


@pytest.mark.parametrize("kind, count, n_rules", SETS)
def test_rule_sets_are_the_same_every_time(tmp_path, kind, count, n_rules):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        ruleset.write(kind, tmp_path / name, count, seed)
    a, b, c = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in "abc")
    assert a == b and len(a) == -(-n_rules // ruleset.RULES_PER_FILE)
    assert a != c  # at least the ids differ


@pytest.mark.parametrize("kind, count, share", [("mixed", 1000, 0.01), ("noequality", 1000, 0.01), ("matchheavy", None, 1.0)])
def test_rule_sets_match_as_much_as_they_say(kw, tmp_path, trail, kind, count, share):
    n_rules = ruleset.write(kind, tmp_path / "rules", count)
    said = kw.run(["scan", "--output", "counts", "--rules", str(tmp_path / "rules"), str(trail)])
    counts = json.loads(said.out)
    assert (said.rc, counts["events"], counts["malformed"]) == (0, 2000, 0)
    assert share / 2 <= len(counts["rules"]) / n_rules <= share
    if share == 1.0:
        assert set(counts["rules"].values()) == {2000}


def test_a_count_where_it_means_nothing(tmp_path):
    argv = ["/usr/bin/python3", TESTS / "bench/ruleset.py", "sigmahq", "100", "--out", tmp_path / "rules"]
    said = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    assert said.returncode == 2 and said.stderr.endswith("sigmahq 100: only mixed and noequality take a count, from 1\n")
    assert not (tmp_path / "rules").exists()


# ---- what bench.py makes of figures


def figures(**changed):
    """One round in which every row does its work at 100 MB/s."""
    rows = bench.ROWS + bench.JOBS
    one = {"n_events": 1000, "bytes": 10**8, "seconds": 1.0, "mb_per_s": 100.0, "matches": 7, "rss_mib": 10.0, "wall": 1.0,
           "cpu": 1.0, "load_s": 0.1, "data": "ndjson", "ratio": 1.0}
    return {row.name: one | changed.get(row.name, {}) for row in rows}


def test_targets_that_hold_and_that_do_not(capsys):
    rounds = [figures(**{"1,000": {"ratio": ratio}}) for ratio in (0.9, 0.79, 0.1)]
    rows, limits, missed = bench.summarise(bench.ROWS, rounds)
    bench.show(rows, limits, missed)
    said = capsys.readouterr().out
    assert missed == ["1,000: 0.79 of 57, wanted 0.80"]  # the median
    assert "\n7 of 8 targets hold, missed:\n  ✗ 1,000: 0.79 of 57, wanted 0.80\n" in said
    assert "10 MiB resident with 57 rules, target ≤ 32 ✓" in said


@pytest.mark.parametrize("name", ["57 gz", "match-heavy", "files, 2 jobs", "57"])
def test_no_rate_when_the_work_was_not_the_same(name):
    bench.agree(bench.ROWS + bench.JOBS, [figures(), figures()])
    with pytest.raises(SystemExit, match="found 6 matches"):
        bench.agree(bench.ROWS + bench.JOBS, [figures(), figures(**{name: {"matches": 6}})])
    with pytest.raises(SystemExit, match="matches"):
        bench.agree(bench.ROWS, [{name: figure | {"matches": 0} for name, figure in figures().items()}])
