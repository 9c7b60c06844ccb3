"""Every sentence that the kiosk says has its clip, and no clip is left that nobody says."""

from __future__ import annotations

import pytest

from scripts import voice


def test_every_phrase_has_its_clip_and_its_pinyin() -> None:
    assert voice.problems() == []


def test_a_sentence_without_a_clip_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "SAID", [*voice.SAID, "pair.wrong"])
    assert "no clip: 这个码不对" in voice.problems()
    assert "no pinyin: 这个码不对" in voice.problems()


def test_what_nobody_says_any_more_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "SAID", [])
    assert f"nobody says {voice.name_of('zh', '您还在吗')}" in voice.problems()
