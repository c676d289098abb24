"""Where a machine or a container gets its keys: the instance metadata service (version 2) and the containers' agent."""

import json
import re
import secrets

from loopback import Reply
from services.service import Service
from services.sts import iso
from sigv4 import Refused

CONTAINER_PATH = "/container/credentials"
MAX_TTL_S = 21600
_ROLES = "/latest/meta-data/iam/security-credentials/"


class Metadata(Service):
    """role: name of the instance's role; None: it has none. version_2: False answers the PUT as an old one does."""

    name = "metadata"
    REFUSE = {
        "throttle": (429, "429", ""),
        "forbidden": (403, "403", ""),
        "500": (500, "500", ""),
        "503": (503, "503", ""),
    }

    def __init__(self, aws):
        super().__init__(aws)
        self.role = "trail-reader"
        self.region = aws.region
        self.version_2 = True
        self.life_s = 21600
        self.container_token = "container-token"
        self._sessions = {}  # token -> until when

    # ---- for tests

    def instance_env(self):
        """The environment of an agent on an instance."""
        return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.aws.url}

    def container_env(self):
        """The environment of an agent in a container."""
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": self.aws.url + CONTAINER_PATH,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": self.container_token,
        }

    # ---- requests

    @staticmethod
    def is_for(request):
        """Nothing of this is signed, and no bucket is named so."""
        signed = (request.header("authorization") or "").startswith("AWS4-")
        return not signed and request.target.startswith(("/latest/", "/container/"))

    def action_of(self, request):
        return "Container" if request.target.startswith("/container/") else "Instance"

    def refuse(self, refused, request=None):
        return self._text(refused.status, refused.message)

    def handle(self, request, scope, now):
        action = self.action_of(request)
        entry = {"action": action}
        if action == "Container":
            return self._container(request), entry
        if request.target == "/latest/api/token":
            return self._token(request, now), entry
        if self._sessions.get(request.header("x-aws-ec2-metadata-token"), 0) <= now:
            raise Refused(401, "401", "Unauthorized")
        if request.method != "GET":
            raise Refused(405, "405", "Method Not Allowed")
        return self._get(request.target), entry

    def _token(self, request, now):
        asked = request.header("x-aws-ec2-metadata-token-ttl-seconds") or ""
        if not self.version_2:
            raise Refused(404, "404", "Not Found")
        if request.method != "PUT":
            raise Refused(405, "405", "Method Not Allowed")
        if request.header("x-forwarded-for"):
            raise Refused(403, "403", "Forbidden")
        if not re.fullmatch(r"\d{1,6}", asked) or not 1 <= int(asked) <= MAX_TTL_S:
            raise Refused(400, "400", "Bad Request")
        token = secrets.token_urlsafe(40) + "=="
        self._sessions[token] = now + int(asked)
        return self._text(200, token, {"x-aws-ec2-metadata-token-ttl-seconds": asked})

    def _get(self, path):
        if path == "/latest/meta-data/placement/region":
            return self._text(200, self.region)
        if path == "/latest/dynamic/instance-identity/document":
            return self._text(200, json.dumps({"region": self.region, "accountId": self.aws.account}))
        if self.role and path in (_ROLES, _ROLES[:-1]):
            return self._text(200, self.role)
        if self.role and path == _ROLES + self.role:
            keys = self._keys()
            return self._text(200, json.dumps({"Code": "Success", "Type": "AWS-HMAC", **keys}, indent=2))
        raise Refused(404, "404", "Not Found")

    def _container(self, request):
        if request.header("authorization") != self.container_token:
            raise Refused(401, "401", '{"code":"AuthFailed","message":"Unauthorized"}')
        if request.method != "GET" or request.target != CONTAINER_PATH:
            raise Refused(404, "404", '{"code":"NotFound","message":"no such path"}')
        arn = f"arn:aws:iam::{self.aws.account}:role/{self.role}"
        return self._text(200, json.dumps({"RoleArn": arn, **self._keys()}), {"Content-Type": "application/json"})

    def _keys(self):
        arn = f"arn:aws:sts::{self.aws.account}:assumed-role/{self.role}/i-0123456789abcdef0"
        given = self.aws.sts.issue(arn, self.life_s)
        return {
            "LastUpdated": iso(self.aws.now()),
            "AccessKeyId": given.access_key,
            "SecretAccessKey": given.secret,
            "Token": given.token,
            "Expiration": iso(given.expires),
        }

    @staticmethod
    def _text(status, text, headers=None):
        return Reply(status, text.encode(), {"Content-Type": "text/plain", "Server": "EC2ws", **(headers or {})})
