"""One standard queue: what is visible to whom and when, receipt handles, and what goes to the dead letters."""

import base64
import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field

from sigv4 import Refused

MAX_VISIBILITY_S = 43200
ATTRIBUTES = {
    "DelaySeconds": ("0", 0, 900),
    "MaximumMessageSize": ("1048576", 1024, 1048576),
    "MessageRetentionPeriod": ("345600", 60, 1209600),
    "ReceiveMessageWaitTimeSeconds": ("0", 0, 20),
    "VisibilityTimeout": ("30", 0, MAX_VISIBILITY_S),
}


def invalid(text, code="InvalidParameterValue"):
    return Refused(400, code, text)


def md5(text):
    return hashlib.md5(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass
class Message:
    body: str
    sent: float  # seconds since 1970, by the service's clock
    visible_at: float
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attributes: dict = field(default_factory=dict)  # MessageAttributes
    receives: int = 0
    first_receive: float = 0.0
    handles: list = field(default_factory=list)  # every one that was given out; only the last is good
    ghost: bool = False  # it comes once more although it was deleted, as SQS may do

    def flight(self, now):
        return self.receives > 0 and self.visible_at > now


class Queue:
    """Not locked: the service holds its lock around every call."""

    def __init__(self, name, url, arn, attributes=None):
        self.name, self.url, self.arn = name, url, arn
        self.messages = {}  # id -> Message, oldest first
        self.gone = set()  # ids that were deleted
        self.attributes = {key: value for key, (value, _, _) in ATTRIBUTES.items()}
        self.dead_letters = None  # (Queue, most receives)
        self.received = []  # (message id, time) of every delivery, for tests
        for key, value in (attributes or {}).items():
            self.set(key, value)

    def set(self, key, value):
        if key not in ATTRIBUTES:
            raise invalid(f"Unknown Attribute {key}.", "InvalidAttributeName")
        _, least, most = ATTRIBUTES[key]
        if not re.fullmatch(r"\d+", str(value)) or not least <= int(value) <= most:
            raise invalid(f"Invalid value for the parameter {key}.", "InvalidAttributeValue")
        self.attributes[key] = str(value)

    def redrive_policy(self):
        if not self.dead_letters:
            return None
        queue, most = self.dead_letters
        return json.dumps({"deadLetterTargetArn": queue.arn, "maxReceiveCount": most}, separators=(",", ":"))

    def put(self, message):
        self.messages[message.message_id] = message
        return message

    def expire(self, now):
        keep = int(self.attributes["MessageRetentionPeriod"])
        for message in [m for m in self.messages.values() if now - m.sent > keep]:
            del self.messages[message.message_id]

    def take(self, most, visibility, now, chance=None):
        """Up to `most` visible messages, now in flight; those that came too often go to the dead letters."""
        self.expire(now)
        visible = [m for m in self.messages.values() if m.visible_at <= now]
        if chance:
            chance.shuffle(visible)
        taken = []
        for message in visible:
            if self.dead_letters and message.receives >= self.dead_letters[1]:
                self._bury(message, now)
            elif len(taken) < most:
                self._give(message, visibility, now)
                taken.append(message)
        return taken

    def _give(self, message, visibility, now):
        message.receives += 1
        message.first_receive = message.first_receive or now
        message.visible_at = now + visibility
        raw = f"{self.arn}\n{message.message_id}\n{uuid.uuid4()}"
        message.handles.append(base64.b64encode(raw.encode()).decode())
        self.received.append((message.message_id, now))

    def _bury(self, message, now):
        del self.messages[message.message_id]
        message.visible_at = now
        message.handles = []
        self.dead_letters[0].put(message)  # with its id, time and receives, as SQS does it

    def next_visible(self):
        return min((m.visible_at for m in self.messages.values()), default=float("inf"))

    def by_handle(self, handle):
        """(message, is the handle its last?); (None, False) for one that is deleted; Refused for no handle of here."""
        try:
            arn, message_id, _ = base64.b64decode(handle, validate=True).decode().split("\n")
        except ValueError:
            arn = message_id = None
        if arn != self.arn:
            text = f'The input receipt handle "{handle}" is not a valid receipt handle.'
            raise invalid(text, "ReceiptHandleIsInvalid")
        message = self.messages.get(message_id)
        return message, bool(message and message.handles and message.handles[-1] == handle)

    def delete(self, handle, now):
        message, last = self.by_handle(handle)
        if last and message.ghost:
            message.ghost, message.visible_at, message.handles = False, now, []
        elif last:  # SQS says yes to an older handle as well, and keeps the message
            self.gone.add(message.message_id)
            del self.messages[message.message_id]

    def keep(self, handle, seconds, now):
        message, last = self.by_handle(handle)
        if not message or not last or not message.flight(now):
            raise invalid(
                f"Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not "
                "available for visibility timeout change.",
                "MessageNotInflight" if message else "InvalidParameterValue",
            )
        if now + seconds - message.first_receive > MAX_VISIBILITY_S:
            raise invalid(
                f"Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the "
                "message is beyond the limit [43200 seconds]."
            )
        message.visible_at = now + seconds

    def counts(self, now):
        waiting = sum(m.visible_at <= now for m in self.messages.values())
        flight = sum(m.flight(now) for m in self.messages.values())
        return {
            "ApproximateNumberOfMessages": str(waiting),
            "ApproximateNumberOfMessagesNotVisible": str(flight),
            "ApproximateNumberOfMessagesDelayed": str(len(self.messages) - waiting - flight),
        }
