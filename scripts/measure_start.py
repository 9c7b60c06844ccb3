"""How long `sh run.sh` takes until the first page is answered, once everything is set up.

Usage: python scripts/measure_start.py [TIMES]. Each start stands beside the time that
`import flask, sqlalchemy` takes, the two libraries without which there is nothing, so that machines
and busy hours can be compared. The last line is the ratio of the medians.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import click

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 300.0


def yardstick() -> float:
    """Seconds until the two libraries are loaded."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import flask, sqlalchemy"], check=True)
    return time.monotonic() - began


def start(folder: str) -> float:
    """Seconds from the command to the first answer."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port = asking.getsockname()[1]
    began = time.monotonic()
    process = subprocess.Popen(
        ["sh", "run.sh", "--folder", folder, "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while time.monotonic() - began < READY_SECONDS:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
                connection.request("GET", "/")
                assert connection.getresponse().status == 200
            except OSError:
                time.sleep(0.01)
            else:
                return time.monotonic() - began
        raise TimeoutError("nobody answered")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def main(times: int) -> None:
    # What was compiled once, is not compiled again, as with everybody who starts it.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        click.echo(f"first start, with the making of the year: {start(folder):.1f} s")
        taken, beside = [], []
        for _ in range(times):
            beside.append(yardstick())
            taken.append(start(folder))
            click.echo(f"start {taken[-1]:.2f} s, the two libraries alone {beside[-1]:.2f} s")
    click.echo(f"median {median(taken):.2f} s, {median(beside):.2f} s")
    click.echo(f"ratio {median(taken) / median(beside):.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
