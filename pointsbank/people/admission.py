"""Letting in (准入): staff by their passwords, browsers and devices by tokens.

Passwords, tokens and pairing codes are made and checked at the door; only their hashes are booked.
"""

from __future__ import annotations

import pointsbank.people.badges as badges
import pointsbank.people.devices as devices
import pointsbank.people.enrolments as enrolments
import pointsbank.people.logins as logins
import pointsbank.people.pairings as pairings
from pointsbank.foundation import Act, Answer, Bank, Caller, Outcome, new_key, operation
from pointsbank.foundation.cells import clean_text
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.devices import KINDS
from pointsbank.people.errors import LoginWrong
from pointsbank.people.organisations import get_organisation
from pointsbank.people.passwords import hash_password, is_outdated, is_password
from pointsbank.people.shops import get_shop
from pointsbank.people.staff import (
    StaffRow,
    disable,
    find_password_hash,
    get_staff,
    insert_staff,
    normalise_login,
    refuse_last_admin,
    set_password_hash,
)
from pointsbank.people.volunteers import get_volunteer

_kind = one_of({kind: kind for kind in KINDS})

AT_THE_DOOR = Caller(actor="system", client="login")


@operation("people.add_staff")
def add_staff(
    act: Act,
    *,
    login: str,
    name: str,
    password_hash: str,
    roles: list[str],
    organisation: str | None = None,
    volunteer_number: str | None = None,
) -> Answer:
    """Enter a member of staff. The door has refused a weak password and hashed it.

    `volunteer_number` says who they are as a volunteer. Raises LoginTaken, OrganisationUnknown.
    """
    session = act.session
    owner = get_organisation(session, organisation) if organisation else None
    volunteer = get_volunteer(session, volunteer_number) if volunteer_number else None
    staff_id = insert_staff(
        session,
        login=login,
        name=name,
        password_hash=password_hash,
        roles=roles,
        organisation_id=owner.id if owner else None,
        volunteer_id=volunteer.id if volunteer else None,
    )
    return {"staff": staff_id}


@operation("people.set_password")
def set_password(act: Act, *, login: str, password_hash: str) -> Answer:
    """Give a member of staff a new password; every login of theirs ends. Raises StaffUnknown."""
    staff = get_staff(act.session, login)
    set_password_hash(act.session, staff.id, password_hash)
    enrolments.end_all(act, staff.id)
    return {"staff": staff.id, "ended": logins.end_all(act, staff.id)}


@operation("people.disable_staff", whatever_the_time=True)
def disable_staff(act: Act, *, login: str) -> Answer:
    """Shut a member of staff out from this moment on. Raises StaffUnknown, LastAdmin."""
    staff = get_staff(act.session, login)
    refuse_last_admin(act.session, staff.id)
    return {"staff": staff.id, "ended": shut_out(act, staff.id)}


def shut_out(act: Act, staff_id: int) -> int:
    """End somebody's login, badge and offered codes; how many logins were open. A step."""
    disable(act, staff_id)
    badges.end_with_login(act, staff_id)
    enrolments.end_all(act, staff_id)
    return logins.end_all(act, staff_id)


def check_password(bank: Bank, login: str, password: str) -> StaffRow:
    """Whose password this is. Raises LoginWrong, LoginLocked, or TooBusy.

    The try is counted, and that is on the disk, before anything is compared: whoever pulls the plug
    between guess and answer gains nothing, nor does whoever guesses on many machines at once.
    """
    login = normalise_login(login)[:64]
    told = bank.keys.fingerprint_of("failed login", {"login": login}).hex()
    _count_attempt(bank, by=AT_THE_DOOR, key=new_key(), login_hash=told)
    kept = bank.database.read(lambda session: find_password_hash(session, login))
    if not is_password(kept, password) or kept is None:
        raise LoginWrong()
    _forget_failures(bank, by=AT_THE_DOOR, key=new_key(), login_hash=told)
    staff = bank.database.read(lambda session: get_staff(session, login))
    if is_outdated(kept):
        renewed = hash_password(password)
        _renew_hash(bank, by=AT_THE_DOOR, key=new_key(), staff_id=staff.id, password_hash=renewed)
    return staff


@operation("people.count_attempt", whatever_the_time=True)
def _count_attempt(act: Act, *, login_hash: str) -> Answer:
    return {"failures": logins.count_attempt(act, login_hash)}


@operation("people.forget_failures", whatever_the_time=True)
def _forget_failures(act: Act, *, login_hash: str) -> Answer:
    logins.forget_failures(act, login_hash)
    return {}


@operation("people.renew_hash", whatever_the_time=True)
def _renew_hash(act: Act, *, staff_id: int, password_hash: str) -> Answer:
    set_password_hash(act.session, staff_id, password_hash)
    return {"staff": staff_id}


def open_login(bank: Bank, *, staff_id: int, token_hash: bytes, key: str) -> Outcome:
    """Begin a login for whom `check_password` has let in; the door keeps the token."""
    by = Caller(actor=f"staff:{staff_id}", client="login")
    return _open_login(bank, by=by, key=key, staff_id=staff_id, token=token_hash.hex())


@operation("people.open_login", whatever_the_time=True)
def _open_login(act: Act, *, staff_id: int, token: str) -> Answer:
    return {"login": logins.start(act, staff_id, bytes.fromhex(token))}


def renew_login(bank: Bank, *, token_hash: bytes, key: str) -> bool:
    """Write down that somebody is still there; False when the login has ended."""
    done = _renew_login(bank, by=AT_THE_DOOR, key=key, token=token_hash.hex())
    return bool(done.answer["open"])


@operation("people.renew_login", whatever_the_time=True)
def _renew_login(act: Act, *, token: str) -> Answer:
    return {"open": logins.mark_seen(act, bytes.fromhex(token))}


def end_login(bank: Bank, *, token_hash: bytes, key: str) -> Outcome:
    """End a login; ending it again changes nothing."""
    return _end_login(bank, by=AT_THE_DOOR, key=key, token=token_hash.hex())


@operation("people.end_login", whatever_the_time=True)
def _end_login(act: Act, *, token: str) -> Answer:
    return {"ended": logins.end(act, bytes.fromhex(token))}


def open_pairing(
    bank: Bank, *, by: Caller, key: str, shop: str, name: str, kind: str = "kiosk"
) -> tuple[str, str]:
    """Offer to pair a kiosk or a station of a shop: the code to type there, until when it holds.

    The same key shows the same code again. Raises ShopUnknown.
    """
    code = pairings.make_pairing_code(bank.keys, by.client, key)
    told = pairings.pairing_code_hash(bank.keys, code).hex()
    values = {"shop": shop, "name": name, "kind": kind, "code_hash": told}
    done = _open_pairing(bank, by=by, key=key, **values)
    return code, str(done.answer["expires_at"])


@operation("people.open_pairing")
def _open_pairing(act: Act, *, shop: str, name: str, kind: str, code_hash: str) -> Answer:
    place = get_shop(act.session, shop)
    until = pairings.offer(
        act,
        shop_id=place.id,
        name=clean_text(name, 40),
        kind=_kind(kind),
        code_hash=bytes.fromhex(code_hash),
    )
    return {"shop": place.code, "expires_at": until}


def pair_device(bank: Bank, *, code: str, token_hash: bytes, key: str) -> Outcome:
    """Pair whoever typed a code; the door has made the device's token and answers it once.

    Raises PairingUnknown for a code that is mistyped, used or over; which of them is not told.
    """
    told = pairings.pairing_code_hash(bank.keys, code).hex()
    by = Caller(actor="system", client="pairing")
    return _pair_device(bank, by=by, key=key, code_hash=told, token=token_hash.hex())


@operation("people.pair_device")
def _pair_device(act: Act, *, code_hash: str, token: str) -> Answer:
    pairing = pairings.use(act, bytes.fromhex(code_hash))
    device = devices.insert_device(
        act,
        shop_id=pairing.shop_id,
        name=pairing.name,
        token_hash=bytes.fromhex(token),
        kind=pairing.kind,
    )
    return {"device": device.id, "number": device.number, "shop": device.shop_id}


@operation("people.revoke_device", whatever_the_time=True)
def revoke_device(act: Act, *, device_id: int) -> Answer:
    """End a device's token, as when a kiosk was stolen. Raises DeviceUnknown."""
    devices.revoke(act, device_id)
    return {"device": device_id}
