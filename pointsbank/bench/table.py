"""The figures of a measurement as a table for people."""

from __future__ import annotations

from collections.abc import Iterator

from pointsbank.bench.course import Measured
from pointsbank.bench.rounds import Side

_LAYERS = (
    ("routing", "Flask: routes, headers, who asks, slip"),
    ("validation", "strict JSON, schema"),
    ("hand_over", "hand-over to the writer"),
    ("rules", "rules and session, in Python"),
    ("sql", "SQL"),
    ("commit", "begin and commit"),
)


def table_of(measured: Measured) -> Iterator[str]:
    """One database's figures, line by line, the ratio last."""
    yield f"{measured.dialect}"
    yield f"  {'':<24}{'per second':>12}{'p50 ms':>9}{'p99 ms':>9}{'p99/p50':>9}{'CPU µs':>9}"
    yield _line("yardstick, raw driver", measured.yardstick)
    yield _line("checkout over HTTP", measured.ours)
    refused = measured.ours.refused
    yield f"  statements per checkout {measured.statements:.1f}, refused {len(refused)}"
    for told in refused[:1]:
        yield f"  first refusal: {told[-300:]}"
    yield "  CPU µs of one checkout, alone and in one process, by layer"
    for name, told in _LAYERS:
        value = getattr(measured.layers, name)
        yield f"    {told:<42}{'–' if value is None else round(value):>6}"
    used = measured.ours.cpu_us
    if used is not None:
        yield f"    {'all of it over HTTP, commits shared':<42}{used:>6.0f}"
    yield f"  books: {measured.booked} checkouts, all acknowledged ones there once, check clean"
    yield f"  ratio {measured.dialect} {measured.ratio:.2f}"


def _line(name: str, side: Side) -> str:
    half, most = side.within(0.5), side.within(0.99)
    used = "–" if side.cpu_us is None else f"{side.cpu_us:.0f}"
    return (
        f"  {name:<24}{side.per_second:>12.0f}{half:>9.1f}{most:>9.1f}{most / half:>9.1f}{used:>9}"
    )
