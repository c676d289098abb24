#!/usr/bin/python3
"""Writes sets of Sigma rules to measure with: seeded, valid, and as many as wanted.

    /usr/bin/python3 tests/bench/ruleset.py sigmahq --out rules/
    /usr/bin/python3 tests/bench/ruleset.py mixed 10000 --out rules/

sigmahq      57 rules in the shapes of SigmaHQ's AWS rules (sigmahq_shapes.py)
mixed N      equality, contains, wildcards, regex, cidr and numbers, a third of them copies for single accounts
noequality N contains, regex and cidr only: nothing that a table of exact values could help with
matchheavy   3 rules that every event matches

Of the last but one, 1 % are made to match what tests/data/generate.py writes; the rest look for what it never does.
"""
import argparse
import pathlib
import random
import sys
import uuid

import sigmahq_shapes

RULES_PER_FILE = 100
HIT_SHARE = 0.01
ACCOUNTS = ["111122223333", "444455556666"]  # of the generator; most happens in the first
LEVELS = ["informational", "low", "low", "medium", "medium", "medium", "high", "high", "critical"]

SERVICES = ["apigateway", "appflow", "athena", "autoscaling", "backup", "batch", "cloudformation", "cloudfront", "codebuild",
            "cognito-idp", "dynamodb", "ec2", "ecr", "ecs", "eks", "elasticache", "elasticmapreduce", "events", "fsx", "glue",
            "guardduty", "iam", "kinesis", "kms", "lambda", "macie2", "organizations", "rds", "redshift", "route53", "s3",
            "sagemaker", "secretsmanager", "ses", "sns", "sqs", "ssm", "states", "transfer", "wafv2"]
VERBS = ["Attach", "Cancel", "Copy", "Create", "Delete", "Deregister", "Detach", "Disable", "Enable", "Export", "Import",
         "Modify", "Promote", "Purge", "Put", "Reboot", "Register", "Remove", "Reset", "Restore", "Revoke", "Rotate", "Set",
         "Stop", "Update"]
THINGS = ["Alias", "Application", "Authorizer", "Backup", "Channel", "Cluster", "Configuration", "Connection", "Domain",
          "Endpoint", "Group", "Grant", "Image", "Instance", "Integration", "Job", "Key", "Layer", "Member", "Model", "Pipeline",
          "Policy", "Profile", "Queue", "Repository", "Role", "Rule", "Schedule", "Secret", "Snapshot", "Stage", "Stream", "Table",
          "Task", "Template", "Token", "Topic", "Trail", "User", "Volume"]
WORDS = ["amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "haven", "iris", "jetty", "karst", "lumen", "mesa",
         "nadir", "onyx", "pylon", "quartz", "raven", "sable", "talus", "umbra", "vault", "willow", "xenon", "yarrow", "zephyr"]
TOOLS = ["Pacu", "ScoutSuite", "prowler", "CloudMapper", "stormspotter", "peirates", "rclone", "s3scanner", "enumerate-iam",
         "kali", "parrot", "pentoo", "curl", "Go-http-client", "python-requests", "okhttp"]

# Selections that the generator's healthy days meet now and then.
HITS = [
    {"eventSource": "kendra.amazonaws.com", "errorCode": "ThrottlingException"},
    {"eventName": "RunInstances", "requestParameters.instanceType|startswith": "t3."},
    {"eventName|endswith": "WithSAML", "responseElements.issuer|contains": "idp.example"},
    {"eventSource": "workdocs.amazonaws.com", "userIdentity.type": "Directory"},
    {"eventName": "ConsoleLogin", "additionalEventData.MFAUsed": "YES"},
    {"eventName": ["GetEventSelectors", "GetTrailStatus"], "userIdentity.arn|contains": "log-check"},
    {"eventName": "RotateKey", "sourceIPAddress": "AWS Internal"},
    {"sourceIPAddress|cidr": "198.51.100.90/32"},
    {"requestParameters.durationSeconds|gte": 3600, "userIdentity.type": "AWSService"},
    {"userAgent|re": "AWSPowerShell", "eventName": "ListBuckets"},
]
OPEN_HITS = [  # the same without equality
    {"errorMessage|contains": "Rate exceeded"},
    {"userIdentity.arn|contains": "log-check"},
    {"sourceIPAddress|cidr": ["198.51.100.90/32", "198.51.100.91/32"]},
    {"responseElements|contains": "idp.example.com"},
    {"userAgent|re": r"AWSPowerShell/\d"},
]


class Maker:
    """Draws the parts of rules."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.pick = self.chance.choice

    def token(self):
        return f"{self.pick(WORDS)}-{self.pick(WORDS)}-{self.chance.randrange(16**6):06x}"

    def name(self):
        return self.pick(VERBS) + self.pick(THINGS)

    def names(self):
        names = sorted({self.name() for _ in range(self.pick([1, 1, 1, 2, 3, 5]))})
        return names[0] if len(names) == 1 else names

    def account(self):
        return f"{self.chance.randrange(10**11, 10**12)}"

    def network(self):
        a, b, c = self.pick([23, 45, 91, 103, 146, 185, 193]), self.chance.randrange(256), self.chance.randrange(256)
        return self.pick([f"{a}.{b}.0.0/16", f"{a}.{b}.{c}.0/24", f"{a}.{b}.{c}.{self.chance.randrange(256)}/32",
                          f"2001:db8:{b:x}:{c:x}::/64"])

    def contains(self):
        return self.pick([
            lambda: {"requestParameters|contains": self.token()},
            lambda: {"userAgent|contains": f"{self.pick(TOOLS)}/{self.token()}"},
            lambda: {"userIdentity.arn|contains": [f"/{self.token()}", f":{self.token()}"]},
            lambda: {"errorMessage|contains|all": [self.pick(["is not authorized", "explicit deny"]), self.token()]},
            lambda: {"requestParameters.policyDocument|contains": f'"arn:aws:s3:::{self.token()}"'},
        ])()

    def wildcard(self):
        return self.pick([
            lambda: {"userIdentity.arn": f"arn:aws:*:*:assumed-role/{self.token()}*"},
            lambda: {"eventName": f"{self.pick(VERBS)}*{self.pick(THINGS)}{self.pick(THINGS)}"},
            lambda: {"requestParameters.roleArn": f"*:role/*{self.token()}"},
            lambda: {"userAgent": f"*{self.token()}*{self.pick(TOOLS)}*"},
            lambda: {"userIdentity.sessionContext.sessionIssuer.userName|endswith": f"-{self.token()}"},
        ])()

    def regex(self):
        return self.pick([
            lambda: {"userAgent|re": rf"{self.pick(TOOLS)}/[0-9]+\.[0-9]+ .*{self.token()}"},
            lambda: {"userIdentity.arn|re": rf":assumed-role/(?:{self.token()}|{self.token()})/[A-Za-z0-9_.@-]+$"},
            lambda: {"requestParameters.bucketName|re": rf"^{self.token()}-(?:dev|test|prod)-[0-9]{{2,4}}$"},
            lambda: {"userIdentity.principalId|re|i": rf"^A[A-Z]{{3}}[0-9A-Z]{{17}}:{self.token()}"},
        ])()

    def cidr(self):
        return {"sourceIPAddress|cidr": self.pick([self.network(), [self.network() for _ in range(4)]])}

    def number(self):
        return self.pick([
            lambda: {"requestParameters.maxResults|gt": self.chance.randrange(1000, 10**6)},
            lambda: {"requestParameters.durationSeconds|gte": self.chance.randrange(43201, 10**6)},
            lambda: {"additionalEventData.bytesTransferredOut|gt": self.chance.randrange(10**9, 10**12)},
            lambda: {"requestParameters.instancesSet.items.minCount": self.chance.randrange(100, 10000)},
        ])()

    def equality(self):
        return {"eventSource": f"{self.pick(SERVICES)}.amazonaws.com", "eventName": self.names()}

    def filter(self):
        return self.pick([
            {"userIdentity.type": "AWSService"}, {"userIdentity.invokedBy|endswith": ".amazonaws.com"},
            {"errorCode|exists": True}, {"responseElements": None}, {"userAgent|startswith": ["aws-internal", "AWS Internal"]}])


def with_filter(maker, selection, share):
    if maker.chance.random() >= share:
        return {"selection": selection, "condition": "selection"}
    return {"selection": selection, "filter_usual": maker.filter(), "condition": "selection and not 1 of filter_*"}


def mixed_base(maker):
    """One detection that matches nothing: in nine of ten an equality narrows it down."""
    kinds = [maker.contains, maker.wildcard, maker.regex, maker.cidr, maker.number]
    draw = maker.chance.random()
    if draw < 0.45:
        more = {} if draw < 0.3 else {"errorCode": maker.pick(["AccessDenied", "Client.UnauthorizedOperation"])}
        return with_filter(maker, maker.equality() | more, 0.3)
    selection = maker.chance.choices(kinds, [30, 25, 20, 15, 10])[0]()
    if draw < 0.9:
        selection = maker.equality() | selection
    return with_filter(maker, selection, 0.2)


def mixed(maker, count):
    """Two thirds stand alone; of the rest, each is one detection copied for up to thirty accounts."""
    n_hits, out = round(count * HIT_SHARE), []
    for i in range(n_hits):
        scope = {"recipientAccountId": maker.pick([ACCOUNTS, ACCOUNTS[0]])}
        out.append({"selection": HITS[i % len(HITS)] | scope, "condition": "selection"})
    while len(out) < n_hits + (count - n_hits) * 2 // 3:
        out.append(mixed_base(maker))
    while len(out) < count:
        base = mixed_base(maker)
        for _ in range(min(30, count - len(out))):
            out.append(base | {"account": {"recipientAccountId": maker.account()}, "condition": f"account and ({base['condition']})"})
    return out


def noequality(maker, count):
    n_hits = round(count * HIT_SHARE)
    out = [{"selection": OPEN_HITS[i % len(OPEN_HITS)], "condition": "selection"} for i in range(n_hits)]
    for _ in range(count - n_hits):
        selection = maker.chance.choices([maker.contains, maker.regex, maker.cidr], [50, 25, 25])[0]()
        out.append({"selection": selection, "condition": "selection"})
    return out


def matchheavy(maker, count):
    del maker, count
    return [
        {"selection": {"eventVersion|startswith": "1."}, "condition": "selection"},
        {"selection": {"eventID": "*", "recipientAccountId|re": "^[0-9]{12}$"}, "condition": "selection"},
        {"selection": {"eventSource|endswith": ".amazonaws.com"}, "filter": {"eventTime": None}, "condition": "selection and not filter"},
    ]


MAKERS = {"mixed": (mixed, 1000), "noequality": (noequality, 10000), "matchheavy": (matchheavy, 3)}


def rules(kind, count, seed):
    """(id, title, level, detection) for each rule of a set."""
    maker = Maker(f"{seed}/{kind}/{count}")
    if kind == "sigmahq":
        named = sigmahq_shapes.DETECTIONS
    else:
        named = [(f"{kind} {i:05d}", maker.pick(LEVELS), d) for i, d in enumerate(MAKERS[kind][0](maker, count))]
    for title, level, detection in named:
        yield str(uuid.UUID(int=maker.chance.getrandbits(128), version=4)), title, level, detection


# ---- YAML, the few forms that rules need


def scalar(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def lines(value, indent):
    """A mapping or list in block style."""
    pad = " " * indent
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, (dict, list)):
                yield f"{pad}{key}:"
                yield from lines(inner, indent + 4)
            else:
                yield f"{pad}{key}: {scalar(inner)}"
        return
    for inner in value:
        if isinstance(inner, dict):
            first, *rest = lines(inner, indent + 2)
            yield f"{pad}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{pad}- {scalar(inner)}"


def text(rule):
    rule_id, title, level, detection = rule
    return "\n".join([f"title: {title}", f"id: {rule_id}", "status: test", "logsource:", "    product: aws",
                      "    service: cloudtrail", "detection:", *lines(detection, 4), f"level: {level}", ""])


def write(kind, out, count=None, seed=1):
    """Writes the set as files of RULES_PER_FILE documents into the folder out; how many rules it has."""
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    texts = [text(rule) for rule in rules(kind, count or MAKERS.get(kind, (None, 57))[1], seed)]
    for at in range(0, len(texts), RULES_PER_FILE):
        name = f"{kind}-{at // RULES_PER_FILE:04d}.yml"
        (out / name).write_text("---\n".join(texts[at:at + RULES_PER_FILE]), encoding="utf-8")
    return len(texts)


def main():
    parser = argparse.ArgumentParser(description="Writes a set of Sigma rules to measure with.")
    parser.add_argument("kind", choices=["sigmahq", *MAKERS])
    parser.add_argument("count", nargs="?", type=int, help="how many rules (mixed, noequality)")
    parser.add_argument("--out", required=True, help="folder for the rule files")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.count is not None and (options.count < 1 or options.kind in ("sigmahq", "matchheavy")):
        parser.error(f"{options.kind} {options.count}: only mixed and noequality take a count, from 1")
    print(f"{write(options.kind, options.out, options.count, options.seed)} rules in {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
