"""The form of CloudTrail records: identities, one record, and the template that many events are printed from.

A call is built once as a dictionary, in the key order CloudTrail uses, and becomes a Template: text with holes for the
few values that differ from one event to the next. "@NAME@" in a string is such a hole while the dictionary is built.
"""

import base64
import hashlib
import json
import random
import re
import time
from dataclasses import dataclass

HOLES = {
    "KEY": "key",
    "CREATED": "created",
    "TIME": "time",
    "A": "a",
    "B": "b",
    "REQ": "req",
    "EVENT": "event",
    "S3REQ": "s3req",
}
_HOLE = re.compile("@(" + "|".join(HOLES) + ")@")


def unique_id(prefix, text, length):
    """An identifier as IAM makes them, always the same one for the same text."""
    return prefix + base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[: length - len(prefix)]


# ---- identities: each function returns the userIdentity of one caller


def role_issuer(account, role, path="/"):
    return {
        "type": "Role",
        "principalId": unique_id("AROA", account + role, 21),
        "arn": f"arn:aws:iam::{account}:role{path}{role}",
        "accountId": account,
        "userName": role,
    }


def assumed_role(
    account, role, session, path="/", web=None, mfa="false", invoked_by=None, key="@KEY@", created="@CREATED@"
):
    issuer = role_issuer(account, role, path)
    who = {
        "type": "AssumedRole",
        "principalId": f"{issuer['principalId']}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": issuer,
            **({"webIdFederationData": web} if web else {}),
            "attributes": {"creationDate": created, "mfaAuthenticated": mfa},
        },
    }
    return {**who, "invokedBy": invoked_by} if invoked_by else who


def sso(account, permission_set, person, **more):
    role = f"AWSReservedSSO_{permission_set}_" + hashlib.sha256(permission_set.encode()).hexdigest()[:16]
    return assumed_role(account, role, person, path="/aws-reserved/sso.amazonaws.com/eu-west-1/", **more)


def user(account, name, session=False, mfa="true"):
    who = {
        "type": "IAMUser",
        "principalId": unique_id("AIDA", account + name, 21),
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "accessKeyId": "@KEY@" if session else unique_id("AKIA", name, 20),
        "userName": name,
    }
    if session:
        who["sessionContext"] = {"attributes": {"creationDate": "@CREATED@", "mfaAuthenticated": mfa}}
    return who


def root(account, invoked_by):
    return {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
        "accessKeyId": "",
        "invokedBy": invoked_by,
    }


def federated(account, name, issuer):
    return {
        "type": "FederatedUser",
        "principalId": f"{account}:{name}",
        "arn": f"arn:aws:sts::{account}:federated-user/{name}",
        "accountId": account,
        "accessKeyId": "@KEY@",
        "sessionContext": {
            "sessionIssuer": {
                "type": "IAMUser",
                "principalId": unique_id("AIDA", account + issuer, 21),
                "arn": f"arn:aws:iam::{account}:user/{issuer}",
                "accountId": account,
                "userName": issuer,
            },
            "attributes": {"creationDate": "@CREATED@", "mfaAuthenticated": "true"},
        },
    }


def service(name):
    return {"type": "AWSService", "invokedBy": name}


# ---- records


def record(who, account, region, source, name, ip, agent, params=None, answer=None, read_only=True, **more):
    """One CloudTrail record, keys in CloudTrail's own order. more: any other top-level field by its name, None leaves
    a usual one out; data=True makes it a data event."""
    by_aws = not ip[:1].isdigit()
    host = {"signin.amazonaws.com": f"{region}.signin.aws.amazon.com", "iam.amazonaws.com": "iam.amazonaws.com"}.get(
        source, source.replace(".amazonaws.com", f".{region}.amazonaws.com")
    )
    data = more.pop("data", False)
    usual = {
        "requestID": "@REQ@",
        "eventID": "@EVENT@",
        "readOnly": read_only,
        "resources": None,
        "eventType": "AwsApiCall",
        "managementEvent": not data,
        "recipientAccountId": account,
        "sharedEventID": None,
        "serviceEventDetails": None,
        "vpcEndpointId": None,
        "vpcEndpointAccountId": None,
        "eventCategory": "Data" if data else "Management",
        "tlsDetails": None
        if by_aws
        else {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host},
        "sessionCredentialFromConsole": None,
    }
    head = {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": "@TIME@",
        "eventSource": source,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": ip,
        "userAgent": agent,
    }
    for key in ("errorCode", "errorMessage"):
        if key in more:
            head[key] = more.pop(key)
    head |= {"requestParameters": params, "responseElements": answer}
    if "additionalEventData" in more:
        head["additionalEventData"] = more.pop("additionalEventData")
    tail = {key: value for key, value in {**usual, **more}.items() if value is not None}
    return head | tail


@dataclass
class Template:
    text: str  # a format with %(key)s and the like
    account: str
    region: str
    source: str
    name: str
    read_only: bool
    username: str  # as LookupEvents prints it; "" when there is none
    weight: float
    rhythm: str  # machine, people or night: when in the day it happens
    caller: str  # one session of one identity: decides the temporary key
    kind: str  # the eventType

    @property
    def escaped(self):
        return "\\" in self.text or not self.text.isascii()


def to_template(event, weight, rhythm="machine", **statics):
    """statics: INDEX, NAME and the like, filled in at once."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&":  # as CloudTrail does; outside strings JSON has none of them
        text = text.replace(character, f"\\u{ord(character):04x}")
    for name, value in statics.items():
        text = text.replace(f"@{name}@", value)
    text = _HOLE.sub(lambda m: f"%({HOLES[m.group(1)]})s", text.replace("%", "%%"))
    who = event["userIdentity"]
    username = who.get("userName") or (
        who["arn"].rpartition("/")[2] if who.get("type") in ("AssumedRole", "FederatedUser") else ""
    )
    return Template(
        text,
        event["recipientAccountId"],
        event["awsRegion"],
        event["eventSource"],
        event["eventName"],
        event["readOnly"],
        username,
        weight,
        rhythm,
        who.get("arn", ""),
        event["eventType"],
    )


class Sessions:
    """Temporary keys: one for each caller and shift, so that they change through the day but stay believable."""

    def __init__(self, seed):
        self._seed = seed
        self._known = {}

    def get(self, template, epoch):
        """(access key id, creation date) of the session in which this caller acts at that second."""
        hours = 8 if template.rhythm == "people" else 1
        shift = epoch // (3600 * hours)
        found = self._known.get((template.caller, shift))
        if found is None:
            chance = random.Random(f"{self._seed}/{template.caller}/{shift}")
            key = "ASIA" + "".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))
            found = self._known[(template.caller, shift)] = (
                key,
                stamp(shift * 3600 * hours - chance.randrange(60, 600)),
            )
        return found


_days = {}


def stamp(epoch):
    """2026-03-02T09:41:07Z"""
    day, second = divmod(epoch, 86400)
    text = _days.get(day)
    if text is None:
        text = _days[day] = time.strftime("%Y-%m-%dT", time.gmtime(epoch))
    return "%s%02d:%02d:%02dZ" % (text, second // 3600, second // 60 % 60, second % 60)
