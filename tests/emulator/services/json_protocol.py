"""AWS JSON 1.0 and 1.1: one POST a call, the action in X-Amz-Target, errors as {"__type", "message"}."""

import json

from loopback import Reply
from services.service import Service, request_id
from sigv4 import Refused

# What a wrong signature is called here: (status, code) by the name that the Query protocol has for it.
_AUTH = {
    "MissingAuthenticationToken": (400, "MissingAuthenticationTokenException"),
    "IncompleteSignature": (400, "IncompleteSignatureException"),
    "InvalidClientTokenId": (400, "UnrecognizedClientException"),
    "SignatureDoesNotMatch": (400, "InvalidSignatureException"),
    "RequestExpired": (400, "InvalidSignatureException"),
    "ExpiredToken": (400, "ExpiredTokenException"),
}


def _once(pairs):
    seen = dict(pairs)
    if len(seen) != len(pairs):
        raise Refused(400, "SerializationException", "A key is there twice.")
    return seen


class JsonService(Service):
    """VERSION "1.0" or "1.1"; TARGET what X-Amz-Target begins with; ACTIONS name -> method; NAMESPACE of its errors."""

    VERSION = TARGET = NAMESPACE = ""
    QUERY_CODES = {}  # code -> what the Query protocol called it, for x-amzn-query-error

    def action_of(self, request):
        return (request.header("x-amz-target") or "").rpartition(".")[2]

    def refuse(self, refused, request=None):
        status, code = _AUTH.get(refused.code, (refused.status, refused.code))
        space = "com.amazon.coral.service" if refused.code in _AUTH or code.endswith("Failure") else self.NAMESPACE
        body = {"__type": f"{space}#{code}", "message": refused.message}
        headers = {}
        if self.QUERY_CODES:
            side = "Receiver" if status >= 500 else "Sender"
            headers["x-amzn-query-error"] = f"{self.QUERY_CODES.get(code, code)};{side}"
        return self.json(status, body, headers)

    def json(self, status, value, headers=None):
        kind = f"application/x-amz-json-{self.VERSION}"
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        return Reply(status, body, {"Content-Type": kind, "x-amzn-RequestId": request_id(), **(headers or {})})

    def accepts_path(self, path):
        return path == "/"

    def handle(self, request, scope, now):
        if request.method != "POST" or not self.accepts_path(request.target):
            raise Refused(404, "UnknownOperationException", f"{request.method} {request.target}")
        kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
        if kind != f"application/x-amz-json-{self.VERSION}":
            raise Refused(404, "UnknownOperationException", f"Content-Type '{kind}'")
        target = request.header("x-amz-target") or ""
        prefix, _, action = target.rpartition(".")
        if prefix != self.TARGET or action not in self.ACTIONS:
            raise Refused(404, "UnknownOperationException", target)
        try:
            asked = json.loads(request.body.decode("utf-8"), object_pairs_hook=_once)
        except ValueError as error:
            raise Refused(400, "SerializationException", str(error)) from None
        if not isinstance(asked, dict):
            raise Refused(400, "SerializationException", "The body is no object.")
        method, keys = self.ACTIONS[action]
        for key, value in asked.items():
            if key not in keys:
                raise Refused(400, "SerializationException", f"{key} is nothing that {action} knows")
            if not isinstance(value, keys[key]) or (isinstance(value, bool) and keys[key] is not bool):
                raise Refused(400, "SerializationException", f"{key} has the wrong type")
        answer = getattr(self, method)(asked, request, scope, now)
        return self.json(200, answer), {"action": action, "asked": asked}
