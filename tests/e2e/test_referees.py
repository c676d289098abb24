"""Replies of emulators that were not written here, as `make referees` recorded them, read by our readers once more.

Each file of tests/data/referees is a reply, what it answered, and what must be read from it."""

import base64
import json

import pytest
from wire import ROOT, Calls, built_tool

FILES = sorted((ROOT / "tests" / "data" / "referees").glob("*.json"))
RECORDS = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in FILES}


@pytest.fixture(scope="module")
def answers():
    asked = []
    for record in RECORDS.values():
        reply = record["reply"]
        body = base64.b64encode(reply["text"].encode()).decode()
        asked.append({"do": record["do"], "reply": {**reply, "body": body}})
    return dict(zip(RECORDS, Calls(built_tool("aws_call"), {}).many(*asked)))


@pytest.mark.parametrize("name", RECORDS)
def test_a_recorded_reply(answers, name):
    assert {key: answers[name][key] for key in ("rc", "failure", "read")} == {
        key: RECORDS[name][key] for key in ("rc", "failure", "read")
    }


def test_all_three_are_there():
    assert {record["from"].split()[0] for record in RECORDS.values()} == {"fauxqs", "local-aws-sqs", "s3rver"}
