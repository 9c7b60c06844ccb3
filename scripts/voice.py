"""Make the clips that the kiosk reads aloud with: Chromium on Linux has no voice of its own.

    python scripts/voice.py           speak what has no clip yet, remove what nobody says any more
    python scripts/voice.py --check   fail when a sentence of the kiosk lacks its clip

What is said stands in `kiosk/static/words.js`; cut at its commas and its facts it becomes phrases,
each spoken once by espeak-ng and packed by opusenc (Debian's packages espeak-ng and opus-tools).
How a Chinese phrase sounds stands in `scripts/voice_pinyin.tsv`, because the program reads pinyin
only. A community that likes a neighbour's voice or its dialect better records over the files; their
names stay.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import wave
from array import array
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORDS = ROOT / "kiosk" / "static" / "words.js"
VOICE = ROOT / "kiosk" / "static" / "voice"
PINYIN = ROOT / "scripts" / "voice_pinyin.tsv"
INDEX = "index.json"
SILENT = 150  # of 32,768
LANGUAGES = {"zh": ("cmn-latn-pinyin", 140), "en": ("en-gb", 145)}

# The sentences beside the refusals that are said and not only shown.
SAID = """
    basket.remove checking.title closed.safe closed.title done.sub done.title help.call help.title
    last.ask last.booked last.closed last.safe last.title
    left.emptied line.back line.lost pad.number_wrong pin.hint pin.title pin.wrong recovered.not
    recovered.title
    sign.in_sub sign.in_title sign.out_leader sign.out_sub sign.out_title sign.pick sign.stopped_sub
    sign.stopped_title sign.taken_back slip.now sum.now sum.this time.emptied time.other_card
    time.safe time.title undo.done
""".split()
# Numbers, and what greets somebody.
NUMBERS = {
    "zh": "零 一 二 两 三 四 五 六 七 八 九 十 百 千 万 点 分 秒 分钟 小时 月 日 件 次",
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty"
    " ninety hundred thousand point points pts minutes hours things thing",
}
# What is written short and said whole.
SPOKEN = {"pts": "points"}
GREETINGS = {
    "zh": "您好 您有 阿姨 叔叔 大姐 大哥 大妈 大爷 奶奶 爷爷 伯伯 婆婆"
    " 老师 师傅 先生 女士 同学 小朋友",
    "en": "Hello|You have",
}
_PAIR = re.compile(
    r'(?:"([\w.]+)":\s*|\b(zh|en):\s*)\[\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\s*\]'
)
_CODE = re.compile(r'^\s*"([\w.]+)":\s*\{', re.MULTILINE)
# A fact in braces, or what makes a voice pause.
CUT = re.compile(r"\{[^}]*\}|[，。：；？！、（）「」—·…,.:;?!()\n]+")


def phrases() -> dict[str, list[str]]:
    """What must have a clip, by language, each once, in the order of words.js."""
    sentences: dict[str, list[str]] = {"zh": [], "en": []}
    refusals = WORDS.read_text(encoding="utf-8").index("export const REFUSALS")
    text = WORDS.read_text(encoding="utf-8")
    starts = [(found.start(), found[1]) for found in _CODE.finditer(text)]
    for found in _PAIR.finditer(text):
        code, language, first, second = found.groups()
        if found.start() < refusals:
            if code in SAID:
                sentences["zh"].append(first)
                sentences["en"].append(second)
        elif language:
            of = [name for at, name in starts if at < found.start()][-1]
            if not of.startswith("station."):
                sentences[language] += [first, second]
    said = {}
    for language, lines in sentences.items():
        between = "|" if "|" in GREETINGS[language] else None
        words = NUMBERS[language].split() + GREETINGS[language].split(between)
        parts = [part.strip() for line in lines for part in CUT.split(line)]
        said[language] = list(dict.fromkeys(one for one in [*words, *parts] if one))
    return said


def name_of(language: str, phrase: str) -> str:
    """The file of a phrase: it changes with the phrase, so that no old clip says a new one."""
    return f"{language}-{hashlib.sha256(phrase.encode()).hexdigest()[:10]}.ogg"


def index() -> dict[str, dict[str, str]]:
    """By language: phrase → file."""
    return {
        language: {one: name_of(language, one) for one in lines}
        for language, lines in phrases().items()
    }


def spelled() -> dict[str, str]:
    """How Chinese phrases sound: pinyin with the number of its tone."""
    lines = PINYIN.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line)


def problems() -> list[str]:
    """What keeps the kiosk from saying what it should, and what nobody says."""
    wanted = index()
    files = {name for names in wanted.values() for name in names.values()}
    there = {path.name for path in VOICE.glob("*.ogg")}
    found = [
        f"no clip: {one}"
        for names in wanted.values()
        for one, name in names.items()
        if name not in there
    ]
    found += [f"nobody says {name}" for name in sorted(there - files)]
    found += [f"no pinyin: {one}" for one in wanted["zh"] if one not in spelled()]
    told = VOICE / INDEX
    if not told.exists() or json.loads(told.read_text(encoding="utf-8")) != wanted:
        found.append(f"{INDEX} is not fresh")
    return found


def record(language: str, phrase: str, path: Path) -> None:
    """Speak one phrase into a file."""
    voice, speed = LANGUAGES[language]
    text = spelled()[phrase] if language == "zh" else SPOKEN.get(phrase, phrase)
    with tempfile.TemporaryDirectory() as folder:
        spoken = f"{folder}/spoken.wav"
        speak = ["espeak-ng", "-v", voice, "-s", str(speed), "-g", "2", "-w", spoken, text]
        subprocess.run(speak, check=True)
        without_silence(spoken)
        pack = ["opusenc", "--quiet", "--bitrate", "14", "--framesize", "40", "--serial", "1"]
        pack += ["--padding", "0", "--discard-comments"]
        subprocess.run([*pack, spoken, str(path)], check=True)


def without_silence(path: str) -> None:
    """Cut off what is silent before and after: clips are joined to sentences in the page."""
    with wave.open(path, "rb") as source:
        how, samples = source.getparams(), array("h", source.readframes(source.getnframes()))
    loud = [at for at, sample in enumerate(samples) if abs(sample) > SILENT]
    with wave.open(path, "wb") as target:
        target.setparams(how)
        target.writeframes(samples[loud[0] : loud[-1] + 1].tobytes())


def update() -> None:
    """Record what is missing, remove what is not said."""
    missing = [tool for tool in ("espeak-ng", "opusenc") if shutil.which(tool) is None]
    if missing:
        raise SystemExit("missing: apt-get install -y espeak-ng opus-tools")
    wanted = index()
    VOICE.mkdir(exist_ok=True)
    for language, names in wanted.items():
        for phrase, name in names.items():
            if not (VOICE / name).exists():
                record(language, phrase, VOICE / name)
    kept = {name for names in wanted.values() for name in names.values()}
    for path in VOICE.glob("*.ogg"):
        if path.name not in kept:
            path.unlink()
    (VOICE / INDEX).write_text(
        json.dumps(wanted, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def main(arguments: list[str]) -> int:
    """Make or check."""
    if "--check" not in arguments:
        update()
    found = problems()
    for line in found:
        sys.stderr.write(line + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
