"""AWS STS: AssumeRole, AssumeRoleWithWebIdentity and GetCallerIdentity; the keys it gives out are good for all services
until they expire."""

import re
import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from loopback import Reply
from services.service import Service, request_id
from services.sns import read_form
from sigv4 import Credential, Refused

VERSION = "2011-06-15"
NAMESPACE = f"https://sts.amazonaws.com/doc/{VERSION}/"
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/((?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64})")
_SESSION = re.compile(r"[\w+=,.@-]{2,64}")
_ASSUME = {"RoleArn", "RoleSessionName", "DurationSeconds"}
UNSIGNED = "AssumeRoleWithWebIdentity"


@dataclass
class Role:
    arn: str
    external_id: str = None  # must be said by who assumes it
    web_token: str = None  # the identity token that it trusts
    trusts: set = field(default_factory=set)  # ARNs that may assume it; empty: anybody of the account
    most_s: int = 3600


class Sts(Service):
    """life_s: how long keys live whatever was asked for, so that a test sees them expire; None: as asked."""

    name = "sts"
    REFUSE = {
        "throttle": (400, "Throttling", "Rate exceeded"),
        "forbidden": (403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole"),
        "500": (500, "InternalFailure", "The request processing has failed because of an unknown error."),
        "503": (503, "ServiceUnavailable", "Service is unavailable"),
        "expired": (403, "ExpiredToken", "The security token included in the request is expired"),
    }

    def __init__(self, aws):
        super().__init__(aws)
        self.roles = {}
        self.life_s = None
        self.given = []  # Credential, oldest first
        self._lock = threading.Lock()

    # ---- for tests: no signature, no wire

    def role(self, name="trail-reader", **how):
        """A role that can be assumed. how: see Role."""
        arn = name if name.startswith("arn:") else f"arn:aws:iam::{self.aws.account}:role/{name}"
        self.roles[arn] = Role(arn, **how)
        return self.roles[arn]

    def issue(self, arn, life_s):
        """New temporary keys of somebody; every service knows them from now on."""
        number = secrets.token_hex(8).upper()
        life_s = life_s if self.life_s is None else self.life_s
        given = Credential(
            f"ASIA{number}", secrets.token_urlsafe(30), f"{secrets.token_urlsafe(90)}+/=", self.aws.now() + life_s, arn
        )
        with self._lock:
            self.given.append(given)
            self.aws.credentials[given.access_key] = given
        return given

    def expire(self):
        """All keys that were given out so far are no good from now on."""
        with self._lock:
            for key in self.given:
                old = Credential(key.access_key, key.secret, key.token, self.aws.now() - 1, key.arn)
                self.aws.credentials[key.access_key] = old

    # ---- requests

    def action_of(self, request):
        match = re.search(rb"(?:^|&)Action=(\w+)", request.body)
        return match.group(1).decode() if match else ""

    def refuse(self, refused, request=None):
        side = "Receiver" if refused.status >= 500 else "Sender"
        return self._xml(
            refused.status,
            f'<ErrorResponse xmlns="{NAMESPACE}">\n  <Error>\n    <Type>{side}</Type>\n'
            f"    <Code>{refused.code}</Code>\n    <Message>{escape(refused.message)}</Message>\n  </Error>\n"
            f"  <RequestId>{request_id()}</RequestId>\n</ErrorResponse>\n",
        )

    def handle(self, request, scope, now):
        """scope: None for an unsigned request."""
        if request.method != "POST" or request.target != "/":
            raise Refused(404, "UnknownOperation", f"{request.method} {request.target} is nothing STS knows.")
        form = read_form(request.body)
        action = form.pop("Action", "")
        if form.pop("Version", "") != VERSION:
            raise Refused(400, "InvalidAction", f"Could not find operation {action}")
        if (scope is None) != (action == UNSIGNED):
            raise Refused(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
        caller = self.aws.credentials[scope.access_key].arn if scope else None
        if action == "GetCallerIdentity" and not form:
            inner = f"<Arn>{caller}</Arn><UserId>AIDAEXAMPLE</UserId><Account>{caller.split(':')[4]}</Account>"
        elif action == "AssumeRole":
            inner = self._assume(form, caller)
        elif action == UNSIGNED:
            inner = self._assume_with_token(form)
        else:
            raise Refused(400, "InvalidAction", f"Could not find operation {action} for version {VERSION}")
        text = (
            f'<{action}Response xmlns="{NAMESPACE}">\n  <{action}Result>\n{inner}\n  </{action}Result>\n'
            f"  <ResponseMetadata>\n    <RequestId>{request_id()}</RequestId>\n  </ResponseMetadata>\n"
            f"</{action}Response>\n"
        )
        return self._xml(200, text), {"action": action, "asked": form, "caller": caller}

    def _read(self, form, more):
        """(role's ARN, session's name, seconds), each as STS allows it."""
        unknown = sorted(set(form) - _ASSUME - more)
        arn, session = form.get("RoleArn", ""), form.get("RoleSessionName", "")
        seconds = form.get("DurationSeconds", "3600")
        if unknown:
            raise Refused(400, "ValidationError", f"{', '.join(unknown)} is nothing that is known here")
        if not _ROLE.fullmatch(arn):
            raise Refused(400, "ValidationError", f"{arn} is invalid")
        if not _SESSION.fullmatch(session):
            raise Refused(
                400,
                "ValidationError",
                f"1 validation error detected: Value '{session}' at 'roleSessionName' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
            )
        role = self.roles.get(arn)
        if not seconds.isdigit() or int(seconds) < 900 or int(seconds) > (role.most_s if role else 43200):
            text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            raise Refused(400, "ValidationError", text)
        return role, arn, session, int(seconds)

    def _assume(self, form, caller):
        role, arn, session, seconds = self._read(form, {"ExternalId"})
        trusted = role and (not role.trusts or caller in role.trusts)
        if not trusted or (role.external_id is not None and form.get("ExternalId") != role.external_id):
            # STS does not say which of them it is.
            text = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}"
            raise Refused(403, "AccessDenied", text)
        return self._keys(arn, session, seconds)

    def _assume_with_token(self, form):
        role, arn, session, seconds = self._read(form, {"WebIdentityToken"})
        token = form.get("WebIdentityToken", "")
        if not role or role.web_token is None:
            raise Refused(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        if token == "expired":
            raise Refused(400, "ExpiredTokenException", "Token expired: current date/time must be before it")
        if token != role.web_token:
            raise Refused(400, "InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider")
        return self._keys(arn, session, seconds)

    def _keys(self, arn, session, seconds):
        account, name = _ROLE.fullmatch(arn).groups()
        assumed = f"arn:aws:sts::{account}:assumed-role/{name.rpartition('/')[2]}/{session}"
        given = self.issue(assumed, seconds)
        return (
            f"    <AssumedRoleUser>\n      <AssumedRoleId>AROAEXAMPLE:{session}</AssumedRoleId>\n"
            f"      <Arn>{assumed}</Arn>\n    </AssumedRoleUser>\n    <Credentials>\n"
            f"      <AccessKeyId>{given.access_key}</AccessKeyId>\n"
            f"      <SecretAccessKey>{escape(given.secret)}</SecretAccessKey>\n"
            f"      <SessionToken>{escape(given.token)}</SessionToken>\n"
            f"      <Expiration>{iso(given.expires)}</Expiration>\n    </Credentials>"
        )

    @staticmethod
    def _xml(status, text):
        return Reply(status, text.encode(), {"Content-Type": "text/xml", "x-amzn-RequestId": str(uuid.uuid4())})


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
