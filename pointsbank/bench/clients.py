"""Sixteen kiosks at once: keep-alive connections driven by one small loop in a process of its own.

The loop knows just enough HTTP to tell where an answer ends, so that measuring takes little of the
processor that is being measured.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from pointsbank.bench.rounds import Round
from pointsbank.bench.world import Basket
from pointsbank.foundation import new_key

HOST = "127.0.0.1"
CREATED = b"201"
PATIENCE_SECONDS = 30.0
TOLD_MOST = 5

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


def as_request(basket: Basket, key: str = "") -> bytes:
    """The confirming press as bytes on the wire."""
    body = json.dumps(basket.body, separators=(",", ":")).encode()
    head = (
        "POST /api/v1/redemptions HTTP/1.1\r\n"
        f"Host: {HOST}\r\n"
        f"Authorization: Bearer {basket.kiosk.token}\r\n"
        f"Idempotency-Key: {key or new_key()}\r\n"
        "Content-Type: application/json\r\n"
        "Accept: application/json\r\n"
        "Accept-Language: zh-CN\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run_clients(
    port: int, queues: Sequence[Sequence[bytes]], *, seconds: float, warm_seconds: float = 0.0
) -> Round:
    """Let each client send its requests one after the other for so long.

    The round ends early when a client has nothing more to send, and late when by its end nothing
    has been booked yet: on a machine that busy, a round of nothing would measure nothing.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_drive, port, queues, seconds, warm_seconds).result()


class _Client:
    """One connection with one request under way."""

    def __init__(self, port: int, requests: Sequence[bytes]) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._requests: Iterator[bytes] = iter(requests)
        self._answer = b""

    def send(self) -> bool:
        """Send the next request; False when there is none."""
        request = next(self._requests, None)
        if request is None:
            return False
        self._answer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)
        return True

    def receive(self) -> bytes | None:
        """The answer, once it is whole."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        self._answer += part
        head, blank, body = self._answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n") if blank else None
        if length is None or len(body) < int(length[1]):
            return None
        return self._answer


def _drive(
    port: int, queues: Sequence[Sequence[bytes]], seconds: float, warm_seconds: float
) -> Round:
    client: _Client
    clients = [_Client(port, queue) for queue in queues]
    waiting = selectors.DefaultSelector()
    for client in clients:
        waiting.register(client.socket, selectors.EVENT_READ, client)
    starts = time.perf_counter() + warm_seconds
    ends = starts + seconds
    times: list[float] = []
    refused: list[str] = []
    done = 0
    under_way = sum(client.send() for client in clients)
    while under_way:
        ready = waiting.select(PATIENCE_SECONDS)
        if not ready:
            raise TimeoutError("the server does not answer")
        for selected, _ in ready:
            client = selected.data
            answer = client.receive()
            if answer is None:
                continue
            now = time.perf_counter()
            under_way -= 1
            if answer[9:12] == CREATED:
                done += 1
                if client.sent_at >= starts and (now <= ends or not times):
                    times.append(now - client.sent_at)
                    ends = max(ends, now)
            elif len(refused) < TOLD_MOST:
                refused.append(answer.decode(errors="replace"))
            if now < ends or not times:
                if client.send():
                    under_way += 1
                else:
                    ends = now
    for client in clients:
        client.socket.close()
    return Round(seconds=ends - starts, times=times, refused=refused, done_in_all=done)
