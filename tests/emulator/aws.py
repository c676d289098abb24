#!/usr/bin/python3
"""A strict AWS on loopback: checks the signature of every request, then its meaning; fails when it is told to.

    /usr/bin/python3 tests/emulator/aws.py --port 0        first line printed: {"port":N}

See README.md beside this file for the faults and for what /_received shows.
"""

import base64
import time

from loopback import Loopback, Reply, arguments, fault_settings, serve
from services.cloudtrail import CloudTrail
from services.metadata import Metadata
from services.s3 import S3
from services.service import REFUSALS, SPOILS
from services.sns import Sns
from services.sqs import Sqs
from services.sts import UNSIGNED, Sts
from sigv4 import Credential, Refused, claimed_service, verify

# The keys that AWS's own documentation uses as examples: good for nothing but tests.
PERMANENT = Credential("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TEMPORARY = Credential("ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYTEMPORARYK", "token//with+signs==")
SERVICES = (Sqs, S3, Sts, Metadata, CloudTrail)


class Aws(Loopback):
    """topics: topic ARNs that exist (None: any well-formed one). credentials: who may sign. region, account: where
    queues and buckets are that name no other. `sns`, `sqs`, `s3` … are the services, for tests to set up."""

    def __init__(
        self,
        topics=None,
        credentials=(PERMANENT, TEMPORARY),
        region="eu-west-1",
        account="111122223333",
        **options,
    ):
        super().__init__(**options)
        self.credentials = {c.access_key: c for c in credentials}
        self.region, self.account = region, account
        self.services = {"sns": Sns(self, topics), **{kind.name: kind(self) for kind in SERVICES}}

    def __getattr__(self, name):
        try:
            return self.__dict__["services"][name]
        except KeyError:
            raise AttributeError(name) from None

    def knows_fault(self, name):
        return super().knows_fault(name) or name in REFUSALS or name in SPOILS

    def control(self, service=None, **settings):
        """As Loopback.control; with `service` the faults and settings of that one alone."""
        if service is None:
            return super().control(**settings)
        if service not in self.services:
            raise ValueError(f"no service {service} here")
        return self.services[service].control(**settings)

    def env(self, credential=PERMANENT):
        """The environment of an agent whose AWS this is. credential None: it has to find keys elsewhere."""
        found = {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": self.region}
        if credential:
            found.update(AWS_ACCESS_KEY_ID=credential.access_key, AWS_SECRET_ACCESS_KEY=credential.secret)
            found.update({"AWS_SESSION_TOKEN": credential.token} if credential.token else {})
        return found

    def asked(self, service=None, action=None):
        """What /_received shows of one service or action; refused requests, which have none, only without both."""
        return [
            entry
            for entry in self.received()
            if (service is None or (entry["scope"] or {}).get("service") == service)
            and (action is None or entry["action"] == action)
        ]

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
        service = self._service(request)
        try:
            scope = None if self._unsigned(service, request) else self._verify(service, request)
            entry["scope"] = scope and vars(scope)
            fault = self._next_fault(service, request)  # only a request that is signed well uses up a word
            entry["fault"] = None if fault.name == "ok" else str(fault)
            late = fault.name == "slow" and fault.after
            wrong = None if late else self._fault_reply(service, fault)
            if wrong and not fault.after:
                return wrong, fault.name
            reply, entry_of_service = service.handle(request, scope, self.now())
            entry.update(entry_of_service, accepted=True)
            if late:
                self.stopped.wait(float(fault.argument))
            if fault.name in SPOILS:
                return service.spoil(fault, reply), fault.name
            return (wrong, fault.name) if wrong else (reply, "ok")
        except Refused as refused:
            return service.refuse(refused, request), refused.code

    def _verify(self, service, request):
        scope = verify(request, self.credentials, self.now())
        if scope.service != service.name:
            text = f"Credential should be scoped to correct service: '{service.name}'."
            raise Refused(403, "SignatureDoesNotMatch", text)
        return scope

    @staticmethod
    def _unsigned(service, request):
        """What AWS answers without a signature: the token in it is the proof."""
        token = service.name == "sts" and service.action_of(request) == UNSIGNED
        return service.name == "metadata" or (token and request.header("authorization") is None)

    def _service(self, request):
        """Whom the request is for. AWS has a host for each; here it is told by the protocol."""
        if Metadata.is_for(request):
            return self.services["metadata"]
        target = request.header("x-amz-target")
        if target is not None:
            named = [s for s in self.services.values() if getattr(s, "TARGET", None) == target.rpartition(".")[0]]
            return named[0] if named else self.services["sqs"]
        kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
        if request.method == "POST" and kind == "application/x-www-form-urlencoded":
            return self.services["sts" if b"2011-06-15" in request.body else "sns"]
        return self.services[claimed_service(request) if claimed_service(request) in ("sns", "s3") else "s3"]

    def _next_fault(self, service, request):
        if service.only is None or service.action_of(request) in service.only:
            fault = service.faults.next()
            if fault.name != "ok":
                return fault
        return self.faults.next()

    def _fault_reply(self, service, fault):
        if fault.name == "garbage" and fault.argument == "xml":
            return Reply(200, b'<?xml version="1.0"?><DeleteResult/>', {"Content-Type": "application/xml"})
        if fault.name == "garbage" and fault.argument == "empty":
            return Reply(200, b"", {"Content-Type": "text/xml"})
        return self._common_fault(fault) or service.fault(fault)


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--topic", action="append", metavar="ARN", help="a topic that exists (default: any)")
    parser.add_argument("--queue", action="append", default=[], metavar="NAME", help="an SQS queue that exists")
    parser.add_argument("--bucket", action="append", default=[], metavar="NAME", help="an S3 bucket that exists")
    parser.add_argument(
        "--notify", action="append", default=[], metavar="BUCKET:QUEUE[:FORM]", help="objects are told to a queue"
    )
    parser.add_argument("--credential", action="append", metavar="ID:SECRET[:TOKEN]", help="a key that may sign")
    options = parser.parse_args()
    given = [Credential(*text.split(":", 2)) for text in options.credential or []]
    server = Aws(
        topics=options.topic,
        credentials=given or (PERMANENT, TEMPORARY),
        port=options.port,
        log=options.log,
        clock_offset=options.clock_offset,
        **fault_settings(options.faults)
    )
    for name in options.queue:
        server.sqs.create(name)
    for name in options.bucket:
        server.s3.create(name)
    for text in options.notify:
        bucket, queue, form = (text + ":s3").split(":")[:3]
        server.s3.notify(server.s3.create(bucket), server.sqs.queues[server.region, queue], form)
    serve(server)


if __name__ == "__main__":
    main()
