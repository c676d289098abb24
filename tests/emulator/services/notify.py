"""How an object's arrival is told to a queue: by S3, through SNS, by EventBridge, or by CloudTrail's own notice."""

import json
import time
import uuid
from urllib.parse import quote_plus

FORMS = ("s3", "s3-sns", "eventbridge", "cloudtrail-sns", "cloudtrail-raw")


def _iso(seconds, ms=".000"):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ms + "Z"


def sns_envelope(topic_arn, message, subject=None):
    """What SNS puts into a queue unless raw delivery is on. Its signature is none: a reader trusts the queue."""
    region = topic_arn.split(":")[3]
    envelope = {"Type": "Notification", "MessageId": str(uuid.uuid4()), "TopicArn": topic_arn}
    if subject is not None:
        envelope["Subject"] = subject
    envelope.update(
        Message=message,
        Timestamp=_iso(time.time()),
        SignatureVersion="1",
        Signature="RVhBTVBMRQ==",
        SigningCertURL=f"https://sns.{region}.amazonaws.com/SimpleNotificationService-0000000000000000000000.pem",
        UnsubscribeURL=f"https://sns.{region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={topic_arn}:1",
    )
    return json.dumps(envelope, indent=2, ensure_ascii=False)


def s3_event(bucket, kept, version="2.1"):
    """S3's own event. Keys are encoded as a form's values are."""
    record = {
        "eventVersion": version,
        "eventSource": "aws:s3",
        "awsRegion": bucket.region,
        "eventTime": _iso(kept.modified),
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AROAEXAMPLE:i-CloudTrail"},
        "requestParameters": {"sourceIPAddress": "198.51.100.7"},
        "responseElements": {"x-amz-request-id": uuid.uuid4().hex[:16].upper(), "x-amz-id-2": "EXAMPLE123/5678abc="},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "trail",
            "bucket": {
                "name": bucket.name,
                "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                "arn": f"arn:aws:s3:::{bucket.name}",
            },
            "object": {
                "key": quote_plus(kept.key, safe="/*"),
                "size": len(kept.body),
                "eTag": kept.etag.strip('"'),
                "sequencer": kept.sequencer,
            },
        },
    }
    return json.dumps({"Records": [record]}, separators=(",", ":"))


def eventbridge_event(bucket, kept, account):
    """EventBridge's "Object Created". Keys are as they are."""
    return json.dumps(
        {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Object Created",
            "source": "aws.s3",
            "account": account,
            "time": _iso(kept.modified, ""),
            "region": bucket.region,
            "resources": [f"arn:aws:s3:::{bucket.name}"],
            "detail": {
                "version": "0",
                "bucket": {"name": bucket.name},
                "object": {
                    "key": kept.key,
                    "size": len(kept.body),
                    "etag": kept.etag.strip('"'),
                    "sequencer": kept.sequencer,
                },
                "request-id": uuid.uuid4().hex[:16].upper(),
                "requester": "cloudtrail.amazonaws.com",
                "source-ip-address": "198.51.100.7",
                "reason": "PutObject",
            },
        },
        ensure_ascii=False,
    )


class Target:
    """One rule of a bucket: which keys are told to which queue, in what form."""

    def __init__(self, aws, queue, form, prefix, suffix, version):
        if form not in FORMS:
            raise ValueError(f"{form} is none of {', '.join(FORMS)}")
        self.aws, self.queue, self.form, self.version = aws, queue, form, version
        self.prefix, self.suffix = prefix, suffix
        self.topic = f"arn:aws:sns:{aws.region}:{aws.account}:trail"

    def begun(self, bucket):
        """The test message that comes before everything else; EventBridge sends none."""
        if self.form in ("s3", "s3-sns"):
            test = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": _iso(time.time()), "Bucket": bucket.name,
                    "RequestId": uuid.uuid4().hex[:16].upper(), "HostId": "EXAMPLE="}  # fmt: skip
            text = json.dumps(test)
        elif self.form != "eventbridge":
            text = "CloudTrail validation message."
        else:
            return
        self._send(text)

    def created(self, bucket, kept):
        if not kept.key.startswith(self.prefix) or not kept.key.endswith(self.suffix):
            return
        if self.form.startswith("s3"):
            self._send(s3_event(bucket, kept, self.version))
        elif self.form == "eventbridge":
            self._send(eventbridge_event(bucket, kept, self.aws.account))
        elif "/CloudTrail/" in kept.key:  # CloudTrail's notice is for log files alone
            self._send(json.dumps({"s3Bucket": bucket.name, "s3ObjectKey": [kept.key]}))

    def _send(self, text):
        if self.form == "s3-sns":
            text = sns_envelope(self.topic, text, "Amazon S3 Notification")
        elif self.form == "cloudtrail-sns":
            text = sns_envelope(self.topic, text)
        self.aws.sqs.send(self.queue, text)
