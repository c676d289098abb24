"""Amazon SQS by the JSON 1.0 protocol: standard queues with long polls, visibility, receipts and dead letters.

At least once is real here: a share of `duplicate_ratio` of the messages comes once more after it was deleted, `reorder`
shuffles what a receive gives, `partial_ratio` fails single entries of a batch; all three seeded. With `orphans` a long
poll goes on when its client has hung up, and takes messages out of sight for nobody: SQS does that.
"""

import json
import random
import re
import threading
import time
from urllib.parse import urlsplit

from services.json_protocol import JsonService
from services.sqs_queue import MAX_VISIBILITY_S, Message, Queue, invalid, md5
from sigv4 import Refused

MAX_BATCH = 10
MAX_BYTES = 1 << 20
MAX_WAIT_S = 20
_SYSTEM = ("SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp")
_QUEUE = {"QueueUrl": str}
_SEND = {"MessageBody": str, "DelaySeconds": int, "MessageAttributes": dict}
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_CHARACTERS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Sqs(JsonService):
    name = "sqs"
    VERSION = "1.0"
    TARGET = "AmazonSQS"
    NAMESPACE = "com.amazonaws.sqs"
    QUERY_CODES = {
        "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
        "EmptyBatchRequest": "AWS.SimpleQueueService.EmptyBatchRequest",
        "TooManyEntriesInBatchRequest": "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        "BatchEntryIdsNotDistinct": "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
        "InvalidBatchEntryId": "AWS.SimpleQueueService.InvalidBatchEntryId",
        "MessageNotInflight": "AWS.SimpleQueueService.MessageNotInflight",
        "QueueNameExists": "QueueAlreadyExists",
    }
    REFUSE = {
        "throttle": (400, "RequestThrottled", "Rate exceeded"),
        "forbidden": (
            403,
            "AccessDeniedException",
            "User: arn:aws:iam::111122223333:user/kendrawatch is not authorized to perform: sqs:receivemessage on "
            "resource: arn:aws:sqs:eu-west-1:111122223333:trail because no identity-based policy allows it",
        ),
        "500": (500, "InternalFailure", "The request processing has failed because of an unknown error."),
        "503": (503, "ServiceUnavailable", "The service is unavailable. Try again."),
        "expired": (403, "ExpiredToken", "The security token included in the request is expired"),
    }
    SPOIL = {"truncate", "cut", "stall", "md5", "damage", "duplicate", "partial"}
    ACTIONS = {
        "CreateQueue": ("_create", {"QueueName": str, "Attributes": dict}),
        "GetQueueUrl": ("_get_url", {"QueueName": str, "QueueOwnerAWSAccountId": str}),
        "GetQueueAttributes": ("_get_attributes", {**_QUEUE, "AttributeNames": list}),
        "PurgeQueue": ("_purge", _QUEUE),
        "SendMessage": ("_send", {**_QUEUE, **_SEND}),
        "SendMessageBatch": ("_send_batch", {**_QUEUE, "Entries": list}),
        "ReceiveMessage": (
            "_receive",
            {
                **_QUEUE,
                "MaxNumberOfMessages": int,
                "WaitTimeSeconds": int,
                "VisibilityTimeout": int,
                "AttributeNames": list,
                "MessageSystemAttributeNames": list,
                "MessageAttributeNames": list,
            },
        ),
        "DeleteMessage": ("_delete", {**_QUEUE, "ReceiptHandle": str}),
        "DeleteMessageBatch": ("_delete_batch", {**_QUEUE, "Entries": list}),
        "ChangeMessageVisibility": ("_keep", {**_QUEUE, "ReceiptHandle": str, "VisibilityTimeout": int}),
        "ChangeMessageVisibilityBatch": ("_keep_batch", {**_QUEUE, "Entries": list}),
    }

    def __init__(self, aws):
        super().__init__(aws)
        self.queues = {}  # (region, name) -> Queue
        self.duplicate_ratio = self.partial_ratio = 0.0
        self.reorder = self.orphans = False
        self.skew = 0.0
        self._chance = random.Random(0)
        self._changed = threading.Condition(threading.RLock())

    # ---- for tests: no signature, no wire

    def create(self, name, region=None, dead_letters=None, max_receives=3, **attributes):
        """A queue; `url` is AWS's own form. dead_letters: a Queue that gets what was received max_receives times."""
        region = region or self.aws.region
        with self._changed:
            queue = Queue(
                name,
                f"https://sqs.{region}.amazonaws.com/{self.aws.account}/{name}",
                f"arn:aws:sqs:{region}:{self.aws.account}:{name}",
                attributes,
            )
            if dead_letters:
                queue.dead_letters = (dead_letters, max_receives)
            self.queues[region, name] = queue
        return queue

    def local_url(self, queue):
        """The queue's URL with this server's host, for an agent that has no other endpoint."""
        return f"{self.aws.url}/{self.aws.account}/{queue.name}"

    def send(self, queue, body, delay_s=0, **attributes):
        """Puts a message into a queue; returns its id."""
        with self._changed:
            now = self.now()
            texts = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
            message = queue.put(Message(body, now, now + delay_s, attributes=texts))
            self._changed.notify_all()
            return message.message_id

    def waiting(self, queue):
        """Messages that can be received now."""
        with self._changed:
            return sum(m.visible_at <= self.now() for m in queue.messages.values())

    def left(self, queue):
        """Messages that nobody has deleted, in flight or not."""
        with self._changed:
            return len(queue.messages)

    def advance(self, seconds):
        """Lets time pass for all queues, so that a test need not wait for a visibility timeout."""
        with self._changed:
            self.skew += seconds
            self._changed.notify_all()

    def now(self):
        return time.time() + self.skew

    def control(self, duplicate_ratio=None, partial_ratio=None, reorder=None, orphans=None, **settings):
        with self._changed:
            if settings.get("seed") is not None:
                self._chance = random.Random(settings["seed"])
            if duplicate_ratio is not None:
                self.duplicate_ratio = float(duplicate_ratio)
            if partial_ratio is not None:
                self.partial_ratio = float(partial_ratio)
            if reorder is not None:
                self.reorder = bool(reorder)
            if orphans is not None:
                self.orphans = bool(orphans)
        super().control(**settings)

    def accepts_path(self, path):
        return path == "/" or bool(re.fullmatch(r"/\d{12}/[A-Za-z0-9_-]{1,80}", path))

    # ---- requests

    def _queue(self, asked, request, scope):
        url = urlsplit(asked.get("QueueUrl", ""))
        parts = url.path.split("/")
        host = re.fullmatch(r"(?:sqs|sqs-fips)\.([a-z0-9-]+)\..*|([a-z0-9-]+)\.queue\..*", url.hostname or "")
        region = (host.group(1) or host.group(2)) if host else scope.region
        queue = self.queues.get((region, parts[-1]))
        whole = len(parts) == 3 and parts[1] == self.aws.account and request.target in ("/", url.path)
        if not whole or queue is None or region != scope.region:
            raise invalid("The specified queue does not exist.", "QueueDoesNotExist")
        return queue

    def _create(self, asked, request, scope, now):
        name = asked.get("QueueName", "")
        if not _NAME.fullmatch(name):
            raise invalid("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
        with self._changed:
            queue = self.queues.get((scope.region, name)) or self.create(name, scope.region)
            for key, value in asked.get("Attributes", {}).items():
                queue.set(key, value)
        return {"QueueUrl": queue.url}

    def _get_url(self, asked, request, scope, now):
        queue = self.queues.get((scope.region, asked.get("QueueName")))
        if queue is None or asked.get("QueueOwnerAWSAccountId", self.aws.account) != self.aws.account:
            raise invalid("The specified queue does not exist.", "QueueDoesNotExist")
        return {"QueueUrl": queue.url}

    def _get_attributes(self, asked, request, scope, now):
        queue = self._queue(asked, request, scope)
        with self._changed:
            found = {**queue.attributes, **queue.counts(self.now()), "QueueArn": queue.arn}
            if queue.dead_letters:
                found["RedrivePolicy"] = queue.redrive_policy()
        names = asked.get("AttributeNames", [])
        for name in names:
            if name not in found and name not in ("All", "RedrivePolicy"):
                raise invalid(f"Unknown Attribute {name}.", "InvalidAttributeName")
        wanted = found if "All" in names else {name: found[name] for name in names if name in found}
        return {"Attributes": wanted} if wanted else {}

    def _purge(self, asked, request, scope, now):
        with self._changed:
            self._queue(asked, request, scope).messages.clear()
        return {}

    def _accept(self, queue, asked):
        body = asked.get("MessageBody", "")
        if not body:
            raise invalid("The request must contain the parameter MessageBody.", "MissingParameter")
        if len(body.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            raise invalid("One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.")
        if _CHARACTERS.search(body):
            raise invalid("Invalid binary character in the message.", "InvalidMessageContents")
        now = self.now()
        message = Message(body, now, now + asked.get("DelaySeconds", 0), attributes=asked.get("MessageAttributes", {}))
        queue.put(message)
        self._changed.notify_all()
        return {"MessageId": message.message_id, "MD5OfMessageBody": md5(body)}

    def _send(self, asked, request, scope, now):
        with self._changed:
            return self._accept(self._queue(asked, request, scope), asked)

    def _send_batch(self, asked, request, scope, now):
        return self._batch(asked, request, scope, self._accept)

    def _receive(self, asked, request, scope, now):
        queue = self._queue(asked, request, scope)
        most = asked.get("MaxNumberOfMessages", 1)
        wait = asked.get("WaitTimeSeconds", int(queue.attributes["ReceiveMessageWaitTimeSeconds"]))
        visibility = asked.get("VisibilityTimeout", int(queue.attributes["VisibilityTimeout"]))
        for name, value, least, limit in (
            ("MaxNumberOfMessages", most, 1, MAX_BATCH),
            ("WaitTimeSeconds", wait, 0, MAX_WAIT_S),
            ("VisibilityTimeout", visibility, 0, MAX_VISIBILITY_S),
        ):
            if not least <= value <= limit:
                raise invalid(
                    f"Value {value} for parameter {name} is invalid. Reason: Must be between {least} and {limit}, if "
                    "provided."
                )
        taken = self._wait(queue, most, wait, visibility, request)
        wanted = set(asked.get("AttributeNames", [])) | set(asked.get("MessageSystemAttributeNames", []))
        shown = [self._show(message, wanted, asked.get("MessageAttributeNames")) for message in taken]
        return {"Messages": shown} if shown else {}

    def _wait(self, queue, most, wait, visibility, request):
        end = time.monotonic() + wait
        with self._changed:
            while True:
                # Who has hung up gets nothing, or what is in the queue would be out of it for nobody.
                hung_up = not self.orphans and request.gone and request.gone()
                if hung_up or self.aws.stopped.is_set():
                    return []
                now = self.now()
                taken = queue.take(most, visibility, now, self._chance if self.reorder else None)
                if taken:
                    return self._haunt(taken)
                left = end - time.monotonic()
                if left <= 0:
                    return []
                self._changed.wait(min(left, 0.05))

    def _haunt(self, taken):
        for message in taken:
            if self.duplicate_ratio and message.receives == 1:
                message.ghost = self._chance.random() < self.duplicate_ratio
        return taken

    def _show(self, message, wanted, attributes):
        shown = {
            "MessageId": message.message_id,
            "ReceiptHandle": message.handles[-1],
            "MD5OfBody": md5(message.body),
            "Body": message.body,
        }
        values = (
            f"AIDA{self.aws.account}EXAMPLE",
            str(int(message.sent * 1000)),
            str(message.receives),
            str(int(message.first_receive * 1000)),
        )
        system = {n: v for n, v in zip(_SYSTEM, values) if "All" in wanted or n in wanted}
        if system:
            shown["Attributes"] = system
        if attributes and message.attributes:
            shown["MessageAttributes"] = message.attributes
        return shown

    def _delete(self, asked, request, scope, now):
        with self._changed:
            self._queue(asked, request, scope).delete(asked.get("ReceiptHandle", ""), self.now())
        return {}

    def _delete_batch(self, asked, request, scope, now):
        def one(queue, entry):
            queue.delete(entry.get("ReceiptHandle", ""), self.now())

        return self._batch(asked, request, scope, one)

    def _keep_one(self, queue, entry):
        seconds = entry.get("VisibilityTimeout")
        if not isinstance(seconds, int) or not 0 <= seconds <= MAX_VISIBILITY_S:
            raise invalid(f"Value {seconds} for parameter VisibilityTimeout is invalid.")
        queue.keep(entry.get("ReceiptHandle", ""), seconds, self.now())
        self._changed.notify_all()

    def _keep(self, asked, request, scope, now):
        with self._changed:
            self._keep_one(self._queue(asked, request, scope), asked)
        return {}

    def _keep_batch(self, asked, request, scope, now):
        return self._batch(asked, request, scope, self._keep_one)

    def _batch(self, asked, request, scope, do):
        entries = asked.get("Entries", [])
        self._check_batch(entries)
        done, failed = [], []
        with self._changed:
            queue = self._queue(asked, request, scope)
            for entry in entries:
                try:
                    if self.partial_ratio and self._chance.random() < self.partial_ratio:
                        raise Refused(500, "InternalError", "Internal Error")
                    done.append({"Id": entry["Id"], **(do(queue, entry) or {})})
                except Refused as refused:
                    failed.append(
                        {
                            "Id": entry["Id"],
                            "SenderFault": refused.status < 500,
                            "Code": self.QUERY_CODES.get(refused.code, refused.code),
                            "Message": refused.message,
                        }
                    )
        return {**({"Successful": done} if done else {}), **({"Failed": failed} if failed else {})}

    @staticmethod
    def _check_batch(entries):
        if not all(isinstance(entry, dict) for entry in entries):
            raise Refused(400, "SerializationException", "An entry is no object.")
        names = [entry.get("Id") for entry in entries]
        if not entries:
            raise invalid("There should be at least one entry.", "EmptyBatchRequest")
        if len(entries) > MAX_BATCH:
            raise invalid(f"Maximum number of entries per request are 10. You have sent {len(entries)}.",
                          "TooManyEntriesInBatchRequest")
        if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names):
            raise invalid("A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can "
                          "be at most 80 letters long.", "InvalidBatchEntryId")
        if len(set(names)) != len(names):
            raise invalid("Two or more batch entries in the request have the same Id.", "BatchEntryIdsNotDistinct")

    def spoil(self, fault, reply):
        value = json.loads(reply.body)
        for message in value.get("Messages", []):
            if fault.name == "md5":
                message["MD5OfBody"] = md5(message["MD5OfBody"])
            elif fault.name == "damage":
                message["Body"] = message["Body"][:-1]
        if fault.name == "duplicate" and "Messages" in value:
            value["Messages"] = [message for message in value["Messages"] for _ in (1, 2)]
        if fault.name == "partial":
            # Every second entry is said to have failed, although it was done.
            done = value.pop("Successful", [])
            failed = [{"Id": e["Id"], "SenderFault": False, "Code": "InternalError", "Message": "Try again."}
                      for e in done[::2]]  # fmt: skip
            value.update({k: v for k, v in (("Successful", done[1::2]), ("Failed", failed)) if v})
        if fault.name in ("md5", "damage", "duplicate", "partial"):
            return self.json(reply.status, value)
        return super().spoil(fault, reply)
