"""Every example of docs/rule-language.md is run.

A block ```yaml rule is a rule file, ```yaml detection what stands under `detection:` of one, ```yaml lists the lists of
the example after it. What is expected follows: ```json match and ```json no match (an event a line), ```text faults (all
that `check` says; without it, nothing) and ```text state (of the first rule). A rule with `tests:` passes them.
"""

import json
import re

import pytest
from conftest import ROOT

PAGE = ROOT / "docs" / "rule-language.md"
PROLOGUE = "title: t\nid: 00000000-0000-4000-8000-000000000001\nlevel: low\nlogsource: {product: aws}\ndetection:\n"
FENCE = re.compile(r"^```(yaml|json|text) ([a-z ]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples():
    """(rule file's text, is it only a detection, lists or None, [(what, body)...])"""
    text, found, lists = PAGE.read_text(), [], None
    for match in FENCE.finditer(text):
        language, what, body = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        if what == "lists":
            lists = body
        elif language == "yaml":
            found.append((line, what, body, lists, []))
            lists = None
        else:
            found[-1][4].append((what, body))
    return [pytest.param(*example[1:], id=f"line-{example[0]}") for example in found]


@pytest.fixture
def rule(kw):
    """write(what, body, lists) gives the options that load it; the file is rule.yml where kw runs."""

    def write(what, body, lists):
        if what == "detection":
            body = PROLOGUE + "".join(f"  {line}\n" for line in body.splitlines())
        (kw.home / "rule.yml").write_text(body)
        if lists is None:
            return []
        (kw.home / "lists.yaml").write_text(lists)
        return ["--lists", "lists.yaml"]

    return write


def faults_of(kw, what, options):
    said = kw.run(["check", *options, "--output", "ndjson", "rule.yml"])
    lines = [json.loads(line) for line in said.out.splitlines()]
    shift = (5, 2) if what == "detection" else (0, 0)
    return [
        f"{f['file']}:{f['line'] - shift[0]}:{f['column'] - shift[1]}: {f['level']}: {f['text']}" for f in lines
    ]


@pytest.mark.parametrize(("what", "body", "lists", "expected"), examples())
def test_example(kw, rule, what, body, lists, expected):
    options = rule(what, body, lists)
    want = [line for kind, text in expected if kind == "faults" for line in text.splitlines()]
    assert faults_of(kw, what, options) == want
    for kind, text in expected:
        if kind in ("match", "no match"):
            for event in text.splitlines():
                json.loads(event)
                counts = kw.run(["scan", *options, "--rules", "rule.yml", "--output", "counts", "-"], input=event)
                assert json.loads(counts.out)["alerts"] == (kind == "match"), event
        elif kind == "state":
            first = kw.run(["list", "rules", *options, "--rules", "rule.yml", "--output", "ndjson"]).lines()[0]
            assert f"{first['state']}: {first['reason']}" == text.strip()
        else:
            assert kind == "faults"
    if "\ntests:" in body:
        tested = kw.run(["test", "rule.yml"])
        assert tested.rc == 0, tested.out


def test_printed_correlation_loads_below_the_rule(kw, rule):
    """What the refusal of `| count()` prints is pasted, and the rule ends before the bar."""
    body = next(p.values[1] for p in examples() if "| count()" in p.values[1])
    rule("rule", body, None)
    printed = re.search(r"add a document: (.*)", faults_of(kw, "rule", [])[0]).group(1)
    mended = re.sub(r"(?m)^  timeframe:.*\n| \| count.*", "", body)
    rule("rule", mended + "---\n" + printed + "\n", None)
    faults = faults_of(kw, "rule", [])
    assert len(faults) == 1 and "checked but not run" in faults[0], faults


def test_page_is_complete(kw):
    """Every modifier, derived field and correlation type has a word on the page."""
    text = PAGE.read_text()
    names = [f["name"] for f in kw.run(["list", "fields", "--output", "ndjson"]).lines()]
    for header, macro in (("modifier_list.h", "MODIFIER"), ("correlation_type_list.h", "CORRELATION_TYPE")):
        source = (ROOT / "rules" / header).read_text()
        names += re.findall(rf'^{macro}\(\s*\w+, "(\w+)"', source, re.MULTILINE)
    for name in re.findall(r'\{"(\w+)", read_', (ROOT / "rules" / "extension.c").read_text()):
        names.append(name)
    assert [name for name in names if f"`{name}`" not in text] == [] and len(names) > 60
