"""Settings out of files: a team's labtop.toml in the directory, and above it the user's own file."""

from __future__ import annotations

from pathlib import Path

from labtop.store.read.settings_files import Unreadable, read_toml, team_file
from labtop.store.read.user_folders import from_home
from labtop.tui.settings.reading import Complaints, settings_of
from labtop.tui.settings.settings import Settings


def load(base: Path, user: Path | None) -> tuple[Settings, tuple[str, ...]]:
    """What the team's file in `base`, or beside it where that is a file, and the user's own file say.

    With a line for each thing that is wrong; what is right holds. A file that is not there says nothing.
    """
    settings, complaints = _both(base, user)
    return settings, complaints.lines


def wrong(base: Path, user: Path | None) -> tuple[tuple[str, str], ...]:
    """What is wrong in these files: the name of the file, and what."""
    return tuple(_both(base, user)[1].told)


def _both(base: Path, user: Path | None) -> tuple[Settings, Complaints]:
    complaints = Complaints()
    team = team_file(base)
    settings = _read(team, team.name, complaints, is_own=False)
    if user is not None:
        settings = _read(user, from_home(user), complaints, is_own=True).above(settings)
    return settings, complaints


def _read(path: Path, name: str, complaints: Complaints, *, is_own: bool) -> Settings:
    complaints.file = name
    try:
        table = read_toml(path)
    except Unreadable as error:
        complaints.add(str(error))
        return Settings()
    return settings_of(table, complaints, is_own=is_own)
