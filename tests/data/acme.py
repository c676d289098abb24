"""The incident inside "one day at Acme": alice's administrator session is used from an address nobody knows, while a
role that never loads documents fills an index. Everything else that day is healthy."""

import json

from place import BOTO, CLI, INDEXES, OFFICE, kendra, statics
from shape import assumed_role, record, root, sso, stamp, to_template

PROD, ARCHIVE = "111122223333", "444455556666"
REGION = "eu-west-1"
STRANGER_IP = "203.0.113.9"
ALICE_KEY = "ASIAZK4M2EXAMPLE7QX2"


def _alice(end):
    return sso(PROD, "AdministratorAccess", "alice@example.com", key=ALICE_KEY, created=stamp(end - 1500))


def _kendra(operation, index, who, ip, agent, **change):
    event = kendra(who, PROD, REGION, operation, ip, agent)
    if change:
        event["requestParameters"] = change
    return to_template(event, 0.0, **statics(PROD, REGION, index))


def incident(end):
    """(epoch, kind, Template) of each event of the incident, and of root's look-alikes. The last one is six minutes old
    at the end of the day."""
    alice = _alice(end)
    loader = assumed_role(PROD, "web-staging", "web-staging-7f9c")
    load = _kendra("BatchPutDocument", "hr-policies", loader, f"{OFFICE}77", BOTO)
    events = [(end - 2460 + i, "batch_put_burst", load) for i in range(60)]
    look = _kendra("DescribeIndex", "hr-policies", alice, STRANGER_IP, CLI + "kendra.describe-index")
    events += [(end - 791 + 9 * i, "describe_index", look) for i in range(14)]
    stop = record(
        alice,
        PROD,
        REGION,
        "cloudtrail.amazonaws.com",
        "StopLogging",
        STRANGER_IP,
        CLI + "cloudtrail.stop-logging",
        {"name": f"arn:aws:cloudtrail:{REGION}:{ARCHIVE}:trail/main"},
        None,
        False,
        errorCode="AccessDenied",
        errorMessage=f"User: {alice['arn']} is not authorized to perform: cloudtrail:StopLogging on resource: "
        f"arn:aws:cloudtrail:{REGION}:{ARCHIVE}:trail/main with an explicit deny in a service control policy",
    )
    events.append((end - 551, "stop_logging_denied", to_template(stop, 0.0)))
    policy = _kendra(
        "UpdateIndex",
        "legal",
        alice,
        STRANGER_IP,
        CLI + "kendra.update-index",
        id=INDEXES["legal"],
        userContextPolicy="ATTRIBUTE_FILTER",
    )
    events.append((end - 452, "user_context_policy", policy))
    delete = _kendra(
        "DeleteIndex", "hr-policies", alice, STRANGER_IP, CLI + "kendra.delete-index", id=INDEXES["hr-policies"]
    )
    events.append((end - 360, "delete_index", delete))
    support = "support.amazonaws.com"
    check = to_template(
        record(root(PROD, support), PROD, REGION, "kendra.amazonaws.com", "ListIndices", support, support), 0.0
    )
    events += [(end - 3600 * hours, "root_by_aws", check) for hours in (20, 14, 8, 2)]
    return sorted(events, key=lambda event: event[0])


class Expected:
    """Collects the eventIDs of the incident by kind while it is written."""

    def __init__(self):
        self.ids = {}

    def add(self, kind, event_id):
        self.ids.setdefault(kind, []).append(event_id)

    def write(self, path, end):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(
                {
                    "end": stamp(end),
                    "accounts": {PROD: "prod", ARCHIVE: "log-archive"},
                    "indexes": INDEXES,
                    "stranger_ip": STRANGER_IP,
                    "alice_key": ALICE_KEY,
                    "must_not_page": ["root_by_aws"],
                    "events": self.ids,
                },
                file,
                indent=1,
            )
            file.write("\n")
