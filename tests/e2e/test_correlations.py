"""Correlations as the agent treats them while it does not run them: they wait, and nothing they name goes silent."""

import json

from scene import gone


def test_correlations_wait_and_their_rules_alert(scene, make_event):
    scene.rule("gone", "DeleteIndex")
    scene.configure()
    (scene.rules / "many.yml").write_text(
        "title: Many\nid: 00000000-0000-4000-8000-0000000000c0\nname: many\nstatus: test\nlevel: high\n"
        "correlation: {type: event_count, rules: [gone], timespan: 1h, condition: {gte: 5}}\n"
    )
    agent = scene.start()
    agent.wait_for(r"correlations wait: .*correlations=1")
    scene.put("a.ndjson", gone(make_event))
    scene.until_delivered(1)
    listed = scene.kw.run(["list", "rules", "--config", scene.config, "--output", "ndjson"]).lines()
    states = {rule["name"]: rule for rule in listed}
    assert states["many"]["state"] == "waiting" and "not run by this version" in states["many"]["reason"]
    assert states["gone"]["state"] == "active"
    assert agent.stop() == 0 and "degraded" not in agent.err


def test_its_kind_can_be_left_out(kw):
    (kw.home / "rule.yml").write_text(
        "title: Many\nid: 00000000-0000-4000-8000-0000000000c0\nlevel: high\nstatus: test\n"
        "correlation: {type: event_count, rules: [gone], timespan: 1h, condition: {gte: 5}}\n---\n"
        "title: Gone\nid: 00000000-0000-4000-8000-0000000000c1\nname: gone\nlevel: low\nstatus: test\n"
        "logsource: {product: aws}\ndetection: {sel: {eventName: DeleteIndex}, condition: sel}\n"
    )
    assert kw.run(["check", "--strict", "rule.yml"]).rc == 1
    said = kw.run(["check", "--strict", "--ignore", "correlation-not-run", "--output", "ndjson", "rule.yml"])
    assert said.rc == 0, [json.loads(line) for line in said.out.splitlines()]
