"""SNS as an HTTPS subscriber sees it: signed messages, and the place that their certificate is fetched from.

The place is https://sns.REGION.amazonaws.com itself: the agent is given this server as its HTTPS proxy and its authority as
the only one it trusts, so that the rules about hosts and TLS are those of the release. Keys are made by openssl.
"""

import base64
import datetime
import json
import pathlib
import re
import socket
import ssl
import subprocess
import threading
import uuid

REGION = "eu-west-1"
HOST = f"sns.{REGION}.amazonaws.com"
TOPIC = f"arn:aws:sns:{REGION}:111122223333:trail"
CERTIFICATE_URL = f"https://{HOST}/SimpleNotificationService-0123456789abcdef.pem"
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
SIGNED["UnsubscribeConfirmation"] = SIGNED["SubscriptionConfirmation"]


def openssl(*args, input=None):
    return subprocess.run(["openssl", *map(str, args)], input=input, capture_output=True, check=True).stdout


def now(minutes=0):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Authority:
    """A certificate authority in a folder, and what it signs."""

    def __init__(self, folder, name="ca"):
        self.folder = pathlib.Path(folder)
        self.key, self.certificate = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.certificate,
                "-days", 2, "-subj", f"/CN=test {name}")  # fmt: skip

    def issue(self, name, host, days=2):
        """Files NAME.key and NAME.pem for a server of that name."""
        key, request, certificate = (self.folder / f"{name}.{ending}" for ending in ("key", "csr", "pem"))
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={host}")
        extra = self.folder / f"{name}.ext"
        extra.write_text(f"subjectAltName={'IP' if re.fullmatch(r'[0-9.]+', host) else 'DNS'}:{host}\n")
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                "-out", certificate, "-days", days, "-extfile", extra)  # fmt: skip
        return key, certificate


class Sns:
    """`proxy` for HTTPS_PROXY; `asked` is every (host, request line) that came through it."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.authority = Authority(folder)
        self.server_pair = self.authority.issue("server", HOST)
        self.signer = self.authority.issue("signer", "sns.amazonaws.com")
        self.pages = {"/" + CERTIFICATE_URL.rpartition("/")[2]: self.signer[1].read_bytes()}
        self.asked, self.status = [], 200
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.proxy = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def env(self):
        return {"HTTPS_PROXY": self.proxy, "https_proxy": self.proxy, "SSL_CERT_FILE": str(self.authority.certificate)}

    def close(self):
        self._listener.close()

    # ---- the wire

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    @staticmethod
    def _head(connection):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(4096)
            if not piece:
                return None
            data += piece
        return data.partition(b"\r\n")[0].decode()

    def _serve(self, connection):
        try:
            target = self._head(connection).split()[1]
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.server_pair[1], self.server_pair[0])
            with context.wrap_socket(connection, server_side=True) as inner:
                line = self._head(inner)
                self.asked.append((target, line))
                path = line.split()[1].partition("?")[0]
                body = self.pages.get(path, b"")
                status = self.status if path in self.pages else 404
                inner.sendall(b"HTTP/1.1 %d x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(body)) + body)
        except (OSError, AttributeError, IndexError):
            connection.close()

    # ---- messages

    def sign(self, message, key=None):
        text = "".join(f"{name}\n{message[name]}\n" for name in SIGNED[message["Type"]] if name in message)
        digest = "-sha1" if message["SignatureVersion"] == "1" else "-sha256"
        signature = openssl("dgst", digest, "-sign", key or self.signer[0], input=text.encode())
        return {**message, "Signature": base64.b64encode(signature).decode()}

    def message(self, body, version="2", key=None, unsigned=(), **parts):
        """A signed Notification; `parts` replace what it is signed with, `unsigned` what is changed afterwards."""
        whole = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": TOPIC,
            "Message": body if isinstance(body, str) else json.dumps(body),
            "Timestamp": now(),
            "SignatureVersion": version,
            "SigningCertURL": CERTIFICATE_URL,
            "UnsubscribeURL": f"https://{HOST}/?Action=Unsubscribe",
            **parts,
        }
        return self.sign(whole, key) | dict(unsigned)

    def confirmation(self, kind="SubscriptionConfirmation", **parts):
        self.pages["/"] = b"<ConfirmSubscriptionResponse/>"
        url = f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=abc"
        return self.message("You have chosen to subscribe", Type=kind, Token="abc", **{"SubscribeURL": url, **parts})
