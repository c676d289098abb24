"""Requests to the emulator that botocore signs: SQS by JSON (Debian's botocore has only its Query protocol), S3 raw;
and our own client, as a program that makes one call a line."""

import base64
import fcntl
import http.client
import json
import os
import pathlib
import subprocess
from dataclasses import dataclass

import botocore.session
from aws import PERMANENT
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclass
class Answer:
    status: int
    headers: object
    body: bytes

    def json(self):
        return json.loads(self.body)

    def error(self):
        """(status, code) of a JSON service's refusal."""
        return self.status, self.json()["__type"].rpartition("#")[2]


def send(
    server, method, target, body=b"", headers=(), service="sqs", region="eu-west-1", credential=PERMANENT, host=None
):
    """Signs with botocore and sends exactly that. credential None: nobody signs."""
    url = f"http://{host or f'127.0.0.1:{server.port}'}{target}"
    request = AWSRequest(method, url, headers=dict(headers), data=body)
    if credential:
        keys = Credentials(credential.access_key, credential.secret, credential.token or None)
        (S3SigV4Auth if service == "s3" else SigV4Auth)(keys, service, region).add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        sent = {**dict(request.headers), **({"Host": host} if host else {})}
        connection.request(method, target, body, sent)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def call(server, target, version, asked, service, **how):
    headers = {"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target}
    return send(server, "POST", "/", json.dumps(asked).encode(), headers, service, **how)


def sqs(server, action, asked, **how):
    return call(server, f"AmazonSQS.{action}", "1.0", asked, "sqs", **how)


def client(server, service, region="eu-west-1", credential=PERMANENT, **config):
    """botocore's own client of a service, at the emulator."""
    return botocore.session.Session().create_client(
        service,
        region_name=region,
        endpoint_url=server.url,
        aws_access_key_id=credential.access_key,
        aws_secret_access_key=credential.secret,
        aws_session_token=credential.token or None,
        config=Config(retries={"max_attempts": 0}, **config),
    )


class Calls:
    """Our own client of AWS (tests/tools/aws_call.c). env: endpoints, region and keys, as for the agent."""

    def __init__(self, tool, env):
        self.tool, self.env = tool, {"HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true", **env}

    def many(self, *asked):
        """One answer for each of what is asked, in one process."""
        lines = "".join(json.dumps(one) + "\n" for one in asked)
        done = subprocess.run(
            [self.tool], input=lines.encode(), stdout=subprocess.PIPE, env=self.env, check=True, timeout=120
        )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(asked)
        return answers

    def __call__(self, do, **asked):
        return self.many({"do": do, **asked})[0]

    def read(self, do, **asked):
        """What a call that must succeed brings."""
        answer = self(do, **asked)
        assert answer["rc"] == "ok", answer["error"]
        return answer["read"]

    def body(self, **asked):
        return base64.b64decode(self("s3.get", **asked)["reply"]["body"])

    def pages(self, **asked):
        """(keys, prefixes) of all pages of a listing."""
        keys, prefixes, token = [], [], ""
        while True:
            page = self.read("s3.list", token=token, **asked)
            keys += [entry["key"] for entry in page["objects"]]
            prefixes += page["prefixes"]
            token = page["token"]
            if not token:
                return keys, prefixes


def built_tool(name):
    """Path of a program of tests/tools, built in the flavour of the binary under test."""
    build = pathlib.Path(os.environ.get("KW_BIN", ROOT / "build/test/kendrawatch")).absolute().parent
    tool = build / "tools" / name
    with open(build / "tools.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        subprocess.run(["make", "-s", f"FLAVOUR={build.name}", str(tool.relative_to(ROOT))], cwd=ROOT, check=True)
    return tool
