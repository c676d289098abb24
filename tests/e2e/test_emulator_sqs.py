"""The emulator's SQS, asked by botocore-signed requests: what the sqs source relies on must be so."""

import hashlib
import socket
import threading
import time

import pytest
import wire
from wire import sqs

QUEUE = "https://sqs.{}.amazonaws.com/{}/{}"


@pytest.fixture
def queue(aws):
    return aws.sqs.create("trail")


def receive(aws, queue, most=10, **asked):
    answer = sqs(aws, "ReceiveMessage", {"QueueUrl": queue.url, "MaxNumberOfMessages": most, **asked})
    assert answer.status == 200, answer.body
    return answer.json().get("Messages", [])


def delete(aws, queue, *handles):
    entries = [{"Id": str(i), "ReceiptHandle": handle} for i, handle in enumerate(handles)]
    return sqs(aws, "DeleteMessageBatch", {"QueueUrl": queue.url, "Entries": entries}).json()


def test_a_message_comes_once_and_again_after_its_time(aws, queue):
    aws.sqs.send(queue, "eins \u00e4\U0001f600")
    [first] = receive(aws, queue, AttributeNames=["All"])
    assert first["Body"] == "eins \u00e4\U0001f600" and first["Attributes"]["ApproximateReceiveCount"] == "1"
    assert first["MD5OfBody"] == hashlib.md5(first["Body"].encode()).hexdigest()
    assert receive(aws, queue) == []
    aws.sqs.advance(31)
    [second] = receive(aws, queue, AttributeNames=["ApproximateReceiveCount"])
    assert second["MessageId"] == first["MessageId"] and second["ReceiptHandle"] != first["ReceiptHandle"]
    assert second["Attributes"] == {"ApproximateReceiveCount": "2"}
    assert delete(aws, queue, first["ReceiptHandle"]) == {"Successful": [{"Id": "0"}]} and aws.sqs.left(queue) == 1
    assert delete(aws, queue, second["ReceiptHandle"]) == {"Successful": [{"Id": "0"}]} and aws.sqs.left(queue) == 0
    assert delete(aws, queue, second["ReceiptHandle"]) == {"Successful": [{"Id": "0"}]}  # gone is gone


def test_md5_is_of_the_body(aws, queue):
    sent = sqs(aws, "SendMessage", {"QueueUrl": queue.url, "MessageBody": "hello"}).json()
    assert sent["MD5OfMessageBody"] == "5d41402abc4b2a76b9719d911017c592"
    assert receive(aws, queue)[0]["MD5OfBody"] == "5d41402abc4b2a76b9719d911017c592"


def test_visibility(aws, queue):
    aws.sqs.send(queue, "x")
    [message] = receive(aws, queue, VisibilityTimeout=10)

    def keep(seconds, handle=message["ReceiptHandle"]):
        entry = {"Id": "a", "ReceiptHandle": handle, "VisibilityTimeout": seconds}
        return sqs(aws, "ChangeMessageVisibilityBatch", {"QueueUrl": queue.url, "Entries": [entry]}).json()

    assert keep(100) == {"Successful": [{"Id": "a"}]}
    aws.sqs.advance(50)
    assert receive(aws, queue) == [] and keep(43200)["Failed"][0]["Code"] == "InvalidParameterValue"
    assert keep(0) == {"Successful": [{"Id": "a"}]} and len(receive(aws, queue)) == 1
    assert keep(5)["Failed"][0]["SenderFault"] is True  # the older handle
    assert keep(5, "garbage")["Failed"][0]["Code"] == "ReceiptHandleIsInvalid"


def test_dead_letters(aws):
    dead = aws.sqs.create("dead")
    queue = aws.sqs.create("poisoned", dead_letters=dead, max_receives=2, VisibilityTimeout="5")
    message_id = aws.sqs.send(queue, "poison")
    for _ in range(2):
        assert len(receive(aws, queue)) == 1
        aws.sqs.advance(6)
    assert receive(aws, queue) == [] and [m["MessageId"] for m in receive(aws, dead)] == [message_id]
    answer = sqs(aws, "GetQueueAttributes", {"QueueUrl": queue.url, "AttributeNames": ["All"]}).json()["Attributes"]
    assert answer["RedrivePolicy"] == f'{{"deadLetterTargetArn":"{dead.arn}","maxReceiveCount":2}}'
    assert answer["ApproximateNumberOfMessages"] == "0" and answer["VisibilityTimeout"] == "5"


def test_long_poll_ends_when_a_message_comes(aws, queue):
    timer = threading.Timer(0.3, aws.sqs.send, (queue, "late"))
    begin = time.monotonic()
    timer.start()
    assert [m["Body"] for m in receive(aws, queue, WaitTimeSeconds=20)] == ["late"]
    assert 0.25 < time.monotonic() - begin < 5
    begin = time.monotonic()
    assert receive(aws, queue, WaitTimeSeconds=1) == [] and time.monotonic() - begin >= 0.9


@pytest.mark.parametrize(
    "action, asked, error",
    [
        ("ReceiveMessage", {"MaxNumberOfMessages": 11}, (400, "InvalidParameterValue")),
        ("ReceiveMessage", {"WaitTimeSeconds": 21}, (400, "InvalidParameterValue")),
        ("ReceiveMessage", {"WaitTimeSeconds": "20"}, (400, "SerializationException")),
        ("ReceiveMessage", {"Wait": 1}, (400, "SerializationException")),
        ("ReceiveMessage", {"QueueUrl": QUEUE.format("eu-west-1", 111122223333, "other")}, (400, "QueueDoesNotExist")),
        ("ReceiveMessage", {"QueueUrl": QUEUE.format("us-east-1", 111122223333, "trail")}, (400, "QueueDoesNotExist")),
        ("ReceiveMessage", {"QueueUrl": QUEUE.format("eu-west-1", 999999999999, "trail")}, (400, "QueueDoesNotExist")),
        ("DeleteMessage", {"ReceiptHandle": "garbage"}, (400, "ReceiptHandleIsInvalid")),
        ("DeleteMessageBatch", {"Entries": []}, (400, "EmptyBatchRequest")),
        ("DeleteMessageBatch", {"Entries": [{"Id": "a"}, {"Id": "a"}]}, (400, "BatchEntryIdsNotDistinct")),
        ("DeleteMessageBatch", {"Entries": [{"Id": str(n)} for n in range(11)]}, (400, "TooManyEntriesInBatchRequest")),
        ("DeleteMessageBatch", {"Entries": [{"Id": "a b"}]}, (400, "InvalidBatchEntryId")),
        ("GetQueueAttributes", {"AttributeNames": ["Nonsense"]}, (400, "InvalidAttributeName")),
        ("SendMessage", {"MessageBody": "\x00"}, (400, "InvalidMessageContents")),
        ("Nonsense", {}, (404, "UnknownOperationException")),
    ],
)
def test_refuses(aws, queue, action, asked, error):
    assert sqs(aws, action, {"QueueUrl": queue.url, **asked}).error() == error


def test_errors_look_like_aws(aws, queue):
    answer = sqs(aws, "ReceiveMessage", {"QueueUrl": queue.url + "x"})
    assert answer.json()["__type"] == "com.amazonaws.sqs#QueueDoesNotExist"
    assert answer.headers["x-amzn-query-error"] == "AWS.SimpleQueueService.NonExistentQueue;Sender"
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
    unsigned = sqs(aws, "ReceiveMessage", {"QueueUrl": queue.url}, credential=None)
    assert unsigned.error() == (400, "MissingAuthenticationTokenException")
    other = sqs(aws, "ReceiveMessage", {"QueueUrl": queue.url}, region="us-east-1")
    assert other.error() == (400, "QueueDoesNotExist")


def test_at_least_once(aws, queue):
    aws.control(service="sqs", duplicate_ratio=0.5, reorder=True, seed=3)
    sent = [aws.sqs.send(queue, str(n)) for n in range(40)]
    seen = []
    while got := receive(aws, queue):
        seen += [m["MessageId"] for m in got]
        assert "Failed" not in delete(aws, queue, *[m["ReceiptHandle"] for m in got])
    assert set(seen) == set(sent) and len(seen) > len(sent) and seen != sorted(seen, key=sent.index)
    assert aws.sqs.left(queue) == 0


def test_faults(aws, queue):
    aws.sqs.send(queue, "hello")
    aws.control(service="sqs", only="ReceiveMessage", script=["throttle", "500", "expired", "md5", "damage"])
    assert sqs(aws, "GetQueueAttributes", {"QueueUrl": queue.url}).status == 200
    asked = {"QueueUrl": queue.url, "VisibilityTimeout": 0}
    assert sqs(aws, "ReceiveMessage", asked).error() == (400, "RequestThrottled")
    assert sqs(aws, "ReceiveMessage", asked).error() == (500, "InternalFailure")
    assert sqs(aws, "ReceiveMessage", asked).error() == (400, "ExpiredTokenException")
    assert receive(aws, queue, VisibilityTimeout=0)[0]["MD5OfBody"] != "5d41402abc4b2a76b9719d911017c592"
    assert receive(aws, queue, VisibilityTimeout=0)[0]["Body"] == "hell"
    [message] = receive(aws, queue)
    aws.control(service="sqs", partial_ratio=1.0)
    [failed] = delete(aws, queue, message["ReceiptHandle"])["Failed"]
    assert failed["Code"] == "InternalError" and failed["SenderFault"] is False and aws.sqs.left(queue) == 1


def test_who_hangs_up_takes_nothing(aws, queue):
    real = wire.http.client.HTTPConnection.getresponse
    with pytest.raises(ConnectionAbortedError):
        try:
            def leave(self):
                time.sleep(0.2)
                self.sock.shutdown(socket.SHUT_RDWR)
                raise ConnectionAbortedError

            wire.http.client.HTTPConnection.getresponse = leave
            receive(aws, queue, WaitTimeSeconds=20)
        finally:
            wire.http.client.HTTPConnection.getresponse = real
    aws.sqs.send(queue, "for the next one")
    assert len(receive(aws, queue, WaitTimeSeconds=5)) == 1
