"""`audit` and `timeline`: the life of one event, and what its actor did around an alert."""

import gzip
import json

import pytest

LOG = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/111122223333_CloudTrail_eu-west-1_20260302T{}Z_{}.json.gz"


def log_of(*events):
    return gzip.compress(json.dumps({"Records": list(events)}).encode())


@pytest.fixture
def day(scene, make_event):
    """Alice looks around, is denied, deletes an index twice; somebody else works beside her."""
    who = "sso/alice@example.com"
    looks = [make_event("kendra:DescribeIndex", as_=who, at=f"2026-03-02T09:0{i}:00Z") for i in range(3)]
    denied = make_event("cloudtrail:StopLogging", as_=who, at="2026-03-02T09:05:00Z", set={"errorCode": "AccessDenied"})
    gone = make_event("kendra:DeleteIndex", as_=who, at="2026-03-02T09:10:00Z")
    again = make_event("kendra:DeleteIndex", as_=who, at="2026-03-02T09:11:00Z")
    other = make_event("kendra:DescribeIndex", as_="role/kb-app", at="2026-03-02T09:06:00Z")
    old = make_event("kendra:DescribeIndex", as_=who, at="2026-03-02T07:00:00Z")
    scene.rule("gone", "DeleteIndex")
    scene.configure()
    files = {("0910", "a" * 16): [old, *looks, denied, other], ("0915", "b" * 16): [gone, again]}
    for (stamp, random), events in files.items():
        path = scene.inbox / LOG.format(stamp, random)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(log_of(*events))
    scene.put("more.ndjson", make_event("kendra:ListIndices", as_=who, at="2026-03-02T09:12:00Z"))
    scene.once()
    return {"gone": gone, "again": again, "denied": denied, "handle": scene.delivered()[0]["handle"]}


def test_audit_of_an_event_that_was_alerted(scene, day):
    result = scene.run("audit", "--config", scene.config, day["gone"]["eventID"])
    assert (result.rc, result.err) == (0, "")
    assert "DeleteIndex (kendra.amazonaws.com) by alice@example.com: ok" in result.out
    assert f"{LOG.format('0915', 'b' * 16)}:1  (source trails)" in result.out
    assert "Happened   2026-03-02 09:10:00 UTC\nDelivered  2026-03-02 09:15:00 UTC, 5 min after it happened\nRead " in result.out
    assert "Proof      no digest has listed it" in result.out
    assert f"1 of 1 match (as they are now)\n  match    gone: alert #{day['handle']}" in result.out
    assert f"Alert      #{day['handle']} high, made " in result.out
    assert "1 like it folded since\n    kept         sent, 1 attempt" in result.out


def test_audit_of_one_that_was_folded(scene, day):
    result = scene.run("audit", "--config", scene.config, day["again"]["eventID"])
    assert f"match    gone: counted into alert #{day['handle']}" in result.out


def test_audit_of_one_that_nobody_heard_of(scene, day):
    result = scene.run("audit", "--config", scene.config, day["denied"]["eventID"])
    assert result.rc == 0
    assert "StopLogging (cloudtrail.amazonaws.com) by alice@example.com: denied" in result.out
    assert "0 of 1 match" in result.out
    assert "changes away  gone" in result.out
    assert "Alerts     none" in result.out


def test_audit_words(scene, day):
    assert scene.run("audit", "--config", scene.config).rc == 2
    unknown = scene.run("audit", "--config", scene.config, "00000000-0000-4000-8000-000000000099")
    assert unknown.rc != 0
    assert "no event 00000000" in unknown.err


def test_timeline(scene, day):
    result = scene.run("timeline", "--config", scene.config, day["handle"])
    assert (result.rc, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0].startswith("What alice@example.com did in 111122223333, 2026-03-02 08:40:00 to 09:40:00 UTC")
    assert lines[2:7] == [
        "  09:00:00  ok        kendra:DescribeIndex eu-west-1  from 198.51.100.10  x3",
        "  09:05:00  denied    cloudtrail:StopLogging eu-west-1  from 198.51.100.10",
        "> 09:10:00  ok        kendra:DeleteIndex eu-west-1  from 198.51.100.10  <- gone",
        "  09:11:00  ok        kendra:DeleteIndex eu-west-1  from 198.51.100.10  <- gone",
        "  09:12:00  ok        kendra:ListIndices eu-west-1  from 198.51.100.10",
    ]
    assert lines[-1] == "7 events in 3 objects"


def test_timeline_of_another_span_and_form(scene, day):
    wide = scene.run("timeline", "--config", scene.config, "--around", "3h", "--output", "ndjson", day["handle"])
    assert [line["call"].split()[0] for line in wide.lines()][0] == "kendra:DescribeIndex"
    assert len(wide.lines()) == 8
    narrow = scene.run("timeline", "--config", scene.config, "--around", "90s", "--output", "ndjson", day["handle"])
    assert [line["rules"] for line in narrow.lines()] == ["gone", "gone"]


def test_timeline_when_an_object_is_gone(scene, day):
    (scene.inbox / LOG.format("0910", "a" * 16)).unlink()
    result = scene.run("timeline", "--config", scene.config, day["handle"])
    assert "3 events in 3 objects; 1 of them can't be read here any more" in result.out


def test_timeline_words(scene, day):
    assert scene.run("timeline", "--config", scene.config).rc == 2
    assert scene.run("timeline", "--config", scene.config, "--around", "x", day["handle"]).rc == 2
    none = scene.run("timeline", "--config", scene.config, "ZZZZZ")
    assert "no alert \"ZZZZZ\"" in none.err
