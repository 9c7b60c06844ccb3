"""The office (办公室): what workers, witnesses and auditors see, one file for each subject."""

from flask import Blueprint

from pointsbank.web.portals.office import (
    books,
    cards,
    devices,
    entries,
    goods,
    journal,
    redemptions,
    search,
    service,
    today,
    volunteers,
)

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    subject.blueprint
    for subject in (
        today,
        search,
        volunteers,
        cards,
        service,
        redemptions,
        goods,
        journal,
        entries,
        books,
        devices,
    )
)

__all__ = ["BLUEPRINTS"]
