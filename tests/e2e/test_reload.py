"""SIGHUP and `kendrawatch reload`: what is taken under way, what is opened anew, and that nothing is lost by it."""

import json
import subprocess

import pytest
from conftest import until
from scene import actors, gone, hang_up


@pytest.fixture
def simple(scene):
    """One rule, no folding, directory to file."""
    scene.rule("gone", "DeleteIndex")
    scene.configure(agent={"suppress_for": "0s"})
    return scene


# ---- rules and lists


@pytest.mark.threads
def test_reload_takes_a_new_rule(simple, make_event):
    agent = simple.start()
    simple.put("a.ndjson", make_event("kendra:DeleteFaq", as_="role/early"))
    until(lambda: simple.objects(), what="reading")
    simple.rule("faq", "DeleteFaq")
    hang_up(agent)
    agent.wait_for(r"reloaded active=2 ")
    simple.put("b.ndjson", make_event("kendra:DeleteFaq", as_="role/late"))
    simple.until_delivered(1)
    assert agent.stop() == 0
    assert actors(simple) == ["late"]


def test_reload_keeps_the_old_one_when_the_configuration_is_broken(simple, make_event):
    agent = simple.start()
    good = simple.config.read_text()
    simple.config.write_text(good.replace('"state"', '"stade"'))
    hang_up(agent)
    agent.wait_for(r"kendrawatch\.yaml:\d+:\d+: .*stade.*state")
    agent.wait_for("reload refused")
    simple.put("a.ndjson", gone(make_event))
    alerts = simple.until_delivered(2)
    assert {a["rule"]["id"] for a in alerts} >= {"kendrawatch.self.reload_refused"}
    simple.config.write_text(good)
    hang_up(agent)
    agent.wait_for(r"reloaded active=1 ")
    assert agent.stop() == 0


def test_reload_again_and_again(simple, make_event):
    """What an earlier reload loaded is let go, once nothing in hand holds it; each new mistake is told."""
    agent = simple.start()
    good = simple.config.read_text()
    for i in range(12):
        simple.rule("gone", "DeleteIndex", level="high" if i % 2 else "low")
        hang_up(agent)
        until(lambda i=i: agent.err.count("reload took rules") == i + 1, what="the reload")
        simple.put(f"{i}.ndjson", gone(make_event, who=f"role/r{i}"))
        simple.until_delivered(i + 1)
    for word in ("stade", "stote"):
        simple.config.write_text(good.replace('"state"', f'"{word}"'))
        hang_up(agent)
        agent.wait_for(rf"kendrawatch\.yaml:\d+:\d+: .*{word}")
    simple.until_delivered(14)
    assert agent.stop() == 0


# ---- everything else


def out_to(scene, name):
    return {"type": "file", "path": str(scene.folder / f"{name}.ndjson")}


def lines(scene, name):
    path = scene.folder / f"{name}.ndjson"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.sanitize
@pytest.mark.threads
def test_sinks_sources_and_names_are_opened_anew(simple, make_event):
    agent = simple.start()
    simple.put("a.ndjson", gone(make_event, who="role/early"))
    simple.until_delivered(1)
    second = simple.folder / "second"
    second.mkdir()
    simple.put("b.ndjson", gone(make_event, who="role/elsewhere"), folder=second)
    simple.configure(
        agent={"suppress_for": "0s"},
        names={"indexes": {"3f1c9d2e-0000-4000-8000-000000000001": "hr-policies"}},
        sources={
            "trails": {"type": "directory", "path": str(simple.inbox)},
            "more": {"type": "directory", "path": str(second)},
        },
        sinks={"kept": out_to(simple, "out"), "extra": out_to(simple, "extra")},
    )
    result = simple.run("reload", "--config", simple.config)
    assert (result.rc, result.err) == (
        0,
        "reloaded: 1 rules active, 0 refused; opening names, sources, sinks, routes anew\n",
    )
    agent.wait_for(" ready again active=1 ")
    until(lambda: len(lines(simple, "extra")) == 1, what="the new source and the new sink")
    simple.put("c.ndjson", gone(make_event, who="role/late"))
    simple.until_delivered(3)
    until(lambda: len(lines(simple, "extra")) == 2, what="the new sink")
    assert actors(simple) == ["early", "elsewhere", "late"]
    assert agent.stop() == 0


def test_what_did_not_change_is_not_opened_anew(simple):
    """Order, quotes, comments and defaults that are written out make no difference."""
    agent = simple.start()
    text = simple.config.read_text()
    simple.config.write_text("# mended\n" + text.replace('"name": "e2e"', '"name": e2e, "max_age": 6h'))
    assert simple.run("reload", "--config", simple.config).err == "reloaded: 1 rules active, 0 refused\n"
    assert "ready again" not in agent.err
    assert agent.stop() == 0


def test_deliveries_that_wait_go_on_after_it(simple, receiver, make_event):
    """A receiver that fails, and the same sink at another address after the reload."""
    receiver.faults.set(script=["500"] * 99)
    simple.configure(agent={"suppress_for": "0s"}, sinks={"hook": simple.webhook(receiver)})
    agent = simple.start()
    simple.put("a.ndjson", *(gone(make_event, i, who=f"role/r{i}") for i in range(5)))
    until(lambda: receiver.received(), what="the first attempt")
    simple.configure(agent={"suppress_for": "0s"}, sinks={"hook": simple.webhook(receiver, "/other")})
    assert simple.run("reload", "--config", simple.config).rc == 0
    receiver.faults.set(script=[])
    until(lambda: receiver.summary()["distinct"] == 5, what="the five at the new address", timeout=30)
    assert {entry["target"] for entry in receiver.deliveries()} == {"/other"}
    assert agent.stop() == 0


@pytest.mark.threads
def test_nothing_is_lost_by_many_of_them(simple, make_event):
    """Files arrive all the while; the flow is ended and opened fifteen times."""
    agent = simple.start()
    for i in range(15):
        for k in range(4):
            simple.put(f"{i}-{k}.ndjson", *(gone(make_event, n, who=f"role/r{i}-{k}-{n}") for n in range(3)))
        simple.configure(agent={"suppress_for": "0s"}, names={"accounts": {"111122223333": f"prod-{i}"}})
        assert simple.run("reload", "--config", simple.config).rc == 0
        until(lambda i=i: agent.err.count(" ready again ") == i + 1, what="opening")
    simple.until_delivered(180)
    assert agent.stop() == 0
    assert len(set(actors(simple))) == 180 == len(simple.delivered())


def test_a_sink_that_can_not_be_is_refused(simple, make_event):
    agent = simple.start()
    good = simple.config.read_text()
    simple.configure(agent={"suppress_for": "0s"}, sinks={"team": {"type": "sns", "topic_arn": "arn:aws:sqs:eu-west-1:1:x"}})
    result = simple.run("reload", "--config", simple.config)
    assert result.rc != 0 and "the old one stays in force" in result.err and "topic_arn" in result.err, result.err
    simple.put("a.ndjson", gone(make_event))
    alerts = simple.until_delivered(2)
    assert "kendrawatch.self.reload_refused" in {a["rule"]["id"] for a in alerts}
    simple.config.write_text(good)
    assert simple.run("reload", "--config", simple.config).err == "reloaded: 1 rules active, 0 refused\n"
    assert "ready again" not in agent.err
    assert agent.stop() == 0


def test_what_can_not_be_opened_leads_back(simple, make_event):
    """A fault that only opening shows: the old configuration is opened again, and says so."""
    agent = simple.start()
    kept = {"type": "file", "path": str(simple.folder / "no" / "such" / "folder" / "out.ndjson")}
    simple.configure(agent={"suppress_for": "0s"}, sinks={"kept": kept})
    assert simple.run("reload", "--config", simple.config).rc == 0
    agent.wait_for("the new configuration could not be opened .*no/such/folder")
    simple.put("a.ndjson", gone(make_event))
    alerts = simple.until_delivered(2)
    own = next(a for a in alerts if a["rule"]["id"] == "kendrawatch.self.reload_refused")
    assert "could not be opened" in own["summary"]
    assert agent.stop() == 0


def test_standard_input_is_not_opened_twice(simple):
    simple.configure(sources={"pipe": {"type": "stdin"}})
    agent = simple.start(stdin=subprocess.PIPE)
    simple.configure(sources={"pipe": {"type": "stdin"}}, agent={"name": "other"})
    hang_up(agent)
    agent.wait_for('standard input can\'t take under way sections="agent"')
    assert "ready again" not in agent.err
    assert agent.stop() == 0
