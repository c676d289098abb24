#!/usr/bin/python3
"""A webhook receiver that believes nothing: checks every Standard Webhooks signature, counts, and fails on demand.

    /usr/bin/python3 tests/emulator/receiver.py --port 0 --secret whsec_BASE64 --log FILE

The log holds one line for each delivery that was kept, synced to disk before the answer goes out; a receiver that is
started again on the same log knows what it already has. See README.md beside this file.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import time

from loopback import Loopback, Reply, arguments, fault_settings, serve

SECRET = "whsec_" + base64.b64encode(b"kendrawatch test secret 32 bytes").decode()
TOLERANCE_S = 300


def secret_bytes(secret):
    """whsec_BASE64 to the 24 to 64 bytes that it stands for; ValueError otherwise."""
    if not secret.startswith("whsec_"):
        raise ValueError("a secret starts with whsec_")
    try:
        key = base64.b64decode(secret[6:], validate=True)
    except binascii.Error as error:
        raise ValueError(f"secret: {error}") from None
    if not 24 <= len(key) <= 64:
        raise ValueError(f"secret of {len(key)} bytes, 24 to 64 are allowed")
    return key


def sign(key, message_id, timestamp, body):
    text = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


class Receiver(Loopback):
    """secrets: one, or two while keys are being changed. tolerance_s: None lets any timestamp pass."""

    def __init__(self, secrets=(SECRET,), tolerance_s=TOLERANCE_S, log=None, **options):
        self._bodies = {}  # id -> {sha256 of a body: how often it was kept}
        for line in self._read_log(log):
            self._keep(line["id"], line["sha256"])
        super().__init__(log=log, **options)
        self.keys = [secret_bytes(secret) for secret in secrets]
        self.tolerance_s = tolerance_s

    @staticmethod
    def _read_log(path):
        """What an earlier receiver kept. A line that it was killed in the middle of was never answered: cut it off."""
        if not path or not os.path.exists(path):
            return []
        with open(path, "rb+") as file:
            whole = file.read()
            end = whole.rfind(b"\n") + 1
            file.truncate(end)
        return [json.loads(line) for line in whole[:end].splitlines()]

    def knows_fault(self, name):
        return super().knows_fault(name) or re.fullmatch(r"[345]\d\d", name) is not None

    def forget(self):
        with self._changed:
            super().forget()
            self._bodies.clear()

    def _keep(self, message_id, digest):
        """Returns whether this id was kept before."""
        bodies = self._bodies.setdefault(message_id, {})
        bodies[digest] = bodies.get(digest, 0) + 1
        return sum(bodies.values()) > 1

    def ids(self):
        with self._changed:
            return set(self._bodies)

    def deliveries(self):
        """Every delivery that was kept, duplicates included, in order."""
        return [entry for entry in self.received() if entry["kept"]]

    def pings(self):
        """Requests for /ping/…, in order."""
        return [entry for entry in self.received() if entry["target"].startswith("/ping/")]

    def summary(self):
        """distinct: ids kept. duplicates: deliveries kept beyond the first of an id. conflicts: ids that came with
        more than one body (a sender must never do that). refused: bad or missing signatures, stale timestamps."""
        with self._changed:
            kept = {message_id: sum(bodies.values()) for message_id, bodies in self._bodies.items()}
            received = self._received
            faults = {}
            for entry in received:
                if entry["fault"]:
                    faults[entry["fault"]] = faults.get(entry["fault"], 0) + 1
            return {
                "requests": len(received),
                "kept": sum(kept.values()),
                "distinct": len(kept),
                "duplicates": sum(kept.values()) - len(kept),
                "conflicts": sorted(i for i, bodies in self._bodies.items() if len(bodies) > 1),
                "refused": sum(entry["wrong"] is not None for entry in received),
                "redirects_followed": sum(entry["target"] == "/moved" for entry in received),
                "faults": faults,
            }

    def _wrong_with(self, request):
        """None for a delivery that is signed as it must be, else what is wrong with it."""
        message_id, stamp = request.header("webhook-id"), request.header("webhook-timestamp")
        signatures = request.header("webhook-signature")
        if not message_id or not stamp or not signatures:
            return "a webhook-id, -timestamp or -signature header is missing"
        if "." in message_id or not stamp.isdigit():
            return "webhook-id holds a dot, or webhook-timestamp is no number"
        if self.tolerance_s is not None and abs(self.now() - int(stamp)) > self.tolerance_s:
            return f"webhook-timestamp is {int(stamp) - self.now():+.0f} s from now"
        good = [sign(key, message_id, stamp, request.body) for key in self.keys]
        given = signatures.split(" ")
        if not any(hmac.compare_digest(g.encode(), s.encode("latin-1")) for g in good for s in given):
            return "no signature fits"
        return None

    def answer(self, request):
        entry = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now())),
            "id": request.header("webhook-id"),
            "timestamp": request.header("webhook-timestamp"),
            "method": request.method,
            "target": request.target,
            "headers": dict(request.headers),
            "body": request.body.decode("utf-8", "replace"),
            "sha256": hashlib.sha256(request.body).hexdigest(),
            "verified": False,
            "wrong": None,
            "fault": None,
            "kept": False,
            "duplicate": False,
            "status": None,
        }
        if request.target.startswith("/ping/"):  # a dead man's switch: takes any request, signed or not
            fault = self.faults.next()
            entry["fault"] = None if fault.name == "ok" else str(fault)
            return self._finish(entry, self._fault_reply(fault) or Reply(200, b"OK"))
        if request.method != "POST":
            return self._finish(entry, Reply(405))
        entry["wrong"] = self._wrong_with(request)
        if entry["wrong"]:
            return self._finish(entry, Reply(401, entry["wrong"].encode()))
        entry["verified"] = True
        fault = self.faults.next()  # only a delivery that is signed well uses up a word of the script
        entry["fault"] = None if fault.name == "ok" else str(fault)
        wrong = self._fault_reply(fault)
        if wrong and not fault.after:
            return self._finish(entry, wrong)
        return self._finish(entry, wrong or Reply(200, b"ok"), keep=True)

    def _finish(self, entry, reply, keep=False):
        entry["status"] = reply.status if reply.act == "send" else None
        with self._changed:
            if keep:
                entry["duplicate"] = self._keep(entry["id"], entry["sha256"])
                entry["kept"] = True
            self._note(entry, durable=keep, log=keep)
        return reply

    def _fault_reply(self, fault):
        if not fault.name.isdigit():
            return self._common_fault(fault)
        headers = {"Content-Type": "text/plain"}
        if fault.name[0] == "3":
            headers["Location"] = f"{self.url}/moved"
        elif fault.argument:
            headers["Retry-After"] = fault.argument
        return Reply(int(fault.name), b"as told\n", headers)


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--secret", action="append", metavar="whsec_BASE64", help="default: the one of the tests")
    parser.add_argument("--any-time", action="store_true", help="do not compare webhook-timestamp with the clock")
    options = parser.parse_args()
    serve(
        Receiver(
            secrets=options.secret or (SECRET,),
            tolerance_s=None if options.any_time else TOLERANCE_S,
            port=options.port,
            log=options.log,
            clock_offset=options.clock_offset,
            **fault_settings(options.faults),
        )
    )


if __name__ == "__main__":
    main()
