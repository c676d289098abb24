"""Amazon SNS: Publish and PublishBatch over the Query protocol, as strict as the service or a little stricter."""

import base64
import binascii
import json
import re
import threading
import uuid
from urllib.parse import unquote_to_bytes
from xml.sax.saxutils import escape

from loopback import Reply
from services.service import Service
from sigv4 import Refused

VERSION = "2010-03-31"
NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
MAX_MESSAGE_BYTES = 262144
MAX_ATTRIBUTES = 10
DEDUP_S = 300
PROTOCOLS = ("default", "email", "email-json", "http", "https", "sqs", "sms", "lambda", "application", "firehose")

_TOPIC = re.compile(r"arn:(aws(?:-[a-z]+)*):sns:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,256}(?:\.fifo)?)")
_FIFO_ID = re.compile(r"[A-Za-z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}")
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,256}")
_FIELDS = {"Message", "Subject", "MessageStructure", "MessageGroupId", "MessageDeduplicationId"}


def _invalid(text):
    return Refused(400, "InvalidParameter", f"Invalid parameter: {text}")


def read_form(body):
    """application/x-www-form-urlencoded to a dict; a broken escape, broken UTF-8 or a key said twice is refused."""
    form = {}
    for pair in body.split(b"&") if body else []:
        name, equals, value = pair.partition(b"=")
        if not equals or re.search(rb"%(?![0-9A-Fa-f]{2})", pair) or re.search(rb"[^!-~]", pair):
            raise Refused(400, "MalformedQueryString", "The body is no application/x-www-form-urlencoded text.")
        try:
            name, value = (unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8") for part in (name, value))
        except UnicodeDecodeError:
            raise Refused(400, "MalformedQueryString", "The body is not UTF-8.") from None
        if name in form:
            raise Refused(400, "MalformedQueryString", f"{name} is given twice.")
        form[name] = value
    return form


def split_members(form, prefix):
    """Takes PREFIX.N.REST out of the form: a list, one dict of REST -> value for N = 1, 2, … without a gap."""
    members = {}
    for name in [n for n in form if n.startswith(prefix + ".")]:
        number, _, rest = name[len(prefix) + 1 :].partition(".")
        if not number.isdigit() or not rest:
            raise Refused(400, "MalformedQueryString", f"{name} is no member of a list.")
        members.setdefault(int(number), {})[rest] = form.pop(name)
    if sorted(members) != list(range(1, len(members) + 1)):
        raise Refused(400, "MalformedQueryString", f"{prefix} is not numbered 1 to {len(members)}.")
    return [members[n] for n in sorted(members)]


def _check_attribute(name, kind, text, blob):
    if not _ATTRIBUTE_NAME.fullmatch(name) or name.startswith(".") or name.endswith(".") or ".." in name:
        raise _invalid(f"message attribute name '{name}'")
    if name.lower().startswith(("aws.", "amazon.")):
        raise _invalid(f"message attribute name '{name}' has a reserved prefix")
    base = kind.partition(".")[0]
    if base not in ("String", "Number", "Binary") or len(kind) > 256 or kind.endswith("."):
        raise _invalid(f"message attribute '{name}' has type '{kind}'")
    if (text is None) == (blob is None) or (base == "Binary") == (blob is None):
        raise _invalid(f"message attribute '{name}' needs the one value that its type '{kind}' has")
    if (text or blob or "") == "":
        raise _invalid(f"message attribute '{name}' must not be empty")
    try:
        if base == "Number":
            float(text)
        elif kind == "String.Array" and not isinstance(json.loads(text), list):
            raise ValueError
        elif base == "Binary":
            base64.b64decode(blob, validate=True)
    except (ValueError, binascii.Error):
        raise _invalid(f"message attribute '{name}' is no {kind}") from None


def read_attributes(fields):
    """Takes MessageAttributes.entry.N.… out of the fields: name -> {"type", "value"}."""
    attributes = {}
    for entry in split_members(fields, "MessageAttributes.entry"):
        name, kind = entry.pop("Name", ""), entry.pop("Value.DataType", "")
        text, blob = entry.pop("Value.StringValue", None), entry.pop("Value.BinaryValue", None)
        if entry:
            raise _invalid(f"message attribute '{name}' with {', '.join(sorted(entry))}")
        if name in attributes:
            raise _invalid(f"message attribute '{name}' is given twice")
        _check_attribute(name, kind, text, blob)
        attributes[name] = {"type": kind, "value": text if blob is None else blob}
    if len(attributes) > MAX_ATTRIBUTES:
        raise _invalid(f"{len(attributes)} message attributes, {MAX_ATTRIBUTES} are allowed")
    return attributes


def size_of(message, attributes):
    parts = [message] + [part for name, a in attributes.items() for part in (name, a["type"], a["value"])]
    return sum(len(part.encode()) for part in parts)


def _check_subject(subject):
    # The stricter of the two wordings AWS has published: ASCII, starting with a letter, number or punctuation mark.
    if not 1 <= len(subject) < 100 or not re.fullmatch(r"[!-~][ -~]*", subject):
        raise _invalid("Subject")


def _read_structure(message):
    try:
        by_protocol = json.loads(message)
    except ValueError:
        raise _invalid("Message Structure - JSON message body failed to parse") from None
    if not isinstance(by_protocol, dict) or not isinstance(by_protocol.get("default"), str):
        raise _invalid("Message Structure - No default entry in JSON message body")
    for protocol in PROTOCOLS:
        if protocol in by_protocol and not isinstance(by_protocol[protocol], str):
            raise _invalid(f"Message Structure - {protocol} is no string")
    return by_protocol


class Sns(Service):
    """topics: the ARNs that exist, or None for all but those whose name starts with "missing"."""

    name = "sns"

    def __init__(self, aws, topics=None):
        super().__init__(aws)
        self.topics = None if topics is None else set(topics)
        self.attributes = {}  # topic -> what GetTopicAttributes says beside the usual
        self._lock = threading.Lock()
        self._seen = {}  # (topic, deduplication id) -> (time, message id, sequence number)
        self._sequence = 10000000000000000000

    def action_of(self, request):
        match = re.search(rb"(?:^|&)Action=(\w+)", request.body)
        return match.group(1).decode() if match else ""

    def fault(self, fault):
        answers = {
            "throttle": (429, "Throttled", "Rate exceeded")
            if fault.argument == "429"
            else (400, "Throttling", "Rate exceeded"),
            "forbidden": (403, "AuthorizationError", "User is not authorized to perform: SNS:Publish on this resource"),
            "500": (500, "InternalError", "The request could not be processed. Try again."),
            "503": (503, "ServiceUnavailable", "The request could not be processed. Try again."),
            "expired": (403, "ExpiredToken", "The security token included in the request is expired"),
        }
        return self.refuse(Refused(*answers[fault.name])) if fault.name in answers else None

    def refuse(self, refused, request=None):
        kind = "Receiver" if refused.status >= 500 else "Sender"
        return self._xml(
            refused.status,
            f'<ErrorResponse xmlns="{NAMESPACE}">\n  <Error>\n    <Type>{kind}</Type>\n'
            f"    <Code>{refused.code}</Code>\n    <Message>{escape(refused.message)}</Message>\n  </Error>\n"
            f"  <RequestId>{uuid.uuid4()}</RequestId>\n</ErrorResponse>\n",
        )

    def handle(self, request, scope, now):
        if request.method != "POST" or request.target != "/":
            raise Refused(404, "UnknownOperation", f"{request.method} {request.target} is nothing SNS knows.")
        kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            raise Refused(400, "MalformedQueryString", f"Content-Type '{kind}'")
        form = read_form(request.body)
        action, version = form.pop("Action", ""), form.pop("Version", "")
        if version != VERSION:
            raise Refused(400, "InvalidAction", f"Could not find operation {action} for version {version}")
        if action == "Publish":
            return self._publish(form, scope, now)
        if action == "PublishBatch":
            return self._publish_batch(form, scope, now)
        if action == "GetTopicAttributes":
            return self._get_attributes(form, scope)
        raise Refused(400, "InvalidAction", f"Could not find operation {action} for version {version}")

    def _topic(self, form, scope):
        arn = form.pop("TopicArn", "")
        match = _TOPIC.fullmatch(arn)
        if not match or match.group(2) != scope.region:
            raise _invalid("TopicArn")
        if match.group(4).startswith("missing") or (self.topics is not None and arn not in self.topics):
            raise Refused(404, "NotFound", "Topic does not exist")
        return arn

    def _read(self, arn, fields):
        """Checks one message; returns it as /_received shows it."""
        attributes = read_attributes(fields)
        unknown = sorted(set(fields) - _FIELDS)
        if unknown:
            raise _invalid(f"{', '.join(unknown)} is nothing that Publish knows")
        message, subject, structure = fields.get("Message", ""), fields.get("Subject"), fields.get("MessageStructure")
        group, dedup = fields.get("MessageGroupId"), fields.get("MessageDeduplicationId")
        if message == "":
            raise _invalid("Empty message")
        if size_of(message, attributes) > MAX_MESSAGE_BYTES:
            raise _invalid("Message too long")
        if subject is not None:
            _check_subject(subject)
        if structure not in (None, "json"):
            raise _invalid("MessageStructure")
        by_protocol = _read_structure(message) if structure else None
        for name, value in (("MessageGroupId", group), ("MessageDeduplicationId", dedup)):
            if value is None and arn.endswith(".fifo"):
                raise _invalid(f"The {name} parameter is required for FIFO topics")
            if value is not None and not _FIFO_ID.fullmatch(value):
                raise _invalid(name)
        if dedup is not None and not arn.endswith(".fifo"):
            raise _invalid("MessageDeduplicationId is for FIFO topics only")
        return {
            "topic_arn": arn,
            "subject": subject,
            "message": message,
            "message_json": by_protocol,
            "attributes": attributes,
            "group_id": group,
            "deduplication_id": dedup,
        }

    def _accept(self, message, now):
        """Gives a message its id, or the id of the one that it repeats."""
        arn, dedup = message["topic_arn"], message["deduplication_id"]
        with self._lock:
            before = self._seen.get((arn, dedup)) if dedup is not None else None
            if before and now - before[0] < DEDUP_S:
                _, message_id, sequence = before
                message["deduplicated"] = True
            else:
                self._sequence += 1
                message_id, sequence = str(uuid.uuid4()), str(self._sequence)
                message["deduplicated"] = False
                if dedup is not None:
                    self._seen[(arn, dedup)] = (now, message_id, sequence)
        message["message_id"] = message_id
        number = f"<SequenceNumber>{sequence}</SequenceNumber>" if arn.endswith(".fifo") else ""
        return f"<MessageId>{message_id}</MessageId>{number}"

    def _publish(self, form, scope, now):
        message = self._read(self._topic(form, scope), form)
        inner = self._accept(message, now)
        return self._result("Publish", inner), {"action": "Publish", "messages": [message]}

    def _publish_batch(self, form, scope, now):
        arn = self._topic(form, scope)
        entries = split_members(form, "PublishBatchRequestEntries.member")
        if form:
            raise _invalid(f"{', '.join(sorted(form))} is nothing that PublishBatch knows")
        self._check_batch(entries)
        done, failed, messages = "", "", []
        for entry in entries:
            name = entry.pop("Id")
            try:
                message = self._read(arn, entry)
                done += f"<member><Id>{name}</Id>{self._accept(message, now)}</member>"
                messages.append(message)
            except Refused as refused:
                failed += (
                    f"<member><Id>{name}</Id><Code>{refused.code}</Code><Message>{escape(refused.message)}</Message>"
                    "<SenderFault>true</SenderFault></member>"
                )
        inner = f"<Successful>{done}</Successful><Failed>{failed}</Failed>"
        return self._result("PublishBatch", inner), {"action": "PublishBatch", "messages": messages}

    def _get_attributes(self, form, scope):
        arn = self._topic(form, scope)
        if form:
            raise _invalid(f"{', '.join(sorted(form))} is nothing that GetTopicAttributes knows")
        usual = {"TopicArn": arn, "SubscriptionsConfirmed": "1", "SubscriptionsPending": "0"}
        said = {**usual, **self.attributes.get(arn, {})}
        entries = "".join(f"<entry><key>{k}</key><value>{escape(v)}</value></entry>" for k, v in said.items())
        inner = f"<Attributes>{entries}</Attributes>"
        return self._result("GetTopicAttributes", inner), {"action": "GetTopicAttributes"}

    @staticmethod
    def _check_batch(entries):
        names = [entry.get("Id", "") for entry in entries]
        if not entries:
            raise Refused(400, "EmptyBatchRequest", "The batch request doesn't contain any entries.")
        if len(entries) > 10:
            raise Refused(400, "TooManyEntriesInBatchRequest", "The batch request contains more than 10 entries.")
        if not all(re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name) for name in names):
            raise Refused(400, "InvalidBatchEntryId", "The Id of a batch entry is no 1 to 80 of A-Z a-z 0-9 _ -.")
        if len(set(names)) != len(names):
            raise Refused(400, "BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id.")
        total = sum(size_of(entry.get("Message", ""), read_attributes(dict(entry))) for entry in entries)
        if total > MAX_MESSAGE_BYTES:
            raise Refused(400, "BatchRequestTooLong", f"The batch is {total} bytes long.")

    def _result(self, action, inner):
        return self._xml(
            200,
            f'<{action}Response xmlns="{NAMESPACE}"><{action}Result>{inner}</{action}Result>'
            f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></{action}Response>",
        )

    @staticmethod
    def _xml(status, text):
        return Reply(status, text.encode(), {"Content-Type": "text/xml", "x-amzn-RequestId": str(uuid.uuid4())})
