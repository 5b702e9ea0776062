"""Makes the golden data folder and evidence package anew, with the server as a black box.

    python3 make_fixture.py [TARGET]        (default: ../fixtures/formats)

Writes TARGET/data, TARGET/proof.zip and TARGET/sent.json (octets and SHA-256 of each mail as it was handed in). The
root key in the data folder is test data. After the first release fixtures are only added to: then give another TARGET.
"""

import sys

sys.dont_write_bytecode = True

import hashlib
import imaplib
import json
import os
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMMAND = HERE.parents[1] / "bin/muniment"
LEFT_OUT = ("lock", "control.sock", "server.pid", "tls", "projections", "*-shm", "*-wal")
PASSWORD = "golden-Wang-1"

OFFER = (
    b"From: Buyer <buyer@outside.example>\r\nTo: wang@acme.example\r\nSubject: Offer\r\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 +0000\r\nMessage-ID: <offer@outside.example>\r\n\r\n"
    b"Ten crates, please.\r\n.This line begins with a dot.\r\n"
)
EMPTY = b"From: buyer@outside.example\r\nTo: wang@acme.example\r\nSubject: Nothing to add\r\n\r\n"


def attachment() -> bytes:
    """Two chunks; they compress well."""
    head = (
        b"From: buyer@outside.example\r\nTo: wang@acme.example\r\nSubject: =?utf-8?B?TGllZmVybGlzdGUg8J+TpA==?=\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="cut"\r\n\r\n'
        b"--cut\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        b"The list is attached. Gr\xc3\xbc\xc3\x9fe.\r\n--cut\r\n"
        b'Content-Type: text/csv; name="list.csv"\r\nContent-Disposition: attachment; filename="list.csv"\r\n\r\n'
    )
    lines = b"".join(b"%05d;crate;%d;%d\r\n" % (line, line % 7, line * line % 1009) for line in range(5000))
    return head + lines + b"--cut--\r\n"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One serving process; ends when the block is left."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.smtp_port, self.imap_port = free_port(), free_port()
        doors = ("SUBMISSION", "SUBMISSIONS", "IMAPS", "POP3", "POP3S", "HTTP", "HTTPS")
        self.environment = {
            **os.environ,
            **{f"MUNIMENT_{door}_PORT": "0" for door in doors},
            "MUNIMENT_DATA": str(data),
            "MUNIMENT_HOSTNAME": "mail.acme.example",
            "MUNIMENT_MIN_FREE_OCTETS": "0",
            "MUNIMENT_SEAL_INTERVAL_MS": "1000",
            "MUNIMENT_SMTP_PORT": str(self.smtp_port),
            "MUNIMENT_IMAP_PORT": str(self.imap_port),
            **settings,
        }

    def __enter__(self) -> "Server":
        self.process = subprocess.Popen([COMMAND, "serve"], env=self.environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if line.startswith("Ready."):
                return self
        raise SystemExit(f"the server did not start:\n{said}")

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        rest, _ = self.process.communicate(timeout=120)
        if self.process.returncode:
            raise SystemExit(f"the server ended with {self.process.returncode}:\n{rest}")

    def run(self, *words: str) -> str:
        run = subprocess.run([COMMAND, *words], env=self.environment, capture_output=True, text=True, check=False)
        if run.returncode:
            raise SystemExit(f"{' '.join(words)}: {run.stdout}{run.stderr}")
        return run.stdout

    def send(self, recipients: list[str], octets: bytes, sender: str = "buyer@outside.example") -> str:
        """The id that the server gives the mail."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, local_hostname="outside.example") as session:
            session.ehlo()
            session.mail(sender)
            for recipient in recipients:
                code, reply = session.rcpt(recipient)
                if code != 250:
                    raise SystemExit(f"{recipient}: {reply!r}")
            code, reply = session.data(octets)
            if code != 250:
                raise SystemExit(f"not accepted: {reply!r}")
            return reply.decode().split()[2]


def fill(server: Server) -> dict[str, bytes]:
    """What the golden folder holds. Returns the mails that were sent, by the id that the server gave them."""
    server.run("domain", "add", "acme.example")
    server.run("domain", "bind", "bücher.example", "acme.example")
    server.run("account", "add", "Wang@acme.example", "--password", PASSWORD, "--name", "Wang Li")
    server.run("account", "add", "lehmann@acme.example", "--password", PASSWORD)
    server.run("alias", "add", "sales@acme.example", "wang@acme.example")
    server.run("alias", "add", "old@acme.example", "wang@acme.example")
    server.run("alias", "remove", "old@acme.example")
    server.run("group", "add", "all@acme.example", "wang@acme.example", "lehmann@acme.example")
    server.run("account", "grant-send-as", "lehmann@acme.example", "Office@partner.example")
    sent = {
        server.send(["wang@acme.example"], OFFER): OFFER,
        server.send(["all@acme.example"], attachment()): attachment(),
        server.send(["sales@xn--bcher-kva.example"], OFFER): OFFER,
        server.send(["wang@acme.example"], EMPTY, sender=""): EMPTY,
    }
    with imaplib.IMAP4("127.0.0.1", server.imap_port) as session:
        session.login("wang@acme.example", PASSWORD)
        session.select("INBOX")
        status, parts = session.fetch("1", "(BODY[])")
        if status != "OK" or not parts[0][1].endswith(OFFER):
            raise SystemExit(f"read back: {status} {parts!r}")
        session.append("Drafts", r"(\Draft)", None, EMPTY)
        session.store("2:3", "+FLAGS", r"(\Flagged $Golden)")
        session.close()
    return sent


def copy(data: Path, target: Path) -> None:
    """The folder of a stopped server without what is its machine's; what SQLite keeps beside is merged."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(data, target, ignore=shutil.ignore_patterns(*(name for name in LEFT_OUT if "*" not in name)))
    for database in target.rglob("*.sqlite"):
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for rest in [*target.rglob("*-wal"), *target.rglob("*-shm")]:
        rest.unlink()
    for folder in sorted((path for path in target.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        server = Server(data)
        with server:
            sent = fill(server)
            time.sleep(3)  # until a signed head covers all of it: proofs end in one
        report = server.run("verify")
        print(report, end="")
        left = [str(path.relative_to(data)) for path in data.rglob("*-wal") if path.stat().st_size]
        if left:
            print(f"not merged at the stop: {' '.join(sorted(left))}")
        target.mkdir(parents=True, exist_ok=True)
        server.run("prove", next(iter(sent)), "-o", str(target / "proof.zip"))
        os.chmod(target / "proof.zip", 0o644)
        copy(data, target / "data")
    listed = [
        {"message": message, "octets": len(octets), "sha256": hashlib.sha256(octets).hexdigest()}
        for message, octets in sent.items()
    ]
    (target / "sent.json").write_text(json.dumps(listed, indent=2) + "\n")
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{size} octets in {target}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "fixtures/formats")
