"""Deliveries against receivers that misbehave: what is tried again, when, and what is kept as a dead letter."""

import json
import socket
import time

import aws as aws_emulator
import pytest
import receiver as webhook_receiver
from conftest import until

TOPIC = "arn:aws:sns:eu-west-1:111122223333:sec"


@pytest.fixture
def alerting(scene, make_event):
    """Each call of alerting.alert() makes one alert."""
    scene.rule("gone", "DeleteIndex")
    scene.n_alerts = 0

    def alert():
        scene.n_alerts += 1
        n = scene.n_alerts
        return scene.put(f"{n}.ndjson", make_event("kendra:DeleteIndex", as_=f"role/r{n}"))

    scene.alert = alert
    return scene


def sns(scene, aws, credential=aws_emulator.PERMANENT, topic=TOPIC):
    scene.environment |= {"KW_T_ID": credential.access_key, "KW_T_SECRET": credential.secret}
    options = {"type": "sns", "topic_arn": topic, "endpoint_url": aws.url}
    options |= {"access_key_id": "env:KW_T_ID", "secret_access_key": "env:KW_T_SECRET"}
    if credential.token:
        scene.environment["KW_T_TOKEN"] = credential.token
        options["session_token"] = "env:KW_T_TOKEN"
    return options


def dead(scene):
    return scene.query("SELECT error FROM delivery WHERE status=2")


# ---- webhook

AGAIN = ["500", "503", "429", "408", "reset", "garbage", "500@after", "reset@after"]


@pytest.mark.sanitize
@pytest.mark.threads
@pytest.mark.parametrize("word", AGAIN)
def test_webhook_is_tried_again(alerting, receiver, word):
    """Same key, same body, a fresh signature; the receiver verifies each."""
    receiver.faults.set(script=[word])
    alerting.configure(sinks={"hook": alerting.webhook(receiver)})
    agent = alerting.start()
    alerting.alert()
    alerting.until_idle()
    assert agent.stop() == 0
    requests = receiver.received()
    assert [r["fault"] for r in requests] == [word, None]
    assert all(r["verified"] for r in requests)
    assert len({(r["id"], r["sha256"]) for r in requests}) == 1
    assert receiver.summary()["distinct"] == 1 and dead(alerting) == []
    line = agent.wait_for("sink is failing sink=hook .*")
    assert receiver.url in line.group(0) and "/hook" not in line.group(0)


@pytest.mark.parametrize("word", ["400", "401", "404", "410", "301", "308"])
def test_webhook_refuses_for_good(alerting, receiver, word):
    """A dead letter that says why; a redirect is not followed."""
    receiver.faults.set(script=[word])
    alerting.configure(sinks={"hook": alerting.webhook(receiver)})
    agent = alerting.start()
    alerting.alert()
    until(lambda: dead(alerting), what="a dead letter")
    alerting.alert()
    until(lambda: receiver.summary()["distinct"] == 1, what="the next alert")
    assert agent.stop() == 0
    assert f"answered {word}" in dead(alerting)[0][0]
    agent.wait_for(f"sink refused an alert sink=hook .*answered {word}")
    assert receiver.summary()["redirects_followed"] == 0
    assert len(receiver.received()) == 2
    agent = alerting.start()  # and it stays one
    assert agent.stop() == 0
    assert len(dead(alerting)) == 1


def test_webhook_retry_after(alerting, receiver):
    """429 with Retry-After: nothing more is sent before, neither this alert nor another one."""
    receiver.faults.set(script=["429:2"])
    alerting.configure(sinks={"hook": alerting.webhook(receiver)})
    agent = alerting.start()
    alerting.alert()
    until(lambda: receiver.received(), what="the first try")
    began = time.monotonic()
    alerting.alert()
    until(lambda: len(receiver.received()) > 1, what="the second try")
    waited = time.monotonic() - began
    until(lambda: receiver.summary()["distinct"] == 2, what="both alerts")
    assert agent.stop() == 0
    assert 1.5 < waited < 8


def test_webhook_that_does_not_answer_is_given_up_and_tried_again(alerting, receiver):
    """Bytes of the first try may still arrive: the receiver keeps one."""
    receiver.faults.set(script=["nothing"])
    alerting.configure(sinks={"hook": alerting.webhook(receiver)})
    agent = alerting.start()
    alerting.alert()
    until(lambda: receiver.received(), what="the first try")
    agent.kill()  # before its own timeout: the next one starts anew
    agent = alerting.start()
    until(lambda: receiver.summary()["distinct"] == 1, what="delivering")
    assert agent.stop() == 0
    assert len({r["id"] for r in receiver.received()}) == 1


def test_receiver_that_is_not_there_yet(alerting, tmp_path):
    """Connection refused is waited for; nothing is lost meanwhile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hook = {"type": "webhook", "url": f"http://127.0.0.1:{port}/", "secret": "env:KW_TEST_WEBHOOK_SECRET"}
    alerting.environment["KW_TEST_WEBHOOK_SECRET"] = webhook_receiver.SECRET
    alerting.configure(sinks={"hook": hook})
    agent = alerting.start()
    alerting.alert()
    agent.wait_for("sink is failing sink=hook ")
    with webhook_receiver.Receiver(log=str(tmp_path / "late.log"), port=port) as receiver:
        until(lambda: receiver.summary()["distinct"] == 1, what="delivering")
        assert agent.stop() == 0


def test_webhook_form(alerting, receiver):
    """Standard Webhooks: type, timestamp, and alert form v1 as data; own headers and the old secret beside the new."""
    alerting.environment |= {
        "KW_T_OLD": "whsec_" + "b2xkIHNlY3JldCBvZiAzMiBieXRlcyBsb25nICAgIA==",
        "KW_T_AUTH": "Bearer x",
    }
    hook = alerting.webhook(
        receiver, previous_secret="env:KW_T_OLD", authorization="env:KW_T_AUTH", headers=["X-Team: security"]
    )
    alerting.configure(sinks={"hook": hook, "kept": {"type": "file", "path": str(alerting.out)}})
    agent = alerting.start()
    alerting.alert()
    until(lambda: receiver.received() and alerting.delivered(), what="delivering")
    assert agent.stop() == 0
    got = receiver.received()[0]
    headers = {name.lower(): value for name, value in got["headers"].items()}
    assert headers["authorization"] == "Bearer x" and headers["x-team"] == "security"
    assert headers["content-type"] == "application/json" and len(headers["webhook-signature"].split()) == 2
    body = json.loads(got["body"])
    alert = alerting.delivered()[0]
    assert body == {"type": "kendrawatch.alert.triggered", "timestamp": alert["detected_at"], "data": alert}
    assert got["id"] == alert["id"]


def test_wrong_secret_is_a_dead_letter(alerting, receiver):
    alerting.configure(sinks={"hook": alerting.webhook(receiver)})
    alerting.environment["KW_TEST_WEBHOOK_SECRET"] = "whsec_" + "d3Jvbmcgc2VjcmV0IG9mIDMyIGJ5dGVzICAgICAgIA=="
    agent = alerting.start()
    alerting.alert()
    until(lambda: dead(alerting), what="a dead letter")
    assert agent.stop() == 0
    assert receiver.summary()["refused"] >= 1 and "answered 401" in dead(alerting)[0][0]


def test_a_dead_letter_is_told_to_the_other_sinks(alerting, receiver):
    receiver.control(script=["404"] * 9)
    alerting.configure(
        sinks={"hook": alerting.webhook(receiver), "kept": {"type": "file", "path": str(alerting.out)}},
        agent={"suppress_for": "0s"},
    )
    agent = alerting.start()
    alerting.alert()
    alerting.alert()
    told = "kendrawatch.self.delivery_dead"
    until(lambda: [a for a in alerting.delivered() if a["rule"]["id"] == told], what="an alert about the dead letter")
    assert agent.stop() == 0
    [about] = [a for a in alerting.delivered() if a["rule"]["id"] == told]
    assert "404" in about["summary"] and "outbox dead" in about["summary"]


def test_one_failing_sink_does_not_delay_another(alerting, receiver, tmp_path):
    with webhook_receiver.Receiver(log=str(tmp_path / "bad.log"), fail_ratio=1.0, fail_with=["nothing"]) as bad:
        alerting.configure(sinks={"bad": alerting.webhook(bad), "good": alerting.webhook(receiver)})
        agent = alerting.start()
        for n in range(1, 21):
            alerting.alert()
            until(lambda: receiver.summary()["distinct"] == n, 5, f"alert {n} at the good sink")
        rows = "SELECT DISTINCT sink FROM delivery WHERE status=0"
        until(lambda: alerting.query(rows) == [("bad",)], what="the good sink's results in the store")
        agent.kill()


# ---- SNS


@pytest.mark.sanitize
@pytest.mark.parametrize("credential", [aws_emulator.PERMANENT, aws_emulator.TEMPORARY], ids=["permanent", "temporary"])
def test_sns(alerting, aws, credential):
    """Email text, one line of SMS, JSON for machines, attributes; the emulator recomputes every signature."""
    alerting.configure(sinks={"team": sns(alerting, aws, credential)})
    alerting.alert()
    agent = alerting.once()
    assert [r["code"] for r in aws.received()] == ["ok"], agent.err
    message = aws.messages()[0]
    alert = alerting.alerts()[0]
    assert json.loads(message["message_json"]["sqs"])["id"] == alert["id"]
    assert alert["summary"] in message["message_json"]["email"]
    assert "\n" not in message["message_json"]["sms"] and len(message["message_json"]["sms"].encode()) <= 140
    assert message["attributes"]["rule"]["value"] == alert["rule"]["id"]
    assert message["attributes"]["level"]["value"] == "high"
    assert len(message["subject"]) < 100 and message["subject"].isascii()


def test_sns_fifo(alerting, aws):
    """A repetition that the topic recognises: the answer to the first was lost."""
    aws.faults.set(script=["reset@after"])
    alerting.configure(sinks={"team": sns(alerting, aws, topic=TOPIC + ".fifo")})
    alerting.alert()
    alerting.once()
    assert len(aws.received()) == 2 and len(aws.messages()) == 1
    assert aws.messages()[0]["group_id"]


SNS_AGAIN = ["throttle", "throttle:429", "500", "503", "reset", "garbage", "garbage:xml", "garbage:empty"]


@pytest.mark.parametrize("word", SNS_AGAIN)
def test_sns_is_tried_again(alerting, aws, word):
    aws.faults.set(script=[word])
    alerting.configure(sinks={"team": sns(alerting, aws)})
    alerting.alert()
    agent = alerting.once()
    assert len(aws.messages()) == 1 and len(aws.received()) == 2
    agent.wait_for("sink is failing sink=team ")
    assert dead(alerting) == []


def test_sns_expired_credentials_are_waited_for(alerting, aws):
    """A person or a role renews them; the alert waits, and the log says which keys."""
    aws.faults.set(script=["expired", "expired"])
    alerting.configure(sinks={"team": sns(alerting, aws, aws_emulator.TEMPORARY)})
    alerting.alert()
    agent = alerting.once()
    assert len(aws.messages()) == 1 and dead(alerting) == []
    agent.wait_for("sink is failing sink=team .*[Ee]xpired")


def test_sns_forbidden_is_said_and_kept(alerting, aws):
    """403 AccessDenied is for a person: policies are mended while alerts wait, so none of them is lost."""
    aws.faults.set(script=["forbidden"])
    alerting.configure(sinks={"team": sns(alerting, aws)})
    agent = alerting.start()
    alerting.alert()
    until(lambda: aws.received(), what="a request")
    until(lambda: dead(alerting) or aws.messages(), what="a verdict")
    assert agent.stop() == 0
    said = agent.wait_for("(sink is failing|sink refused an alert) sink=team .*").group(0)
    assert "AuthorizationError" in said or "403" in said or "not authorized" in said
    assert aws.messages() or [row["status"] for row in alerting.outbox("dead")] == ["dead"]


def test_sns_topic_that_does_not_exist(alerting, aws):
    alerting.configure(sinks={"team": sns(alerting, aws, topic=TOPIC.replace("sec", "missing-one"))})
    agent = alerting.start()
    alerting.alert()
    agent.wait_for("sink=team .*(NotFound|does not exist)")
    assert agent.stop() == 0
    assert len(alerting.outbox()) == 1, "kept"


def test_sns_without_credentials(alerting, aws):
    alerting.configure(sinks={"team": {"type": "sns", "topic_arn": TOPIC, "endpoint_url": aws.url}})
    agent = alerting.start()
    alerting.alert()
    agent.wait_for("sink=team .*redentials")
    assert agent.stop() == 0
    assert aws.received() == [] and len(alerting.outbox()) == 1


def test_sns_wrong_key_never_passes(alerting, aws):
    wrong = aws_emulator.Credential(aws_emulator.PERMANENT.access_key, "x" * 40)
    alerting.configure(sinks={"team": sns(alerting, aws, wrong)})
    agent = alerting.start()
    alerting.alert()
    agent.wait_for("sink=team .*SignatureDoesNotMatch")
    assert agent.stop() == 0
    assert aws.messages() == [] and len(alerting.outbox()) == 1
