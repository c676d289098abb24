"""Fixtures: the emulators from npm, each started once, and our client pointed at them."""

import base64
import json
import os
import pathlib
import signal
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("e2e", "emulator", "data")]
HOME = ROOT / "build" / "referees"
RECORDS = ROOT / "tests" / "data" / "referees"

from wire import Calls, built_tool  # noqa: E402


class Referee:
    """One emulator in a process of its own. url: where it listens."""

    def __init__(self, name):
        package = "@20minutes/s3rver" if name == "s3rver" else name
        self.name = name
        self.version = json.loads((HOME / "package.json").read_text())["dependencies"][package]
        # s3rver makes continuation tokens with DES.
        argv = ["node", "--openssl-legacy-provider", "serve.mjs", name]
        self._process = subprocess.Popen(argv, cwd=HOME, stdout=subprocess.PIPE)
        line = self._process.stdout.readline()
        if not line:
            pytest.fail(f"{name} did not start")
        self.port = json.loads(line)["port"]
        self.url = f"http://127.0.0.1:{self.port}"

    def close(self):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)

    def calls(self, key="S3RVER", secret="S3RVER", **env):
        """Our client, for this emulator."""
        return Calls(
            built_tool("aws_call"),
            {
                "AWS_ENDPOINT_URL": self.url,
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": key,
                "AWS_SECRET_ACCESS_KEY": secret,
                **env,
            },
        )

    def record(self, name, do, answer):
        """With KW_RECORD=1 the reply becomes a file that `make test` reads again. Returns the answer."""
        if os.environ.get("KW_RECORD"):
            reply = answer["reply"]
            kept = {
                "from": f"{self.name} {self.version}",
                "do": do,
                "reply": {
                    "status": reply["status"],
                    "headers": reply["headers"],
                    "text": base64.b64decode(reply["body"]).decode(),
                },
                **{key: answer[key] for key in ("rc", "failure", "read")},
            }
            RECORDS.mkdir(exist_ok=True)
            file = RECORDS / f"{self.name}-{name}.json"
            file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return answer


def _referee(name):
    @pytest.fixture(scope="session", name=name.replace("-", "_"))
    def fixture():
        server = Referee(name)
        yield server
        server.close()

    return fixture


fauxqs, local_aws_sqs, s3rver = map(_referee, ("fauxqs", "local-aws-sqs", "s3rver"))
