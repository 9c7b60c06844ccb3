"""Keep the catalogues true: gather what the pages say, compile what the translators wrote.

    python scripts/messages.py           gather from code and templates, update, compile
    python scripts/messages.py --check   fail when something is missing, unused or not compiled

`messages.po` holds the pages' Chinese and its English; `codes.po` holds the sentences of codes, as
`code.title` and `code.detail`, in both languages, and is written by hand.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).resolve().parents[1] / "pointsbank" / "web"
FOLDER = WEB / "translations"
HAN = re.compile("[\u4e00-\u9fff]")
LOCALES = ("zh_Hans_CN", "en")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


def path_of(locale: str, domain: str, suffix: str = "po") -> Path:
    return FOLDER / locale / "LC_MESSAGES" / f"{domain}.{suffix}"


def gathered() -> Catalog:
    """Every sentence that code and templates mark with `_( )`.

    A word that two places need in different English is marked with `pgettext(where, word)`.
    """
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for filename, _line, message, comments, context in extract_from_dir(
        str(WEB), METHODS, keywords=KEYWORDS
    ):
        catalog.add(message, None, [(filename, 0)], auto_comments=comments, context=context)
    return catalog


def read(locale: str, domain: str) -> Catalog:
    path = path_of(locale, domain)
    if not path.exists():
        return Catalog(locale=locale, domain=domain, charset="utf-8", fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=locale, domain=domain)


def compiled(catalog: Catalog) -> bytes:
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def update() -> None:
    for locale in LOCALES:
        pages = read(locale, "messages")
        # Gathered anew for each: a catalogue takes over the very messages that it is updated with.
        template = gathered()
        # Its day tells nothing and would make every run a change.
        template.creation_date = pages.creation_date
        pages.update(template, no_fuzzy_matching=True)
        pages.obsolete.clear()
        for message in pages:
            if locale == "zh_Hans_CN" and message.id:
                message.string = message.id
        for domain, catalog in (("messages", pages), ("codes", read(locale, "codes"))):
            path_of(locale, domain).parent.mkdir(parents=True, exist_ok=True)
            with path_of(locale, domain).open("wb") as out:
                write_po(out, catalog, sort_output=True, no_location=True, omit_header=False)
            path_of(locale, domain, "mo").write_bytes(compiled(read(locale, domain)))


def problems() -> list[str]:
    """What keeps the catalogues from being true."""
    found = []
    wanted = {(message.id, message.context or "") for message in gathered() if message.id}
    for locale in LOCALES:
        pages = read(locale, "messages")
        known = {(one.id, one.context or ""): one.string for one in pages if one.id}
        found += [
            f"{locale}: not gathered: {text}" for text in sorted(wanted - set(known), key=str)
        ]
        found += [
            f"{locale}: not said any more: {text}" for text in sorted(set(known) - wanted, key=str)
        ]
        found += [f"{locale}: not translated: {text}" for text, said in known.items() if not said]
        if locale == "en":
            found += [
                f"en: still Chinese: {said}" for said in known.values() if HAN.search(str(said))
            ]
        for domain in ("messages", "codes"):
            mo = path_of(locale, domain, "mo")
            if not mo.exists() or mo.read_bytes() != compiled(read(locale, domain)):
                found.append(f"{locale}: {domain}.mo is not fresh; run scripts/messages.py")
    return found


def main(arguments: list[str]) -> int:
    if "--check" not in arguments:
        update()
    found = problems()
    for line in found:
        sys.stderr.write(line + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
