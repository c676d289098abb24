"""`make demo`: what it claims, and that it leaves nothing behind."""

import os
import re
import subprocess

from conftest import ROOT


def test_demo(kw, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    env = {**kw.environment(), "TMPDIR": str(scratch), "KW_BIN": str(kw.binary), "KW_DEMO_DAY_S": "1"}
    demo = subprocess.run(
        ["/usr/bin/python3", str(ROOT / "tests/demo/demo.py")], env=env, capture_output=True, text=True, timeout=100
    )
    assert demo.returncode == 0, demo.stdout + demo.stderr
    sent, received = re.search(r"(\d+) sent, (\d+) received, 0 lost, 0 doubled", demo.stdout).groups()
    assert sent == received and int(sent) >= 5
    for words in ("receiver answers 500", "kill -9", "DELETED the Kendra index hr-policies", "+59 like it, folded", "Why not"):
        assert words in demo.stdout, words
    assert "\033" not in demo.stdout, "colours without a terminal"
    assert os.listdir(scratch) == []
