#!/usr/bin/python3
"""Writes believable CloudTrail: seeded, as much as wanted, in every form that an agent may meet.

    /usr/bin/python3 tests/data/generate.py --events 100000 --out trail.ndjson
    /usr/bin/python3 tests/data/generate.py --scenario acme --end now --form tree --out day/ --list-expected day.json
"""

import argparse
import calendar
import collections
import gzip
import io
import json
import os
import random
import string
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import acme
import estate
import shape

ESCAPED_SHARE = 0.02
GZIP_LEVEL = 3
FORMS = ("ndjson", "records", "tree", "lookup", "eventbridge", "array")
START = "2026-03-02T00:00:00Z"  # a Monday
# How busy each hour of the day is (UTC), by rhythm.
HOURS = {
    "machine": [4, 3, 3, 3, 3, 4, 6, 9, 12, 13, 13, 12, 11, 12, 13, 12, 11, 9, 7, 6, 6, 5, 5, 4],
    "people": [0, 0, 0, 0, 0, 1, 4, 10, 14, 14, 13, 9, 8, 12, 13, 12, 9, 5, 2, 1, 1, 0, 0, 0],
    "night": [6, 30, 34, 26, 6, 3, 2, 2, 2, 3, 3, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5],
}
DETAIL_TYPES = {
    "AwsApiCall": "AWS API Call via CloudTrail",
    "AwsServiceEvent": "AWS Service Event via CloudTrail",
    "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
}


def read_time(text):
    if text == "now":
        return int(time.time())
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def _weights(templates, hour):
    """Cumulative weights of one hour of the day, with the escaped texts brought to their share."""
    raw = [t.weight * HOURS[t.rhythm][hour] for t in templates]
    escaped = sum(w for w, t in zip(raw, templates) if t.escaped)
    plain = sum(raw) - escaped
    scale = ESCAPED_SHARE / (1 - ESCAPED_SHARE) * plain / escaped if escaped else 1.0
    total, sums = 0.0, []
    for weight, template in zip(raw, templates):
        total += weight * scale if template.escaped else weight
        sums.append(total)
    return sums


def _schedule(templates, n_events, start, hours, chance):
    """(epoch, None, Template) in order of time, n_events of them."""
    tables = {}
    slots = []
    for number in range(max(1, round(hours))):
        hour = (start // 3600 + number) % 24
        tables.setdefault(hour, _weights(templates, hour))
        slots.append((hour, tables[hour][-1]))
    total, due, done = sum(load for _, load in slots), 0.0, 0
    width = hours * 3600 / len(slots)
    for number, (hour, load) in enumerate(slots):
        due += n_events * load / total
        count = (round(due) if number < len(slots) - 1 else n_events) - done
        done += count
        begin = start + number * width
        for at in range(0, count, 8192):  # in pieces, so that memory does not grow with the number of events
            some = min(8192, count - at)
            for i, template in enumerate(chance.choices(templates, cum_weights=tables[hour], k=some)):
                yield int(begin + (at + i) * width / count), None, template


def _merge(quiet, loud):
    loud = list(loud)
    for event in quiet:
        while loud and loud[0][0] <= event[0]:
            yield loud.pop(0)
        yield event
    yield from loud


def records(events, seed):
    """(epoch, kind, Template, eventID, record as text) for each event."""
    bits = random.Random(f"{seed}/ids").getrandbits
    get_session = shape.Sessions(seed).get
    stamp = shape.stamp
    for epoch, kind, template in events:
        h = "%096x" % bits(384)
        key, created = get_session(template, epoch)
        event_id = f"{h[:8]}-{h[8:12]}-4{h[12:15]}-9{h[15:18]}-{h[18:30]}"
        yield epoch, kind, template, event_id, template.text % {
            "key": key,
            "created": created,
            "time": stamp(epoch),
            "event": event_id,
            "a": h[30:38],
            "req": f"{h[38:46]}-{h[46:50]}-4{h[50:53]}-8{h[53:56]}-{h[56:68]}",
            "b": f"{h[68:76]}-{h[76:80]}-4{h[80:83]}-a{h[83:86]}-{h[84:96]}",
            "s3req": h[66:82].upper(),
        }


# ---- forms: each writer takes (epoch, template, event id, text) and is closed at the end


class _Open:
    """A stream to a file or to stdout, gzip or plain; the same bytes for the same input."""

    def __init__(self, path, gz):
        self._raw = sys.stdout.buffer if path == "-" else open(path, "wb")
        self._gz = gzip.GzipFile("", "wb", GZIP_LEVEL, self._raw, mtime=0) if gz else None
        self._out = io.BufferedWriter(self._gz, 1 << 18) if gz else self._raw
        self.write = self._out.write

    def close(self):
        self._out.flush()
        if self._gz:
            self._gz.close()
        self._raw.flush()
        if self._raw is not sys.stdout.buffer:
            self._raw.close()


class Lines:
    """ndjson, and with a frame around it: one JSON document."""

    FRAMES = {
        "ndjson": ("", "\n", "\n"),
        "records": ('{"Records":[', ",", "]}\n"),
        "array": ("[", ",\n", "]\n"),
        "eventbridge": ("", "\n", "\n"),
    }

    def __init__(self, form, path, gz):
        self._out = _Open(path, gz)
        self._before, self._between, self._end = self.FRAMES[form]
        self._bus = form == "eventbridge"
        self._out.write(self._before.encode())
        self._first = True

    def add(self, epoch, template, event_id, text):
        if self._bus:
            text = self._envelope(epoch, template, event_id, text)
        self._out.write((text if self._first else self._between + text).encode())
        self._first = False

    @staticmethod
    def _envelope(epoch, template, event_id, text):
        # The bus has its own id for the envelope: the record's, turned round.
        return (
            f'{{"version":"0","id":"{event_id[24:32]}-{event_id[9:23]}-{event_id[:8]}{event_id[32:]}",'
            f'"detail-type":"{DETAIL_TYPES[template.kind]}",'
            f'"source":"aws.{template.source.partition(".")[0]}","account":"{template.account}",'
            f'"time":"{shape.stamp(epoch)}",'
            f'"region":"{template.region}","resources":[],"detail":{text}}}'
        )

    def close(self):
        self._out.write((self._end if not self._first or self._before else "").encode())
        self._out.close()


class Lookup:
    """What `aws cloudtrail lookup-events` prints: newest first, each record a string."""

    def __init__(self, path, gz):
        self._out = _Open(path, gz)
        self._events = []

    def add(self, epoch, template, event_id, text):
        event = {
            "EventId": event_id,
            "EventName": template.name,
            "ReadOnly": "true" if template.read_only else "false",
            "EventTime": shape.stamp(epoch)[:-1] + "+00:00",
            "EventSource": template.source,
        }
        if template.username:
            event["Username"] = template.username
        self._events.append({**event, "Resources": [], "CloudTrailEvent": text})

    def close(self):
        self._out.write((json.dumps({"Events": self._events[::-1]}, indent=4) + "\n").encode())
        self._out.close()


class Tree:
    """AWSLogs/… as in the bucket: gzip files of one account and region, in no order inside."""

    def __init__(self, path, per_file, seed, end):
        self._root = path
        self._end = end  # nothing can have been delivered later than this
        self._low, self._high = per_file
        self._chance = random.Random(f"{seed}/files")
        self._open = {}  # (account, region) -> [how many make it full, last epoch, records]
        self._pool = ThreadPoolExecutor(2)  # compressing lets go of the interpreter's lock: it runs beside the rest
        self._busy = collections.deque()

    def add(self, epoch, template, event_id, text):
        pile = self._open.setdefault((template.account, template.region), [0, 0, []])
        if not pile[2]:
            pile[0] = self._chance.randint(self._low, self._high)
        pile[1] = epoch
        pile[2].append(text)
        if len(pile[2]) >= pile[0]:
            self._write(template.account, template.region)

    def _write(self, account, region):
        _, epoch, texts = self._open.pop((account, region))
        self._chance.shuffle(texts)
        delivered = max(epoch, min(epoch + self._chance.randint(120, 420), self._end))
        when = time.gmtime(delivered)  # folder and name tell the delivery, not the events
        tail = "".join(self._chance.choices(string.ascii_letters + string.digits, k=16))
        folder = os.path.join(self._root, "AWSLogs", account, "CloudTrail", region, time.strftime("%Y/%m/%d", when))
        os.makedirs(folder, exist_ok=True)
        name = f"{account}_CloudTrail_{region}_{time.strftime('%Y%m%dT%H%MZ', when)}_{tail}.json.gz"
        self._busy.append(self._pool.submit(self._compress, os.path.join(folder, name), texts))
        if len(self._busy) > 4:  # and no more than a few files are in memory
            self._busy.popleft().result()

    @staticmethod
    def _compress(path, texts):
        with open(path, "wb") as file:
            file.write(gzip.compress(('{"Records":[' + ",".join(texts) + "]}").encode(), GZIP_LEVEL, mtime=0))

    def close(self):
        for account, region in list(self._open):
            self._write(account, region)
        while self._busy:
            self._busy.popleft().result()
        self._pool.shutdown()


def _range(text):
    low, _, high = text.replace("..", "-").partition("-")
    low, high = int(low), int(high or low)
    if not 1 <= low <= high:
        raise argparse.ArgumentTypeError("LOW..HIGH, from 1 up")
    return low, high


def _options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", choices=("healthy", "acme"), default="healthy")
    parser.add_argument("--form", choices=FORMS, default="ndjson")
    parser.add_argument("--events", type=int, help="healthy events (default 10000; acme 28000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="-", metavar="PATH", help="file, - for stdout, or the folder of a tree")
    parser.add_argument("--gz", action="store_true", help="compress (a tree always is)")
    parser.add_argument(
        "--per-file", type=_range, default=(2000, 5000), metavar="LOW..HIGH", help="records in a file of a tree"
    )
    parser.add_argument("--start", default=START, metavar="TIME", help=f"first event's time (default {START})")
    parser.add_argument("--end", metavar="TIME", help='instead of --start; "now" is understood')
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--accounts", default=f"{acme.PROD},{acme.ARCHIVE}", help="the second one is the log archive")
    parser.add_argument("--regions", default="eu-west-1,us-east-1", help="the first one is Kendra's")
    parser.add_argument("--calm", action="store_true", help="without the deployments' changes to Kendra")
    parser.add_argument("--list-expected", metavar="FILE", help="acme: eventIDs of the incident by kind")
    options = parser.parse_args(arguments)
    if options.form == "tree" and options.out == "-":
        parser.error("a tree needs --out FOLDER")
    if options.list_expected and options.scenario != "acme":
        parser.error("--list-expected goes with --scenario acme")
    return options


def _writer(options, end):
    if options.form == "tree":
        return Tree(options.out, options.per_file, options.seed, end)
    if options.form == "lookup":
        return Lookup(options.out, options.gz)
    return Lines(options.form, options.out, options.gz)


def main(arguments=None):
    options = _options(arguments)
    is_acme = options.scenario == "acme"
    hours = 24.0 if is_acme else options.hours
    start = read_time(options.end) - int(hours * 3600) if options.end else read_time(options.start)
    end = start + int(hours * 3600)
    accounts = [acme.PROD, acme.ARCHIVE] if is_acme else options.accounts.split(",")
    regions = [acme.REGION, "us-east-1"] if is_acme else options.regions.split(",")
    n_events = options.events if options.events is not None else 28000 if is_acme else 10000
    templates = estate.healthy(accounts, regions, calm=is_acme or options.calm, private=not is_acme)
    events = _schedule(templates, n_events, start, hours, random.Random(f"{options.seed}/what"))
    if is_acme:
        events = _merge(events, acme.incident(end))
    expected, writer = acme.Expected(), _writer(options, end)
    n = n_bytes = n_escaped = 0
    began = time.monotonic()
    for epoch, kind, template, event_id, text in records(events, options.seed):
        writer.add(epoch, template, event_id, text)
        n += 1
        n_bytes += len(text.encode())
        n_escaped += template.escaped
        if kind:
            expected.add(kind, event_id)
    writer.close()
    if options.list_expected:
        expected.write(options.list_expected, end)
    took = max(time.monotonic() - began, 1e-9)
    print(
        f"{n} events, {n_bytes / max(n, 1):.0f} bytes on average, {100 * n_escaped / max(n, 1):.1f} % with escapes, "
        f"{shape.stamp(start)} to {shape.stamp(end)}, {n / took:.0f} events/s",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
