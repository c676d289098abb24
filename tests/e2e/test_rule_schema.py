"""rules/rule.schema.json: made from the code's lists, true to what the loader takes, sharp enough to be of use."""

import json
import re
import subprocess
import sys

import jsonschema
import pytest
import yaml
from conftest import ROOT

SCHEMA = ROOT / "rules" / "rule.schema.json"
PROLOGUE = "title: t\nid: 00000000-0000-4000-8000-000000000001\nlevel: low\ndetection:\n"


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors and kendrawatch read it."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", list("-+.0123456789")),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)
Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value.lstrip("+")))


@pytest.fixture(scope="module")
def schema():
    text = json.loads(SCHEMA.read_text())
    jsonschema.Draft7Validator.check_schema(text)
    return jsonschema.Draft7Validator(text)


def documents(text):
    return [document for document in yaml.load_all(text, Core) if document is not None]


def language_cases():
    """Rule texts of tests/lang that load without an error, about our logs, one document by itself."""
    for path in sorted((ROOT / "tests" / "lang").glob("*.test")):
        for case in re.split(r"(?m)^## ", path.read_text())[1:]:
            sections = re.split(r"(?m)^### (.*)\n", case)
            heads = sections[1::2]
            if any(head.startswith(("error", "note")) for head in heads):
                continue
            for head, body in zip(heads, sections[2::2]):
                if head == "detection":
                    body = PROLOGUE + "".join(f"  {line}\n" for line in body.splitlines())
                if head in ("detection", "rule") and "\naction:" not in "\n" + body:
                    yield f"{path.name}: {sections[0].strip()}", body


def test_made_from_the_lists():
    tool = ROOT / "tests" / "tools" / "make_rule_schema.py"
    made = subprocess.run([sys.executable, tool], capture_output=True, text=True, check=True).stdout
    assert made == SCHEMA.read_text(), f"/usr/bin/python3 {tool.relative_to(ROOT)} > {SCHEMA.relative_to(ROOT)}"


def test_keys_of_ours(schema):
    """Keys under `kendrawatch:` and `tests:` are those that the code reads."""
    ours = schema.schema["properties"]
    keys = re.findall(r'\{"(\w+)", read_', (ROOT / "rules" / "extension.c").read_text())
    assert sorted(ours["kendrawatch"]["properties"]) == sorted(keys)
    suite = (ROOT / "agent" / "author" / "suite.c").read_text()
    tests = ours["tests"]["properties"]
    for name, have in (("tests", tests), ("event", tests["base"]["properties"]),
                       ("case", tests["cases"]["items"]["properties"])):  # fmt: skip
        keys = re.findall(r'"(\w+)"', re.search(rf"{name}_keys\[\] = \{{(.*?)\}}", suite, re.DOTALL).group(1))
        assert sorted(have) == sorted(keys), name


def test_shipped_rules(schema):
    paths = sorted((ROOT / "rules" / "packs").rglob("*.yml"))
    wrong = [(p.name, e.json_path, e.message) for p in paths for d in documents(p.read_text()) for e in schema.iter_errors(d)]
    assert wrong == [] and len(paths) > 40


def test_valid_rules_of_the_language(schema):
    wrong, n = [], 0
    for name, text in language_cases():
        for document in documents(text):
            n += 1
            wrong += [(name, e.json_path, e.message[:200]) for e in schema.iter_errors(document)]
    assert wrong == [] and n > 200


HEAD = "title: t\nlevel: low\n"
ONE = "condition: sel\n"
INVALID = [
    "title: t\n",
    "detection: {sel: {a: b}, condition: sel}\n",
    HEAD + "detection: {sel: {a: b}, condition: sel}\ncorrelation: {type: event_count}\n",
    HEAD.replace("low", "lo") + "detection: {sel: {a: b}, condition: sel}\n",
    HEAD + "id: 1\ndetection: {sel: {a: b}, condition: sel}\n",
    HEAD + "status: stabel\ndetection: {sel: {a: b}, condition: sel}\n",
    HEAD + "action: globl\ndetection: {sel: {a: b}, condition: sel}\n",
    HEAD + "detection: {sel: {a: b}}\n",
    HEAD + "detection: {condition: sel}\n",
    HEAD + "detection: {sel: {a|startwith: b}, condition: sel}\n",
    HEAD + "detection: {sel: {kw.acter: b}, condition: sel}\n",
    HEAD + "detection: {sel: {a: {b: c}}, condition: sel}\n",
    HEAD + "detection: {sel: {a: []}, condition: sel}\n",
    HEAD + "detection: {sel: {a: [null]}, condition: sel}\n",
    HEAD + "detection: {sel: {}, condition: sel}\n",
    HEAD + "detection: {sel: [[a]], condition: sel}\n",
    HEAD + "filter: {sel: {a: b}, condition: not sel}\n",
    HEAD + "filter: {rules: some, sel: {a: b}, condition: not sel}\n",
    HEAD + "correlation: {type: event_cont, rules: [a], timespan: 1h, condition: {gt: 3}}\n",
    HEAD + "correlation: {type: event_count, rules: [a], condition: {gt: 3}}\n",
    HEAD + "correlation: {type: event_count, rules: [a], timespan: 1 hour, condition: {gt: 3}}\n",
    HEAD + "correlation: {type: event_count, rules: [a], timespan: 1h}\n",
    HEAD + "correlation: {type: event_count, rules: [a], timespan: 1h, condition: {field: x}}\n",
    HEAD + "correlation: {type: event_count, rules: [a], timespan: 1h, condition: a and b}\n",
    HEAD + "correlation: {type: value_count, rules: [a], timespan: 1h, condition: {gt: 3}}\n",
    HEAD + "correlation: {type: value_percentile, rules: [a], timespan: 1h, condition: {gt: 3, field: x}}\n",
    HEAD + "correlation: {type: new_value, rules: [a], condition: {field: x, trian: 7d}}\n",
    HEAD + "correlation: {type: temporal, timespan: 1h}\n",
    HEAD + "correlation: {type: temporal, rules: [a, b], timespan: 1h, group_by: [c]}\n",
    HEAD + "generate: maybe\ncorrelation: {type: temporal, rules: [a, b], timespan: 1h}\n",
    HEAD + "detection: {sel: {a: b}, condition: sel}\nkendrawatch: {need: [x]}\n",
    HEAD + "detection: {sel: {a: b}, condition: sel}\nkendrawatch: {suppress_for: soon}\n",
    HEAD + "detection: {sel: {a: b}, condition: sel}\nkendrawatch: {resolve: {quite: 2h}}\n",
    HEAD + "detection: {sel: {a: b}, condition: sel}\ntests: {cases: [{name: x, matches: true}]}\n",
]


@pytest.mark.parametrize("text", INVALID)
def test_invalid_rules(kw, schema, text):
    """What the schema refuses, the loader (or the test runner) refuses as well, but for a status, which it only doubts."""
    assert [e for d in documents(text) for e in schema.iter_errors(d)]
    (kw.home / "rule.yml").write_text(text)
    said = kw.run(["test" if "tests:" in text else "check", "rule.yml"])
    assert said.rc != 0 or "stabel" in text, said.out


def test_list_schema_prints_its_path(kw):
    said = kw.run(["list", "schema"])
    assert said.rc == 0 and json.loads(open(said.out.rstrip("\n")).read())["title"] == "kendrawatch rule"
