"""Which names this bank answers to (主机名): its own, and no other.

A page elsewhere can point its own name at this machine, and the browser would let it read what we
answer (DNS rebinding). A number cannot be pointed anywhere, so whoever asks by number is answered:
the box at localhost, and the telephones on the shop's own network.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from urllib.parse import urlsplit

from flask import Flask, Response, request

from pointsbank.foundation import InvalidInput, find_setting
from pointsbank.web.context import current_bank
from pointsbank.web.i18n import both_sentences

# Where the server listens, and more names for it, if the machine has some that it does not know.
LISTENS, MORE = "POINTSBANK_LISTENS", "POINTSBANK_HOSTS"
_MISDIRECTED = 421


class OtherHost(InvalidInput):
    """The address is not one of ours (不是这里的网址)."""

    code = "web.other_host"


def init_app(app: Flask) -> None:
    machine = socket.gethostname().lower()
    told = [os.environ.get(LISTENS, ""), *os.environ.get(MORE, "").split()]
    own = {"localhost", machine, f"{machine}.local", *(one.lower() for one in told if one)}

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
    """Whether it is the address of the settings.

    While none is set there, whoever comes through TLS is answered: the proxy's certificate is of
    our name, and a rebound name has none.
    """
    known = current_bank().database.glance(lambda session: find_setting(session, "public_address"))
    return urlsplit(str(known)).hostname == name if known else request.is_secure
