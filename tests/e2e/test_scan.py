"""scan: every input form, every output, and what the shipped packs find in a healthy account and in an incident."""

import collections
import gzip
import json
import os
import pty
import random
import re
import subprocess

import generate
import jsonschema
import pytest
from conftest import ROOT, build_event
from scene import ndjson

PACKS = ROOT / "rules" / "packs"


def hits(n):
    return [build_event("kendra:DeleteIndex", as_=f"role/r{i}", ip=f"198.51.100.{i + 1}") for i in range(n)]


@pytest.fixture
def hunting(scene):
    scene.rule("gone", "DeleteIndex")

    def scan(*args, output="ndjson", rules=True, **keywords):
        chosen = ["--rules", scene.rules] if rules else []
        return scene.run("scan", *chosen, "--output", output, *args, **keywords)

    scene.scan = scan
    return scene


def ids(result):
    return [alert["event"]["eventID"] for alert in result.lines()]


# ---- forms


def lookup(events):
    """As `aws cloudtrail lookup-events` prints it: the record is a text inside the entry."""
    entries = [
        {
            "EventId": e["eventID"],
            "EventName": e["eventName"],
            "ReadOnly": "false",
            "EventTime": "2026-03-02T09:00:00+00:00",
            "EventSource": e["eventSource"],
            "Username": "session",
            "Resources": [],
            "CloudTrailEvent": json.dumps(e),
        }
        for e in events
    ]
    return json.dumps({"Events": entries}, indent=4) + "\n"


def eventbridge(event):
    return json.dumps(
        {
            "version": "0",
            "id": event["eventID"][::-1],
            "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.kendra",
            "account": event["recipientAccountId"],
            "time": event["eventTime"],
            "region": event["awsRegion"],
            "resources": [],
            "detail": event,
        }
    )


FORMS = {
    "Records": lambda events: json.dumps({"Records": events}, separators=(",", ":")),
    "Records, indented": lambda events: json.dumps({"Records": events}, indent=2),
    "array": lambda events: json.dumps(events),
    "NDJSON": lambda events: ndjson(events).decode(),
    "NDJSON, CRLF": lambda events: ndjson(events).decode().replace("\n", "\r\n"),
    "NDJSON, no last newline": lambda events: ndjson(events).decode().rstrip("\n"),
    "concatenated": lambda events: "".join(json.dumps(e, separators=(",", ":")) for e in events),
    "pretty-printed, one after the other": lambda events: "\n".join(json.dumps(e, indent=4) for e in events),
    "EventBridge": lambda events: "\n".join(eventbridge(e) for e in events),
    "EventBridge in an array": lambda events: "[" + ",".join(eventbridge(e) for e in events) + "]",
    "LookupEvents": lookup,
    "byte order mark": lambda events: "\ufeff" + json.dumps({"Records": events}),
}


SANITIZED = {"Records", "pretty-printed, one after the other", "EventBridge in an array", "LookupEvents"}


@pytest.mark.parametrize("form", [pytest.param(f, marks=[pytest.mark.sanitize] * (f in SANITIZED)) for f in FORMS])
def test_form(hunting, form):
    """The same events in the same order, from a file, from standard input, plain and gzip."""
    events = hits(3)
    text = FORMS[form]([build_event(), *events])
    expected = [e["eventID"] for e in events]
    plain = hunting.put("plain.json", data=text.encode())
    packed = hunting.put("packed.json.gz", data=text.encode())
    nameless = hunting.put("packed", data=gzip.compress(text.encode()))
    results = [hunting.scan(plain), hunting.scan(packed), hunting.scan(nameless)]
    results += [hunting.scan("-", input=text), hunting.scan("-", input=gzip.compress(text.encode()))]
    assert [(ids(r), r.rc, r.err) for r in results] == [(expected, 0, "")] * 5
    assert hunting.scan(plain, output="counts").lines()[0]["events"] == 4
    alert = results[0].lines()[0]
    assert alert["origin"] == {"source": "scan", "object": str(plain), "record": 2}
    assert results[3].lines()[0]["origin"]["object"] == "stdin"


def test_one_event(hunting):
    event = hits(1)[0]
    assert ids(hunting.scan("-", input=json.dumps(event))) == [event["eventID"]]
    assert ids(hunting.scan("-", input=json.dumps(event, indent=4))) == [event["eventID"]]
    path = hunting.put("a.json", data=json.dumps(event).encode())
    shown = hunting.run("fields", path)
    assert shown.rc == 0 and "kw.principal" in shown.out and "role/r0" in shown.out


def test_gzip_of_several_members(hunting):
    events = hits(5)
    path = hunting.put("members", data=b"".join(gzip.compress(ndjson([e])) for e in events))
    assert ids(hunting.scan(path)) == [e["eventID"] for e in events]


def test_what_holds_no_events_is_passed_over(hunting):
    """Notices about objects are neither events nor faults."""
    event = hits(1)[0]
    notices = [
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"},
        {"s3Bucket": "b", "s3ObjectKey": ["AWSLogs/x.json.gz"]},
        {"messageType": "CONTROL_MESSAGE", "logEvents": []},
    ]
    result = hunting.scan("-", input=ndjson([*notices, event]), output="counts")
    assert result.rc == 0 and result.lines()[0]["events"] == 1


@pytest.mark.sanitize
def test_tree(hunting, tmp_path):
    """An AWSLogs tree as in the bucket, with digests and Insight records in it."""
    root = tmp_path / "bucket"
    events = hits(4)
    trail = root / "AWSLogs" / "111122223333" / "CloudTrail" / "eu-west-1" / "2026" / "03" / "02"
    trail.mkdir(parents=True)
    stamps = ["20260302T0910Z_zz", "20260302T0905Z_yy", "20260302T0900Z_xx"]
    for stamp, event in zip(stamps, events):
        name = f"111122223333_CloudTrail_eu-west-1_{stamp}.json.gz"
        (trail / name).write_bytes(gzip.compress(json.dumps({"Records": [event]}).encode()))
    digest = root / "AWSLogs" / "111122223333" / "CloudTrail-Digest" / "eu-west-1"
    digest.mkdir(parents=True)
    name = "111122223333_CloudTrail-Digest_eu-west-1_trail_eu-west-1_20260302T0900Z.json.gz"
    (digest / name).write_bytes(gzip.compress(json.dumps({"digestStartTime": "x", "logFiles": []}).encode()))
    insight = {
        "eventVersion": "1.09",
        "eventType": "AwsCloudTrailInsight",
        "eventID": "i",
        "eventTime": "2026-03-02T09:00:00Z",
    }
    (trail / "111122223333_CloudTrail-Insight_eu-west-1_20260302T0900Z_ww.json").write_bytes(
        json.dumps({"Records": [insight]}).encode()
    )
    result = hunting.scan(root)
    assert ids(result) == [e["eventID"] for e in reversed(events[:3])], "in the order of the stamps"
    text = hunting.scan(root, output="text").out
    assert "3 alerts of 1 rule in 4 events" in text and "1 digest skipped" in text


def test_any_order_finds_the_same(hunting):
    events = hits(40) + [build_event() for _ in range(40)]
    found = set()
    for seed in range(4):
        random.Random(seed).shuffle(events)
        found.add(tuple(sorted(alert["id"] for alert in hunting.scan("-", input=ndjson(events)).lines())))
    assert len(found) == 1 and len(found.pop()) == 40


# ---- outputs


@pytest.mark.sanitize
def test_counts(hunting):
    events = hits(3)
    hunting.put("a.ndjson", *events, build_event())
    hunting.put("b.json.gz", events[0], data=ndjson([events[0], build_event()]))
    result = hunting.scan(hunting.inbox, output="counts")
    counts = result.lines()[0]
    seconds = counts.pop("seconds")
    size = len(ndjson(events)) + 2 * len(ndjson([build_event()])) + len(ndjson(events[:1]))
    assert abs(counts.pop("bytes") - size) < 20 and seconds >= 0
    rule_id = next(
        line[4:] for line in (hunting.rules / "gone.yml").read_text().splitlines() if line.startswith("id: ")
    )
    assert counts == {"events": 6, "malformed": 0, "duplicates": 1, "alerts": 3, "rules": {rule_id: 3}}
    assert len(result.out.splitlines()) == 1


def test_text(hunting):
    hunting.rule("faq", "DeleteFaq", level="critical")
    hunting.put("a.ndjson", *hits(3), build_event("kendra:DeleteFaq"))
    text = hunting.scan(hunting.inbox, output="text").out
    lines = text.splitlines()
    assert lines[0].split() == ["LEVEL", "COUNT", "RULE,", "WHEN,", "ONE", "EXAMPLE"]
    assert lines[1].split()[:3] == ["critical", "1", "faq"] and lines[4].split()[:3] == ["high", "3", "gone"]
    assert lines[5].strip().startswith("role/r0 called DeleteIndex") and lines[6].strip().endswith("a.ndjson:1")
    assert "4 alerts of 2 rules in 4 events" in lines[-1]
    every = hunting.scan("--all", hunting.inbox, output="text").out.splitlines()
    assert len([line for line in every if "called Delete" in line]) == 4


def test_dedup(hunting):
    """Across files and forms; --no-dedup counts each."""
    events = hits(2)
    hunting.put("a.ndjson", *events)
    hunting.put("b.json", data=lookup(events).encode())
    hunting.put("c.ndjson", data="\n".join(eventbridge(e) for e in events).encode())
    assert ids(hunting.scan(hunting.inbox)) == [e["eventID"] for e in events]
    assert len(ids(hunting.scan("--no-dedup", hunting.inbox))) == 6
    counts = hunting.scan("--no-dedup", hunting.inbox, output="counts").lines()[0]
    assert (counts["alerts"], counts["duplicates"]) == (6, 0)
    other = {**events[0], "eventName": "DeleteIndex", "eventTime": "2026-03-02T10:00:00Z"}
    assert len(ids(hunting.scan("-", input=ndjson([events[0], other])))) == 2, "the same eventID for another event"


def test_rules_lists_and_config(hunting, tmp_path):
    events = [build_event("kendra:DeleteIndex"), build_event("cloudtrail:StopLogging")]
    data = ndjson(events)

    def names(*args, **keywords):
        return sorted(alert["rule"]["name"] for alert in hunting.scan(*args, "-", input=data, **keywords).lines())

    assert names() == ["gone"], "--rules replaces"
    assert names("--add-rules", PACKS / "account" / "trail_stopped.yml") == ["gone", "trail_stopped"]
    assert names("--add-rules", hunting.rules, rules=False) == ["gone", "kendra_index_deleted", "trail_stopped"]
    (hunting.rules / "listed.yml").write_text(
        "title: listed\nid: 00000000-0000-4000-8000-0000000000aa\nname: listed\nlevel: low\n"
        "logsource: {product: aws, service: cloudtrail}\n"
        "detection:\n  sel: {kw.principal|expand: '%watched%'}\n  condition: sel\nkendrawatch: {needs: [watched]}\n"
    )
    assert names() == ["gone"], "it waits for its list"
    lists = tmp_path / "lists.yaml"
    lists.write_text("lists:\n  watched: {type: principal, values: [role/kb-app]}\n")
    assert names("--lists", lists) == ["gone", "listed", "listed"]
    config = tmp_path / "config.yaml"
    config.write_text("lists:\n  watched: {type: principal, values: [role/somebody-else]}\n")
    assert names("--config", config) == ["gone"]
    assert names("--config", config, "--lists", lists) == ["gone", "listed", "listed"], "--lists wins"
    listed = hunting.rules / "listed.yml"
    listed.write_text(listed.read_text().replace("kendrawatch: {needs: [watched]}\n", ""))
    checked = hunting.run("check", listed)
    assert checked.rc == 1 and "watched" in checked.out
    assert hunting.run("check", "--lists", lists, listed).rc == 0


@pytest.mark.parametrize(("level", "rc"), [("informational", 1), ("high", 1), ("critical", 0), (None, 0)])
def test_fail_on(hunting, level, rc):
    options = ["--fail-on", level] if level else []
    assert hunting.scan(*options, "-", input=ndjson(hits(1))).rc == rc
    assert hunting.scan(*options, "-", input=ndjson([build_event()])).rc == 0


def test_found_weighs_more_than_malformed(hunting):
    data = b'{"eventVersion" broken\n' + ndjson(hits(1))
    assert hunting.scan("--fail-on", "high", "-", input=data).rc == 1
    assert hunting.scan("-", input=data).rc == 4


def test_reader_that_goes_away(hunting, kw):
    """`scan | head -1` ends quietly."""
    path = hunting.put("many.ndjson", *hits(250), *hits(250))
    done = subprocess.run(
        f"'{kw.binary}' scan --rules '{hunting.rules}' --output ndjson '{path}' | head -c 100", shell=True,
        capture_output=True, env=kw.environment(), timeout=30)  # fmt: skip
    assert done.stderr == b"" and len(done.stdout) == 100


def on_terminal(kw, args, folder):
    """What a person would see on standard error while both streams are one terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen([kw.binary, *map(str, args)], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
                             env=kw.environment({"TERM": "xterm"}), cwd=folder)  # fmt: skip
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    assert child.wait(30) == 0
    return seen.decode()


def test_progress_on_a_terminal(hunting, kw, tmp_path):
    """Bytes, events a second, alerts and time left; then it is wiped, and a table by rule stands there."""
    path = tmp_path / "large.ndjson"
    generate.main(["--events", "10000", "--calm", "--out", str(path)])
    with open(path, "ab") as file:
        file.write(ndjson(hits(20000)))  # matches are what takes long enough to be watched
    seen = on_terminal(kw, ["scan", path], hunting.folder)
    bars = [part for part in seen.split("\r\x1b[K") if part.startswith("[")]
    assert bars, seen[-500:]
    assert re.fullmatch(r"\[#*\.*\] \d+\.\d MB of \d+\.\d MB  \d+ events/s  \d+ alerts(  \d+ s left)?", bars[-1]), bars[
        -1
    ]
    table = seen.split("\r\x1b[K")[-1]
    assert "kendra_index_deleted" in table and "\x1b[1;31mcritical" in table
    assert "\x1b" not in hunting.run("scan", path, "--output", "text").out


def test_no_colour_when_asked(hunting, kw):
    path = hunting.put("a.ndjson", *hits(1))
    kw.environment = (lambda real: lambda extra=None: real({"NO_COLOR": "1", **(extra or {})}))(kw.environment)
    seen = on_terminal(kw, ["scan", "--rules", hunting.rules, path], hunting.folder)
    assert "gone" in seen and "\x1b[1;" not in seen and "\x1b[31" not in seen


# ---- what the packs find


@pytest.fixture(scope="module")
def schema():
    text = json.loads((ROOT / "alerts" / "alert.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(text)
    return jsonschema.Draft202012Validator(text)


def test_healthy_account(hunting, tmp_path, schema):
    """No rule fires on every call: with empty lists only a deployment's changes to Kendra are reported."""
    path = tmp_path / "healthy.ndjson"
    generate.main(["--events", "20000", "--out", str(path)])
    result = hunting.scan(path, rules=False)
    assert result.rc == 0
    alerts = result.lines()
    per_rule = collections.Counter(alert["rule"]["name"] for alert in alerts)
    assert 0 < len(alerts) < 100 and max(per_rule.values()) < 30, per_rule
    assert {alert["principal"].rpartition("/")[2] for alert in alerts} == {"github-deploy"}
    for alert in alerts:
        schema.validate(alert)


def test_healthy_account_without_deployments(hunting, tmp_path):
    path = tmp_path / "calm.ndjson"
    generate.main(["--events", "10000", "--calm", "--out", str(path)])
    result = hunting.scan(path, rules=False)
    assert result.out == "" and result.rc == 0


ACME = """
names: {indexes: {3f1c9d2e-0000-4000-8000-000000000001: hr-policies, 3f1c9d2e-0000-4000-8000-000000000002: legal}}
lists:
  known_networks: {type: cidr, values: [198.51.100.0/24]}
  ingest_principals:
    {type: principal, by: kw.index, values: {hr-policies: [role/ingest-hr], legal: [role/ingest-legal]}}
"""
INCIDENT = {
    "kendra_ingest_stranger": "batch_put_burst",
    "kendra_unknown_network": "describe_index",
    "trail_stop_tried": "stop_logging_denied",
    "kendra_user_context_changed": "user_context_policy",
    "kendra_index_deleted": "delete_index",
}


def test_incident_at_acme(hunting, tmp_path, schema):
    """Exactly the incident: each of its events by the rule that is for it, and nothing of the calm day around it."""
    config = tmp_path / "acme.yaml"
    config.write_text(ACME)
    generate.main(["--scenario", "acme", "--form", "tree", "--out", str(tmp_path / "day"),
                   "--start", "2026-03-02T00:00:00Z", "--list-expected", str(tmp_path / "expected.json")])  # fmt: skip
    expected = json.loads((tmp_path / "expected.json").read_text())["events"]
    result = hunting.scan("--config", config, "--fail-on", "critical", tmp_path / "day", rules=False)
    assert result.rc == 1
    found = collections.defaultdict(set)
    for alert in result.lines():
        schema.validate(alert)
        found[alert["rule"]["name"]].add(alert["event"]["eventID"])
    writes = set(expected["user_context_policy"]) | set(expected["delete_index"])
    assert found.pop("kendra_unknown_network_write") == writes
    assert found == {rule: set(expected[kind]) for rule, kind in INCIDENT.items()}
    assert not set().union(*found.values()) & set(expected["root_by_aws"]), "root used by AWS itself"
    deleted = next(a for a in result.lines() if a["rule"]["name"] == "kendra_index_deleted")
    assert "alice@example.com" in deleted["summary"][:110] and "DELETED" in deleted["summary"][:110]
    assert "hr-policies" in deleted["summary"] and "203.0.113.9" in deleted["summary"]
    denied = next(a for a in result.lines() if a["rule"]["name"] == "trail_stop_tried")
    assert denied["outcome"] == "denied" and "denied" in denied["summary"][:110].lower()
