"""A machine becomes a shop's by one command, and is no longer one by another."""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pointsbank.cli import shop as commands
from pointsbank.cli.app import group
from pointsbank.cli.shop import NOTES, NotOurs, RootNeeded
from pointsbank.cli.shop_needs import list_needs
from pointsbank.cli.shop_plan import Shop, files_of
from pointsbank.foundation import KEYS_FILE

UNIT = "etc/systemd/system/pointsbank.service"
CHECK = "etc/systemd/system/pointsbank-check.service"
POLICY = "etc/chromium/policies/managed/pointsbank.json"
KIOSK = "usr/local/lib/pointsbank/kiosk"
AUTOSTART = "home/nobody-yet/.config/autostart/pointsbank-kiosk.desktop"
# Each was found right by `systemd-analyze verify` of systemd 252.
KNOWN_OPTIONS = """
Description Documentation After RequiresMountsFor ConditionPathExists StartLimitIntervalSec Type
User WorkingDirectory Environment EnvironmentFile ExecStart Restart RestartSec TimeoutStopSec
KillMode UMask Nice NoNewPrivileges CapabilityBoundingSet ProtectSystem ProtectHome ReadWritePaths
PrivateTmp PrivateDevices ProtectClock ProtectControlGroups ProtectHostname ProtectKernelLogs
ProtectKernelModules ProtectKernelTunables ProtectProc RestrictAddressFamilies RestrictNamespaces
RestrictRealtime RestrictSUIDSGID LockPersonality SystemCallArchitectures SystemCallFilter WantedBy
OnCalendar Persistent
""".split()
# Each was listed as understood by chrome://policy of Chromium 156.
KNOWN_POLICIES = """
URLBlocklist URLAllowlist IncognitoModeAvailability BrowserGuestModeEnabled BrowserAddPersonEnabled
BrowserSignin SyncDisabled ExtensionInstallBlocklist DownloadRestrictions AllowFileSelectionDialogs
PasswordManagerEnabled AutofillAddressEnabled AutofillCreditCardEnabled TranslateEnabled
SpellcheckEnabled SearchSuggestEnabled AlternateErrorPagesEnabled AllowDinosaurEasterEgg
EditBookmarksEnabled BackgroundModeEnabled MetricsReportingEnabled DefaultBrowserSettingEnabled
EnableMediaRouter ScreenCaptureAllowed DefaultNotificationsSetting DefaultGeolocationSetting
DefaultPopupsSetting DefaultWebUsbGuardSetting DefaultSerialGuardSetting DefaultWebHidGuardSetting
DefaultWebBluetoothGuardSetting AudioCaptureAllowed VideoCaptureAllowed VideoCaptureAllowedUrls
PrintingEnabled PrintPreviewUseSystemDefaultPrinter DeveloperToolsAvailability
""".split()


@pytest.fixture(autouse=True)
def nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below another folder nothing of this machine may be started or stopped."""

    def refuse(command: list[str]) -> None:
        raise AssertionError(f"a test would have run {command}")

    monkeypatch.setattr(commands, "_run", refuse)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine's files, none of them yet."""
    return tmp_path / "machine"


def install(root: Path | None, *words: str) -> Result:
    where = ("--prefix", str(root)) if root else ()
    told = ["shop-install", "--user", "nobody-yet", *where, *words]
    return CliRunner().invoke(group, told)


def tree(root: Path) -> dict[str, str]:
    """Every file with its hash."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_everything_is_written_below_the_folder_and_twice_is_once(root: Path) -> None:
    first = install(root)
    assert first.exit_code == 0, first.output
    written = tree(root)
    assert {UNIT, CHECK, POLICY, KIOSK, AUTOSTART, str(NOTES)} <= written.keys()
    assert os.access(root / KIOSK, os.X_OK)
    times = {path: (root / path).stat().st_mtime_ns for path in written if path != str(NOTES)}
    again = install(root)
    assert again.exit_code == 0
    assert tree(root) == written
    assert times == {path: (root / path).stat().st_mtime_ns for path in times}
    assert again.output.count("没变") == len(written) - 1


def test_what_was_written_goes_again_and_the_bank_stays(root: Path) -> None:
    bank = root / "var/lib/pointsbank/bank"
    bank.mkdir(parents=True)
    (bank / KEYS_FILE).write_text("keys")
    install(root)
    assert install(root, "--remove").exit_code == 0
    assert list(tree(root)) == [f"var/lib/pointsbank/bank/{KEYS_FILE}"]
    assert install(root, "--remove").exit_code == 0


def test_another_port_changes_what_is_ours(root: Path) -> None:
    install(root)
    assert install(root, "--port", "8123").exit_code == 0
    for path in (UNIT, POLICY, KIOSK):
        assert "8123" in (root / path).read_text(), path
        assert "8000" not in (root / path).read_text(), path


def test_somebody_elses_file_is_left_alone_and_nothing_is_half_done(root: Path) -> None:
    (root / POLICY).parent.mkdir(parents=True)
    (root / POLICY).write_text("{}")
    before = tree(root)
    refused = install(root)
    assert isinstance(refused.exception, NotOurs)
    assert refused.exception.facts == {"path": f"/{POLICY}"}
    assert tree(root) == before


def test_what_was_changed_by_hand_is_neither_overwritten_nor_taken_away(root: Path) -> None:
    install(root)
    with (root / UNIT).open("a") as unit:
        unit.write("# our own line\n")
    assert isinstance(install(root, "--port", "8123").exception, NotOurs)
    removed = install(root, "--remove")
    assert "改过的" in removed.output
    assert list(tree(root)) == [UNIT]


def test_the_system_itself_is_for_root_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert isinstance(install(None).exception, RootNeeded)
    assert isinstance(install(None, "--remove").exception, RootNeeded)
    shown = install(None, "--print-only")
    assert shown.exit_code == 0
    assert f"# ---- /{UNIT}" in shown.output
    assert install(root).exit_code == 0


def test_looking_writes_nothing(root: Path) -> None:
    assert install(root, "--print-only").exit_code == 0
    assert not root.exists()


def test_a_folder_that_a_unit_could_misread_is_refused(root: Path) -> None:
    assert install(root, "--home", "/srv/my bank").exit_code == 2
    assert install(root, "--home", "/srv/%h").exit_code == 2
    assert not root.exists()


def sections(root: Path, path: str) -> configparser.ConfigParser:
    """A unit as systemd reads it, of options that come once."""
    told = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    told.optionxform = str  # type: ignore[assignment,method-assign]  # options have capitals
    told.read(root / path, encoding="utf-8")
    return told


def test_the_server_comes_back_whatever_ends_it_and_sees_only_its_own(root: Path) -> None:
    install(root)
    unit = sections(root, UNIT)
    assert unit["Service"]["Restart"] == "always"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert unit["Install"]["WantedBy"] == "multi-user.target"
    assert unit["Service"]["User"] == "pointsbank"
    sandbox = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ReadWritePaths": "-/var/lib/pointsbank/bank -/media",
        "CapabilityBoundingSet": "",
        "UMask": "0077",
    }
    for path in (UNIT, CHECK):
        service = sections(root, path)["Service"]
        assert {name: service[name] for name in sandbox} == sandbox, path
    # Nothing is left to be filled in; `@system-service` is systemd's own word.
    for path in tree(root):
        assert not re.findall("@[a-z_]+@", (root / path).read_text()), path


def trouble_with(root: Path, *units: str) -> str:
    """What systemd says against units; where it is not installed, which options it never knew."""
    if shutil.which("systemd-analyze") is None:
        used = {
            option for unit in units for part in sections(root, unit).values() for option in part
        }
        return " ".join(sorted(used - set(KNOWN_OPTIONS)))
    judged = subprocess.run(
        ["systemd-analyze", "verify", *(str(root / unit) for unit in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    return judged.stderr


def test_systemd_finds_nothing_wrong_with_the_units(root: Path) -> None:
    install(root)
    timer = CHECK.replace(".service", ".timer")
    assert trouble_with(root, UNIT, CHECK, timer) == ""
    text = (root / UNIT).read_text()
    (root / UNIT).write_text(text.replace("Restart=always", "Restarts=always"))
    assert "Restarts" in trouble_with(root, UNIT)


def test_the_browser_may_open_our_pages_and_nothing_else(root: Path) -> None:
    install(root)
    policy = json.loads((root / POLICY).read_text())
    assert policy["URLAllowlist"] == ["http://localhost:8000"]
    assert "*" in policy["URLBlocklist"]
    assert (policy["DeveloperToolsAvailability"], policy["DownloadRestrictions"]) == (2, 3)
    assert policy["PrintingEnabled"] is True
    assert policy.keys() <= set(KNOWN_POLICIES)
    for folder in ("etc/chromium-browser", "etc/opt/chrome"):
        same = root / folder / "policies/managed/pointsbank.json"
        assert same.read_bytes() == (root / POLICY).read_bytes()


def test_where_the_office_works_here_too_it_takes_files_in_and_out(root: Path) -> None:
    install(root, "--office-here")
    policy = json.loads((root / POLICY).read_text())
    assert (policy["DownloadRestrictions"], policy["AllowFileSelectionDialogs"]) == (0, True)
    assert policy["URLAllowlist"] == ["http://localhost:8000"]


BROWSER = """#!/bin/bash
printf '%s\\n' "$@" >> "$HOME/said"
echo --- >> "$HOME/said"
# The third time the person at the screen has had enough, and so has the test.
if [ "$(grep -c '^---$' "$HOME/said")" = 3 ]; then kill "$PPID"; fi
"""


@contextmanager
def listening() -> Iterator[int]:
    """Something that answers at a port, as the server does once it is there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answer, args=(server,), daemon=True).start()
        yield int(server.getsockname()[1])


def _answer(server: socket.socket) -> None:
    try:
        while True:
            server.accept()[0].close()
    except OSError:
        return


def test_the_kiosk_opens_by_itself_again_and_again_and_never_asks_to_restore(
    root: Path, tmp_path: Path
) -> None:
    home, bin_folder = tmp_path / "home", tmp_path / "bin"
    preferences = home / ".config/pointsbank-kiosk/Default/Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text('{"profile":{"exit_type":"Crashed","name":"x"}}')
    bin_folder.mkdir()
    for name, text in (("chromium", BROWSER), ("sleep", "#!/bin/sh\n")):
        (bin_folder / name).write_text(text)
        (bin_folder / name).chmod(0o755)
    with listening() as port:
        install(root, "--port", str(port))
        subprocess.run(
            [root / KIOSK],
            env={"HOME": str(home), "PATH": f"{bin_folder}:/usr/bin:/bin"},
            timeout=60,
            check=False,
        )
    rounds = (home / "said").read_text().split("---\n")[:-1]
    assert len(rounds) == 3
    flags = rounds[0].split()
    assert flags[-1] == f"http://localhost:{port}/kiosk/"
    assert {
        "--kiosk",
        "--hide-crash-restore-bubble",
        "--noerrdialogs",
        "--disable-pinch",
        "--overscroll-history-navigation=0",
        "--kiosk-printing",
    } <= set(flags)
    assert "--incognito" not in flags
    assert '"exit_type":"Normal"' in preferences.read_text()


def test_without_a_browser_it_says_so(root: Path, tmp_path: Path) -> None:
    install(root)
    bash = tmp_path / "bin/bash"
    bash.parent.mkdir()
    bash.symlink_to("/bin/bash")
    done = subprocess.run(
        [bash, root / KIOSK],
        env={"HOME": str(tmp_path), "PATH": str(bash.parent)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, "No browser" in done.stderr) == (127, True)


def needs(shop: Shop, root: Path) -> str:
    return "\n".join(f"{need.what} {need.then}" for need in list_needs(shop, root))


@pytest.fixture
def shop() -> Shop:
    return Shop("nobody-yet", Path("/var/lib/pointsbank/bank"), 8000)


def test_what_is_missing_is_told_with_what_to_do(root: Path, shop: Shop) -> None:
    told = install(root)
    assert "还差" in told.output
    for missing in ("没有账户 nobody-yet", "不会自动登录", "还没有建账"):
        assert missing in told.output
    assert f"--home {shop.home} init" in told.output


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/gdm3/daemon.conf", "[daemon]\nAutomaticLoginEnable=true\nAutomaticLogin={user}\n"),
        ("etc/lightdm/lightdm.conf.d/50.conf", "[Seat:*]\nautologin-user={user}\n"),
        ("etc/sddm.conf", "[Autologin]\nUser={user}\nSession=plasma\n"),
    ],
)
def test_who_logs_in_by_itself_is_found(root: Path, shop: Shop, path: str, text: str) -> None:
    assert "不会自动登录" in needs(shop, root)
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text(text.format(user="somebody-else"))
    assert "不会自动登录" in needs(shop, root)
    (root / path).write_text(text.format(user=shop.user))
    assert "不会自动登录" not in needs(shop, root)


def test_a_login_that_was_switched_off_does_not_count(root: Path, shop: Shop) -> None:
    path = root / "etc/gdm3/daemon.conf"
    path.parent.mkdir(parents=True)
    path.write_text(f"[daemon]\nAutomaticLoginEnable=false\nAutomaticLogin={shop.user}\n")
    assert "不会自动登录" in needs(shop, root)


def test_a_bank_that_was_founded_is_not_missing(root: Path, shop: Shop) -> None:
    (root / "var/lib/pointsbank/bank").mkdir(parents=True)
    (root / "var/lib/pointsbank/bank" / KEYS_FILE).touch()
    assert "还没有建账" not in needs(shop, root)


def test_a_program_that_its_account_cannot_read_is_told(
    root: Path, tmp_path: Path, shop: Shop
) -> None:
    shut = tmp_path / "private"
    (shut / "pointsbank").mkdir(parents=True)
    shut.chmod(0o700)
    hidden = Shop(shop.user, shop.home, shop.port, program=shut / "pointsbank")
    assert "cannot read the program" in needs(hidden, root)
    assert "cannot read the program" not in needs(replace(hidden, program=Path("/usr/lib")), root)


def test_a_bank_in_somebodys_own_folder_is_let_through_the_sandbox() -> None:
    def unit(home: str, program: str) -> str:
        told = Shop("a", Path(home), 8000, program=Path(program), python="/usr/bin/python3")
        return next(file.text for file in files_of(told) if file.path == Path(UNIT))

    assert "ProtectHome=yes" in unit("/var/lib/pointsbank/bank", "/opt/pointsbank")
    for home, program in (("/home/li/bank", "/opt/x"), ("/srv/bank", "/home/li/pointsbank")):
        assert "ProtectHome=read-only" in unit(home, program)


def test_the_line_in_the_unit_really_serves_a_bank(
    root: Path, tmp_path: Path, serves: Callable[[list[str], int], None]
) -> None:
    home = tmp_path / "bank"
    with socket.create_server(("127.0.0.1", 0)) as asked:
        port = asked.getsockname()[1]
    install(root, "--home", str(home), "--port", str(port))
    found = ["init", "--community", "晨光", "--shop", "店", "--admin", "limin"]
    made = CliRunner().invoke(
        group,
        ["--home", str(home), *found, "--admin-name", "李敏", "--password-file", "-"],
        input="correct horse battery staple\n",
    )
    assert made.exit_code == 0, made.output
    service = sections(root, UNIT)["Service"]
    serves(shlex.split(service["ExecStart"]), port)
    checked = subprocess.run(
        shlex.split(sections(root, CHECK)["Service"]["ExecStart"]),
        cwd=service["WorkingDirectory"],
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.fixture
def serves() -> Callable[[list[str], int], None]:
    """Start a command and see that somebody is at home at its port."""

    def start(command: list[str], port: int) -> None:
        process = subprocess.Popen(command, cwd=Path(__file__).resolve().parents[2])
        try:
            for _ in range(1200):
                assert process.poll() is None, "it ended by itself"
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    return
                except OSError:
                    threading.Event().wait(0.1)
            raise AssertionError("nobody answers")
        finally:
            process.terminate()
            process.wait(20)

    return start
