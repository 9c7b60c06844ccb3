"""The office (办公室): what workers, witnesses and auditors see, one file for each subject."""

from flask import Blueprint

from pointsbank.web.portals.office import (
    activities,
    backup,
    badges,
    books,
    cards,
    certificates,
    clock,
    consents,
    devices,
    entries,
    families,
    goods,
    handover,
    households,
    imports,
    journal,
    leaving,
    person_file,
    pins,
    proposals,
    redemptions,
    registering,
    rulebook,
    search,
    service,
    staff,
    stars,
    tell,
    today,
    volunteers,
)

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    subject.blueprint
    for subject in (
        today,
        search,
        volunteers,
        person_file,
        stars,
        certificates,
        registering,
        leaving,
        consents,
        households,
        families,
        staff,
        handover,
        badges,
        pins,
        cards,
        tell,
        proposals,
        service,
        rulebook,
        activities,
        redemptions,
        goods,
        imports,
        journal,
        entries,
        books,
        devices,
        clock,
        backup,
    )
)

__all__ = ["BLUEPRINTS"]
