"""Configs: which config file speaks of which runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

import duckdb

from labtop.store.index.names import Names
from labtop.store.index.slice import Read
from labtop.store.ingest.tracked import Tracked
from labtop.store.read.batch import Rejected
from labtop.store.read.config_limits import ConfigError
from labtop.store.read.configs import read_config
from labtop.store.read.identity import config_folders

_SAID = """
select distinct f.path, p.run from said_params p join files f on f.file = p.file where p.source = 'config'
"""
_FILES_OF_RUNS = "select s.run, f.path from shares s join files f on f.file = s.file"


class Configs:
    """Knows the config files and the runs of every folder, so that either may come first."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, tracked: Iterable[Tracked]) -> None:
        self._files: dict[str, set[str]] = defaultdict(set)
        self._runs: dict[str, set[int]] = defaultdict(set)
        self._folders: dict[str, tuple[str, ...]] = {}
        self._known: set[tuple[int, str]] = set()
        for file in tracked:
            if file.row.kind == "config":
                self._files[str(file.relative.parent)].add(file.row.path)
        for run, path in cursor.execute(_FILES_OF_RUNS).fetchall():
            self._meet(run, path)

    def _meet(self, run: int, path: str) -> bool:
        """A run of the log at `path`; whether it is new."""
        if (run, path) in self._known:
            return False
        self._known.add((run, path))
        for folder in self._folders_of(path):
            self._runs[folder].add(run)
        return True

    def _folders_of(self, path: str) -> tuple[str, ...]:
        """Where configs of the log at `path` may lie; a file may hold thousands of runs."""
        folders = self._folders.get(path)
        if folders is None:
            folders = self._folders[path] = tuple(map(str, config_folders(PurePosixPath(path))))
        return folders

    def behind(self, cursor: duckdb.DuckDBPyConnection) -> set[str]:
        """The config files that have not said anything of some run, because an earlier ingest ended too soon."""
        said = set(cursor.execute(_SAID).fetchall())
        return {
            path
            for folder, paths in self._files.items()
            for path in paths
            if any((path, run) not in said for run in self._runs.get(folder, ()))
        }

    def forget(self, path: str) -> None:
        """The file is gone."""
        self._files[str(PurePosixPath(path).parent)].discard(path)

    def read(self, file: Tracked) -> Read:
        """The parameters in a config file, for all runs that it speaks of so far."""
        folder = str(file.relative.parent)
        self._files[folder].add(file.row.path)
        read = Read(file.row, replaces=True)
        try:
            params = read_config(file.path)
        except ConfigError as error:
            read.batch.rejected.append(Rejected(1, 0, str(error)))
            return read
        read.configs = [(run, key, value) for run in sorted(self._runs[folder]) for key, value in params.items()]
        return read

    def affected(self, names: Names, reads: Iterable[Read]) -> set[str]:
        """The config files that speak of runs which first appear in these reads."""
        paths: set[str] = set()
        for read in reads:
            for run in read.batch.shares:
                if self._meet(names.run(run), read.row.path):
                    for folder in self._folders_of(read.row.path):
                        paths |= self._files.get(folder, set())
        return paths
