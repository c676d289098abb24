"""The HTTP sinks against the other ends of the wire, one delivery at a time and without an agent: a strict SNS that
recomputes every signature, a webhook receiver that verifies every signature."""
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import threading

import aws as aws_emulator
import pytest
import receiver as webhook_receiver

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KW_BIN", ROOT / "build/test/kendrawatch")).absolute().parent
TOOL = BUILD / "tools/sink_send"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:sec"
ALERT = {
    "schema": "kendrawatch.alert/1", "id": "0123456789abcdef0123456789abcdef", "time": "2026-11-24T01:58:11Z",
    "detected_at": "2026-11-24T02:03:04Z",
    "rule": {"id": "7c0d3f52-6a0e-4a57-9d0b-0c5b7a1f2e41", "title": "Indéx deleted", "level": "critical", "tags": []},
    "summary": "alice@example.com DELETED the Kendra index a+b & c=d \u6f22\U0001f600", "principal": "role/Admin",
    "account": "111122223333", "region": "eu-west-1", "outcome": "ok",
    "event": {"eventName": "DeleteIndex", "userAgent": "x\r\n\x1b[31m\u2028"}, "why": [],
}


@pytest.fixture(scope="module")
def tool():
    subprocess.run(["make", "-s", f"FLAVOUR={BUILD.name}", str(TOOL.relative_to(ROOT))], cwd=ROOT, check=True)
    return TOOL


@pytest.fixture
def send(tool, tmp_path):
    def run(kind, options, *keys, alert=ALERT, **environment):
        (tmp_path / "options.yaml").write_text(json.dumps(options))
        (tmp_path / "alert.json").write_text(json.dumps(alert, separators=(",", ":")))
        done = subprocess.run(
            [tool, kind, tmp_path / "options.yaml", tmp_path / "alert.json", *keys], stdout=subprocess.PIPE,
            env={"HOME": str(tmp_path), **environment}, check=True, timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def keys_of(credential, url):
    token = {"AWS_SESSION_TOKEN": credential.token} if credential.token else {}
    return {"AWS_ACCESS_KEY_ID": credential.access_key, "AWS_SECRET_ACCESS_KEY": credential.secret,
            "AWS_ENDPOINT_URL_SNS": url, **token}


@pytest.mark.parametrize("credential", [aws_emulator.PERMANENT, aws_emulator.TEMPORARY], ids=["permanent", "temporary"])
def test_sns_takes_what_we_sign(send, aws, credential):
    answers = send("sns", {"topic_arn": TOPIC}, "k1", "k2", **keys_of(credential, aws.url))
    assert [a["answer"] for a in answers] == ["sent", "sent"]
    first, second = aws.messages()
    assert first["message"] == second["message"]
    assert json.loads(first["message_json"]["sqs"]) == ALERT
    assert set(first["message_json"]) == {"default", "email", "sms", "sqs", "lambda", "http", "https"}
    assert len(first["message_json"]["sms"].encode()) <= 140
    assert {n: a["value"] for n, a in first["attributes"].items()} == {
        "level": "critical", "rule": ALERT["rule"]["id"], "account": "111122223333", "region": "eu-west-1",
        "outcome": "ok"}


def test_fifo_topic_drops_the_repeat(send, aws):
    answers = send("sns", {"topic_arn": TOPIC + ".fifo"}, "k1", "k1", "k2",
                   **keys_of(aws_emulator.PERMANENT, aws.url))
    assert [a["answer"] for a in answers] == ["sent"] * 3
    assert len(aws.received()) == 3
    kept = aws.messages()
    assert len(kept) == 2 and len({m["deduplication_id"] for m in kept}) == 2
    assert len({m["group_id"] for m in kept}) == 1


def test_large_alert_loses_its_event_and_says_so(send, aws):
    alert = {**ALERT, "event": {"requestParameters": "ä" * 200_000}}
    answers = send("sns", {"topic_arn": TOPIC}, "k1", alert=alert, **keys_of(aws_emulator.PERMANENT, aws.url))
    assert answers[0]["answer"] == "sent"
    sent = json.loads(aws.messages()[0]["message_json"]["default"])
    assert sent.pop("event_omitted") is True
    assert sent == {name: value for name, value in ALERT.items() if name != "event"}


@pytest.mark.parametrize("fault, answer, part", [
    ("throttle", "retry", "400 Throttling"), ("throttle:429", "retry", "429"), ("500", "retry", "500"),
    ("503", "retry", "503"), ("forbidden", "reject", "AuthorizationError"), ("expired", "retry", "ExpiredToken"),
    ("garbage", "retry", "not HTTP"), ("garbage:xml", "retry", "without an AWS reply"),
    ("garbage:empty", "retry", "without an AWS reply"), ("reset", "retry", "127.0.0.1"),
])
def test_sns_trouble(send, aws, fault, answer, part):
    aws.control(script=[fault])
    first, second = send("sns", {"topic_arn": TOPIC}, "k1", "k1", **keys_of(aws_emulator.PERMANENT, aws.url))
    assert first["answer"] == answer and part in first["why"]
    assert second["answer"] == "sent"


def test_sns_missing_topic_and_wrong_keys(send, aws):
    good = keys_of(aws_emulator.PERMANENT, aws.url)
    missing = send("sns", {"topic_arn": TOPIC.replace("sec", "missing")}, "k1", **good)
    assert missing[0]["answer"] == "reject" and "NotFound: Topic does not exist" in missing[0]["why"]
    wrong = send("sns", {"topic_arn": TOPIC}, "k1", "k1", **{**good, "AWS_SECRET_ACCESS_KEY": "n0t-it"})
    assert [(a["answer"], a["retry_after_ms"]) for a in wrong] == [("retry", 0), ("retry", -1)]
    assert "SignatureDoesNotMatch" in wrong[0]["why"] and "n0t-it" not in wrong[0]["why"]
    assert aws.messages() == []


@pytest.mark.parametrize("offset", [3600, -3600])
def test_sns_clock_is_corrected(send, aws, offset):
    aws.control(clock_offset=offset)
    first, second = send("sns", {"topic_arn": TOPIC}, "k1", "k1", **keys_of(aws_emulator.PERMANENT, aws.url))
    assert first["answer"] == "retry" and first["retry_after_ms"] == 0 and "clock" in first["why"]
    assert second["answer"] == "sent"


def test_webhook_is_signed(send, receiver):
    options = {"url": receiver.url + "/hook/t0ken", "secret": "env:SECRET"}
    answers = send("webhook", options, "k1", "k2", "k1", SECRET=webhook_receiver.SECRET)
    assert [a["answer"] for a in answers] == ["sent"] * 3
    summary = receiver.summary()
    assert (summary["distinct"], summary["duplicates"], summary["conflicts"], summary["refused"]) == (2, 1, [], 0)


def test_webhook_with_the_wrong_secret_is_refused(send, receiver):
    other = "whsec_" + "A" * 43 + "="
    answers = send("webhook", {"url": receiver.url, "secret": "env:SECRET"}, "k1", SECRET=other)
    assert answers[0]["status"] == 401 and answers[0]["answer"] == "reject"


def test_webhook_while_keys_are_changed(send, receiver):
    other = "whsec_" + "A" * 43 + "="
    options = {"url": receiver.url, "secret": "env:NEW", "previous_secret": "env:OLD"}
    assert send("webhook", options, "k1", NEW=other, OLD=webhook_receiver.SECRET)[0]["answer"] == "sent"


@pytest.mark.parametrize("fault, answer, wait", [
    ("301", "reject", -1), ("307", "reject", -1), ("404", "reject", -1), ("410", "reject", -1), ("408", "retry", -1),
    ("425", "retry", -1), ("429:20", "retry", 20000), ("503:20", "retry", 20000), ("500", "retry", -1),
    ("garbage", "retry", -1), ("reset", "retry", -1),
])
def test_webhook_trouble(send, receiver, fault, answer, wait):
    receiver.control(script=[fault])
    options = {"url": receiver.url + "/hook/t0ken?k=t0ken", "secret": "env:SECRET"}
    first, second = send("webhook", options, "k1", "k1", SECRET=webhook_receiver.SECRET)
    assert (first["answer"], first["retry_after_ms"]) == (answer, wait)
    assert "127.0.0.1" in first["why"] and "t0ken" not in first["why"]
    assert second["answer"] == "sent"
    assert receiver.summary()["redirects_followed"] == 0


class Accepting(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def tls_server(tmp_path):
    """Port of a TLS server for the name localhost, and the certificate to trust."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost"], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Accepting)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server.server_address[1], certificate
    server.shutdown()
    thread.join()
    server.server_close()


def test_tls_is_verified(send, tls_server):
    port, certificate = tls_server
    url = {"url": f"https://localhost:{port}/t0ken"}
    assert send("webhook", url, "k1", SSL_CERT_FILE=str(certificate))[0]["answer"] == "sent"
    untrusted = send("webhook", url, "k1")[0]
    other_name = send("webhook", {"url": f"https://127.0.0.1:{port}/t0ken"}, "k1", SSL_CERT_FILE=str(certificate))[0]
    for refused in (untrusted, other_name):
        assert refused["answer"] == "retry" and "can't be verified" in refused["why"]
        assert "t0ken" not in refused["why"]
