"""The push source: who is let in, what is refused and how, and that 200 means durable."""

import http.client
import json
import pathlib
import re
import socket
import ssl
import time

import pytest
import snspush
import yaml
from conftest import until
from scene import gone


@pytest.fixture(scope="module")
def sns(tmp_path_factory):
    server = snspush.Sns(tmp_path_factory.mktemp("sns"))
    yield server
    server.close()


@pytest.fixture
def pushed(scene, sns):
    """One rule, SNS's topic and a key let in, plain HTTP on a free port."""
    sns.asked.clear()
    sns.status = 200
    scene.rule("gone", "DeleteIndex")
    scene.environment |= {**sns.env(), "KW_PUSH_KEY": "open sesame"}
    scene.options = {
        "type": "push",
        "address": "127.0.0.1:0",
        "topics": [snspush.TOPIC],
        "api_key": "env:KW_PUSH_KEY",
    }

    def begin(agent=None, env=None, **options):
        scene.configure(sources={"hook": {**scene.options, **options}}, agent={"suppress_for": "0s", **(agent or {})})
        daemon = scene.start(env=env)
        daemon.wait_for(r"listening address=127\.0\.0\.1:(\d+)")
        scene.port = int(re.findall(r"listening address=127\.0\.0\.1:(\d+)", daemon.err)[-1])
        return daemon

    scene.begin = begin
    return scene


def post(scene, body, path="/push", context=None, timeout=20, **headers):
    """Status, text and headers of one request."""
    kind = http.client.HTTPSConnection if context else http.client.HTTPConnection
    options = {"context": context} if context else {}
    connection = kind("127.0.0.1", scene.port, timeout=timeout, **options)
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    connection.request("POST", path, data, {name.replace("_", "-"): value for name, value in headers.items()})
    reply = connection.getresponse()
    return reply.status, reply.read().decode(), dict(reply.getheaders())


def send(scene, message, **headers):
    kind = message.get("Type", "Notification") if isinstance(message, dict) else "Notification"
    return post(scene, message, x_amz_sns_message_type=kind, **headers)


def keyed(scene, body, **headers):
    return post(scene, body, x_api_key="open sesame", **headers)


def call(event):
    return {"version": "0", "id": "e", "detail-type": "AWS API Call via CloudTrail", "source": "aws.kendra", "detail": event}


def own(scene):
    return [a["rule"]["id"].rpartition(".")[2] for a in scene.alerts() if a["rule"]["id"].startswith("kendrawatch.self.")]


# ---- what is taken


@pytest.mark.sanitize
@pytest.mark.threads
def test_genuine_messages_and_calls_become_alerts(pushed, sns, make_event):
    agent = pushed.begin(signature_v1=True)
    for version in ("2", "1"):
        event = gone(make_event, who=f"role/sns{version}")
        assert send(pushed, sns.message(call(event), version, Subject="a subject"))[:2] == (200, "taken\n")
    assert keyed(pushed, call(gone(make_event, who="role/bridge")))[0] == 200
    assert keyed(pushed, gone(make_event, who="role/bare"))[0] == 200
    alerts = pushed.until_delivered(4)
    assert {a["actor"]["name"] for a in alerts} == {"role/sns1", "role/sns2", "role/bridge", "role/bare"}
    assert all(a["origin"]["object"].startswith("push://hook/") for a in alerts)
    assert len(sns.asked) == 1, "the certificate is fetched once"
    assert agent.stop() == 0
    assert " push_taken=4" in agent.err and own(pushed) == []


def test_a_subscription_is_confirmed(pushed, sns):
    agent = pushed.begin()
    assert send(pushed, sns.confirmation())[:2] == (200, "done\n")
    assert [line.split()[1] for _, line in sns.asked][-1].startswith("/?Action=ConfirmSubscription&")
    agent.wait_for(f"subscription confirmed source=hook topic={snspush.TOPIC}")
    assert send(pushed, sns.confirmation("UnsubscribeConfirmation"))[0] == 200
    until(lambda: own(pushed) == ["push_unsubscribed"], what="the alert")
    assert agent.stop() == 0


def test_a_subscription_is_not_confirmed_when_forbidden(pushed, sns):
    agent = pushed.begin(confirm=False)
    assert send(pushed, sns.confirmation())[0] == 403
    assert not any("ConfirmSubscription" in line for _, line in sns.asked)
    assert agent.stop() == 0


def test_the_same_message_again_is_taken_once(pushed, sns, make_event):
    agent = pushed.begin()
    message = sns.message(call(gone(make_event)))
    assert send(pushed, message)[1] == "taken\n"
    assert send(pushed, message)[:2] == (200, "taken before\n")
    pushed.until_delivered(1)
    assert agent.stop() == 0
    assert len(pushed.delivered()) == 1


def test_what_is_no_event_is_kept_and_told(pushed, sns):
    agent = pushed.begin()
    notice = {"s3Bucket": "logs", "s3ObjectKey": ["AWSLogs/1/CloudTrail/x.json.gz"]}
    assert send(pushed, sns.message(notice))[0] == 200
    assert keyed(pushed, {"hello": "world"})[0] == 200
    assert keyed(pushed, b"\xff\x00 no json")[0] == 200
    until(lambda: "push_refused" in own(pushed), what="the alert about the notice")
    assert agent.stop() == 0
    kept = "".join(path.read_text(errors="replace") for path in (pushed.state / "quarantine").rglob("*") if path.is_file())
    assert "s3ObjectKey" in kept and "hello" in kept
    assert "read it with a source of type sqs" in next(a["summary"] for a in pushed.alerts())


# ---- what is refused


@pytest.mark.sanitize
def test_forgeries_are_refused(pushed, sns, make_event, tmp_path):
    """Each for its own reason, and nothing is fetched from anywhere else than SNS."""
    other = snspush.Authority(tmp_path, "other-ca")
    stranger = other.issue("stranger", "sns.amazonaws.com")
    host, good = snspush.HOST, snspush.CERTIFICATE_URL
    body = call(gone(make_event))
    forged = {
        "not SNS's over": [
            sns.message(body, key=stranger[0]),
            sns.message(body, unsigned={"Message": json.dumps(call(gone(make_event, who="role/forged")))}),
            sns.message(body, unsigned={"Subject": "added"}),
            sns.message(body, unsigned={"Signature": "AAAA"}),
            sns.message(body, unsigned={"Signature": "no base64!"}),
        ],
        "not in `topics`": [sns.message(body, TopicArn=snspush.TOPIC + "-other")],
        "not of the last hour": [sns.message(body, Timestamp=snspush.now(minutes=minutes)) for minutes in (-61, 6)]
        + [sns.message(body, Timestamp="yesterday")],
        "signed with SHA-1": [sns.message(body, "1")],
        "not at SNS of the topic's region": [
            sns.message(body, SigningCertURL=url)
            for url in (
                good.replace("https", "http"),
                good.replace(host, "sns.us-east-1.amazonaws.com"),
                good.replace(host, "sns.eu-west-1.amazonaws.com.evil.example"),
                good.replace(host, "evil.example/sns.eu-west-1.amazonaws.com"),
                good.replace(host, host + ":8443"),
                good.replace(host, "sns.eu-west-1.amazonaws.com@evil.example"),
                good.replace(host, host + ".cn"),
                good.replace(".pem", ".pem?x"),
                good.replace("SimpleNotificationService-", "x/../SimpleNotificationService-"),
                good.replace("SimpleNotificationService-", ""),
            )
        ],
        "no Type": [{"hello": 1}, []],
        "no JSON": ["{"],
        "neither 1 nor 2": [sns.message(body) | {"SignatureVersion": "3"}],
        "no Signature": [{k: v for k, v in sns.message(body).items() if k != "Signature"}],
    }
    agent = pushed.begin()
    for why, messages in forged.items():
        for message in messages:
            assert send(pushed, message)[:2] == (403, "refused\n"), (why, message)
    assert send(pushed, "raw", x_amz_sns_rawdelivery="true")[0] == 403
    reasons = [*forged, "raw delivery, which is not signed"]
    until(lambda: len(own(pushed)) >= len(reasons), what="an alert for each reason")
    told = [alert["summary"] for alert in pushed.alerts()]
    assert set(own(pushed)) == {"push_refused"}
    assert [why for why in reasons if not any(why in summary for summary in told)] == []
    assert {target for target, _ in sns.asked} <= {host + ":443"}
    assert agent.stop() == 0
    assert len(pushed.alerts()) == len(told), "nothing of what was forged is an event"


def test_a_confirmation_to_another_place_is_refused(pushed, sns):
    agent = pushed.begin()
    for url in ("https://evil.example/?Token=abc", f"https://{snspush.HOST}.evil.example/?x", f"https://{snspush.HOST}/x?y", "http://127.0.0.1/?x"):
        assert send(pushed, sns.confirmation(SubscribeURL=url))[0] == 403
    assert {target for target, _ in sns.asked} <= {snspush.HOST + ":443"}
    assert not any("evil" in line for _, line in sns.asked)
    assert agent.stop() == 0


def test_a_certificate_that_can_not_be_had_is_asked_for_later(pushed, sns, make_event, tmp_path):
    """SNS must come again: a 4xx would be an answer to it. TLS by another authority counts as not to be had."""
    message = sns.message(call(gone(make_event)))
    agent = pushed.begin()
    sns.status = 500
    status, _, headers = send(pushed, message)
    assert (status, headers["Retry-After"]) == (503, "5")
    sns.status = 200
    good, sns.server_pair = sns.server_pair, snspush.Authority(tmp_path, "mallory-ca").issue("mallory", snspush.HOST)
    assert send(pushed, message)[0] == 503
    sns.server_pair = good
    assert send(pushed, message)[:2] == (200, "taken\n")
    assert agent.stop() == 0


def test_who_has_no_key_is_refused(pushed, make_event):
    agent = pushed.begin()
    event = gone(make_event)
    for headers in ({}, {"x_api_key": ""}, {"x_api_key": "open sesam"}, {"x_api_key": "open sesame "[::-1]}):
        assert post(pushed, event, **headers)[:2] == (401, "the key is missing or wrong\n")
    assert post(pushed, event, path="/other", x_api_key="open sesame")[0] == 404
    until(lambda: own(pushed) == ["push_refused"], what="the alert")
    assert agent.stop() == 0
    assert "sesame" not in agent.err


def test_large_bodies_and_slow_clients(pushed, make_event):
    agent = pushed.begin(max_body="4KiB")
    assert keyed(pushed, b"x" * 5000)[0] == 413
    slow = socket.create_connection(("127.0.0.1", pushed.port))
    slow.sendall(b"POST /push HTTP/1.1\r\nHost: x\r\nx-api-key: open sesame\r\nContent-Length: 100\r\n\r\n")
    begun = time.monotonic()
    slow.settimeout(30)
    try:
        while time.monotonic() - begun < 25:
            slow.sendall(b"{")
            time.sleep(1)
    except OSError:
        pass
    assert 10 < time.monotonic() - begun < 22, "a byte a second is cut off"
    assert keyed(pushed, gone(make_event))[0] == 200
    assert agent.stop() == 0


# ---- durable or not


@pytest.mark.parametrize("point", ["push_taken", "before_batch_commit", "after_batch_commit", "push_durable"])
def test_killed_before_the_answer(pushed, sns, make_event, point):
    """Whoever got no answer comes again, and there is one alert."""
    message = sns.message(call(gone(make_event)))
    agent = pushed.begin(env={"KW_POINT": point})
    with pytest.raises((OSError, http.client.HTTPException)):
        send(pushed, message)
        send(pushed, sns.message(call(gone(make_event, who="role/other"))))
    assert agent.wait() == -9
    again = pushed.begin()
    assert send(pushed, message)[0] == 200
    pushed.until_delivered(1)
    assert again.stop() == 0
    ids = [a["id"] for a in pushed.delivered() if a["actor"]["name"] == "role/deploy"]
    assert len(set(ids)) == 1


def test_a_state_that_takes_nothing_is_not_answered_with_success(pushed, sns, make_event):
    """Another process holds the state's write lock: the sender hears 503 after 12 s, and comes again."""
    import sqlite3

    agent = pushed.begin()
    lock = sqlite3.connect(pushed.state / "state.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    message = sns.message(call(gone(make_event)))
    begun = time.monotonic()
    assert send(pushed, message)[:2] == (503, "not now\n")
    assert 10 < time.monotonic() - begun < 14
    lock.execute("ROLLBACK")
    until(lambda: send(pushed, message)[0] == 200, what="taking it")
    pushed.until_delivered(1)
    assert agent.stop() == 0
    assert len(pushed.delivered()) == 1


# ---- the address


def test_tls_with_a_certificate_that_is_renewed(pushed, sns, make_event, tmp_path):
    first = sns.authority.issue("front", "127.0.0.1")
    key, certificate = tmp_path / "tls.key", tmp_path / "tls.pem"
    key.write_bytes(first[0].read_bytes())
    key.chmod(0o600)
    certificate.write_bytes(first[1].read_bytes())
    context = ssl.create_default_context(cafile=str(sns.authority.certificate))
    agent = pushed.begin(tls_certificate=str(certificate), tls_key=f"file:{key}")
    assert post(pushed, gone(make_event), context=context, x_api_key="open sesame")[0] == 200

    def serial():
        pem = ssl.get_server_certificate(("127.0.0.1", pushed.port), timeout=5)
        return snspush.openssl("x509", "-noout", "-serial", input=pem.encode())

    before = serial()
    second = sns.authority.issue("front2", "127.0.0.1")
    key.write_bytes(second[0].read_bytes())
    certificate.write_bytes(second[1].read_bytes())
    until(lambda: agent.err.count("listening address=") == 2, what="opening it anew", timeout=15)
    pushed.port = int(re.findall(r"listening address=127\.0\.0\.1:(\d+)", agent.err)[-1])
    assert serial() != before
    assert post(pushed, gone(make_event, who="role/later"), context=context, x_api_key="open sesame")[0] == 200
    with pytest.raises((OSError, http.client.HTTPException)):
        post(pushed, b"{}", timeout=5)
    pushed.until_delivered(2)
    assert agent.stop() == 0


def with_tls(pushed, sns, folder):
    """The agent with a certificate of its own, and how a client trusts it."""
    key, certificate = sns.authority.issue("front-tls", "127.0.0.1")
    copy = folder / "tls.pem"
    copy.write_bytes(certificate.read_bytes())
    key.chmod(0o600)
    agent = pushed.begin(tls_certificate=str(copy), tls_key=f"file:{key}")
    return agent, copy, ssl.create_default_context(cafile=str(sns.authority.certificate))


def test_a_new_certificate_that_is_none_leaves_the_old_one(pushed, sns, make_event, tmp_path):
    agent, certificate, context = with_tls(pushed, sns, tmp_path)
    certificate.write_text("half of a fi")
    until(lambda: own(pushed) == ["push_closed"], what="the alert")
    assert "goes on with the certificate that it had" in pushed.alerts()[0]["summary"]
    assert post(pushed, gone(make_event), context=context, x_api_key="open sesame")[0] == 200
    assert agent.stop() == 0


def test_one_address_does_not_take_all_connections(pushed, sns, make_event, tmp_path):
    agent, _, context = with_tls(pushed, sns, tmp_path)
    idle = [socket.create_connection(("127.0.0.1", pushed.port), source_address=("127.0.0.2", 0)) for _ in range(70)]
    assert post(pushed, gone(make_event), context=context, x_api_key="open sesame", timeout=5)[0] == 200
    for connection in idle:
        connection.close()
    assert agent.stop() == 0


@pytest.mark.parametrize(
    "options, said",
    [
        ({"address": "0.0.0.0:8443"}, "is reached by other machines: give it tls_certificate and tls_key"),
        ({"address": "example.org:1"}, "address"),
        ({"topics": [], "api_key": None}, "nobody is let in"),
        ({"topics": ["arn:aws:sqs:eu-west-1:1:x"]}, "is no topic's ARN"),
        ({"path": "push"}, "does not begin with /"),
        ({"tls_certificate": "/nowhere.pem"}, "go together"),
    ],
)
def test_options_that_do_not_fit(pushed, options, said):
    source = {name: value for name, value in {**pushed.options, **options}.items() if value is not None}
    pushed.configure(sources={"hook": source})
    for check in ([], ["--check"]):
        result = pushed.run("run", "--config", pushed.config, *check)
        assert result.rc == 3 and said in result.err, result.err


def test_an_address_that_is_taken_is_told(pushed):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        pushed.configure(sources={"hook": {**pushed.options, "address": f"127.0.0.1:{taken.getsockname()[1]}"}})
        agent = pushed.start()
        until(lambda: own(pushed) == ["push_closed"], what="the alert")
    assert agent.stop() == 0


def test_the_example_of_the_operations_manual(pushed, sns):
    """With files that are there, and a secret from the environment."""
    text = (pathlib.Path(__file__).parents[2] / "docs/operations.md").read_text()
    block = next(block for block in re.findall(r"```yaml\n(.*?)```", text, re.S) if "type: push" in block)
    source = yaml.safe_load(block)["sources"]["hook"]
    key, certificate = sns.authority.issue("manual", "hook.example")
    key.chmod(0o600)
    source |= {"tls_certificate": str(certificate), "tls_key": f"file:{key}", "api_key": "env:KW_PUSH_KEY"}
    pushed.configure(sources={"hook": source})
    result = pushed.run("run", "--check", "--config", pushed.config)
    assert (result.rc, result.err) == (0, "")
