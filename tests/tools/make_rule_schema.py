"""Prints rules/rule.schema.json: the shape of rule files, for editors.

    /usr/bin/python3 tests/tools/make_rule_schema.py > rules/rule.schema.json

Names come from the lists that the code is made of (modifiers, derived fields, correlation types, comparisons, settings);
a test compares the file with what this prints. Draft 7, which is what editors' YAML servers know best.
"""

import json
import pathlib
import re

RULES = pathlib.Path(__file__).parents[2] / "rules"
TEXT = {"type": ["string", "number", "boolean"]}
TEXTS = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
SPAN = {"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d|w)$|^0$"}
LEVELS = ["informational", "low", "medium", "high", "critical"]


def macros(path, name):
    """The arguments of every NAME(...) of a list header; strings without quotes, joined."""
    text = re.sub(r"/\*.*?\*/", "", (RULES / path).read_text(), flags=re.DOTALL)
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    found = []
    for start in re.finditer(rf"^{name}\(", text, re.MULTILINE):
        arguments, depth, quoted, at, piece = [], 1, False, start.end(), ""
        while depth:
            c = text[at]
            quoted ^= c == '"'
            depth += not quoted and (c == "(") - (c == ")")
            if not quoted and depth == 1 and c == ",":
                arguments.append(piece)
                piece = ""
            elif depth:
                piece += c
            at += 1
        arguments.append(piece)
        found.append([re.sub(r'"\s*"', "", a.strip()).strip('"') for a in arguments])
    return found


def described(what, **schema):
    return {"description": what, **schema}


def detection():
    names = []
    for modifier in macros("modifier_list.h", "MODIFIER"):
        names += [modifier[1], *([modifier[2]] if modifier[2] else [])]
    chain = f"(\\|({'|'.join(names)}))*$"
    fields = macros("event/field_list.h", "KW_FIELD")
    derived = "|".join(re.escape(field[1][3:]) for field in fields)
    known = {
        "eventSource": "the service's host name, such as kendra.amazonaws.com",
        "eventName": "the API operation, such as DeleteIndex",
        "errorCode": "absent when the call succeeded; kw.outcome is easier to ask",
        "sourceIPAddress": "an address, a service's name, or AWS Internal",
        "userAgent": "as the caller says it is: never let it excuse a call",
        "userIdentity.type": "Root, IAMUser, AssumedRole, AWSService and the like",
        "awsRegion": "where the call was made",
    }
    value = {"$ref": "#/definitions/value"}
    return {
        "value": {"anyOf": [TEXT, {"type": "null"}, {"type": "array", "items": TEXT, "minItems": 1}]},
        "map": {
            "type": "object",
            "minProperties": 1,
            "properties": {
                **{field[1]: described(field[2], **value) for field in fields},
                **{name: described(what, **value) for name, what in known.items()},
            },
            "propertyNames": {"pattern": f"^((?!kw\\.)[^|]*|kw\\.({derived})){chain}"},
            "additionalProperties": value,
        },
        "selection": {
            "anyOf": [
                {"$ref": "#/definitions/map"},
                {"type": "array", "minItems": 1, "items": {"anyOf": [{"$ref": "#/definitions/map"}, TEXT]}},
                TEXT,
            ]
        },
        "condition": described(
            "selections joined by and, or, not; 1 of sel*, all of them; a list is an or",
            anyOf=[TEXT, {"type": "array", "minItems": 1, "items": TEXT}],
        ),
    }


def setting(kind, fallback, what):
    kinds = {"SPAN": {"type": "string", "pattern": "^[0-9]+[smhdwMy]$"}, "COUNT": {"type": "integer", "minimum": 0},
             "NUMBER": {"type": "number"}}  # fmt: skip
    default = fallback if kind == "SPAN" else json.loads(fallback)
    return described(what, default=default, **kinds[kind])


def correlation():
    types = macros("correlation_type_list.h", "CORRELATION_TYPE")
    compares = macros("correlation_compare_list.h", "CORRELATION_COMPARE")
    settings = macros("correlation_setting_list.h", "CORRELATION_SETTING")
    field = {"ONE": TEXT, "MANY": {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 16}]}}
    cases = []
    for symbol, name, timespan, fields, bounds, text, _ in types:
        properties = {}
        if bounds != "NONE":
            properties.update({c[1]: described(c[2], type="number") for c in compares})
        if fields != "NONE":
            properties["field"] = described("whose values are looked at", **field[fields])
        if name == "value_percentile":
            properties["percentile"] = described("which one", type="number", minimum=0, maximum=100)
        properties.update({s[2]: setting(s[3], s[4], s[7]) for s in settings if s[1] == symbol})
        condition = {"type": "object", "properties": properties, "additionalProperties": False}
        needed = (["field"] if fields != "NONE" else []) + (["percentile"] if "percentile" in properties else [])
        if needed:
            condition["required"] = needed
        if bounds == "NEEDED":
            condition["anyOf"] = [{"required": [c[1]]} for c in compares]
        if text == "1":
            condition = {"anyOf": [described("a sentence over rule names", type="string"), condition]}
        required = ["timespan"] if timespan == "NEEDED" else []
        if bounds == "NEEDED" or fields != "NONE":
            required.append("condition")
        then = {"properties": {"condition": condition}}
        if required:
            then["required"] = required
        if timespan == "NONE":
            then["not"] = {"required": ["timespan"]}
        cases.append({"if": {"properties": {"type": {"const": name}}}, "then": then})
    return {
        "type": "object",
        "required": ["type"],
        "anyOf": [{"required": ["rules"]}, {"properties": {"condition": {"type": "string"}}, "required": ["condition"]}],
        "properties": {
            "type": described("; ".join(f"{t[1]}: {t[6]}" for t in types), enum=[t[1] for t in types]),
            "rules": described("names or ids of the rules that are counted",
                               anyOf=[TEXT, {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 100}]),
            "group-by": described("fields or aliases; each group is counted by itself",
                                  anyOf=[TEXT, {"type": "array", "items": TEXT, "maxItems": 16}]),
            "timespan": described("how far apart the events may be: s, m, h, d, w, M (30 days), y; at most a year",
                                  type="string", pattern="^[0-9]+[smhdwMy]$"),
            "condition": {},
            "aliases": described("one name for fields that the rules call differently", type="object", maxProperties=16,
                                 additionalProperties={"type": "object", "minProperties": 1,
                                                       "additionalProperties": TEXT}),
            "generate": described("the rules alert by themselves, too", type="boolean"),
        },
        "additionalProperties": False,
        "allOf": cases,
    }  # fmt: skip


def extension():
    step = {"anyOf": [TEXT, {"type": "object", "properties": {"run": TEXT}, "required": ["run"],
                             "additionalProperties": False}]}  # fmt: skip
    resolve = [
        {"const": "never"},
        {"type": "object", "properties": {"quiet": SPAN}, "required": ["quiet"], "additionalProperties": False},
        {"type": "object", "properties": {"reverted_by": TEXT}, "required": ["reverted_by"],
         "additionalProperties": False},
    ]  # fmt: skip
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "needs": described("lists without which the rule waits", type="array", items=TEXT),
            "summary": described("the alert's sentence; {field} is a value of the event", **TEXT),
            "group_by": described("what makes two alerts one problem; [kw.actor] by default", **TEXTS),
            "suppress_for": described("how long repeats fold, at most 30 days", **SPAN),
            "resolve": described("when the problem is over", anyOf=resolve),
            "runbook": described("a link for the person on call", **TEXT),
            "first_steps": described("texts, and {run: command} with quoted values", type="array", items=step),
            "owner": described("filters: who answers for it", **TEXT),
            "until": described("filters: how long it counts", **TEXT),
            "reason": described("filters: why it is there", **TEXT),
        },
    }


def tests():
    count = {"type": "integer", "minimum": 0}
    event = {
        "api": described("service:Operation", type="string"),
        "as": described("root, user/NAME, role/NAME, sso/PERSON, service/NAME, federated/NAME, account/ID", type="string"),
        "event": described("a whole event", type="object"),
        "set": described("path: value", type="object"),
        "unset": described("paths to take away", anyOf=[TEXT, {"type": "array", "items": TEXT}]),
        "at": described("when it happens", **TEXT),
        "times": described("how often: {count: 60, every: 1s}", type="object"),
    }
    case = {
        **event,
        "name": {"type": [*TEXT["type"], "null"]},
        "events": described("several", type="array", items={"type": "object", "properties": event,
                                                              "additionalProperties": False}),
        "match": {"type": "boolean"},
        "alerts": count,
        "folded": count,
        "summary_has": TEXT,
        "why_has": TEXT,
    }  # fmt: skip
    return {
        "type": "object",
        "properties": {
            "lists": described("the lists of these tests; never the operator's", type="object"),
            "base": described("what every case starts from", type="object", properties=event, additionalProperties=False),
            "cases": {"type": "array", "items": {"type": "object", "properties": case, "additionalProperties": False}},
        },
        "additionalProperties": False,
    }


def schema():
    uuid = "-".join(f"[0-9A-Fa-f]{{{n}}}" for n in (8, 4, 4, 4, 12))
    selection = {"$ref": "#/definitions/selection"}
    condition = {"$ref": "#/definitions/condition"}
    rules = {"anyOf": [{"const": "any"}, {"type": "array", "items": TEXT}]}
    part = {"anyOf": [TEXT, {"type": "null"}]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "kendrawatch rule",
        "description": "One document of a Sigma rule file as kendrawatch reads it.",
        "type": "object",
        "anyOf": [
            {"required": ["action"]},
            {"required": ["title"], "oneOf": [{"required": [kind]} for kind in ("detection", "filter", "correlation")]},
        ],
        "properties": {
            "action": described("how a document joins others of its file", enum=["global", "reset", "repeat"]),
            "title": described("one line", **TEXT),
            "id": described("a UUID of its own", type="string", pattern=f"^{uuid}$"),
            "name": described("how other documents call it", **TEXT),
            "status": described("deprecated and unsupported rules are switched off",
                                enum=["stable", "test", "experimental", "deprecated", "unsupported"]),
            "level": described("how bad it is; absent means medium", enum=LEVELS),
            "description": described("what happened and why it matters, for somebody just woken", **part),
            "author": part,
            "date": part,
            "modified": part,
            "tags": described("attack.t1565.001 and the like", **TEXTS),
            "references": TEXTS,
            "falsepositives": TEXTS,
            "fields": described("shown in the alert", **TEXTS),
            "logsource": described("{product: aws, service: cloudtrail}", type="object",
                                   properties={name: part for name in ("category", "product", "service", "definition")}),
            "detection": described("selections and the condition that joins them", type="object", required=["condition"],
                                   minProperties=2, properties={"condition": condition, "timeframe": TEXT},
                                   additionalProperties=selection),
            "filter": described("what is taken away from the rules it names; mostly `not selection`", type="object",
                                required=["rules", "condition"], minProperties=3,
                                properties={"rules": rules, "condition": condition, "timeframe": TEXT},
                                additionalProperties=selection),
            "correlation": described("what several events have in common", **correlation()),
            "generate": described("of a correlation: its rules alert by themselves, too", type="boolean"),
            "kendrawatch": described("what is ours; other engines ignore it", **extension()),
            "tests": described("events that must match and events that must not", **tests()),
        },
        "definitions": detection(),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(schema(), indent=1, ensure_ascii=False))
