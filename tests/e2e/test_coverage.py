"""`coverage`: the matrix against real evaluation, and the layer against the Navigator's format."""

import csv
import io
import json
import re

import pytest
from conftest import build_event

RULES = """\
title: One call
name: one
level: high
tags: [attack.impact, attack.t1485]
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventSource: kendra.amazonaws.com, eventName: DeleteIndex, errorCode: null}, condition: s}
---
title: Waits
name: waits
level: high
tags: [attack.impact, attack.t1565.001]
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventSource: kendra.amazonaws.com, eventName|startswith: BatchPut}
  k: {kw.principal|expand: '%people%'}
  condition: s and not k
kendrawatch: {needs: [people]}
---
title: All reads
name: reads
level: low
tags: [attack.discovery, attack.collection, attack.t1526, attack.t1485]
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventSource: kendra.amazonaws.com, kw.access: [read, list]}, condition: s}
---
title: IAM
name: iam
level: low
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventSource: [iam.amazonaws.com, sts.amazonaws.com]}, condition: s}
"""


@pytest.fixture
def coverage(kw, tmp_path):
    def run(*options, rules=RULES):
        words = []
        if rules:
            (tmp_path / "r.yml").write_text(rules)
            words = ["--rules", "r.yml"]
        return kw.run(["coverage", *words, *options], cwd=tmp_path)

    return run


def test_the_matrix(coverage):
    done = json.loads(coverage("--output", "json").out)
    calls = {c["name"]: c for c in done["calls"]}
    assert len(calls) == 66 and all(c["event"] == "management" for c in calls.values())
    assert calls["DeleteIndex"]["rules"] == ["one"] and calls["DeleteIndex"]["broad_rules"] == []
    assert calls["BatchPutDocument"]["rules"] == ["waits"]
    assert calls["Query"]["rules"] == [] and calls["Query"]["broad_rules"] == ["reads"]
    assert calls["CreateIndex"]["rules"] == calls["CreateIndex"]["broad_rules"] == []
    rules = {r["name"]: r for r in done["rules"]}
    assert rules["waits"]["state"] == "waiting" and rules["waits"]["waits_for"] == ["people"]
    assert rules["reads"]["kendra"] == "reads" and rules["iam"]["kendra"] == "none"
    assert done["services"] == [
        {"name": "iam.amazonaws.com", "rules": ["iam"]}, {"name": "sts.amazonaws.com", "rules": ["iam"]}
    ]  # fmt: skip


def test_as_text(coverage):
    done = coverage()
    assert done.rc == 0
    assert max(map(len, done.out.splitlines())) <= 100
    assert "4 rules: 3 active, 1 waiting, 0 in shadow\n" in done.out
    assert re.search(r"^DeleteIndex +write +0 +one$", done.out, re.MULTILINE)
    assert re.search(r"^BatchPutDocument +write +0 +\(waits\)$", done.out, re.MULTILINE)
    assert re.search(r"^CreateIndex +write +0 +- nobody watches it$", done.out, re.MULTILINE)
    assert re.search(r"^   1  are watched only by rules that do not alert now:\n +BatchPutDocument$", done.out, re.MULTILINE)
    assert re.search(r"^  waits +people$", done.out, re.MULTILINE)
    assert max(map(len, coverage(rules=None).out.splitlines())) <= 100


def test_as_csv_and_markdown(coverage):
    rows = list(csv.DictReader(io.StringIO(coverage("--output", "csv").out)))
    assert len(rows) == 66
    row = next(r for r in rows if r["call"] == "BatchPutDocument")
    assert row["rules_active"] == "" and row["rules_not_alerting"] == "waits" and row["class"] == "write"
    text = coverage("--output", "markdown").out
    assert "| DeleteIndex | write | one |  |\n" in text and "| waits | people |\n" in text
    assert coverage("--output", "pdf").rc == 2 and coverage("word").rc == 2


def test_what_matches_is_covered(coverage, kw):
    """Sound: a rule that matches any event of a call is listed beside it."""
    done = json.loads(coverage("--output", "json", rules=None).out)
    listed = {c["name"]: set(c["rules"]) | set(c["broad_rules"]) for c in done["calls"]}
    events = [
        build_event(f"kendra:{name}", as_=who, set=changes)
        for name in listed
        for who in ("root", "role/x", "user/bob", "account/444455556666")
        for changes in ({}, {"errorCode": "AccessDenied"})
    ]
    found = kw.run(["scan", "--output", "ndjson", "-"], input="".join(json.dumps(e) + "\n" for e in events)).lines()
    assert len({a["rule"]["name"] for a in found}) > 10
    for alert in found:
        assert alert["rule"]["name"] in listed[alert["event"]["eventName"]]


def check_layer(layer):
    """The parts of layer format 4.5 that the Navigator reads."""
    assert layer["versions"]["layer"] == "4.5" and set(layer["versions"]) == {"attack", "navigator", "layer"}
    assert all(isinstance(v, str) for v in layer["versions"].values())
    assert layer["domain"] == "enterprise-attack" and isinstance(layer["name"], str)
    ids = [t["techniqueID"] for t in layer["techniques"]]
    assert len(ids) == len(set(ids)) and ids == sorted(ids)
    for t in layer["techniques"]:
        assert re.fullmatch(r"T\d{4}(\.\d{3})?", t["techniqueID"])
        assert set(t) <= {
            "techniqueID", "tactic", "score", "color", "comment", "enabled", "metadata", "links", "showSubtechniques"
        }  # fmt: skip
        assert isinstance(t.get("score", 0), int) and re.fullmatch(r"|#[0-9a-f]{6}", t.get("color", ""))
        assert all(set(m) == {"name", "value"} and isinstance(m["value"], str) for m in t["metadata"])
        if "." in t["techniqueID"]:
            parent = next(p for p in layer["techniques"] if p["techniqueID"] == t["techniqueID"][:5])
            assert parent["showSubtechniques"]
    assert len(layer["gradient"]["colors"]) >= 2 and layer["gradient"]["minValue"] < layer["gradient"]["maxValue"]
    assert all(set(i) == {"label", "color"} for i in layer["legendItems"])


def test_a_navigator_layer(coverage, tmp_path):
    layer = json.loads(coverage("--navigator", "-").out)
    check_layer(layer)
    by_id = {t["techniqueID"]: t for t in layer["techniques"]}
    assert by_id["T1485"]["score"] == 2 and by_id["T1485"]["comment"] == "one, reads"
    assert "tactic" not in by_id["T1485"]  # its rules do not agree
    assert by_id["T1565.001"]["score"] == 0 and by_id["T1565.001"]["color"] and by_id["T1565.001"]["tactic"] == "impact"
    assert by_id["T1565.001"]["comment"] == "waits (waiting)"
    assert "score" not in by_id["T1565"]
    done = coverage("--navigator", "layer.json", rules=None)
    assert done.rc == 0 and done.out == "" and "techniques" in done.err
    check_layer(json.loads((tmp_path / "layer.json").read_text()))
    assert coverage("--navigator", "no/such/folder/x.json").rc != 0
