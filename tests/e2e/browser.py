"""Chromium without a network: what a page's DOM is, what it logs, what it asks for, how it looks.

    browser.open(path)  ->  Page(dom, console, requests)        browser.shot(path, width, height) -> colours it shows
"""

import http.server
import pathlib
import re
import struct
import subprocess
import threading
import zlib
from dataclasses import dataclass

PROGRAM = "/usr/bin/chromium"
# What the browser asks for itself, whatever the page is.
OWN = re.compile(r"[./](google|googleapis|gstatic|gvt1)\.com[:/]")
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-features=OptimizationHints,MediaRouter,NetworkTimeServiceQuerying",
]  # fmt: skip


@dataclass
class Page:
    dom: str
    console: list
    requests: list


class _Trap(http.server.BaseHTTPRequestHandler):
    """A proxy that lets nothing through and remembers who asked."""

    def answer(self):
        self.server.asked.append(self.requestline)
        self.send_error(502)

    do_GET = do_POST = do_HEAD = do_CONNECT = answer

    def log_message(self, *_):
        pass


class Browser:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self._trap = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Trap)
        self._trap.asked = []
        threading.Thread(target=self._trap.serve_forever, daemon=True).start()

    def close(self):
        self._trap.shutdown()
        self._trap.server_close()

    def _run(self, path, *flags):
        proxy = f"--proxy-server=http://127.0.0.1:{self._trap.server_address[1]}"
        return subprocess.run(
            [PROGRAM, *FLAGS, f"--user-data-dir={self.folder / 'profile'}", proxy, "--proxy-bypass-list=<-loopback>",
             "--enable-logging=stderr", *flags, pathlib.Path(path).absolute().as_uri()],
            capture_output=True, timeout=90, env={"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip

    def open(self, path):
        self._trap.asked.clear()
        done = self._run(path, "--dump-dom", "--timeout=5000")
        said = done.stderr.decode("utf-8", "replace")
        assert done.returncode == 0, said
        console = [line for line in said.splitlines() if "CONSOLE" in line]
        return Page(done.stdout.decode("utf-8"), console, [r for r in self._trap.asked if not OWN.search(r)])

    def shot(self, path, width, height, *flags):
        picture = self.folder / "shot.png"
        done = self._run(path, f"--screenshot={picture}", f"--window-size={width},{height}", *flags)
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return colours(picture.read_bytes())


def colours(png):
    """{(r, g, b): pixels} of a PNG with eight bits a channel."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8 and kind in (2, 6)
    data = b"".join(png[m.start() + 4 : m.start() + 4 + struct.unpack(">I", png[m.start() - 4 : m.start()])[0]]
                    for m in re.finditer(b"IDAT", png))  # fmt: skip
    raw, size = zlib.decompress(data), 4 if kind == 6 else 3
    stride, before, seen = width * size, bytearray(width * size), {}
    for y in range(height):
        line = bytearray(raw[y * (stride + 1) + 1 : (y + 1) * (stride + 1)])
        _unfilter(raw[y * (stride + 1)], line, before, size)
        for x in range(0, stride, size * 2):
            pixel = tuple(line[x : x + 3])
            seen[pixel] = seen.get(pixel, 0) + 1
        before = line
    return seen


def _unfilter(how, line, before, size):
    for i in range(len(line)):
        left = line[i - size] if i >= size else 0
        up, corner = before[i], before[i - size] if i >= size else 0
        if how == 1:
            line[i] = (line[i] + left) & 255
        elif how == 2:
            line[i] = (line[i] + up) & 255
        elif how == 3:
            line[i] = (line[i] + (left + up) // 2) & 255
        elif how == 4:
            p = left + up - corner
            a, b, c = abs(p - left), abs(p - up), abs(p - corner)
            line[i] = (line[i] + (left if a <= b and a <= c else up if b <= c else corner)) & 255
