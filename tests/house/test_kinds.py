"""Every movement that any room may make is declared, and each declaration makes sense."""

from __future__ import annotations

import importlib
import re

import pytest

from pointsbank.audit.check import bounds
from pointsbank.ledger import ACCOUNT_TYPES, EntryKind, declare_kind, list_kinds
from tests.house.source import rooms

for _room in rooms():
    importlib.import_module(f"pointsbank.{_room}")

KINDS = [kind for kind in list_kinds() if not kind.code.startswith("tests.")]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
SOURCES = {"issued", "supply"}
SINKS = {"redeemed", "expired", "deducted", "given_out", "written_off"}


@each_kind
def test_a_kind_has_a_code_of_its_room_and_at_least_one_way(kind: EntryKind) -> None:
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", kind.code)
    assert kind.code.split(".")[0] in {*rooms(), "ledger"}
    assert kind.routes


@each_kind
def test_both_ends_of_every_way_hold_the_same_thing(kind: EntryKind) -> None:
    for source, target in kind.routes:
        assert ACCOUNT_TYPES[source].holds == ACCOUNT_TYPES[target].holds, (source, target)
        assert source != target or ACCOUNT_TYPES[source].keeps_balance, (source, target)


@each_kind
def test_nothing_leaves_a_sink_and_nothing_enters_a_source(kind: EntryKind) -> None:
    for source, target in kind.routes:
        assert source not in SINKS, (source, target)
        assert target not in SOURCES, (source, target)


def test_a_way_between_different_things_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="hold different things"):
        declare_kind("tests.points_for_soap", [("wallet", "shelf")])


def test_a_kind_cannot_be_declared_twice() -> None:
    declare_kind("tests.once", [("wallet", "redeemed")])
    with pytest.raises(ValueError, match="declared twice"):
        declare_kind("tests.once", [("wallet", "redeemed")])


def test_the_check_knows_the_same_account_types_by_a_list_of_its_own() -> None:
    assert set(bounds.ACCOUNT_TYPES) == {
        (kind.code, kind.holds, kind.least, kind.most) for kind in ACCOUNT_TYPES.values()
    }
