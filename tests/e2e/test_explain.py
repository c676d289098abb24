"""`explain` and `fields`: what a person reads, and that what is claimed is so."""

import copy
import json
import re

import pytest
from conftest import ROOT, build_event
from scene import Scene

RULE = """\
title: Documents put by a stranger
id: 7c0d3f52-6a0e-4a57-9d0b-0c5b7a1f2e41
name: stranger
level: high
logsource: {product: aws, service: cloudtrail}
detection:
  put: {eventSource: kendra.amazonaws.com, eventName: BatchPutDocument, kw.outcome: ok}
  known: {sourceIPAddress|expand: '%nets%'}
  condition: put and not known
"""
LISTS = "lists: {nets: {type: cidr, values: [10.0.0.0/8, 198.51.100.0/24]}}\n"


@pytest.fixture
def explain(kw, tmp_path):
    """explain(event, *words, rule=…, lists=…) → Result"""

    def run(event, *words, rule=RULE, lists=LISTS):
        (tmp_path / "r.yml").write_text(rule)
        (tmp_path / "lists.yml").write_text(lists)
        (tmp_path / "event.json").write_text(json.dumps(event) if isinstance(event, dict) else event)
        return kw.run(
            ["explain", "--rules", "r.yml", "--lists", "lists.yml", "event.json", *words], cwd=tmp_path
        )

    return run


def put(**keywords):
    return build_event("kendra:BatchPutDocument", at="2026-03-02T09:00:00Z", **keywords)


def test_a_miss(explain):
    done = explain(build_event("kendra:Query", ip="203.0.113.9"), "stranger")
    assert done.rc == 0, done.err
    assert done.out == """\
Event Query by role/kb-app, 2026-03-02T09:00:00Z    event.json

stranger: no match    r.yml:1
  Documents put by a stranger
  put and not known                          false
  ├─ put                                     false
  │  ├─ eventSource is kendra.amazonaws.com  true   kendra.amazonaws.com
  │  ├─ eventName is BatchPutDocument        false  Query
  │  └─ kw.outcome is ok                     true   ok  < errorCode
  └─ not known                               true
     └─ sourceIPAddress is in list nets      false  203.0.113.9  (none of 2)
Would match if: eventName were BatchPutDocument, not Query
  (1 change; tried on a copy of the event: it matches)
"""


def test_a_match(explain):
    done = explain(put(ip="203.0.113.9"), "stranger")
    assert "stranger: match    r.yml:1\n" in done.out
    assert done.out.endswith("""\
Would miss if: eventName were not BatchPutDocument but, say, other
  (1 change; tried on a copy of the event: no match)
""")  # fmt: skip


def test_the_entry_of_a_list(explain):
    done = explain(put(ip="198.51.100.7"), "stranger")
    assert "true   198.51.100.7  (by 198.51.100.0/24)" in done.out
    assert "Would match if: sourceIPAddress were not 198.51.100.7 but, say, 203.0.113.77" in done.out
    assert "1 change; tried on a copy of the event: it matches" in done.out


def test_two_changes(explain):
    done = explain(put(ip="10.1.2.3", set={"errorCode": "AccessDenied"}), "stranger")
    assert re.search("kw.outcome is ok +false  denied  < errorCode", done.out)
    assert "kw.outcome were ok, not denied" in done.out and "\n            and: " in done.out
    assert "(2 changes; tried on a copy of the event: it matches)" in done.out


def test_a_waiting_rule(explain):
    rule = RULE + "kendrawatch: {needs: [nets]}\n"
    done = explain(put(), "stranger", rule=rule, lists="lists: {}\n")
    assert "stranger: waits" in done.out and "needs list nets" in done.out
    assert "With values it would hang on the list: the ? below." in done.out
    assert "Would match if: list nets had values, but not 198.51.100.10\n" in done.out
    done = explain(build_event("kendra:Query"), "stranger", rule=rule, lists="lists: {}\n")
    assert "Whatever the list holds, this event would not match." in done.out
    assert "eventName were BatchPutDocument, not Query\n            and: list nets had values, but not" in done.out


def test_rules_that_are_not_evaluated(explain):
    done = explain(put(ip="203.0.113.9"), "stranger", rule=RULE + "status: deprecated\n")
    assert "stranger: off" in done.out and "If it were on: match." in done.out
    done = explain(put(), "stranger", rule=RULE.replace("|expand", "|expnd"))
    assert "stranger: refused" in done.out and 'did you mean "expand"' in done.out


def test_a_filter_is_part_of_it(explain):
    rule = RULE + """\
---
title: not from the build
name: build
logsource: {product: aws, service: cloudtrail}
filter: {rules: [stranger], ours: {userIdentity.type: AssumedRole}, condition: not ours}
"""
    done = explain(put(ip="203.0.113.9"), "stranger", rule=rule)
    assert "└─ filter build " in done.out and "not ours " in done.out
    assert "Would match if: userIdentity.type were not AssumedRole but, say, other" in done.out


def test_near_misses(explain):
    rule = RULE.replace("kw.outcome: ok", "requestParameters.IndexId: x, userIdentity.type|cased: assumedrole")
    done = explain(put(), "stranger", rule=rule)
    assert "hint: the event has requestParameters.indexId; upper and lower case differ" in done.out
    assert "hint: it differs only in upper and lower case, and `cased` makes them count" in done.out


def test_masked_as_in_alerts(explain):
    rule = RULE.replace("kw.outcome: ok", "requestParameters.queryText: secret plan")
    event = build_event("kendra:Query", set={"requestParameters.queryText": "salaries of all"})
    for words in (["stranger"], ["stranger", "--output", "json"], [], ["--output", "json"]):
        done = explain(event, *words, rule=rule)
        assert done.rc == 0 and "salaries" not in done.out
    assert "***" in explain(event, "stranger", rule=rule).out


def test_words_from_an_event_are_harmless(explain):
    done = explain(put(ip="\x1b[31mred\u202e"), "stranger")
    assert "\x1b" not in done.out and "\u202e" not in done.out


def test_usage(explain, kw, tmp_path):
    done = explain(put(), "strangr")
    assert done.rc == 2 and 'did you mean "stranger"?' in done.err
    assert kw.run(["explain"]).rc == 2
    assert explain(put(), "stranger", "--output", "xml").rc == 2
    done = kw.run(["explain", "nothing.json:3"], cwd=tmp_path)
    assert done.rc != 0 and "nothing.json" in done.err


def test_a_rule_file_that_is_not_loaded(explain, tmp_path):
    other = tmp_path / "other.yml"
    other.write_text(RULE.replace("stranger", "other").replace("%nets%", "%nets%"))
    done = explain(put(), "other.yml")
    assert "other: no match    other.yml:1" in done.out


# ---- all rules


def packs(kw, tmp_path, event, *options):
    (tmp_path / "e.json").write_text(json.dumps(event))
    done = kw.run(["explain", "e.json", *options], cwd=tmp_path)
    assert done.rc == 0, done.err
    return done


def test_matches_come_first(kw, tmp_path):
    done = packs(kw, tmp_path, build_event("kendra:DeleteIndex", as_="sso/alice@example.com"))
    lines = done.out.splitlines()
    assert lines[2].split() == ["RULE", "VERDICT", "IT", "WOULD", "TURN", "IF"]
    assert lines[3].startswith("kendra_index_deleted ") and " match " in lines[3]
    assert "of 47 rules match; the 10 nearest of the others are shown" in done.out
    away = [int(line.split(" away")[0].split()[-1]) for line in lines if " away " in line and "wait" not in line]
    assert away == sorted(away) and away
    everything = packs(kw, tmp_path, build_event("kendra:DeleteIndex"), "--all")
    assert len(everything.out.splitlines()) - len(lines) > 30
    assert len(packs(kw, tmp_path, build_event("kendra:DeleteIndex"), "--limit", "0").out.splitlines()) < 10


def apply(event, edits):
    """The edits of --output json, by hand: paths through objects only."""
    event = copy.deepcopy(event)
    for edit in edits:
        *parents, last = edit["path"].split(".")
        place = event
        for key in parents:
            if not isinstance(place.get(key), dict):
                if edit.get("unset"):
                    break
                place[key] = {}
            place = place[key]
        else:
            if edit.get("unset"):
                place.pop(last, None)
            else:
                place[last] = edit["set"]
    return event


@pytest.mark.parametrize("api,who", [
    ("kendra:Query", "role/kb-app"), ("kendra:UpdateIndex", "sso/alice@example.com"), ("iam:CreateUser", "root"),
    ("cloudtrail:StopLogging", "user/bob"), ("signin:ConsoleLogin", "root"),
])  # fmt: skip
def test_a_change_that_is_claimed_turns_the_verdict(kw, tmp_path, api, who):
    event = build_event(api, as_=who)
    rules = json.loads(packs(kw, tmp_path, event, "--all", "--output", "json").out)["rules"]
    claims = [r for r in rules if r["state"] == "active" and r["change"]["verified"]]
    assert len(claims) > 30
    changed = [apply(event, r["change"]["edits"]) | {"eventID": f"e-{i}"} for i, r in enumerate(claims)]
    done = kw.run(["scan", "--output", "ndjson", "-"], input="".join(json.dumps(e) + "\n" for e in changed))
    found = {(a["event"]["eventID"], a["rule"]["name"]) for a in done.lines()}
    for i, rule in enumerate(claims):
        assert ((f"e-{i}", rule["rule"]) in found) == (not rule["holds"]), rule


def test_verdicts_are_those_of_scan(kw, tmp_path):
    event = build_event("kendra:DeleteIndex", as_="root")
    rules = json.loads(packs(kw, tmp_path, event, "--all", "--output", "json").out)["rules"]
    done = kw.run(["scan", "--output", "ndjson", "-"], input=json.dumps(event))
    assert {r["rule"] for r in rules if r["verdict"] == "match"} == {a["rule"]["name"] for a in done.lines()}


# ---- by eventID and handle


def test_by_handle_and_by_event_id(kw, tmp_path):
    (tmp_path / "scene").mkdir()
    scene = Scene(kw, tmp_path / "scene")
    scene.rule("gone", "DeleteIndex")
    scene.configure()
    alerted = build_event("kendra:DeleteIndex", set={"requestParameters.userContext": {"token": "abc-token"}})
    quiet = build_event("kendra:Query")
    path = scene.inbox / "a.ndjson"
    scene.put("a.ndjson", quiet, alerted)
    scene.once()
    handle = kw.run(["alerts", "--config", scene.config, "--since", "10000d", "--output", "ndjson"]).lines()[0]["handle"]
    words = ["--config", scene.config]
    for command in (["explain", handle, "gone"], ["explain", alerted["eventID"], "gone"], ["fields", f"#{handle}"]):
        done = kw.run([*command, *words])
        assert done.rc == 0, done.err
        assert f"Event of {path}:2\n" in done.out
    assert f"Event of {path}:1\n" in kw.run(["fields", quiet["eventID"], *words]).out
    assert "kw.actor" in kw.run(["fields", quiet["eventID"], "--state", scene.state]).out
    path.unlink()
    done = kw.run(["explain", handle, "gone", *words])
    assert f"Event of alert #{handle}: the copy in the alert, less what is masked" in done.out
    assert "gone: match" in done.out and "abc-token" not in done.out
    done = kw.run(["fields", quiet["eventID"], *words])
    assert done.rc != 0 and "nor one of the 1 objects" in done.err


def test_fields_says_where_values_come_from(kw, tmp_path):
    (tmp_path / "e.json").write_text(json.dumps(build_event("kendra:Query")))
    done = kw.run(["fields", tmp_path / "e.json"])
    assert done.rc == 0
    derived = done.out.split("Record\n")[0]
    names = [line.split()[0] for line in derived.splitlines()[1:]]
    listed = [f["name"] for f in kw.run(["list", "fields", "--output", "ndjson"]).lines()]
    assert sorted(names) == sorted(listed)
    assert "role/kb-app    < userIdentity.sessionContext.sessionIssuer.arn" in derived
    assert (ROOT / "README.md").read_text().count("kendrawatch explain") >= 1
