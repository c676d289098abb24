"""`kendrawatch tune`: a filter that takes the false positive away, nothing else, and not for ever."""

import json
import re

import pytest

PERSON = "sso/alice@example.com"
INDEX = "3f1c9d2e-0000-4000-8000-000000000042"
RULE = """\
title: Index deleted
id: 00000000-0000-4000-8000-00000000000a
name: gone
level: high
logsource: {{product: aws, service: cloudtrail}}
detection:
  gone: {{eventSource: kendra.amazonaws.com, eventName: DeleteIndex}}
  condition: gone
tests:
  base: {{api: 'kendra:DeleteIndex', as: role/deploy}}
  cases:
    - {{name: by anybody, match: true}}
    - {{name: described, api: 'kendra:DescribeIndex', match: false}}
{cases}
"""


@pytest.fixture
def rule(tmp_path):
    path = tmp_path / "gone.yml"
    path.write_text(RULE.format(cases=""))
    return path


@pytest.fixture
def alert(kw, rule, make_event):
    """The alert of one event, as a line of JSON."""

    def of(as_=PERSON):
        event = json.dumps(make_event("kendra:DeleteIndex", as_=as_, set={"requestParameters": {"id": INDEX}}))
        result = kw.run(["scan", "--rules", rule, "--output", "ndjson", "-"], input=event)
        return result.out.splitlines()[0]

    return of


@pytest.fixture
def tune(kw, rule):
    def run(alert, *options):
        words = ["tune", "--rules", rule, "--owner", "dana", *options, "-"]
        return kw.run(words, input=alert)

    return run


def planned(text):
    """The selection as name -> value."""
    block = re.search(r"^  planned:\n((?:    .*\n)+)", text, re.M).group(1)
    return dict(re.findall(r'^    ([\w.]+): "?(.*?)"?$', block, re.M))


def test_it_takes_away_what_it_was_made_from_and_nothing_else(kw, rule, alert, tune, make_event, tmp_path):
    made = tune(alert())
    assert (made.rc, made.err) == (0, "")
    assert "# With it the rule still passes its positive tests: 1 of them.\n" in made.out
    filter_ = tmp_path / "filter.yml"
    filter_.write_text(made.out)
    check = kw.run(["check", rule, filter_])
    assert (check.rc, check.out) == (0, "")
    others = [
        make_event("kendra:DeleteIndex", as_=as_, set={"requestParameters": {"id": index}})
        for as_, index in [(PERSON, INDEX), ("sso/bob@example.com", INDEX), (PERSON, INDEX.replace("42", "43"))]
    ]
    for event, matches in zip(others, [0, 1, 1]):
        scan = ["scan", "--rules", rule, "--add-rules", filter_, "--output", "ndjson", "-"]
        assert len(kw.run(scan, input=json.dumps(event)).lines()) == matches, event


def test_it_hangs_on_nothing_that_the_caller_chooses(alert, tune):
    assert list(planned(tune(alert()).out)) == ["kw.person", "eventSource", "eventName", "kw.index"]
    of_role = planned(tune(alert(as_="role/nightly")).out)
    assert list(of_role) == ["kw.principal", "eventSource", "eventName", "kw.index"]
    assert of_role["kw.principal"].endswith(":role/nightly")


@pytest.mark.parametrize(
    ("case", "more"),
    [
        ("{name: like it but denied, as: sso/alice@example.com, set: {requestParameters.id: IDX, errorCode: AccessDenied}, match: true}", ["kw.outcome"]),
        ("{name: like it from elsewhere, as: sso/alice@example.com, set: {requestParameters.id: IDX, sourceIPAddress: 192.0.2.1}, match: true}", ["kw.outcome", "sourceIPAddress"]),
    ],
)  # fmt: skip
def test_a_positive_test_that_would_be_lost_makes_it_narrower(rule, alert, tune, case, more):
    body = alert()
    rule.write_text(RULE.format(cases="    - " + case.replace("IDX", INDEX)))
    made = tune(body)
    assert list(planned(made.out))[4:] == more
    assert 'would have taken away its test "like it' in made.out


def test_it_refuses_to_blind_the_rule(rule, alert, tune):
    body = alert()
    address = json.loads(body)["event"]["sourceIPAddress"]
    same = f"{{requestParameters.id: {INDEX}, sourceIPAddress: {address}}}"
    rule.write_text(RULE.format(cases=f"    - {{name: exactly her, as: {PERSON}, set: {same}, match: true}}"))
    made = tune(body)
    assert (made.rc, made.out) == (4, "")
    assert '"exactly her" says that rule gone must match exactly this' in made.err


def test_it_has_an_owner_a_reason_and_an_end(kw, rule, alert, tune, tmp_path):
    body = alert()
    text = tune(body, "--until", "2099-01-31", "--reason", 'quarterly clean-up: "HR"').out
    assert "  owner: \"dana\"\n  until: '2099-01-31T00:00:00Z'" in text
    assert '  reason: "quarterly clean-up: \\"HR\\""\n' in text
    assert re.search(r"reason: \"false positive: alert #\w{5} of 2\d{3}-", tune(body).out)
    assert kw.run(["tune", "--rules", rule, "-"], input=body).rc == 2
    assert tune(body, "--until", "2020-01-01").rc == 2 and tune(body, "--until", "soon").rc == 2
    # once it has ended it takes nothing away, and that is told
    over = tmp_path / "over.yml"
    over.write_text(text.replace("2099-01-31T", "2020-01-31T"))
    event = json.dumps(json.loads(body)["event"])
    scan = kw.run(["scan", "--rules", rule, "--add-rules", over, "--output", "ndjson", "-"], input=event)
    assert len(scan.lines()) == 1
    assert "ended at 2020-01-31T00:00:00Z" in kw.run(["check", rule, over]).out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("{}", "this is no alert"),
        ('{"rule":{"id":"kendrawatch.self.x"},"event":{}}', "about itself"),
        ('{"rule":{"id":"other","name":"other"},"event":{"eventID":"x"}}', 'rule "other" is not loaded'),
        ('{"rule":{"name":"gone"},"event":{"eventName":"DeleteIndex"}}', "who called"),
    ],
)
def test_what_is_no_alert_is_told(tune, text, said):
    made = tune(text)
    assert (made.rc, made.out) == (4, "") and said in made.err


def test_by_handle_with_what_it_would_have_silenced(scene, make_event):
    scene.rule("gone", "DeleteIndex", extra="  suppress_for: 1s\n")
    scene.configure()
    agent = scene.start()
    whom = [PERSON, PERSON, PERSON, "role/x"]
    events = [make_event("kendra:DeleteIndex", as_=as_, at=f"2026-03-02T09:0{i}:00Z") for i, as_ in enumerate(whom)]
    scene.put("a.ndjson", *events)
    scene.until_delivered(4)
    assert agent.stop() == 0
    handle = next(a["handle"] for a in scene.delivered() if a["actor"]["name"] == "alice@example.com")
    made = scene.kw.run(["tune", "#" + handle, "--config", scene.config, "--owner", "dana"])
    assert made.rc == 0, made.err
    assert "# It would have silenced 3 of the 4 alerts of this rule in the state.\n" in made.out
    none = scene.kw.run(["tune", "ZZZZZ", "--config", scene.config, "--owner", "dana"])
    assert none.rc == 4 and 'no alert "ZZZZZ"' in none.err
