#!/usr/bin/python3
"""A strict AWS on loopback: checks the signature of every request, then its meaning; fails when it is told to.

    /usr/bin/python3 tests/emulator/aws.py --port 0        first line printed: {"port":N}

See README.md beside this file for the faults and for what /_received shows.
"""

import base64
import time

from loopback import Loopback, Reply, arguments, fault_settings, serve
from services.sns import Sns
from sigv4 import Credential, Refused, verify

# The keys that AWS's own documentation uses as examples: good for nothing but tests.
PERMANENT = Credential("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TEMPORARY = Credential("ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYTEMPORARYK", "token//with+signs==")
SERVICES = {"sns": Sns}
_WORDS = {"throttle", "forbidden", "500", "503", "expired"}


class Aws(Loopback):
    """topics: topic ARNs that exist (None: any well-formed one). credentials: who may sign."""

    def __init__(self, topics=None, credentials=(PERMANENT, TEMPORARY), **options):
        super().__init__(**options)
        self.credentials = {c.access_key: c for c in credentials}
        self.services = {"sns": SERVICES["sns"](topics)}

    def knows_fault(self, name):
        return super().knows_fault(name) or name in _WORDS

    def messages(self):
        """What SNS has accepted, in order, without what a FIFO topic recognised as a repetition."""
        return [m for r in self.received() if r["accepted"] for m in r["messages"] if not m["deduplicated"]]

    def summary(self):
        received = self.received()
        codes = {}
        for entry in received:
            codes[entry["code"]] = codes.get(entry["code"], 0) + 1
        return {
            "requests": len(received),
            "accepted": sum(r["accepted"] for r in received),
            "messages": len(self.messages()),
            "codes": codes,
        }

    def answer(self, request):
        entry = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now())),
            "method": request.method,
            "target": request.target,
            "headers": dict(request.headers),
            "body_base64": base64.b64encode(request.body).decode(),
            "scope": None,
            "action": None,
            "messages": [],
            "fault": None,
            "accepted": False,
        }
        reply, code = self._decide(request, entry)
        self._note({**entry, "status": reply.status if reply.act == "send" else None, "code": code})
        return reply

    def _decide(self, request, entry):
        """Fills the entry; returns the reply and one word for it: "ok", an AWS error code, or the fault's name."""
        service = self.services["sns"]  # words the refusal when the request does not even say which service it means
        try:
            scope = verify(request, self.credentials, self.now())
            entry["scope"] = vars(scope)
            if scope.service not in self.services:
                raise Refused(403, "SignatureDoesNotMatch", "Credential should be scoped to a service that is here.")
            service = self.services[scope.service]
            fault = self.faults.next()  # only a request that is signed well uses up a word of the script
            entry["fault"] = None if fault.name == "ok" else str(fault)
            wrong = self._fault_reply(service, fault)
            if wrong and not fault.after:
                return wrong, fault.name
            reply, entry_of_service = service.handle(request, scope, self.now())
            entry.update(entry_of_service, accepted=True)
            return (wrong, fault.name) if wrong else (reply, "ok")
        except Refused as refused:
            return service.refuse(refused), refused.code

    def _fault_reply(self, service, fault):
        if fault.name == "garbage" and fault.argument == "xml":
            return Reply(200, b'<?xml version="1.0"?><DeleteResult/>', {"Content-Type": "application/xml"})
        if fault.name == "garbage" and fault.argument == "empty":
            return Reply(200, b"", {"Content-Type": "text/xml"})
        return self._common_fault(fault) or service.fault(fault)


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--topic", action="append", metavar="ARN", help="a topic that exists (default: any)")
    parser.add_argument("--credential", action="append", metavar="ID:SECRET[:TOKEN]", help="a key that may sign")
    options = parser.parse_args()
    given = [Credential(*text.split(":", 2)) for text in options.credential or []]
    serve(
        Aws(
            topics=options.topic,
            credentials=given or (PERMANENT, TEMPORARY),
            port=options.port,
            log=options.log,
            clock_offset=options.clock_offset,
            **fault_settings(options.faults)
        )
    )


if __name__ == "__main__":
    main()
