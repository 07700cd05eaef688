"""Which story the demo tells, when it starts over, and how its clock runs."""

import json

import pytest

from portal.launcher import demo, story
from portal.launcher.paths import SetUpError
from portal.launcher.story import Clock, Story


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(story, "FOLDER", tmp_path)
    for name in ["STORY", "ACCOUNTS", "ELAPSED"]:
        monkeypatch.setattr(story, name, tmp_path / name.lower())
    return tmp_path


def tell(stage="publicity", seed=7, place="here"):
    told = Story(stage, seed, place)
    told.begin()
    told.finish(json.dumps({"password": "p", "accounts": []}))


def test_a_new_database_is_told_the_default_story():
    assert demo.choose("here", None, None) == (Story("cultivation", 1, "here"), None)
    assert demo.choose("here", "open", 3) == (Story("open", 3, "here"), None)


def test_without_a_wish_the_story_that_is_there_goes_on():
    tell()
    assert demo.choose("here", None, None) == (Story("publicity", 7, "here"), True)


@pytest.mark.parametrize(("stage", "seed"), [("open", None), (None, 8), ("publicity", 8)])
def test_another_wish_starts_over(stage, seed):
    tell()
    chosen, is_there = demo.choose("here", stage, seed)
    assert (chosen.stage, chosen.seed, is_there) == (stage or "publicity", seed or 7, False)


def test_an_interrupted_story_is_told_anew():
    Story("publicity", 7, "here").begin()
    assert demo.choose("here", None, None) == (Story("publicity", 7, "here"), False)


def test_another_database_knows_nothing_of_it():
    tell()
    assert demo.choose("elsewhere", None, None) == (Story("cultivation", 1, "elsewhere"), None)


def test_a_damaged_note_counts_as_none(folder):
    (folder / "story").write_text("{")
    assert story.recorded("here") is None


def test_a_database_that_was_brought_along_is_never_dropped():
    with pytest.raises(SetUpError, match="DATABASE_URL"):
        demo.start_over(None)


def test_the_clock_goes_on_where_it_stood(time_machine):
    tell()
    time_machine.move_to("2026-11-01T08:00:00+08:00", tick=False)
    clock = Clock()
    time_machine.move_to("2026-11-01T08:10:00+08:00", tick=False)
    clock.tick()
    # stopped for a week
    time_machine.move_to("2026-11-08T20:00:00+08:00", tick=False)
    assert story.elapsed() == 600
    again = Clock()
    time_machine.move_to("2026-11-08T20:05:00+08:00", tick=False)
    again.tick()
    assert story.elapsed() == 900


def test_a_new_story_starts_its_clock_anew(time_machine):
    tell()
    time_machine.move_to("2026-11-01T08:00:00+08:00", tick=False)
    clock = Clock()
    time_machine.move_to("2026-11-01T09:00:00+08:00", tick=False)
    clock.tick()
    tell()
    assert story.elapsed() == 0
