"""Fixtures: the emulators from npm, each started once, and our client pointed at them. A plugin of pytest."""

import base64
import json
import os
import pathlib
import signal
import subprocess
import uuid
from urllib.parse import quote, urlencode

import pytest
from conftest import kw, make_event, scene  # noqa: F401  fixtures
from sigv4 import Credential
from wire import Calls, built_tool, call, send

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "referees"
RECORDS = ROOT / "tests" / "data" / "referees"
KEY = Credential("S3RVER", "S3RVER")  # the one that s3rver knows; the others take any
REGION = "us-east-1"


class Referee:
    """One emulator in a process of its own. url: where it listens."""

    def __init__(self, name):
        package = "@20minutes/s3rver" if name == "s3rver" else name
        self.name = name
        self.version = json.loads((HOME / "package.json").read_text())["dependencies"][package]
        # s3rver makes continuation tokens with DES.
        argv = ["node", "--openssl-legacy-provider", "serve.mjs", name]
        self._process = subprocess.Popen(argv, cwd=HOME, stdout=subprocess.PIPE)
        line = self._process.stdout.readline()
        if not line:
            pytest.fail(f"{name} did not start")
        self.port = json.loads(line)["port"]
        self.url = f"http://127.0.0.1:{self.port}"

    def close(self):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)

    def calls(self, key="S3RVER", secret="S3RVER", **env):
        """Our client, for this emulator."""
        return Calls(
            built_tool("aws_call"),
            {
                "AWS_ENDPOINT_URL": self.url,
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": key,
                "AWS_SECRET_ACCESS_KEY": secret,
                **env,
            },
        )

    def record(self, name, do, answer):
        """With KW_RECORD=1 the reply becomes a file that `make test` reads again. Returns the answer."""
        if os.environ.get("KW_RECORD"):
            reply = answer["reply"]
            kept = {
                "from": f"{self.name} {self.version}",
                "do": do,
                "reply": {
                    "status": reply["status"],
                    "headers": reply["headers"],
                    "text": base64.b64decode(reply["body"]).decode(),
                },
                **{key: answer[key] for key in ("rc", "failure", "read")},
            }
            RECORDS.mkdir(exist_ok=True)
            file = RECORDS / f"{self.name}-{name}.json"
            file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return answer


def _referee(name):
    @pytest.fixture(scope="session", name=name.replace("-", "_"))
    def fixture():
        server = Referee(name)
        yield server
        server.close()

    return fixture


fauxqs, local_aws_sqs, s3rver = map(_referee, ("fauxqs", "local-aws-sqs", "s3rver"))


# ---- what tests set up, signed by botocore


def json_sqs(server, action, **asked):
    answer = call(server, f"AmazonSQS.{action}", "1.0", asked, "sqs", region=REGION, credential=KEY)
    assert answer.status == 200, answer.body
    return json.loads(answer.body or b"{}")


def new_queue(server, **attributes):
    name = f"queue-{uuid.uuid4().hex[:8]}"
    return json_sqs(server, "CreateQueue", QueueName=name, Attributes=attributes)["QueueUrl"]


def query(server, **asked):
    """SNS by the Query protocol; the XML that comes back."""
    body = urlencode({"Version": "2010-03-31", **asked}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = send(server, "POST", "/", body, headers, "sns", region=REGION, credential=KEY)
    assert answer.status == 200, answer.body
    return answer.body.decode()


def subscribe(server, name, queue):
    """A topic whose messages come into the queue; its ARN."""
    [arn] = json_sqs(server, "GetQueueAttributes", QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"].values()
    topic = query(server, Action="CreateTopic", Name=name).partition("<TopicArn>")[2].partition("<")[0]
    query(server, Action="Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return topic


def quoted(key):
    return quote(key, safe="/-_.~")


def put(server, target, body=b""):
    answer = send(server, "PUT", target, body, service="s3", region=REGION, credential=KEY)
    assert answer.status == 200, answer.body
