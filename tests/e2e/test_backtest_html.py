"""The HTML report in a browser that has no network: its numbers, that it runs nothing, that it can be seen."""

import html.parser
import json
import re

import pytest

from browser import Browser
from test_backtest import history, rule, rules  # noqa: F401

MARKUP = "<script>document.title='owned'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>\"'&"


class Tables(html.parser.HTMLParser):
    """{table id: {row's name: [cells]}} and every tag with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.tags, self.titles = {}, [], {}
        self._table = self._row = self._cell = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if tag == "table":
            self._table = self.tables.setdefault(attrs.get("id"), {})
            self._id = attrs.get("id")
        elif tag == "tr":
            self._row = []
        elif tag in ("td", "th"):
            self._cell = []
            self.titles.setdefault((self._id, len(self._table)), []).append(attrs.get("title"))

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self._cell is not None:
            self._row.append("".join(self._cell).strip())
            self._cell = None
        elif tag == "tr" and self._row:
            self._table[re.sub(r" \(\w+\)$", "", self._row[0])] = self._row[1:]


@pytest.fixture
def browser(tmp_path):
    program = Browser(tmp_path / "browser")
    yield program
    program.close()


@pytest.fixture
def made(kw, rules, history, tmp_path, make_event):  # noqa: F811
    """A report with a base and budgets over two weeks, of events whose names are markup: (path, the same as JSON)."""
    old = tmp_path / "old"
    rule(old, "gone", "DeleteIndex")
    rule(rules, "gone", "[DeleteIndex, CreateFaq]")
    rule(rules, "seen", "DescribeIndex", level="low")
    path = rules / "seen.yml"
    path.write_text(path.read_text().replace("title: Rule seen", "title: '<b onmouseover=alert(1)>seen\"'"))
    events = [("DeleteIndex", f"role/r{d % 3}", f"2026-11-{d:02d}T12:00:00Z") for d in (2, 3, 3, 5, 9, 10, 10, 10)]
    events += [("CreateFaq", f"role/{MARKUP}", f"2026-11-{d:02d}T{d:02d}:30:00Z") for d in (4, 14)]
    events += [("DescribeIndex", "sso/bob@example.com", f"2026-11-{d:02d}T07:00:00Z") for d in range(1, 15) if d != 8]
    trail, out = history(*events), tmp_path / "out.html"
    args = ["backtest", trail, "--rules", rules, "--base", old, "--budget", "pages/week=3", "--html", out]
    done = kw.run([*args, "--output", "json"])
    assert done.rc == 1, done.err
    return out, json.loads(done.out)


def test_numbers(browser, made):
    path, report = made
    page = browser.open(path)
    assert page.console == [] and page.requests == []
    seen = Tables(page.dom)
    heat = seen.tables["heat"]
    assert set(heat) == {"Rule", "all rules", "gone", "seen"}
    for row in [*report["rules"], {**report["all"], "rule": "all rules"}]:
        days = {d["day"]: d["alerts"] for d in row["days"]}
        want = [days.get(f"2026-11-{d:02d}", 0) for d in range(1, 15)]
        got = heat[row["rule"]][-14:]
        assert [0 if cell == "–" else int(cell) for cell in got] == want, row["rule"]
        assert (got[7] == "–") == (row["days"][0]["day"] != "2026-11-08" and 8 not in [int(k[-2:]) for k in days])
    week = [[int(cell) for cell in seen.tables["week"][day]] for day in list(seen.tables["week"])[1:]]
    assert week == report["alerts_by_weekday_and_hour"]
    assert [row[:2] for row in list(seen.tables["actors"].values())[1:]] == [
        [str(a["alerts"]), str(a["pages"])] for a in report["all"]["actors"]
    ]
    change = seen.tables["change"]
    assert change["gone"][:3] == ["more", "+2", "−0"] and change["seen"][0] == "added"
    # The chart: one bar a day, the pages of seven days in its title; and the budget's line.
    bars = [int(n) for n in re.findall(r"<title>\d+ Nov: (\d+) in 7 days</title>", page.dom)]
    pages = [dict((d["day"], d["pages"]) for d in report["all"]["days"]).get(f"2026-11-{d:02d}", 0) for d in range(1, 15)]
    assert bars == [sum(pages[max(0, i - 6) : i + 1]) for i in range(14)]
    assert "budget: 3.0 a week" in page.dom and page.dom.count('class="budget"') == 1


def test_markup_in_events_is_text(browser, made):
    page = browser.open(made[0])
    seen = Tables(page.dom)
    assert "<title>Backtest 2026-11-01 to 2026-11-14</title>" in page.dom
    assert not [tag for tag, _ in seen.tags if tag in ("script", "img", "b onmouseover", "iframe", "form", "object")]
    assert not [name for _, attrs in seen.tags for name in attrs if name.startswith("on")]
    assert any("<script>" in row for row in seen.tables["actors"]), "the name itself must be readable"
    loads = [attrs.get("src") or attrs.get("href") for _, attrs in seen.tags if attrs.get("src") or attrs.get("href")]
    assert loads == ["data:,"]
    policy = next(a["content"] for t, a in seen.tags if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'") and "script-src" not in policy


def test_everybody_can_read_it(made):
    seen = Tables(made[0].read_text())
    assert ("html", {"lang": "en"}) in seen.tags
    assert all("scope" in attrs for tag, attrs in seen.tags if tag == "th")
    assert all("aria-labelledby" in attrs for tag, attrs in seen.tags if tag == "section")
    assert all("aria-label" in attrs for tag, attrs in seen.tags if tag == "svg")
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(ids) == len(set(ids)) and {a["aria-labelledby"] for _, a in seen.tags if "aria-labelledby" in a} <= set(ids)


@pytest.mark.parametrize("width,flags,ground", [
    (1280, [], (247, 247, 244)), (420, [], (247, 247, 244)), (1280, ["--blink-settings=preferredColorScheme=0"], (20, 23, 28))])
def test_it_can_be_seen(browser, made, width, flags, ground):
    colours = browser.shot(made[0], width, 720_000 // width, *flags)
    assert colours[ground] > 5000, sorted(colours.items(), key=lambda c: -c[1])[:5]
    assert len(colours) > 60 and len([c for c in colours if max(c) - min(c) > 90 and colours[c] > 20]) >= 2


def test_the_browser_would_tell(browser, tmp_path):
    """What the tests above look for is seen when it is there."""
    bad = tmp_path / "bad.html"
    bad.write_text("<!doctype html><title>x</title><img src=http://127.0.0.1:8009/x.png><script>console.log('said')</script>")
    page = browser.open(bad)
    assert any("said" in line for line in page.console) and any("127.0.0.1:8009/x.png" in r for r in page.requests)
    blank = tmp_path / "blank.html"
    blank.write_text("<!doctype html><title>x</title>")
    assert len(browser.shot(blank, 400, 300)) == 1
