"""The HTTP server that the emulator and the receiver share: threads, wire-true requests, replies that misbehave.

A subclass implements answer(Request) -> Reply and record_* as it likes; everything about sockets is here. It listens
on 127.0.0.1 only. The control side needs no signature: POST /_control, GET /_received, GET /_summary.
"""

import argparse
import email.utils
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from faults import Faults

MAX_BODY_BYTES = 4 << 20


@dataclass
class Request:
    method: str
    target: str  # exactly as in the request line, undecoded
    headers: list  # (name, value) in the order of the wire
    body: bytes
    gone: object = None  # callable: has the client hung up? Asked by what takes long to answer

    def header(self, name):
        values = [v for n, v in self.headers if n.lower() == name]
        return ",".join(values) if values else None


@dataclass
class Reply:
    """act: "send" a response, send "raw" bytes that are no HTTP, "reset" the connection, or do "nothing" for ever.

    cut: only so many bytes of the body go out, under the Content-Length of all; then the connection is closed, or
    what `then` says is done to it ("reset", "nothing")."""

    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    act: str = "send"
    cut: int = None
    then: str = "close"


def http_date(seconds):
    return email.utils.formatdate(seconds, usegmt=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.server.owner._connections.add(self.connection)

    def finish(self):
        self.server.owner._connections.discard(self.connection)
        super().finish()

    def log_message(self, format, *args):  # what happened is in /_received; stderr stays quiet
        pass

    def _any(self):
        owner = self.server.owner
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            return self._send(Reply(411 if not length.isdigit() else 413))
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            self.close_connection = True
            return None  # the client left in the middle: nothing was received
        target = self.raw_requestline.split(b" ")[1].decode("latin-1")
        request = Request(self.command, target, list(self.headers.items()), body, self._gone)
        reply = owner._control(request) if target.startswith("/_") else owner.answer(request)
        return self._send(reply)

    def _gone(self):
        """Has the client closed its end? It never sends a second request before the answer to the first."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        try:
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any

    def _reset(self):
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())  # a real RST: no FIN may go out before it

    def _cut(self, then):
        self.close_connection = True
        if then == "reset":
            self._reset()
        elif then == "nothing":
            self.server.owner.stopped.wait()

    def _send(self, reply):
        if reply.act == "reset":
            self._reset()
        elif reply.act == "nothing":
            self.close_connection = True
            self.server.owner.stopped.wait()
        elif reply.act == "raw":
            self.close_connection = True
            self.wfile.write(reply.body)
        else:
            head = [f"HTTP/1.1 {reply.status} {self.responses.get(reply.status, ('Status',))[0]}"]
            headers = {"Date": http_date(self.server.owner.now()), **reply.headers, "Content-Length": len(reply.body)}
            head += [f"{name}: {value}" for name, value in headers.items()]
            body = b"" if self.command == "HEAD" else reply.body[: reply.cut]
            self.wfile.write("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body)
            if reply.cut is not None:
                self._cut(reply.then)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # a client that hangs up is no news
            super().handle_error(request, client_address)


class Loopback:
    """One server. Use as a context manager, or start() and close()."""

    def __init__(self, port=0, log=None, clock_offset=0.0, **fault_settings):
        self.faults = Faults(self.knows_fault, **fault_settings)
        self.stopped = threading.Event()
        self.clock_offset = clock_offset
        self._connections = set()
        self._changed = threading.Condition(threading.RLock())
        self._received = []
        self._log = open(log, "a", encoding="utf-8") if log else None
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    # What a subclass brings.
    def answer(self, request):
        raise NotImplementedError

    def knows_fault(self, name):
        return name in ("ok", "slow", "reset", "garbage", "nothing")

    def summary(self):
        raise NotImplementedError

    def forget(self):
        with self._changed:
            self._received.clear()

    # What everyone uses.
    @property
    def port(self):
        return self._server.server_address[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def now(self):
        return time.time() + self.clock_offset

    def start(self):
        self._thread.start()
        return self

    def close(self):
        self.stopped.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        if self._log:
            self._log.close()

    __enter__ = start

    def __exit__(self, *_):
        self.close()

    def control(self, **settings):
        """Same as POST /_control: fault settings, clock_offset, and reset=True to forget what was received."""
        if settings.pop("reset", False):
            self.forget()
        if "clock_offset" in settings:
            self.clock_offset = float(settings.pop("clock_offset"))
        self.faults.set(**settings)

    def received(self):
        with self._changed:
            return list(self._received)

    def wait(self, predicate, timeout=10.0):
        """Blocks until predicate() holds; it is tried again after every request. Returns its last value."""
        with self._changed:
            return self._changed.wait_for(predicate, timeout)

    def _note(self, entry, durable=False, log=True):
        """Adds one entry to /_received, and to the log file."""
        with self._changed:
            entry = {"n": len(self._received) + 1, **entry}
            if self._log and log:
                self._log.write(json.dumps(entry, ensure_ascii=False) + "\n")
                self._log.flush()
                if durable:
                    os.fsync(self._log.fileno())
            self._received.append(entry)
            self._changed.notify_all()

    def _common_fault(self, fault):
        """The reply of the faults that every server knows; None for the others. "slow" only takes time."""
        if fault.name == "slow":
            self.stopped.wait(float(fault.argument))
            return None
        if fault.name in ("reset", "nothing"):
            return Reply(act=fault.name)
        if fault.name == "garbage":
            return Reply(act="raw", body=b"\x00\xff\xfe this is no HTTP \r\n\r\n" * 3)
        return None

    def _control(self, request):
        path = request.target.partition("?")[0]
        try:
            if request.method == "POST" and path == "/_control":
                asked = json.loads(request.body or b"{}")
                self.control(**({"script": asked} if isinstance(asked, list) else asked))
                return _json(200, {"ok": True})
            if request.method == "GET" and path == "/_received":
                return _json(200, self.received())
            if request.method == "GET" and path == "/_summary":
                return _json(200, self.summary())
        except (ValueError, TypeError) as error:
            return _json(400, {"error": str(error)})
        return _json(404, {"error": f"no {request.method} {path} here"})


def _json(status, value):
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, body, {"Content-Type": "application/json"})


def arguments(description):
    """The command line that both servers share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; the first line printed names it")
    parser.add_argument("--log", metavar="FILE", help="append a JSON line for each entry")
    parser.add_argument("--faults", metavar="FILE", help="JSON as for POST /_control")
    parser.add_argument("--clock-offset", type=float, default=0.0, metavar="S", help="this server's clock is S ahead")
    return parser


def fault_settings(path):
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        asked = json.load(file)
    return {"script": asked} if isinstance(asked, list) else asked


def serve(server):
    """Runs until SIGTERM or SIGINT."""
    # Blocked before any thread exists, so that sigwait in this one gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    with server:
        print(json.dumps({"port": server.port}, separators=(",", ":")), flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
