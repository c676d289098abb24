"""Every kind of fault: a rule that has it and one that has not; and a shipped rule has none."""

import uuid

from conftest import ROOT

HEAD = """title: {title}
id: {id}
name: {name}
status: test
level: low
description: d
tags: [attack.t1078]
falsepositives: [none]
logsource: {{product: aws, service: cloudtrail}}
detection:
"""
TAIL = """tests:
  base: {api: 'kendra:DeleteIndex', as: root}
  cases: [{name: a, match: false}]
"""


def rule(name, *selections, condition="sel", **changes):
    """A complete rule around the lines of its selections; `changes` replaces keys, None leaves one out."""
    text = HEAD.format(title=name, name=name, id=uuid.uuid5(uuid.NAMESPACE_URL, name))
    text += "".join(f"  {line}\n" for line in selections) + f"  condition: {condition}\n" + TAIL
    for key, value in changes.items():
        lines = text.splitlines(keepends=True)
        at = next((i for i, line in enumerate(lines) if line.startswith(key + ":")), len(lines))
        end = at + 1
        while end < len(lines) and lines[end].startswith(" "):
            end += 1
        lines[at:end] = [] if value is None else [f"{key}: {value}\n"]
        text = "".join(lines)
    return text


BASE = "sel: {eventSource: iam.amazonaws.com, eventName: CreateUser}"
CORRELATION = """title: c
id: 5d0a9c0e-7a31-4c0c-9d43-3c1f3f2b9a10
name: counted
status: test
level: low
description: d
tags: [attack.t1078]
falsepositives: [none]
correlation: {{type: event_count, rules: [{rule}], group-by: [kw.actor], timespan: 5m, condition: {{gte: 5}}}}
"""
FILTER = """title: f
id: {id}
status: test
description: d
logsource: {{product: aws, service: cloudtrail}}
filter:
  rules: {of}
  sel: {{eventName: ListUsers}}
  condition: {condition}
"""


def with_filter(name, condition, of="any"):
    return rule(name, BASE) + "---\n" + FILTER.format(id=uuid.uuid4(), condition=condition, of=of)


def sel(text, miss=None, **more):
    """A selection that hits, and one that does not."""
    return (["sel: " + text], ["sel: " + miss] if miss else [BASE], more)


# kind -> (selections that hit, selections that miss, arguments of rule())
CASES = {
    "refused": sel("{a|re: '('}"),
    "unknown-modifier": sel("{eventName|startwith: x}", "{eventName|startswith: x}"),
    "unknown-field": sel("{kw.actr: x}", "{kw.actor: x}"),
    "unknown-event": sel(
        "{eventSource: iam.amazonaws.com, eventName: CreateUsr}",
        "{eventSource: iam.amazonaws.com, eventName: SomethingEntirelyNew}",
    ),
    "unknown-selection": ([BASE], [BASE], {"hit": {"condition": "sell"}}),
    "yaml11": sel("{eventName: x, a: No}", "{eventName: x, a: 'No'}"),
    "account-number": sel(
        "{eventName: x, recipientAccountId: 012345678901}", "{eventName: x, recipientAccountId: '012345678901'}"
    ),
    "never-true": (
        ["sel: {eventName: x}", "b: {eventName: y}"],
        ["sel: {requestParameters.a: x}", "b: {requestParameters.a: y}"],
        {"condition": "sel and b"},
    ),
    "always-true": (
        ["sel: {eventName: x}", "b: {eventName|neq: X}"],
        ["sel: {eventName: x}", "b: {eventName|neq: y}"],
        {"condition": "sel or b"},
    ),
    "dead-branch": sel("{eventName: DeleteUser, eventName|startswith: Create}",
                       "{eventName: CreateUser, eventName|startswith: Create}"),  # fmt: skip
    "redundant-exception": (
        ["sel: {eventName: [A, B]}", "b: {eventName: C}"],
        ["sel: {eventName: [A, B]}", "b: {eventName: B}"],
        {"condition": "sel and not b"},
    ),
    "unused-selection": ([BASE, "b: {eventName: x}"], [BASE], {}),
    "timeframe-ignored": ([BASE, "timeframe: 5m"], [BASE], {}),
    "broad-rule": sel("{awsRegion: eu-west-1, kw.outcome: denied}", "{awsRegion: eu-west-1, eventName: x}"),
    "mfa-unknown": (
        [BASE, "b: {kw.mfa: true}"], [BASE, "b: {kw.mfa: false}"], {"condition": "sel and not b"},
    ),  # fmt: skip
    "chosen-by-caller": (
        [BASE, "b: {userAgent|contains: terraform}"],
        [BASE, "b: {userAgent|contains: terraform, kw.principal: role/ci}"],
        {"condition": "sel and not b"},
    ),
    "unknown-value": sel("{eventName: x, kw.outcome: success}", "{eventName: x, kw.outcome: ok}"),
    "unknown-source": sel("{eventSource: cloudtrial.amazonaws.com}", "{eventSource: my.service.example}"),
    "other-service": sel(
        "{eventSource: iam.amazonaws.com, eventName: StopLogging}",
        "{eventSource: cloudtrail.amazonaws.com, eventName: StopLogging}",
    ),
    "unknown-path": sel("{eventname: x}", "{my.own.field: x}"),
    "repeated-value": sel("{eventName: [abc, ABC]}", "{eventName|cased: [abc, ABC]}"),
    "covered-value": sel("{eventName: ['Create*', CreateUser]}", "{eventName: ['Create*', DeleteUser]}"),
    "needless-wildcard": sel("{eventName|contains: '*User'}", r"{eventName|contains: 'User\*'}"),
    "wildcard-in-regex": sel("{eventName|re: 'Use*'}", "{eventName|re: 'Us+er'}"),
    "open-regex": sel("{eventName|re: 'Us+er.*'}", r"{eventName|re: 'Us+er\.*'}"),
    "plain-regex": sel("{eventName|re: User}", "{eventName|re: '^User'}"),
    "loose-regex": sel(
        r"{eventName: x, sourceIPAddress|re: '10\.0\.'}", r"{eventName: x, sourceIPAddress|re: '^10\.0\.\d+\.\d+$'}"
    ),
    "needless-modifier": sel("{eventName|contains|all: x}", "{eventName|contains|all: [x, y]}"),
    "host-bits": sel("{eventName: x, sourceIPAddress|cidr: 10.1.2.3/8}", "{eventName: x, sourceIPAddress|cidr: 10.0.0.0/8}"),
    "list-undeclared": sel("{eventName: x, userName|expand: '%nowhere%'}"),
    "unknown-status": ([BASE], [BASE], {"hit": {"status": "final"}}),
    "bad-date": ([BASE], [BASE], {"hit": {"date": "yesterday"}, "miss": {"date": "2026-11-24"}}),
    "bad-tag": ([BASE], [BASE], {"hit": {"tags": "[Persistence]"}, "miss": {"tags": "[cve.2021-44228]"}}),
    "unknown-technique": ([BASE], [BASE], {"hit": {"tags": "[attack.t1078.099]"}, "miss": {"tags": "[attack.t1078.004]"}}),
    "revoked-technique": (
        [BASE], [BASE],
        {"hit": {"tags": "[attack.t1562.008]"}, "miss": {"tags": "[attack.t1562.008, attack.t1685.002]"}},
    ),  # fmt: skip
    "unknown-tactic": (
        [BASE], [BASE],
        {"hit": {"tags": "[attack.inital-access]"}, "miss": {"tags": "[attack.initial-access]"}},
    ),  # fmt: skip
    "unknown-ignore": ([BASE + "  # kendrawatch: ignore=yaml12", "b: {eventName: No}"],
                       [BASE + "  # kendrawatch: ignore=yaml11 on purpose", "b: {eventName: No}"],
                       {"condition": "sel or b"}),  # fmt: skip
    "unknown-key": ([BASE], [BASE], {"hit": {"falsepositive": "[x]"}, "miss": {"custom_note": "x"}}),
    **{
        f"missing-{key}": ([BASE], [BASE], {"hit": {key: None}})
        for key in ("id", "level", "logsource", "status", "description", "tags", "falsepositives", "tests")
    },
    "portable-field": sel("{eventName: x, kw.outcome: ok}", "{eventName: x, errorCode: null}"),
    "portable-list": sel("{eventName: x, userName|expand: '%people%'}", "{eventName: x, sourceIPAddress|cidr|expand: '%nets%'}"),
    "portable-key": ([BASE], [BASE], {"hit": {"kendrawatch": "{needs: [people]}"}, "miss": {"kendrawatch": "{resolve: never}"}}),
    "portable-draft": sel("{eventName|neq: x, eventSource: y.z}", "{eventName: x}"),
}
WHOLE = {
    "syntax": ("a: [\n", rule("syntax_miss", BASE)),
    "skipped": (
        rule("skipped_hit", BASE, logsource="{product: windows}"),
        rule("skipped_miss", BASE),
    ),
    "doubtful": (rule("doubtful_hit", BASE, title="t" * 300), rule("doubtful_miss", BASE)),
    "id-reused": (rule("same", BASE) + "---\n" + rule("same", BASE), rule("other", BASE)),
    "unknown-rule": (with_filter("ur_hit", "not sel", of="[nobody]"), with_filter("ur_miss", "not sel")),
    "correlation-not-run": (
        rule("nr_hit", BASE) + "---\n" + CORRELATION.format(rule="nr_hit"),
        rule("nr_miss", BASE),
    ),
    "filter-without-not": (with_filter("fw_hit", "sel"), with_filter("fw_miss", "not sel")),
}
# of the configuration, and of documents that test_correlations and the like make
ELSEWHERE = {"secret-in-open", "portable-correlation"}


def texts(kind):
    if kind in WHOLE:
        return WHOLE[kind]
    hit, miss, more = CASES[kind]
    common = {k: v for k, v in more.items() if k not in ("hit", "miss")}
    name = kind.replace("-", "_")
    return (
        rule(name + "_hit", *hit, **common, **more.get("hit", {})),
        rule(name + "_miss", *miss, **common, **more.get("miss", {})),
    )


def test_kinds(kw, tmp_path):
    """One run over all of them: each is told of the rule that has it, and not of the one that has not."""
    (tmp_path / "lists.yaml").write_text("lists:\n  people: [alice]\n  nets: {type: cidr, values: [10.0.0.0/8]}\n")
    (tmp_path / "rules").mkdir()
    for kind in {**CASES, **WHOLE}:
        for which, text in zip(("hit", "miss"), texts(kind), strict=True):
            (tmp_path / "rules" / f"{kind}.{which}.yml").write_text(text)
    done = kw.run(
        ["check", "--portable", "--notes", "--format", "ndjson", "--lists", tmp_path / "lists.yaml", tmp_path / "rules"]
    )
    found = {}
    for fault in done.lines():
        kind, which, _ = fault["file"].rpartition("/")[2].split(".")
        found.setdefault((kind, which), {})[fault["code"]] = fault["text"]
    missing = {kind: found.get((kind, "hit")) for kind in {**CASES, **WHOLE} if kind not in found.get((kind, "hit"), {})}
    noisy = {kind: found[kind, "miss"] for kind in {**CASES, **WHOLE} if kind in found.get((kind, "miss"), {})}
    assert (missing, noisy) == ({}, {})


def test_each_kind_has_a_case(kw):
    kinds = {row["name"] for row in kw.run(["list", "lints", "--output", "ndjson"]).lines()}
    assert kinds == {*CASES, *WHOLE, *ELSEWHERE}


def test_shipped_rules_are_clean(kw):
    done = kw.run(["check", "--notes", "--fail-on", "note", ROOT / "rules" / "packs"])
    assert (done.rc, done.out) == (0, "")


def test_the_page_has_them_all(kw):
    """docs/lints.md says what `list lints` says."""
    page = (ROOT / "docs" / "lints.md").read_text()
    for row in kw.run(["list", "lints", "--output", "ndjson"]).lines():
        line = f"| `{row['name']}` | {row['meaning']} | {row['advice']} |"
        assert line in page.replace("\\|", "|"), f"docs/lints.md lacks {line}"
