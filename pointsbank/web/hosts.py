"""Which names this bank answers to (主机名): its own, and no other.

A page elsewhere can point its own name at this machine, and the browser would let it read what we
answer (DNS rebinding). A number cannot be pointed anywhere, so whoever asks by number is answered:
the box at localhost, and the telephones on the shop's own network.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from pointsbank.foundation import Bank, InvalidInput, find_setting
from pointsbank.web.context import current_bank
from pointsbank.web.i18n import both_sentences

# Where the server listens, and more names for it, if the machine has some that it does not know.
LISTENS, MORE = "POINTSBANK_LISTENS", "POINTSBANK_HOSTS"
_MISDIRECTED = 421
_ADDRESS = "pointsbank.public_address"
# How long a name that was ours a moment ago is still answered after the settings name another.
FRESH_SECONDS = 5.0


class OtherHost(InvalidInput):
    """The address is not one of ours (不是这里的网址)."""

    code = "web.other_host"


class PublicAddress:
    """The address of the settings as it was read last, so that not every request asks the books.

    Only a yes is taken from memory, and for FRESH_SECONDS: a name that we do not know is looked for
    in the books, so a new address answers at once, in every process, and nobody has to be told.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: str | None = None
        self._read_at = float("-inf")

    def is_ours(self, bank: Bank, name: str, *, is_secure: bool) -> bool:
        """Whether a request by this name is meant for us."""
        if self._clock() - self._read_at < FRESH_SECONDS and self._answers(name, is_secure):
            return True
        read_at = self._clock()
        self._known = bank.database.glance(lambda session: find_setting(session, "public_address"))
        self._read_at = read_at
        return self._answers(name, is_secure)

    def _answers(self, name: str, is_secure: bool) -> bool:
        """Whether the address as we know it is of this name.

        While none is set, whoever comes through TLS is answered: the proxy's certificate is of our
        name, and a rebound name has none.
        """
        return urlsplit(self._known).hostname == name if self._known else is_secure


def init_app(app: Flask) -> None:
    machine = socket.gethostname().lower()
    told = [os.environ.get(LISTENS, ""), *os.environ.get(MORE, "").split()]
    own = {"localhost", machine, f"{machine}.local", *(one.lower() for one in told if one)}

    app.extensions[_ADDRESS] = PublicAddress()

    @app.before_request
    def refuse_other_hosts() -> Response | None:
        name = name_of(request.headers.get("Host", ""))
        if name in own or _is_number(name) or _is_public(name):
            return None
        said = "\n".join(both_sentences(OtherHost()))
        return Response(f"{said}\n", _MISDIRECTED, content_type="text/plain; charset=utf-8")


def name_of(host: str) -> str:
    """The name or number in a Host header, without its port.

    >>> name_of("Jifen.example.org:8000"), name_of("[::1]:8000"), name_of("")
    ('jifen.example.org', '::1', '')
    """
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_public(name: str) -> bool:
    """Whether it is the address of the settings."""
    address: PublicAddress = current_app.extensions[_ADDRESS]
    return address.is_ours(current_bank(), name, is_secure=request.is_secure)
