"""What every shipped rule must have, checked on the files alone: no binary needed."""
import gzip
import json
import pathlib
import re
import uuid

import pytest

yaml = pytest.importorskip("yaml", reason="Debian's python3-yaml is missing: make deps GROUP=test")

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKS = ROOT / "rules/packs"
FILES = sorted(PACKS.glob("*/*.yml"))
MODELS = pathlib.Path("/usr/lib/python3/dist-packages/botocore/data")
LEVELS = ["informational", "low", "medium", "high", "critical"]
KEYS = [
    "title",
    "id",
    "name",
    "status",
    "level",
    "description",
    "date",
    "tags",
    "logsource",
    "falsepositives",
    "detection",
    "kendrawatch",
    "tests",
]
# eventSource, where it is not the name of the botocore model.
MODEL_OF = {"access-analyzer": "accessanalyzer"}
# Real operations that Debian 12's botocore does not know: sign-in events have no API, the others are newer or internal.
BEYOND_MODELS = {"cloudtrail:StopEventDataStoreIngestion", "kms:DeleteKey"}
NO_API = {"signin"}


class Loader(yaml.SafeLoader):
    """YAML 1.2 strings as strings; a key that comes twice is an error."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"duplicate key in {node.start_mark}: {keys}"
        return super().construct_mapping(node, deep)


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:int")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def load(path):
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader)


RULES = {path: load(path) for path in FILES}
each_rule = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def leaves(node, key=None):
    """Every (field, value) below a detection."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, key)
    else:
        yield key, node


def maps(node):
    """Every map of fields below a detection: one AND each."""
    if isinstance(node, list):
        for value in node:
            yield from maps(value)
    elif isinstance(node, dict):
        yield node


def as_list(value):
    return value if isinstance(value, list) else [value]


def kendra_operations():
    return set(re.findall(r"^KENDRA_OP\((\w+),", (ROOT / "rules/event/kendra_op_list.h").read_text(), re.M))


def operations(service):
    """The operations of a service, or None when there is no model to ask."""
    if service == "kendra":
        return kendra_operations()
    found = sorted((MODELS / MODEL_OF.get(service, service)).glob("*/service-2.json*"))
    if not found:
        return None
    with (gzip.open if found[-1].suffix == ".gz" else open)(found[-1], "rt", encoding="utf-8") as file:
        return set(json.load(file)["operations"])


def apis(rule):
    """service:Operation for every API that the rule or its tests name."""
    detection, tests = rule["detection"], rule["tests"]
    for item in [tests.get("base", {}), *tests["cases"]]:
        if "api" in item:
            yield item["api"]
    sources = {v for k, v in leaves(detection) if k == "eventSource"}
    for name, selection in detection.items():
        if name == "condition":
            continue
        for fields in maps(selection):
            source = fields.get("eventSource", next(iter(sources)) if len(sources) == 1 else None)
            for event in as_list(fields.get("eventName", [])):
                # A selection of a sign-in inside a rule on everything names no source: there is but one.
                if source is None and event == "ConsoleLogin":
                    source = "signin.amazonaws.com"
                assert source, f"{name}: whose {event}?"
                yield f"{source.removesuffix('.amazonaws.com')}:{event}"


def test_there_are_packs():
    assert {path.parent.name for path in FILES} == {"kendra", "account"}
    assert len(FILES) >= 18


@each_rule
def test_required_keys(path):
    rule = RULES[path]
    assert [key for key in KEYS if not rule.get(key)] == []
    assert rule["name"] == path.stem
    assert rule["level"] in LEVELS
    assert rule["status"] == "stable"
    assert rule["logsource"] == {"product": "aws", "service": "cloudtrail"}
    assert len(rule["title"]) <= 110
    assert uuid.UUID(rule["id"]).version == 4 and str(uuid.UUID(rule["id"])) == rule["id"]
    assert path.stem.startswith("kendra_") == (path.parent.name == "kendra")


@each_rule
def test_tags_are_attack_ids_and_tactics(path):
    tags = RULES[path]["tags"]
    ids = [tag for tag in tags if re.fullmatch(r"attack\.t\d{4}(\.\d{3})?", tag)]
    tactics = [tag for tag in tags if re.fullmatch(r"attack\.[a-z]+(-[a-z]+)*", tag)]
    assert ids and tactics and len(ids) + len(tactics) == len(tags) == len(set(tags))
    # Renumbered techniques carry both numbers, so that old and new navigators find them.
    for new, old in (("attack.t1685.002", "attack.t1562.008"), ("attack.t1685", "attack.t1562.001")):
        assert (new in tags) == (old in tags)


@each_rule
def test_what_the_person_reads(path):
    ours = RULES[path]["kendrawatch"]
    assert set(ours) <= {"needs", "summary", "group_by", "suppress_for", "resolve", "runbook", "first_steps"}
    # What was done comes within the part that a text message shows: place-holders are counted at a generous width.
    verb = re.search(r"[A-Z]{2,}|\{eventName\}|used|maps", re.sub(r"\{(?!eventName)[^}]*\}", "x" * 30, ours["summary"]))
    assert verb and verb.start() < 80
    assert ours["first_steps"] and ours["group_by"]
    assert re.fullmatch(r"\d+[mhd]", ours.get("suppress_for", "1h"))


@each_rule
def test_outcome_is_told(path):
    """A rule fires on one side of the outcome only, or its summary says which."""
    rule = RULES[path]
    outcomes = {v for k, v in leaves(rule["detection"]) if k == "kw.outcome"}
    told = "{kw.outcome}" in rule["kendrawatch"]["summary"]
    sign_in = any(k.startswith("responseElements.ConsoleLogin") for k, _ in leaves(rule["detection"]))
    assert told or outcomes in ({"ok"}, {"denied"}) or sign_in


@each_rule
def test_lists_are_needed_and_tested(path):
    rule = RULES[path]
    used = {
        name
        for k, v in leaves(rule["detection"])
        if k and "expand" in k.split("|")
        for name in re.findall(r"%(\w+)%", v)
    }
    assert used == set(rule["kendrawatch"].get("needs", []))
    assert used == set(rule["tests"].get("lists", {}))


@each_rule
def test_condition_uses_every_selection(path):
    detection = RULES[path]["detection"]
    condition = detection["condition"]
    words = re.findall(r"[\w*]+", condition)
    for name in detection:
        if name != "condition":
            assert any(re.fullmatch(word.replace("*", ".*"), name) for word in words) or "them" in words, name
    known = {"and", "or", "not", "of", "all", "any", "1", "them"}
    for word in words:
        assert word in known or word in detection or "*" in word, word


@each_rule
def test_absent_parameters_mind_the_omitted(path):
    """`null` is also true of a parameter that CloudTrail left out."""
    fields = list(leaves(RULES[path]["detection"]))
    if any(value is None for _, value in fields):
        assert ("kw.omitted", True) in fields


@each_rule
def test_hits_and_misses(path):
    cases = RULES[path]["tests"]["cases"]
    names = [case["name"] for case in cases]
    assert len(names) == len(set(names))
    allowed = {
        "name",
        "api",
        "as",
        "set",
        "unset",
        "at",
        "times",
        "events",
        "event",
        "match",
        "alerts",
        "folded",
        "summary_has",
        "why_has",
    }
    for case in cases:
        assert set(case) <= allowed, case["name"]
        assert case.get("match") in (True, False, None)
        assert "match" in case or "alerts" in case, case["name"]
    assert sum(case.get("match") is True or case.get("alerts", 0) > 0 for case in cases) >= 2
    assert sum(case.get("match") is False for case in cases) >= 3
    # The refused attempt, and the call that AWS makes itself.
    text = json.dumps([RULES[path]["tests"].get("base", {}), cases])
    assert "errorCode" in text or "ConsoleLogin" in text
    assert '"service/' in text or "invokedBy" in text


@each_rule
def test_apis_exist(path):
    unknown = []
    for api in sorted(set(apis(RULES[path]))):
        service, operation = api.split(":")
        if service in NO_API or api in BEYOND_MODELS:
            continue
        known = operations(service)
        if known is not None and operation not in known:
            unknown.append(api)
    assert unknown == []


@each_rule
def test_every_yaml_reader_sees_the_same(path):
    """No `off:` or bare date that a YAML 1.1 reader would take for a truth value or a day."""
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == RULES[path]


def test_ids_and_names_are_unique():
    for key in ("id", "name", "title"):
        values = [rule[key] for rule in RULES.values()]
        assert len(values) == len(set(values)), key


def test_readme_lists_every_rule_as_it_is():
    rows = dict()
    for line in (PACKS / "README.md").read_text().splitlines():
        if row := re.match(r"\| \[(\w+)\]\((\w+/\w+\.yml)\) \| (\w+) \| (.*?) ?\| (.*) \|$", line):
            rows[row[1]] = (row[2], row[3], re.findall(r"`(\w+)`", row[4]), row[5])
    assert rows == {
        rule["name"]: (
            f"{path.parent.name}/{path.name}",
            rule["level"],
            rule["kendrawatch"].get("needs", []),
            rule["title"],
        )
        for path, rule in RULES.items()
    }
