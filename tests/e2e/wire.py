"""Requests to the emulator that botocore signs: SQS by JSON (Debian's botocore has only its Query protocol), S3 raw."""

import http.client
import json
from dataclasses import dataclass

import botocore.session
from aws import PERMANENT
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials


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
