"""AWS CloudTrail's own API: LookupEvents with its two requests a second, public keys, and what tells about trails."""

import base64
import calendar
import hashlib
import json
import threading
import time

from services.json_protocol import JsonService
from sigv4 import Refused

PAGE = 50
DAYS = 90
PER_S = 2
ATTRIBUTES = ("EventId", "EventName", "ReadOnly", "Username", "EventSource", "AccessKeyId")
_NUMBER = (int, float)


def _seconds(iso):
    return calendar.timegm(time.strptime(iso, "%Y-%m-%dT%H:%M:%SZ"))


def shown(record):
    """A record as LookupEvents shows it: the record itself is a text inside."""
    who = record.get("userIdentity") or {}
    issuer = (who.get("sessionContext") or {}).get("sessionIssuer") or {}
    name = who.get("userName") or (who.get("arn") or "").rpartition("/")[2] or issuer.get("userName")
    event = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": str(bool(record.get("readOnly"))).lower(),
        "AccessKeyId": who.get("accessKeyId"),
        "EventTime": float(_seconds(record["eventTime"])),
        "EventSource": record["eventSource"],
        "Username": name,
        "Resources": [],
        "CloudTrailEvent": json.dumps(record, ensure_ascii=False, separators=(",", ":")),
    }
    return {key: value for key, value in event.items() if value is not None}


class CloudTrail(JsonService):
    """per_s: LookupEvents a second and region before it throttles; None: as many as one likes."""

    name = "cloudtrail"
    VERSION = "1.1"
    TARGET = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"
    NAMESPACE = "com.amazonaws.cloudtrail.v20131101"
    REFUSE = {
        "throttle": (400, "ThrottlingException", "Rate exceeded"),
        "forbidden": (400, "AccessDeniedException", "User is not authorized to perform: cloudtrail:LookupEvents"),
        "500": (500, "InternalFailure", "The request processing has failed because of an unknown error."),
        "503": (503, "ServiceUnavailable", "The service is unavailable. Try again."),
        "expired": (403, "ExpiredToken", "The security token included in the request is expired"),
    }
    ACTIONS = {
        "LookupEvents": (
            "_lookup",
            {
                "StartTime": _NUMBER,
                "EndTime": _NUMBER,
                "LookupAttributes": list,
                "MaxResults": int,
                "NextToken": str,
                "EventCategory": str,
            },
        ),
        "ListPublicKeys": ("_keys", {"StartTime": _NUMBER, "EndTime": _NUMBER, "NextToken": str}),
        "DescribeTrails": ("_trails", {"trailNameList": list, "includeShadowTrails": bool}),
        "GetTrailStatus": ("_status", {"Name": str}),
        "GetEventSelectors": ("_selectors", {"TrailName": str}),
    }

    def __init__(self, aws):
        super().__init__(aws)
        self.per_s = PER_S
        self.events = []  # records, in the order in which they became visible
        self.keys = []
        self.trails = {}  # ARN -> {"trail", "status", "selectors"}
        self._asked = {}  # region -> times of the last requests
        self._lock = threading.Lock()

    # ---- for tests: no signature, no wire

    def add(self, *records):
        """Records that LookupEvents shows from now on, whatever their time."""
        with self._lock:
            self.events.extend(records)

    def add_key(self, der, fingerprint, start, end):
        """A public key for digests. der: PKCS#1 RSAPublicKey; start, end: seconds since 1970."""
        self.keys.append(
            {
                "Value": base64.b64encode(der).decode(),
                "ValidityStartTime": float(start),
                "ValidityEndTime": float(end),
                "Fingerprint": fingerprint,
            }
        )

    def trail(self, name="management", bucket="trail-logs", status=None, selectors=None, **how):
        """A trail; returns its ARN. how, status, selectors: keys as AWS names them, over what is usual."""
        arn = f"arn:aws:cloudtrail:{self.aws.region}:{self.aws.account}:trail/{name}"
        everything = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
        self.trails[arn] = {
            "trail": {
                "Name": name,
                "S3BucketName": bucket,
                "IncludeGlobalServiceEvents": True,
                "IsMultiRegionTrail": True,
                "HomeRegion": self.aws.region,
                "TrailARN": arn,
                "LogFileValidationEnabled": True,
                "HasCustomEventSelectors": False,
                "HasInsightSelectors": False,
                "IsOrganizationTrail": False,
                **how,
            },
            "status": {"IsLogging": True, "LatestDeliveryTime": float(int(self.aws.now()) - 120), **(status or {})},
            "selectors": selectors or {"EventSelectors": [{**everything, "ExcludeManagementEventSources": []}]},
        }
        return arn

    def control(self, per_s=PER_S, **settings):
        self.per_s = per_s
        super().control(**settings)

    # ---- requests

    def _throttle(self, region):
        now = time.monotonic()
        with self._lock:
            recent = [at for at in self._asked.get(region, []) if now - at < 1.0]
            full = self.per_s is not None and len(recent) >= self.per_s
            self._asked[region] = recent if full else recent + [now]
        if full:
            raise Refused(400, "ThrottlingException", "Rate exceeded")

    def _lookup(self, asked, request, scope, now):
        self._throttle(scope.region)
        start, end = asked.get("StartTime", now - DAYS * 86400), asked.get("EndTime", now)
        most = asked.get("MaxResults", PAGE)
        if not 1 <= most <= PAGE:
            raise Refused(400, "InvalidMaxResultsException", "A limit between 1 and 50 is required.")
        if start > end:
            raise Refused(400, "InvalidTimeRangeException", "The start time is after the end time.")
        matches = self._matcher(asked.get("LookupAttributes", []))
        category = asked.get("EventCategory", "management").capitalize()
        same = json.dumps({k: v for k, v in asked.items() if k != "NextToken"}, sort_keys=True)
        with self._lock:
            found = [
                record
                for record in self.events
                if record.get("awsRegion") == scope.region
                and record.get("eventCategory", "Management") == category
                and max(start, now - DAYS * 86400) <= _seconds(record["eventTime"]) <= end
                and matches(record)
            ]
        found.sort(key=lambda record: (record["eventTime"], record["eventID"]), reverse=True)
        behind = self._read_token(asked.get("NextToken"), same)
        if behind is not None:
            found = [r for r in found if (r["eventTime"], r["eventID"]) < behind]
        answer = {"Events": [shown(record) for record in found[:most]]}
        if len(found) > most:
            answer["NextToken"] = self._token(found[most - 1], same)
        return answer

    @staticmethod
    def _matcher(attributes):
        if len(attributes) > 1:
            raise Refused(400, "InvalidLookupAttributesException", "You can only specify one lookup attribute.")
        if not attributes:
            return lambda record: True
        key, value = attributes[0].get("AttributeKey"), attributes[0].get("AttributeValue")
        if key not in ATTRIBUTES or not value:
            raise Refused(400, "InvalidLookupAttributesException", f"{key} is no attribute.")
        return lambda record: shown(record).get(key) == value

    @staticmethod
    def _token(record, same):
        """Opaque to who gets it, and good only for the request that it came from."""
        raw = [hashlib.sha256(same.encode()).hexdigest(), record["eventTime"], record["eventID"]]
        return base64.b64encode(json.dumps(raw).encode()).decode()

    @staticmethod
    def _read_token(token, same):
        if token is None:
            return None
        try:
            digest, *behind = json.loads(base64.b64decode(token, validate=True))
        except ValueError:
            digest, behind = None, []
        if digest != hashlib.sha256(same.encode()).hexdigest():
            raise Refused(400, "InvalidNextTokenException", "Invalid token; it is of another request, or of none.")
        return tuple(behind)

    def _keys(self, asked, request, scope, now):
        start, end = asked.get("StartTime", now - 86400), asked.get("EndTime", now)
        if start > end:
            raise Refused(400, "InvalidTimeRangeException", "The start time is after the end time.")
        return {
            "PublicKeyList": [
                key for key in self.keys if key["ValidityStartTime"] <= end and key["ValidityEndTime"] >= start
            ]
        }

    def _trails(self, asked, request, scope, now):
        names = asked.get("trailNameList") or None
        shadows = asked.get("includeShadowTrails", True)
        return {
            "trailList": [
                t["trail"]
                for arn, t in self.trails.items()
                if (names is None or arn in names or t["trail"]["Name"] in names)
                and (t["trail"]["HomeRegion"] == scope.region or (shadows and t["trail"]["IsMultiRegionTrail"]))
            ]
        }

    def _find(self, name):
        for arn, trail in self.trails.items():
            if name in (arn, trail["trail"]["Name"]):
                return trail
        text = f"Unknown trail: {name} for the user: {self.aws.account}"
        raise Refused(400, "TrailNotFoundException", text)

    def _status(self, asked, request, scope, now):
        return self._find(asked.get("Name"))["status"]

    def _selectors(self, asked, request, scope, now):
        trail = self._find(asked.get("TrailName"))
        return {"TrailARN": trail["trail"]["TrailARN"], **trail["selectors"]}
