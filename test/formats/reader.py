"""An independent reader of what the server writes, made from docs/formats.md alone.

    python3 reader.py [--root-key FILE] [--sent FILE] DATA-FOLDER|PROOF.ZIP …

It needs Python's standard library and the program `zstd`, writes nothing, and wants a folder whose server has
stopped. One line for each area with what was read and `ok`, or the places and reasons of the first ten faults;
exit code 0 when all is sound, 1 when not, 2 where it cannot begin.
"""

import sys

sys.dont_write_bytecode = True

import argparse
import json
import shutil
from pathlib import Path

from frames import check_location, scan_volumes
from keys import Keys
from ledger import check_checkpoints, check_tiles
from mails import MailReader, check_structures
from proof import check_proof
from records import LogReader
from report import Report


def check_folder(data: Path, root_key: Path | None, sent: list[dict], report: Report) -> None:
    """All sections of docs/formats.md that speak of the data folder."""
    area = report.area("keys")
    keys = Keys(data, root_key or data / "keys/root.key", area)
    log = LogReader(keys, report).read(data)
    if keys.log_position is not None:
        place = "keys/keys.sqlite meta log-position"
        area.expect(keys.log_position < len(log.leaves), place, f"{keys.log_position} is behind the end of the log")
    head_size = check_checkpoints(data, log, keys, report)
    check_tiles(data, log, head_size, report)
    frames = scan_volumes(data, log, report)
    check_location(data, frames, report)
    mails = MailReader(data, keys, frames, report)
    mails.check(log)
    check_structures(data, keys, report)
    if sent:
        area = report.area("sent")
        for mail in sent:
            area.count("mails")
            same = mails.digests.get(mail["message"]) == mail["sha256"]
            area.expect(same, f"message {mail['message']}", "not the octets that were handed in")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Reads data folders and evidence packages.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--root-key", type=Path, help="where the root key lies, if not in the folder")
    parser.add_argument("--sent", type=Path, help="JSON: [{message, sha256}] of what was handed in")
    options = parser.parse_args(arguments)
    if any(path.is_dir() for path in options.paths) and shutil.which("zstd") is None:
        print("zstd is not installed", file=sys.stderr)
        return 2
    sent = json.loads(options.sent.read_bytes()) if options.sent else []
    sound = True
    for path in options.paths:
        if not path.exists():
            print(f"{path} does not exist", file=sys.stderr)
            return 2
        report = Report()
        if path.is_dir():
            check_folder(path, options.root_key, sent, report)
        else:
            check_proof(path, report)
        print(f"{path}: {'sound' if report.sound() else 'NOT sound'}")
        for area in report.areas:
            print("\n".join(f"  {line}" for line in area.lines()))
        sound = sound and report.sound()
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
