"""`kendrawatch test` as a rule's author uses it: what failed and why, and what build servers read."""

import json
import xml.etree.ElementTree as ElementTree

import pytest

RULE = """\
title: Documents put by a stranger
id: 00000000-0000-4000-8000-00000000000a
name: put
level: high
logsource: {{product: aws, service: cloudtrail}}
detection:
  put: {{eventSource: kendra.amazonaws.com, eventName: BatchPutDocument, kw.outcome: ok}}
  condition: put
tests:
  base: {{api: 'kendra:BatchPutDocument', as: role/x}}
  cases:
{cases}
"""
PASSES = "    - {name: put, match: true}\n    - {name: asked, api: 'kendra:Query', match: false}\n"
FAILS = "    - {name: denied, set: {errorCode: AccessDenied}, match: true}\n"


@pytest.fixture
def rule(tmp_path):
    path = tmp_path / "put.yml"

    def write(cases, text=RULE):
        path.write_text(text.format(cases=cases.rstrip("\n")))
        return path

    return write


def test_what_passes_takes_a_line_a_rule(kw, rule):
    result = kw.run(["test", rule(PASSES)])
    assert (result.rc, result.out) == (0, "ok    put: 2 cases\n2 passed, 0 failed\n")
    assert kw.run(["test", rule(PASSES), "--quiet"]).out == "2 passed, 0 failed\n"


def test_what_failed_says_which_leaf_decided(kw, rule):
    path = rule(PASSES + FAILS)
    result = kw.run(["test", path, "--quiet"])
    assert result.rc == 1
    assert result.out == (
        f"FAIL  put: denied\n  {path}:14\n  - match: true\n  + match: false\n  it did not match because\n"
        "    not kw.outcome = denied (ok)\n"
        "  the event: eventSource kendra.amazonaws.com · eventName BatchPutDocument · kw.outcome denied\n"
        "2 passed, 1 failed\n"
    )


def test_ndjson_is_a_case_a_line(kw, rule):
    cases = kw.run(["test", rule(PASSES + FAILS), "--output", "ndjson"]).lines()
    assert [(c["case"], c["passed"]) for c in cases] == [("put", True), ("asked", True), ("denied", False)]
    assert all(0 <= c["seconds"] < 10 for c in cases)
    assert "kw.outcome = denied" in cases[2]["difference"]


def test_junit_is_xml_whatever_the_names_hold(kw, rule, tmp_path):
    odd = '    - {name: "a<b> & \\"c\\" \\x01\\uFFFE\\tä", match: true}\n'
    path = rule(PASSES + FAILS + odd)
    xml = tmp_path / "results.xml"
    assert kw.run(["test", path, "--junit", xml]).rc == 1
    root = ElementTree.parse(xml).getroot()
    assert (root.tag, root.get("tests"), root.get("failures"), root.get("errors")) == ("testsuites", "4", "1", "0")
    (suite,) = root
    assert (suite.tag, suite.get("name"), suite.get("tests"), suite.get("failures")) == ("testsuite", "put", "4", "1")
    assert [case.tag for case in suite] == ["testcase"] * 4
    assert [case.get("name") for case in suite][:3] == ["put", "asked", "denied"]
    assert suite[3].get("name") == 'a<b> & "c" \ufffd\ufffd\tä'
    assert [len(case) for case in suite] == [0, 0, 1, 0]
    assert suite[2][0].tag == "failure" and "kw.outcome = denied (ok)" in suite[2][0].text
    assert suite[2].get("line") == "14" and suite[2].get("file") == str(path)
    assert abs(sum(float(c.get("time")) for c in suite) - float(suite.get("time"))) < 1e-5


def test_junit_holds_the_faults_of_the_files(kw, rule, tmp_path):
    path = rule(PASSES, RULE.replace("kw.outcome", "kw.outcom"))
    xml = tmp_path / "results.xml"
    assert kw.run(["test", path, "--junit", xml]).rc == 1
    root = ElementTree.parse(xml).getroot()
    assert root.get("errors") == "1"
    error = root.find("testsuite/testcase/error")
    assert 'did you mean "kw.outcome"' in error.get("message")


def test_a_junit_file_that_cant_be_written_is_told(kw, rule, tmp_path):
    result = kw.run(["test", rule(PASSES), "--junit", tmp_path / "none" / "x.xml"])
    assert result.rc not in (0, 1) and "none/x.xml" in result.err


def test_the_operators_lists_play_no_part(kw, rule, tmp_path):
    config = tmp_path / "kendrawatch.yaml"
    config.write_text(json.dumps({"lists": {"known": {"type": "principal", "values": ["role/x"]}}}))
    text = RULE.replace("condition: put", "known: {{kw.principal|expand: '%known%'}}\n  condition: put and not known")
    text = text.replace("tests:", "kendrawatch: {{needs: [known]}}\ntests:\n  lists: {{known: [role/other]}}")
    assert kw.run(["test", rule(PASSES, text)], cwd=tmp_path).rc == 0
