"""`init`: a configuration from what exists, which `run --check` takes as it is, with AWS and without."""

import pytest
import yaml

TOPIC = "arn:aws:sns:eu-west-1:111122223333:sec"
AWAY = {"AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture
def init(kw, tmp_path):
    """Runs it, checks what it wrote, and returns (configuration, text, what it said)."""

    def run(*options, env=AWAY):
        done = kw.run(["init", *options], env=env)
        assert done.rc == 0, done.err
        path = tmp_path / "kendrawatch.yaml"
        path.write_text(done.out)
        checked = kw.run(["run", "--check", "--config", path], env=env)
        assert (checked.rc, checked.err) == (0, ""), checked.err
        return yaml.safe_load(done.out), done.out, done.err

    return run


def test_without_aws(init):
    config, text, said = init()
    assert config["agent"]["state"] == "/var/lib/kendrawatch"
    assert config["sources"] == {"history": {"type": "lookup", "region": "us-east-1"}}
    assert config["sinks"] == {"console": {"type": "stdout"}}
    assert "not found out (account): not asked: there are no keys" in text
    assert "The region could not be found out" in text and "not found out" in said


def test_what_it_is_told(init, tmp_path):
    queue = "https://sqs.eu-central-1.amazonaws.com/444455556666/kw"
    config, _, _ = init("--queue", queue, "--to", TOPIC, "--offline")
    assert config["sources"] == {"trail": {"type": "sqs", "queue_url": queue}}
    assert config["sinks"] == {"team": {"type": "sns", "topic_arn": TOPIC}}
    config, text, _ = init("--dir", tmp_path, "--to", "https://hooks.example/x?a=b", "--offline")
    assert config["sources"] == {"trail": {"type": "directory", "path": str(tmp_path)}}
    assert config["sinks"]["team"] == {"type": "webhook", "url": "https://hooks.example/x?a=b"}
    assert "may be a secret" in text
    config, _, _ = init("--to", TOPIC, "--offline")
    assert [s["region"] for s in config["sources"].values()] == ["eu-west-1", "us-east-1"]
    config, _, _ = init("--to", "arn:aws-cn:sns:cn-north-1:111122223333:sec", "--offline")
    assert [s["region"] for s in config["sources"].values()] == ["cn-north-1"]


def test_what_aws_says(init, aws):
    aws.cloudtrail.trail("narrow", selectors={"EventSelectors": [{"ReadWriteType": "WriteOnly"}]})
    aws.cloudtrail.trail("main", bucket="acme-trail", SnsTopicARN="arn:aws:sns:eu-west-1:111122223333:trail")
    queue = aws.sqs.create("kw", dead_letters=aws.sqs.create("kw-dead"))
    config, text, said = init("--queue", queue.url, "--to", TOPIC, env=aws.env())
    assert config["sources"]["trail"] == {"type": "sqs", "queue_url": queue.url, "buckets": ["acme-trail"]}
    flat = " ".join(text.replace("\n# ", " ").split())
    assert "trail/main: all regions, bucket acme-trail, notices to arn:aws:sns" in flat
    assert "switched on; records reads and writes; log file validation on" in flat
    assert "trail/narrow" in flat and "writes alone, so Query and Retrieve never arrive" in flat
    assert "the queue is there; messages waiting: 0" in flat and "confirmed subscriptions: 1" in flat
    assert "111122223333': prod" in text and said == "" and "not found out" not in text
    assert {e["action"] for e in aws.received()} == {
        "GetCallerIdentity", "DescribeTrails", "GetTrailStatus", "GetEventSelectors", "GetQueueAttributes",
        "GetTopicAttributes"}  # fmt: skip


def test_the_trail_it_is_told(init, aws):
    arn = aws.cloudtrail.trail("other", bucket="b-2")
    aws.cloudtrail.trail("main", bucket="b-1")
    queue = aws.sqs.create("kw")
    config, text, _ = init("--trail", arn, "--queue", queue.url, env=aws.env())
    assert config["sources"]["trail"]["buckets"] == ["b-2"] and "trail/main" not in text
    _, text, said = init("--trail", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/gone", env=aws.env())
    assert "there is no trail arn:aws:cloudtrail" in said


def test_what_is_missing_is_said(init, aws):
    aws.control(service="cloudtrail", script=["forbidden"])
    _, text, said = init("--to", "arn:aws:sns:eu-west-1:111122223333:missing", env=aws.env())
    assert "missing grant: cloudtrail" in said and "Topic does not exist" in said
    assert "missing grant: cloudtrail" in text


def test_every_list_that_rules_ask_for_is_there(init, kw, tmp_path):
    init("--offline")
    lists = kw.run(["list", "lists", "--config", tmp_path / "kendrawatch.yaml", "--output", "ndjson"]).lines()
    assert [entry["name"] for entry in lists if entry["type"] == "undeclared"] == [] and len(lists) > 5


def test_a_file_is_kept(kw, tmp_path):
    path = tmp_path / "k.yaml"
    assert kw.run(["init", "--offline", "--out", path]).rc == 0
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("mine")
    kept = kw.run(["init", "--offline", "--out", path])
    assert kept.rc == 2 and "--force" in kept.err and path.read_text() == "mine"
    assert kw.run(["init", "--offline", "--out", path, "--force"]).rc == 0
    assert "sources:" in path.read_text()


@pytest.mark.parametrize(
    "options",
    [["word"], ["--queue", "kw"], ["--queue", "https://q.example/1/a", "--dir", "/x"], ["--to", "sec@example.com"],
     ["--to", "arn:aws:sqs:eu-west-1:1:q"], ["--trail", TOPIC], ["--force"]],
    ids=lambda o: " ".join(o))  # fmt: skip
def test_wrong_usage(kw, options):
    done = kw.run(["init", *options], env=AWAY)
    assert done.rc == 2 and done.out == ""
