"""`kendrawatch test --mutate`: what no test protects, where it stands, and the case that would."""

import re
import time

import pytest
from conftest import ROOT

HEAD = """\
title: Documents put by a stranger
id: 00000000-0000-4000-8000-00000000000a
name: put
level: high
logsource: {product: aws, service: cloudtrail}
detection:
"""


@pytest.fixture
def mutate(kw, tmp_path):
    """Survivors of a rule as (mutant, what): the detection, its cases, what else the document holds."""

    def run(detection, cases, extra="", options=()):
        path = tmp_path / "put.yml"
        path.write_text(f"{HEAD}{detection}{extra}tests:\n  base: {{api: 'kendra:Query', as: role/x}}\n  cases:\n{cases}")
        return kw.run(["test", path, "--mutate", *options])

    return run


def survivors(result):
    return [(line["mutant"], line["what"]) for line in result.lines()]


ONE = "  q: {eventSource: kendra.amazonaws.com, kw.outcome: ok}\n  condition: q\n"
HIT = "    - {name: asked, match: true}\n"
DENIED = "    - {name: denied, set: {errorCode: AccessDenied}, match: false}\n"
ELSEWHERE = "    - {name: elsewhere, set: {eventSource: other.amazonaws.com}, match: false}\n"


def test_a_survivor_has_its_place_a_caret_and_the_test_to_add(mutate):
    result = mutate(ONE, HIT + DENIED)
    path, rest = result.out.split(":", 1)
    assert path.endswith("put.yml")
    assert rest == (
        "7:7: no case notices when `eventSource: kendra.amazonaws.com` always holds\n"
        "      7 |   q: {eventSource: kendra.amazonaws.com, kw.outcome: ok}\n"
        "        |       ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
        '  add a case like "asked" with set: {eventSource: "other.amazonaws.com"}, match: false\n'
        "put: 5 of 6 mutants killed\n\n5 of 6 mutants killed (83 %), 1 rule\n"
    )
    assert result.rc == 0
    assert mutate(ONE, HIT + DENIED, options=["--fail-on-survivors"]).rc == 1


def test_the_suggested_case_kills_it(mutate):
    result = mutate(ONE, HIT + DENIED + ELSEWHERE, options=["--fail-on-survivors"])
    assert (result.rc, result.out) == (0, "6 of 6 mutants killed (100 %), 1 rule\n")


@pytest.mark.parametrize(
    ("detection", "cases", "left"),
    [
        ("  q: {eventName: [Query, Retrieve]}\n", HIT, [("true", "eventName: [Query, …]"), ("value", "Retrieve")]),
        ("  q: {eventName|startswith: Que}\n", HIT, [("true", "eventName|startswith: Que"), ("anywhere", "eventName|startswith: Que")]),
        ("  q: {eventName|contains: Query}\n", HIT, [("true", "eventName|contains: Query"), ("whole", "eventName|contains: Query")]),
        ("  q: {eventName|cased: Query}\n", HIT, [("true", "eventName|cased: Query"), ("cased", "eventName|cased: Query")]),
        ("  q: {eventName|contains|all: [Que, ery]}\n", HIT, [("true", "eventName|contains|all: [Que, …]"), ("all", "eventName|contains|all: [Que, …]"), ("value", "Que"), ("value", "ery")]),
        ("  q: {eventName: Query}\n", HIT + "    - {name: other, api: 'kendra:Retrieve', match: false}\n", []),
        # twins in a list are no mutants, and neither is `contains` on presence
        ("  q: {eventName: [Query, query]}\n", HIT + "    - {name: other, api: 'kendra:Retrieve', match: false}\n", []),
        ("  q: {eventName|contains: '*'}\n", HIT + "    - {name: none, unset: eventName, match: false}\n", []),
    ],
)  # fmt: skip
def test_each_way_to_break_a_line(mutate, detection, cases, left):
    assert survivors(mutate(detection + "  condition: q\n", cases, options=["--output", "ndjson"])) == left


def test_exclusions_selections_and_words_of_the_condition(mutate):
    detection = "  q: {eventName: Query}\n  a: {kw.principal: '*role/a'}\n  b: {kw.outcome: denied}\n  condition: q and not (a or b)\n"
    cases = HIT + "    - {name: other, api: 'kendra:Retrieve', match: false}\n"
    result = mutate(detection, cases, options=["--output", "ndjson"])
    assert survivors(result) == [("false", "kw.principal: *role/a"), ("false", "kw.outcome: denied")]
    cases += "    - {name: a, as: role/a, match: false}\n" + DENIED
    assert survivors(mutate(detection, cases, options=["--output", "ndjson"])) == []


def test_folding_is_broken_where_folding_is_tested(mutate):
    detection = "  q: {eventName: Query}\n  condition: q\n"
    extra = "kendrawatch: {group_by: [kw.actor, kw.index], suppress_for: 1h}\n"
    cases = HIT + "    - {name: other, api: 'kendra:Retrieve', match: false}\n"
    assert survivors(mutate(detection, cases, extra, ["--output", "ndjson"])) == []
    cases += "    - {name: folds, times: {count: 3}, alerts: 1}\n"
    result = mutate(detection, cases, extra, ["--output", "ndjson"])
    assert survivors(result) == [("group-by", "kw.actor"), ("group-by", "kw.index")]
    cases += "    - {name: two, events: [{as: role/a}, {as: role/b}], alerts: 2}\n"
    result = mutate(detection, cases, extra, ["--output", "ndjson"])
    assert survivors(result) == [("group-by", "kw.index")]


def test_the_account_is_in_every_key(mutate):
    """Folding by recipientAccountId is folding by nothing: no test could tell."""
    detection = "  q: {eventName: Query}\n  condition: q\n"
    extra = "kendrawatch: {group_by: [recipientAccountId, sourceIPAddress]}\n"
    cases = HIT + "    - {name: folds, times: {count: 3}, alerts: 1}\n"
    result = mutate(detection, cases, extra, ["--output", "ndjson"])
    assert survivors(result) == [("true", "eventName: Query"), ("group-by", "sourceIPAddress")]


def test_every_condition_of_a_shipped_rule_is_protected(kw):
    start = time.monotonic()
    result = kw.run(["test", ROOT / "rules" / "packs", "--mutate", "--fail-on-survivors"])
    assert (result.rc, result.err) == (0, "")
    assert re.fullmatch(r"(\d+) of \1 mutants killed \(100 %\), \d+ rules\n", result.out), result.out
    assert time.monotonic() - start < 30


def test_a_filter_of_the_file_counts(mutate):
    detection = "  q: {eventName: Query}\n  condition: q\n"
    cases = HIT + "    - {name: other, api: 'kendra:Retrieve', match: false}\n"
    two = cases + "    - {name: backup, as: role/backup, match: false}\n"
    filter_ = (
        "---\ntitle: the backup\nid: 00000000-0000-4000-8000-00000000000b\nlogsource: {product: aws}\n"
        "filter: {rules: [put], s: {kw.principal: '*role/backup'}, condition: not s}\n"
    )
    assert survivors(mutate(detection, cases + filter_, options=["--output", "ndjson"])) == [("filter", "the backup")]
    assert survivors(mutate(detection, two + filter_, options=["--output", "ndjson"])) == []


def test_rules_whose_tests_fail_are_left_out(mutate):
    result = mutate(ONE, HIT + DENIED.replace("false", "true"))
    assert result.out == "put: left out, since its own tests fail\n0 of 0 mutants killed (100 %), 0 rules; 1 left out\n"
