"""Work is linear in the event, whatever the rule, and has a cap: counted in steps, not measured in seconds.

Runs on build/steps/kendrawatch, which counts the basic blocks it executes and the bytes libc's memory functions go over
(tests/steps/steps.c). Each case is one rule and an event that grows with n, both as bad as we know how to make them.
"""

import json
import os

import pytest
from conftest import Kw

pytestmark = [pytest.mark.steps, pytest.mark.timeout(300)]

BYTES = 400_000  # of the event, twice that the second time: both longer than what is read at once (256 KiB)
FACTOR = 2.2
MOST = 100_000_000  # steps for one value of a rule and any event here: less than a second at worst
FIXED = 400_000  # what one more event costs whatever is in it


def event(**more):
    return json.dumps({"eventVersion": "1.11", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "eventID": "e-1",
                       "eventTime": "2026-03-02T09:41:07Z", "recipientAccountId": "111122223333"} | more, separators=(",", ":"))


def rule(item, value, condition="s", **selections):
    selections = {"s": {item: value}} | selections
    return json.dumps({"title": "t", "name": "r", "level": "low", "logsource": {"product": "aws", "service": "cloudtrail"},
                       "detection": selections | {"condition": condition}})


def raw(n, key="a", value='"x"'):
    """An event with one key n times."""
    return event().removesuffix("}") + "," + ",".join(f'"{key}":{value}' for _ in range(n)) + "}"


def deep(depth, opens='{"a":', inner='"x"', closes="}"):
    return event().removesuffix("}") + ',"a":' + opens * depth + inner + closes * depth + "}"


AS = {"a*a*a*a*b": ("userAgent", "*a*a*a*a*b"), "runs and ones": ("userAgent", "*a?a*?a?a*a?b"), "contains": ("userAgent|contains", "aaaab"),
      "long contains": ("userAgent|contains", "a" * 500 + "b"), "startswith": ("userAgent|startswith", "a*ab"),
      "endswith": ("userAgent|endswith", "a*a*b"), "cased": ("userAgent|cased", "*a*a*b"),
      "windash": ("userAgent|windash|contains", "a-a/a"), "re": ("userAgent|re", "[a-z]+[0-9]"),
      "number": ("userAgent|gt", 3), "cidr": ("userAgent|cidr", "10.0.0.0/8"), "base64": ("userAgent|base64offset|contains", "foo"),
      "fieldref to itself": ("userAgent|fieldref|contains", "eventName"), "hour": ("userAgent|hour", 3)}

LINEAR = {f"a text of a, {name}": (rule(*item), lambda n: event(userAgent="a" * n * 10)) for name, item in AS.items()}
LINEAR |= {
    "twenty contains": (rule("userAgent|contains", [f"{'a' * 40}{i}" for i in range(20)]), lambda n: event(userAgent="a" * n)),
    "twenty patterns": (rule("userAgent", [f"*a*a{i}*b" for i in range(20)]), lambda n: event(userAgent="a" * n)),
    "twenty keywords": (rule("|contains", [f"word{i}" for i in range(20)]),
                              lambda n: event(a=["b" * 10] * (n // 10))),
    "all of many on an array": (rule("a|contains|all", [f"v{i}" for i in range(200)]), lambda n: event(a=["x"] * (n // 2))),
    "one of many on an array": (rule("a", [f"v{i}" for i in range(50)]), lambda n: event(a=[f"w{i}" for i in range(n)])),
    "an array of numbers": (rule("a|gt", 10**40), lambda n: event(a=list(range(n)))),
    "a long number": (rule("a", 12), lambda n: event().removesuffix("}") + ',"a":' + "1" * n * 10 + "}"),
    "an array of addresses": (rule("a|cidr", ["10.0.0.0/8", "2001:db8::/32"]), lambda n: event(a=["192.0.2.1"] * n)),
    "fieldref, two arrays": (rule("a|fieldref", "b"), lambda n: event(a=[f"a{i}" for i in range(n)], b=[f"b{i}" for i in range(n)])),
    "fieldref neq, two arrays": (rule("a|fieldref|neq", "b"), lambda n: event(a=[f"a{i}" for i in range(n)], b=["b"] * n)),
    "an object as text": (rule("a|contains", "nothing"), lambda n: event(a={f"k{i}": "v" for i in range(n)})),
    "an object as text, all": (rule("a|contains|all", ["k1", "v", "nothing"]), lambda n: event(a={f"k{i}": "v" for i in range(n)})),
    "an array of objects": (rule("a.b", "x"), lambda n: event(a=[{"b": "y"}] * n)),
    "an array of objects as text": (rule("a|contains", "nothing"), lambda n: event(a=[{"b": {"c": "y"}}] * n)),
    "arrays in arrays": (rule("a.b.c", "x"), lambda n: event(a=[[{"b": [[{"c": "y"}]]}]] * (n // 4))),
    "null in an array": (rule("a", None), lambda n: event(a=["x"] * n)),
    "absent": (rule("zz", None), lambda n: event(a=["x"] * n)),
    "the same key again": (rule("a", "y"), raw),
    "the same key with objects": (rule("a.b", "y"), lambda n: raw(n, value='{"b":"x"}')),
    "the same key with dots": (rule("a.b", "y"), lambda n: raw(n, key="a.b")),
    "many keys": (rule("k5.x", "y"), lambda n: event(**{f"k{i}": i for i in range(n)})),
    "escapes": (rule("userAgent|contains", "zz"), lambda n: event(userAgent="\\\"\n\u00e9" * n)),
    "folding": (rule("userAgent|contains", "zz"), lambda n: event(userAgent="\u017f\u212a" * n)),
    "a match, and why": (rule("userAgent|contains", "b", "s and not 1 of f*", f1={"a": "x"}, f2={"zz": "y"}),
                         lambda n: event(userAgent="a" * n + "b", a=["y"] * n)),
    "blanks": (rule("a", "y"), lambda n: event(a="x").replace(",", "," + " " * n)),
}
DEEP = {
    "deep objects": (rule("a.a.a.a", "y"), lambda n: deep(n)),
    "deep objects with dots": (rule("a.a.a.a.a.a.a.a", "y"), lambda n: deep(n, '{"a.a":{"a":1},"a":', "1")),
    "deep objects as text": (rule("a|contains", "nothing"), lambda n: deep(n)),
    "deep arrays": (rule("a", "y"), lambda n: deep(n, "[", '"x"', "]")),
    "deep arrays of pairs": (rule("a|contains", "y"), lambda n: deep(n, '["x",', '"x"', "]")),
}
# Expressions that take exponential or high polynomial time in a plain search.
REGEXES = ["aab", "(a+)+$", "(a|aa)+$", "(.*a){20}b", "((a*)*)*b", "(a|a)*b", "(a?){30}a{30}b", "^(([a-z])+.)+[A-Z]([a-z])+$", r"(a+)\1b",
           "(?=(a+))a*b", "a*a*a*a*a*b", "(?:a{1,50}){1,50}b", r"(\w+\s?)+\d$", "(?>a+)+b", "(?R)?ab|a+b", "[^b]*b[^b]*b", "(a(?:.|\n)*){8}c"]


@pytest.fixture(scope="module")
def count(tmp_path_factory):
    """count(rule, event): the steps that the event took, and what scan said."""
    home = tmp_path_factory.mktemp("steps")
    kw, known = Kw(os.environ["KW_BIN"], home), {}

    def steps(rules, line):
        (home / "r.yml").write_text(rules)
        (home / "e.ndjson").write_text(line)
        done = kw.run(["scan", "--output", "counts", "--rules", home / "r.yml", home / "e.ndjson"],
                      env={"KW_STEPS": str(home / "n")}, timeout=200)
        said = json.loads(done.out)
        assert said["malformed"] == 0 and said["events"] == (1 if line else 0), done.err
        return int((home / "n").read_text()), said

    def work(rules, line):
        if rules not in known:
            known[rules] = steps(rules, "")[0]
        n, said = steps(rules, line + "\n")
        return n - known[rules], said

    return work


def n_values(rules):
    """Rules with many values go over the text once for each."""
    values = next(iter(json.loads(rules)["detection"]["s"].values()))
    return len(values) if isinstance(values, list) else 1


def is_linear(count, rules, make, n):
    one, _ = count(rules, make(n))
    two, _ = count(rules, make(2 * n))
    print(f"{one:,} and {two:,} steps, {two / one:.2f}")
    assert two <= FACTOR * one + FIXED and two <= MOST * n_values(rules)


@pytest.mark.parametrize("name", LINEAR)
def test_twice_the_event_is_twice_the_work(count, name):
    rules, make = LINEAR[name]
    is_linear(count, rules, make, 1000 * BYTES // len(make(1000)))


@pytest.mark.parametrize("name", DEEP)
def test_depth_costs_no_more_than_bytes(count, name):
    is_linear(count, *DEEP[name], 220)


@pytest.mark.parametrize("expression", REGEXES)
@pytest.mark.parametrize("n", [40, 4000, 1_000_000])
def test_regular_expressions_have_a_cap(count, expression, n):
    steps, said = count(rule("userAgent|re", expression), event(userAgent="a" * n + "!"))
    print(f"{steps:,} steps")
    assert steps <= MOST
