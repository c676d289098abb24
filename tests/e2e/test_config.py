"""Configurations that the project ships, as the binary reads them."""

import os
import re

import pytest

from conftest import ROOT

EXAMPLES = sorted((ROOT / "config" / "examples").glob("*.yaml"))
SECRETS = {"KW_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}


def uncommented(text):
    """The reference with its blocks switched on: "# Words" are headings, every other # is the block's."""
    return "".join(
        line if re.match(r"# \S", line) else line.removeprefix("#") for line in text.splitlines(keepends=True)
    )


def test_reference_is_what_the_tables_say(kw):
    printed = kw.run(["list", "options", "--output", "yaml"])
    assert printed.rc == 0, printed.err
    assert (ROOT / "config" / "kendrawatch.yaml").read_text() == printed.out, (
        "make it anew: build/release/kendrawatch list options --output yaml > config/kendrawatch.yaml"
    )


def test_reference_changes_nothing(kw):
    checked = kw.run(["check", "--config", ROOT / "config" / "kendrawatch.yaml"])
    assert checked.rc == 0, checked.err


def test_reference_holds_no_unknown_option(kw, tmp_path):
    """With everything switched on, only what stands for a value can be wrong."""
    text = uncommented((ROOT / "config" / "kendrawatch.yaml").read_text())
    (tmp_path / "on.yaml").write_text(text)
    checked = kw.run(["check", "--config", tmp_path / "on.yaml"])
    faults = [line for line in checked.err.splitlines() + checked.out.splitlines() if ": error: " in line]
    assert [line for line in faults if not re.search(r'unknown sink "TEXT"|/path|topic_arn', line)] == []
    assert any('unknown sink "TEXT"' in line for line in faults), checked.err


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_loads(kw, path):
    checked = kw.run(["check", "--config", path], env=SECRETS)
    assert checked.rc == 0 and " 0 errors, 0 warnings" in checked.err, checked.err


def test_every_fault_at_once_and_no_secret(kw, tmp_path):
    (tmp_path / "bad.yaml").write_text(
        "agnt: {}\n"
        "agent: {max_age: soon}\n"
        "sources: {in: {type: stdn}}\n"
        "sinks:\n"
        "  hook: {type: webhook, url: 'http://127.0.0.1:1/', secret: whsec_hunter2}\n"
        "routes: [{to: hok}]\n"
    )
    checked = kw.run(["check", "--config", tmp_path / "bad.yaml"])
    said = checked.err + checked.out
    assert checked.rc != 0
    for place in ("1:1", "2:18", "3:22", "5:61", "6:15"):
        assert f"bad.yaml:{place}: error: " in said, said
    assert 'did you mean "agent"?' in said and 'did you mean "stdin"?' in said and 'did you mean "hook"?' in said
    assert "hunter2" not in said


def test_world_readable_secret_is_a_warning(kw, tmp_path):
    key = tmp_path / "key"
    key.write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    os.chmod(key, 0o644)
    (tmp_path / "c.yaml").write_text("sinks: {h: {type: webhook, url: 'http://127.0.0.1:1/', secret: 'file:key'}}\n")
    checked = kw.run(["check", "--config", tmp_path / "c.yaml"])
    said = checked.err + checked.out
    assert "c.yaml:1:64: warning: the secret file" in said and "mode 0644" in said
    assert "MfKQ9r8GKYqr" not in said
