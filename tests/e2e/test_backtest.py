"""kendrawatch backtest: what it counts, how it compares, budgets."""

import json
import subprocess

import pytest

from conftest import ROOT

PERSON = "sso/alice@example.com"
RULE = """title: Rule {name}
name: {name}
level: {level}
logsource: {{product: aws, service: cloudtrail}}
detection:
  sel: {{eventName: {call}}}
  condition: sel
kendrawatch:
  summary: '{{kw.actor}} called {{eventName}}'
{extra}"""


def rule(folder, name, call, level="high", extra=""):
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yml"
    path.write_text(RULE.format(name=name, call=call, level=level, extra=extra))
    return path


@pytest.fixture
def rules(tmp_path):
    return tmp_path / "rules"


@pytest.fixture
def history(tmp_path, make_event):
    """Writes events, given as (call, actor, time), to a file."""

    def write(*events, name="trail.ndjson"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(make_event(f"kendra:{c}", as_=a, at=t)) + "\n" for c, a, t in events))
        return path

    return write


def told(kw, *args, rc=0):
    result = kw.run(["backtest", *args, "--output", "json"])
    assert result.rc == rc, result.err
    return json.loads(result.out)


def row(report, name):
    return next(r for r in report["rules"] if r["rule"] == name)


def days(row_):
    return {d["day"]: (d["matches"], d["alerts"], d["pages"]) for d in row_["days"]}


# ---- counting


@pytest.mark.sanitize
def test_acme(kw, tmp_path):
    """A day with an incident: three alerts about one person within 20 minutes are one page."""
    subprocess.run(
        ["/usr/bin/python3", ROOT / "tests/data/generate.py", "--scenario", "acme", "--events", "3000", "--form", "tree",
         "--out", tmp_path / "acme"], check=True, capture_output=True,
    )  # fmt: skip
    report = told(kw, tmp_path / "acme", "--rules", ROOT / "rules/packs")
    assert report["schema"] == "kendrawatch.backtest/1"
    assert report["history"]["events"] > 3000 and report["history"]["days_with_events"] == 1
    hit = {r["rule"]: (r["alerts"], r["level"]) for r in report["rules"]}
    assert hit["kendra_index_deleted"] == (1, "critical") and hit["trail_stop_tried"] == (1, "high")
    assert report["all"]["pages"] == 1 and report["all"]["actors"][0]["actor"] == "alice@example.com"
    silent = {s["rule"]: s for s in report["never_matched"]}
    assert silent["kendra_ingest_stranger"]["reason"] == "waits"
    assert "ingest_principals" in silent["kendra_ingest_stranger"]["words"]
    assert silent["mfa_deactivated"]["reason"] == "no_calls" and "DeactivateMFADevice" in silent["mfa_deactivated"]["words"]
    assert not set(hit) & set(silent)
    assert report["slowest"] and all(s["asked"] and s["ns"] > 0 for s in report["slowest"])


@pytest.mark.sanitize
def test_alerts_fold_and_pages_fold(kw, rules, history):
    rule(rules, "gone", "DeleteIndex")
    rule(rules, "made", "CreateIndex", level="critical")
    rule(rules, "seen", "DescribeIndex", level="low", extra="  suppress_for: 10m\n")
    trail = history(
        ("DeleteIndex", PERSON, "2026-11-23T09:00:00Z"),
        ("DeleteIndex", PERSON, "2026-11-23T09:30:00Z"),  # folds into the first
        ("CreateIndex", PERSON, "2026-11-23T09:19:00Z"),  # an alert, but the same page
        ("CreateIndex", "role/other", "2026-11-23T09:19:00Z"),  # a page of its own
        ("DeleteIndex", PERSON, "2026-11-25T22:30:00Z"),
        *[("DescribeIndex", PERSON, f"2026-11-25T10:{m:02d}:00Z") for m in (0, 9, 10, 11)],
    )
    report = told(kw, trail, "--rules", rules)
    assert days(row(report, "gone")) == {"2026-11-23": (2, 1, 1), "2026-11-25": (1, 1, 1)}
    assert days(row(report, "made")) == {"2026-11-23": (2, 2, 1)}
    assert days(row(report, "seen")) == {"2026-11-25": (4, 2, 0)}
    every = report["all"]
    assert (every["matches"], every["alerts"], every["pages"]) == (9, 6, 3)
    assert every["worst_day"] == {"day": "2026-11-23", "alerts": 3} and every["worst_hour_alerts"] == 3
    assert every["folded"] == pytest.approx(1 / 3, abs=1e-3)
    # Two days with events and one without: from Monday 09:00 to Wednesday 22:45, less Tuesday.
    assert report["history"]["days_with_events"] == 2
    assert report["history"]["days"] == pytest.approx(2 + 13.75 / 24 - 1, abs=0.01)
    assert {a["actor"]: (a["alerts"], a["pages"]) for a in every["actors"]} == {
        "alice@example.com": (5, 2),
        "role/other": (1, 1),
    }
    assert report["alerts_by_weekday_and_hour"][2][22] == 1


def test_days_are_the_operators(kw, rules, history, tmp_path):
    rule(rules, "gone", "DeleteIndex")
    trail = history(*[("DeleteIndex", f"role/r{i}", f"2026-10-24T{h}Z") for i, h in enumerate(("21:59:59", "22:00:00"))],
                    ("DeleteIndex", "role/r9", "2026-10-25T22:59:59Z"), ("DeleteIndex", "role/r8", "2026-10-25T23:00:00Z"))
    config = tmp_path / "kw.yaml"
    config.write_text(f"agent: {{timezone: Europe/Berlin}}\nrules: {{packs: ['{rules}/']}}\n")
    report = told(kw, trail, "--config", config)
    # 25 October has 25 hours there.
    assert {d: v[1] for d, v in days(row(report, "gone")).items()} == {"2026-10-24": 1, "2026-10-25": 2, "2026-10-26": 1}
    assert report["history"]["timezone"] == "Europe/Berlin"


def test_since_and_until(kw, rules, history):
    rule(rules, "gone", "DeleteIndex")
    trail = history(*[("DeleteIndex", "role/x", f"2026-11-{d}T12:00:00Z") for d in range(10, 20)])
    report = told(kw, trail, "--rules", rules, "--since", "2026-11-12", "--until", "2026-11-15")
    assert sorted(days(row(report, "gone"))) == ["2026-11-12", "2026-11-13", "2026-11-14"]
    assert report["history"]["events"] == 3 and report["history"]["events_outside"] == 7
    nothing = kw.run(["backtest", trail, "--rules", rules, "--until", "2026-01-01"])
    assert nothing.rc == 4 and "no event lies in the time asked for (10 outside" in nothing.err
    for args, words in (
        (["--since", "soon"], "--since is a span such as 30d or a date"),
        (["--since", "2026-11-12", "--until", "2026-11-12"], "--since is not before --until"),
        (["--since", "9000d"], "are more than 4000 days"),
        (["--output", "xml"], "--output is auto, text, short or json"),
    ):
        wrong = kw.run(["backtest", trail, "--rules", rules, *args])
        assert wrong.rc == 2 and words in wrong.err


def test_sinks_that_page(kw, rules, history, tmp_path):
    rule(rules, "gone", "DeleteIndex")
    rule(rules, "seen", "DescribeIndex", level="low")
    trail = history(("DeleteIndex", "role/a", "2026-11-23T09:00:00Z"), ("DescribeIndex", "role/b", "2026-11-23T09:00:00Z"))
    config = tmp_path / "kw.yaml"
    config.write_text(
        f"rules: {{packs: ['{rules}/']}}\nsinks: {{log: {{type: stdout}}, call: {{type: file, path: x}}}}\n"
        "routes:\n  - {when: {rule: [seen]}, to: [call]}\n  - {when: {level: critical}, to: [log]}\n"
    )
    report = told(kw, trail, "--config", config)
    assert report["all"]["pages"] == 0 and "that a route sends" in report["pages_are"]
    report = told(kw, trail, "--config", config, "--pager", "call")
    assert report["all"]["pages"] == 1 and row(report, "seen")["pages"] == 1
    wrong = kw.run(["backtest", trail, "--config", config, "--pager", "nobody"])
    assert wrong.rc == 2 and 'no sink "nobody"' in wrong.err


def test_silent_rules_and_fields(kw, rules, history):
    rule(rules, "gone", "DeleteIndex")
    rule(rules, "rare", "CreateIndex")
    rule(rules, "typo", "DeleteIndex, requestParameters.idnexId: x")
    rule(rules, "near", "DeleteIndex, kw.via_service|exists: true")
    trail = history(("DeleteIndex", "role/a", "2026-11-23T09:00:00Z"), ("deleteindex", "role/b", "2026-11-23T09:00:00Z"))
    report = told(kw, trail, "--rules", rules)
    silent = {s["rule"]: (s["reason"], s["words"]) for s in report["never_matched"]}
    assert silent["rare"] == ("no_calls", "no call of that name: CreateIndex")
    assert silent["typo"][0] == "no_field" and "its calls came 2 times, but no event had requestParameters.idnexId" in silent["typo"][1]
    assert silent["near"][0] in ("never_asked", "never_held")
    assert report["fields_never_seen"] == [{"field": "requestParameters.idnexId", "calls_came": True, "rules": ["typo"]}]


def test_text(kw, rules, history):
    rule(rules, "gone", "DeleteIndex")
    trail = history(*[("DeleteIndex", f"role/r{d % 3}", f"2026-11-{d:02d}T12:00:00Z") for d in range(1, 30) if d % 4])
    shown = kw.run(["backtest", trail, "--rules", rules])
    assert shown.rc == 0 and max(map(len, shown.out.splitlines())) <= 100
    assert "22 of 29 days with events" in shown.out and "█" in shown.out and "By actor" in shown.out
    plain = kw.run(["backtest", trail, "--rules", rules], env={"LC_ALL": "C"})
    assert plain.out.isascii() and "@" in plain.out


def test_one_rule_asks_and_two_ask(kw, rules, history):
    trail = history(("CreateIndex", "role/r", "2026-11-01T12:00:00Z"))
    rule(rules, "gone", "DeleteIndex")
    assert "     1 asks for calls that never came\n" in kw.run(["backtest", trail, "--rules", rules]).out
    rule(rules, "faq", "DeleteFaq")
    assert "     2 ask for calls that never came\n" in kw.run(["backtest", trail, "--rules", rules]).out


# ---- budgets


@pytest.mark.sanitize
def test_budgets(kw, rules, history):
    rule(rules, "gone", "DeleteIndex")
    rule(rules, "made", "CreateIndex", level="low")
    trail = history(*[(c, "role/x", f"2026-11-{d:02d}T12:00:00Z") for d in range(1, 15) for c in ("DeleteIndex", "CreateIndex")])
    for budget, rc in (
        ("pages/week=8", 0), ("pages/week=7", 1), ("pages/day=1.1", 0), ("alerts/day=2.2", 0), ("alerts/day=2", 1),
        ("made:pages/week=0", 0), ("made:alerts/day=0.5", 1),
    ):  # fmt: skip
        result = kw.run(["backtest", trail, "--rules", rules, "--budget", budget])
        assert result.rc == rc, (budget, result.out)
        assert ("EXCEEDED" if rc else "kept") in result.out and len(result.out.splitlines()) < 6
    both = kw.run(["backtest", trail, "--rules", rules, "--budget", "pages/week=1", "--budget", "alerts/week=999"])
    assert both.rc == 1 and "spent by gone 7." in both.out and "kept  alerts/week=999" in both.out
    for wrong in ("pages=2", "nobody:pages/week=2"):
        result = kw.run(["backtest", trail, "--rules", rules, "--budget", wrong])
        assert result.rc == 2 and wrong in result.err


# ---- against a base


def git(folder, *args):
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *args], cwd=folder, check=True,
                   capture_output=True)  # fmt: skip


@pytest.fixture
def repository(tmp_path, rules):
    """Rules committed as v1, then changed: one gone, one new, one wider, one as it was."""
    rule(rules, "gone", "DeleteIndex")
    rule(rules, "wider", "CreateIndex")
    rule(rules, "same", "UpdateIndex")
    (rules / "notes.txt").write_text("no rule")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "rules")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "tag", "v1")
    (rules / "gone.yml").unlink()
    rule(rules, "wider", "[CreateIndex, CreateFaq]")
    rule(rules, "fresh", "DescribeIndex")
    return tmp_path


@pytest.fixture
def changes(history):
    calls = ("DeleteIndex", "CreateIndex", "CreateFaq", "CreateFaq", "UpdateIndex", "DescribeIndex")
    return history(*[(c, f"role/r{i}", f"2026-11-2{i}T12:00:00Z") for i, c in enumerate(calls)])


def check_changes(report):
    assert {r["rule"]: r["change"] for r in report["rules"]} == {
        "gone": "removed", "wider": "more", "same": "same", "fresh": "added"}  # fmt: skip
    wider, gone = row(report, "wider"), row(report, "gone")
    assert (wider["matches_added"], wider["matches_removed"], wider["alerts"], wider["alerts_before"]) == (2, 0, 3, 1)
    assert [e["place"].rpartition(":")[2] for e in wider["examples_added"]] == ["3", "4"]
    assert "role/r2 called CreateFaq" in wider["examples_added"][0]["summary"]
    assert (gone["matches_added"], gone["matches_removed"], gone["pages"], gone["pages_before"]) == (0, 1, 0, 1)
    assert "role/r0 called DeleteIndex" in gone["examples_removed"][0]["summary"]
    assert report["all"]["alerts"] == 5 and report["all"]["alerts_before"] == 3


@pytest.mark.sanitize
def test_base_is_a_revision(kw, repository, rules, changes):
    before = set(kw.home.iterdir())
    report = told(kw, changes, "--rules", rules, "--base", "v1")
    check_changes(report)
    assert len(report["base"]["revision"]) == 40 and report["base"]["refused"] == 0
    assert set(kw.home.iterdir()) == before, "the temporary folder stayed"
    text = kw.run(["backtest", changes, "--rules", rules, "--base", "v1", "--output", "text"]).out
    assert "What the change does" in text and "+ role/r2 called CreateFaq" in text
    # The single files of a path, and a file that was not there.
    one = told(kw, changes, "--rules", rules / "wider.yml", "--rules", rules / "fresh.yml", "--base", "HEAD")
    assert {r["rule"]: r["change"] for r in one["rules"]} == {"wider": "more", "fresh": "added"}


def test_base_is_a_folder(kw, repository, rules, changes, tmp_path):
    git(tmp_path, "worktree", "add", "-q", "old", "v1")
    check_changes(told(kw, changes, "--rules", rules, "--base", tmp_path / "old" / "rules"))
    same = kw.run(["backtest", changes, "--rules", rules, "--base", rules, "--output", "text"])
    assert "Nothing: both rule sets match the same events." in same.out


def test_base_runs_nothing_of_the_repository(kw, repository, rules, changes, tmp_path):
    """Hooks, monitors, pagers and aliases that a repository's configuration names."""
    trap = tmp_path / "trap"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {trap}\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "alias.cat-file", "core.sshCommand", "diff.external"):
        git(tmp_path, "config", key, f"!{program}" if key.startswith("alias") else str(program))
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        (tmp_path / ".git" / "hooks" / hook).write_text(program.read_text())
        (tmp_path / ".git" / "hooks" / hook).chmod(0o755)
    inside_a_hook = {"GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/nowhere", "GIT_INDEX_FILE": "/nowhere"}
    result = kw.run(["backtest", changes, "--rules", rules, "--base", "v1", "--output", "json"], env=inside_a_hook)
    assert result.rc == 0, result.err
    check_changes(json.loads(result.out))
    assert not trap.exists()


def test_base_that_is_none(kw, repository, rules, changes, tmp_path):
    for name, words in (("v9", 'no revision "v9"'), ("--all", 'no revision "--all"'), ("", "no revision")):
        result = kw.run(["backtest", changes, "--rules", rules, f"--base={name}"])
        assert result.rc == 4 and words in result.err, result.err
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    rule(elsewhere, "gone", "DeleteIndex")
    result = kw.run(["backtest", changes, "--rules", elsewhere, "--base", "v1"])
    assert result.rc == 4 and "none of the rules are in a git repository" in result.err
    result = kw.run(["backtest", "-", "--rules", rules, "--base", "v1"])
    assert result.rc == 2 and "reads the history twice" in result.err


def test_rules_without_ids_are_told_by_title(kw, rules, history, tmp_path):
    old = tmp_path / "old"
    for folder in (rules, old):
        path = rule(folder, "gone", "DeleteIndex")
        path.write_text(path.read_text().replace("name: gone\n", ""))
    trail = history(("DeleteIndex", "role/a", "2026-11-23T09:00:00Z"))
    report = told(kw, trail, "--rules", rules, "--base", old)
    assert [r["change"] for r in report["rules"]] == ["same"]
