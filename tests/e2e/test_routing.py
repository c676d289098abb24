"""Which alerts leave, and which are only recorded: folding, routes, age, shadow, overrides."""

import json
import struct

import pytest
from conftest import until
from scene import actors, gone


@pytest.mark.sanitize
def test_842_calls_are_one_post(scene, make_event, receiver):
    """…and the next alert carries how many it was."""
    scene.rule("gone", "DeleteIndex")
    scene.configure(sinks={"hook": scene.webhook(receiver)})
    at = [f"2026-03-02T09:{i // 60:02d}:{i % 60:02d}Z" for i in range(842)]
    scene.put("a.ndjson", *[make_event("kendra:DeleteIndex", as_="role/loop", at=t) for t in at])
    scene.once()
    assert receiver.summary()["distinct"] == 1
    assert json.loads(receiver.deliveries()[0]["body"])["data"]["folded"] == 0
    shown = scene.run("alerts", "list", "--state", scene.state, "--since", "4000d", "--output", "text")
    assert "+841 like it, folded" in shown.out
    scene.put("b.ndjson", make_event("kendra:DeleteIndex", as_="role/loop", at="2026-03-02T10:30:00Z"))
    scene.put("c.ndjson", make_event("kendra:DeleteIndex", as_="role/other", at="2026-03-02T09:00:00Z"))
    scene.once()
    bodies = [json.loads(d["body"])["data"] for d in receiver.deliveries()]
    assert sorted((b["actor"]["principal"].rpartition("/")[2], b["folded"]) for b in bodies) == [
        ("loop", 0), ("loop", 841), ("other", 0)]  # fmt: skip


def test_rule_says_its_own_suppress_for(scene, make_event):
    scene.rule("gone", "DeleteIndex", extra="  suppress_for: 10s\n")
    scene.configure()
    scene.put("a.ndjson", *[gone(make_event, i) for i in range(30)])
    scene.once()
    assert [a["folded"] for a in scene.delivered()] == [0, 9, 9]


def clock_at(scene, text):
    """KW_CLOCK_FD: an open file whose first 8 bytes are the agent's wall clock."""
    import datetime

    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    path = scene.folder / "clock"
    path.write_bytes(struct.pack("=q", int(moment.timestamp() * 1000)))
    return path


def test_late_events_are_marked_and_do_not_page(scene, make_event):
    import datetime

    now = datetime.datetime.now(datetime.timezone.utc)
    fresh, late = [(now - datetime.timedelta(hours=h)).strftime("%Y-%m-%dT%H:%M:%SZ") for h in (1, 7)]
    scene.rule("gone", "DeleteIndex", level="critical")
    pages = scene.folder / "pages.ndjson"
    scene.configure(
        sinks={"page": {"type": "file", "path": str(pages)}, "kept": {"type": "file", "path": str(scene.out)}},
        routes=[{"when": {"level": "high+", "max_age": "6h"}, "to": "page"}, {"to": "kept"}],
    )
    scene.put("a.ndjson", *[make_event("kendra:DeleteIndex", as_=f"role/{n}", at=t)
                            for n, t in (("fresh", fresh), ("late", late))])  # fmt: skip
    scene.once()
    paged = [json.loads(line) for line in pages.read_text().splitlines()]
    assert [a["actor"]["principal"].rpartition("/")[2] for a in paged] == ["fresh"]
    assert "late_by" not in paged[0]
    assert actors(scene) == ["late"]
    assert 6.9 * 3600 < scene.delivered()[0]["late_by"] < 7.2 * 3600


def test_an_override_ends_while_the_agent_runs(scene, make_event):
    """`until` counts when it comes, not only at the next reload."""
    import datetime

    scene.rule("gone", "DeleteIndex")
    ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)
    until_text = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    scene.configure(
        rules={"packs": [f"{scene.rules}/"], "overrides": {"gone": {"mode": "off", "until": until_text, "owner": "dana"}}}
    )
    agent = scene.start()
    scene.put("a.ndjson", gone(make_event, 1))
    until(lambda: scene.query("SELECT 1 FROM object WHERE done"), what="the first file")
    agent.wait_for("an override or a filter has ended", timeout=20)
    scene.put("b.ndjson", gone(make_event, 2, who="role/later"))
    assert [a["actor"]["name"] for a in scene.until_delivered(1)] == ["role/later"]
    assert agent.stop() == 0


def test_shadow_rule_is_recorded_only(scene, make_event):
    scene.rule("gone", "DeleteIndex")
    scene.rule("faq", "DeleteFaq")
    scene.configure(rules={"packs": [f"{scene.rules}/"], "overrides": {"gone": {"mode": "shadow", "owner": "dana"}}})
    scene.put("a.ndjson", gone(make_event), make_event("kendra:DeleteFaq"))
    scene.once()
    assert [a["rule"]["name"] for a in scene.delivered()] == ["faq"]
    assert sorted(a["rule"]["name"] for a in scene.alerts()) == ["faq", "gone"]
    text = scene.run("alerts", "list", "--state", scene.state, "--since", "4000d", "--output", "text").out
    assert "shadow: recorded only" in text


def test_old_events_are_summed_up_not_sent(scene, make_event):
    """Without routes what is older than max_age is recorded, and one alert says how many there were."""
    import datetime

    scene.rule("gone", "DeleteIndex", level="critical")
    scene.configure(routes=[], agent={"suppress_for": "0s"})
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    scene.put("old.ndjson", *(gone(make_event) for _ in range(5)))
    scene.put("new.ndjson", make_event("kendra:DeleteIndex", as_="role/deploy", at=now))
    scene.once()
    sent = scene.delivered()
    digest = [a for a in sent if a["rule"]["id"] == "kendrawatch.self.late_events"]
    assert len(sent) == 2 and len(digest) == 1
    assert digest[0]["summary"].startswith("5 alerts about events older than 6 h on arrival, the highest critical")
    assert len(scene.alerts()) == 7
    text = scene.run("alerts", "list", "--state", scene.state, "--since", "1d", "--output", "text").out
    assert text.count("too old on arrival to be sent: recorded only") == 5
    scene.put("older.ndjson", gone(make_event))
    scene.once()
    assert [a["summary"].split()[0] for a in scene.delivered() if a["rule"]["id"] == "kendrawatch.self.late_events"] == [
        "5",
        "1",
    ]


def test_alert_without_route_is_recorded(scene, make_event):
    scene.rule("gone", "DeleteIndex", level="low")
    scene.configure(routes=[{"when": {"level": "high+"}, "to": "kept"}])
    scene.put("a.ndjson", gone(make_event))
    scene.once()
    assert scene.delivered() == [] and len(scene.alerts()) == 1
    text = scene.run("alerts", "list", "--state", scene.state, "--since", "4000d", "--output", "text").out
    assert "no route: recorded only" in text
