"""Keep the vendored browser files what their lock says (随附文件核对).

Each `vendor.lock.json` names packages, their archive's integrity and every file's SHA-256.
`--check` compares the files with the lock and needs no network; `--registry URL` fetches the
archives again from an npm registry, checks their integrity and rewrites the files.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import sys
import tarfile
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOMES = ("kiosk", "pointsbank")
LOCK = "vendor.lock.json"


def find_locks() -> list[Path]:
    """Every lock file of the product."""
    return sorted(path for home in HOMES for path in (ROOT / home).rglob(LOCK))


def check(lock: Path) -> list[str]:
    """Say in words what differs from the lock; nothing said means that all is well."""
    wrong: list[str] = []
    listed = {LOCK}
    for package in json.loads(lock.read_text("utf-8"))["packages"]:
        for file in package["files"]:
            listed.add(file["path"])
            path = lock.parent / file["path"]
            if not path.is_file():
                wrong.append(f"{path}: missing")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
                wrong.append(f"{path}: not the file that the lock names")
    wrong += [
        f"{path}: not named in the lock"
        for path in sorted(lock.parent.iterdir())
        if path.name not in listed
    ]
    return wrong


def fetch(lock: Path, registry: str) -> None:
    """Fetch every package again and rewrite its files and their SHA-256 in the lock."""
    content: dict[str, Any] = json.loads(lock.read_text("utf-8"))
    for package in content["packages"]:
        name, version = package["package"], package["version"]
        address = f"{registry.rstrip('/')}/{name}/-/{name.rsplit('/', 1)[-1]}-{version}.tgz"
        with urllib.request.urlopen(address, timeout=60) as answer:
            archive = answer.read()
        kind, _, wanted = package["integrity"].partition("-")
        if base64.b64encode(hashlib.new(kind, archive).digest()).decode() != wanted:
            raise SystemExit(f"{name} {version}: the archive is not the one that was locked")
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for file in package["files"]:
                # A licence text that the archive lacks is kept by hand and only checked.
                if "from" not in file:
                    continue
                member = tar.extractfile(file["from"])
                if member is None:
                    raise SystemExit(f"{name}: {file['from']} is not in the archive")
                data = member.read()
                (lock.parent / file["path"]).write_bytes(data)
                file["sha256"] = hashlib.sha256(data).hexdigest()
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Check, or fetch and then check; 1 when something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--check", action="store_true", help="compare with the lock, offline")
    way.add_argument("--registry", metavar="URL", help="fetch again from this npm registry")
    chosen = parser.parse_args(arguments)
    wrong: list[str] = []
    for lock in find_locks():
        if chosen.registry:
            fetch(lock, chosen.registry)
        wrong += check(lock)
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
