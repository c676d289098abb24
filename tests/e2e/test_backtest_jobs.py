"""backtest --jobs: for any number of threads the same report, but for what clocks measured."""

import json

import pytest
from test_backtest import rule
from test_jobs import trail  # noqa: F401

SPAN = ["--since", "2020-01-01", "--until", "2029-01-01"]


@pytest.fixture
def replay(kw, tmp_path):
    """Everything that a backtest tells, of rules of which one is new and one is gone since the base."""
    now, before = tmp_path / "now", tmp_path / "before"
    for folder in (now, before):
        folder.mkdir()
        rule(folder, "asked", "Query")
    rule(now, "gone", "DeleteIndex")
    rule(before, "listed", "[ListIndices, Query]")

    def run(jobs, *paths, piece=None, base=True, stdin=None):
        args = ["backtest", *SPAN, "--rules", now, "--output", "json", *(["--jobs", str(jobs)] if jobs else [])]
        env = {"KW_PIECE": str(piece)} if piece else {}
        result = kw.run([*args, *(["--base", before] if base else []), *paths], env=env, input=stdin)
        report = json.loads(result.out)
        del report["history"]["seconds"], report["slowest"]
        return result.rc, json.dumps(report), result.err

    return run


@pytest.mark.threads
@pytest.mark.sanitize
@pytest.mark.parametrize("what", ["day.ndjson", "tree", "mess"])
def test_any_number_of_jobs_tells_the_same(replay, trail, what):  # noqa: F811
    one = replay(1, trail / what)
    assert json.loads(one[1])["history"]["events"] > 200
    for jobs, piece in ((2, 3000), (4, 700), (64, 40000), (None, 1)):
        assert replay(jobs, trail / what, piece=piece) == one, (jobs, piece)


@pytest.mark.threads
@pytest.mark.sanitize
def test_a_pipe_is_counted_while_threads_end(replay, trail):  # noqa: F811
    """What the threads counted is added when nobody counts any more."""
    lines = (trail / "day.ndjson").read_text()
    paths = ["-", trail / "tree"]
    one = replay(1, *paths, base=False, stdin=lines)
    assert replay(4, *paths, piece=700, base=False, stdin=lines) == one


def test_jobs_are_a_number(kw):
    result = kw.run(["backtest", "--jobs", "0", "nothing.json"])
    assert result.rc == 2 and '--jobs is a number from 1 to 64, not "0"' in result.err
