"""The source that asks CloudTrail's LookupEvents: every event once, late ones too, and across restarts and refusals."""

import time

import pytest
from conftest import until
from scene import counters


def moment(ago_s):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago_s))


def gone(make_event, at, who="role/deploy"):
    return make_event("kendra:DeleteIndex", as_=who, at=at)


@pytest.fixture
def asking(scene, aws):
    """One rule, no folding, LookupEvents every second."""
    aws.control(service="cloudtrail", per_s=None)
    scene.environment.update(aws.env())
    scene.rule("gone", "DeleteIndex")
    scene.configure(
        sources={"account": {"type": "lookup", "region": "eu-west-1", "every": "1s", "since": "3h", "overlap": "30m"}},
        agent={"suppress_for": "0s"},
    )
    return scene


def ids(scene):
    return sorted(a["event"]["eventID"] for a in scene.delivered())


@pytest.mark.threads
def test_every_event_once(asking, aws, make_event):
    """Several pages in several slices; then new events, and one that shows up late, while it goes on asking."""
    old = [gone(make_event, who=f"role/r{i}", at=moment(9000 - 50 * i)) for i in range(130)]
    aws.cloudtrail.add(*old, make_event(at=moment(100)))
    agent = asking.start()
    asking.until_delivered(130, timeout=30)
    late, new = gone(make_event, who="role/late", at=moment(600)), gone(make_event, who="role/new", at=moment(0))
    aws.cloudtrail.add(late, new)
    asking.until_delivered(132, timeout=30)
    rounds = len(aws.asked("cloudtrail", "LookupEvents"))
    until(lambda: len(aws.asked("cloudtrail", "LookupEvents")) >= rounds + 2, 20, "two more rounds")
    assert agent.stop() == 0, agent.err
    assert ids(asking) == sorted(e["eventID"] for e in (*old, late, new))
    counted = counters(agent)
    assert (counted["events"], counted["alerts"], counted["duplicates"]) == (133, 132, 0)
    assert asking.delivered()[0]["origin"]["object"] == "lookup:eu-west-1"


def test_a_restart_goes_on(asking, aws, make_event):
    first, second = gone(make_event, who="role/a", at=moment(120)), gone(make_event, who="role/b", at=moment(60))
    aws.cloudtrail.add(first)
    agent = asking.start()
    asking.until_delivered(1)
    caught_up = (time.time() - 300) * 1000
    until(lambda: asking.objects().get("lookup:eu-west-1", (0,))[0] > caught_up, what="the cursor in the ledger")
    agent.kill()
    asked = len(aws.asked("cloudtrail", "LookupEvents"))
    aws.cloudtrail.add(second)
    agent = asking.start()
    asking.until_delivered(2)
    assert agent.stop() == 0, agent.err
    assert ids(asking) == sorted([first["eventID"], second["eventID"]])
    # The overlap is asked for again, not the three hours of a first start.
    begin = aws.asked("cloudtrail", "LookupEvents")[asked]["asked"]["StartTime"]
    assert time.time() - begin < 35 * 60


def test_throttling_and_broken_answers_only_delay(asking, aws, make_event):
    aws.control(service="cloudtrail", script=["throttle", "500", "reset", "ok", "throttle"])
    aws.cloudtrail.add(*[gone(make_event, who=f"role/r{i}", at=moment(60 + i)) for i in range(3)])
    agent = asking.start()
    asking.until_delivered(3, timeout=90)
    assert agent.stop() == 0, agent.err
    assert len(ids(asking)) == 3


def test_a_refusal_is_an_alert(asking, aws):
    aws.control(service="cloudtrail", script=["forbidden"] * 50)
    agent = asking.start()
    alert = asking.until_delivered(1, timeout=20)[0]
    assert alert["rule"]["id"] == "kendrawatch.self.lookup_refused"
    assert "cloudtrail:LookupEvents" in alert["summary"]
    assert agent.stop() == 0, agent.err


def test_one_service_alone(asking, aws, make_event):
    asking.configure(
        sources={"k": {"type": "lookup", "region": "eu-west-1", "every": "1s", "event_source": "kendra.amazonaws.com"}},
    )
    aws.cloudtrail.add(make_event("s3:GetObject", at=moment(60)), gone(make_event, at=moment(60)))
    agent = asking.start()
    asking.until_delivered(1)
    assert agent.stop() == 0, agent.err
    assert counters(agent)["events"] == 1


def test_wrong_options(asking):
    asking.configure(sources={"account": {"type": "lookup", "region": "Ireland"}})
    result = asking.run("run", "--check", "--config", asking.config)
    assert 'error: source account: "Ireland" is no AWS region; one is written like eu-west-1' in result.err
    assert result.rc == 3
