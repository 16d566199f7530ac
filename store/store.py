"""Store: one watched directory, its ingest and its answers. This is the only door for screens and commands."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb

from labtop.store.answering import Answering
from labtop.store.answers.models import models
from labtop.store.asking import failed
from labtop.store.index.files import Index, open_index, size_of
from labtop.store.index.schema import schema_version
from labtop.store.model import (
    Activity,
    Annotation,
    CodeDiff,
    IndexInfo,
    Model,
    Noted,
    NotThere,
    Promoted,
    Promotion,
    Refused,
    StoreError,
    WatchMode,
)

if TYPE_CHECKING:
    from labtop.store.annotating.promoting import Decided
    from labtop.store.ingest.follow import Follow
    from labtop.store.ingest.ingest import Ingest


class Store(Answering):
    """Answers about one watched directory (or one log file).

        with Store.open(Path("runs")) as store:
            store.catch_up()
            for run in store.table(TableQuery()).runs: ...

    Every answer takes a cursor of its own and may be asked from any thread, while ingest goes on.
    Raises `StoreError` (one line, what to do) when the directory cannot be watched at all.
    """

    def __init__(self, root: Path, index: Index, *, poll: bool, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._root = root
        self._base = root if root.is_dir() else root.parent  # also when it is gone later
        self._opened = index
        self._beginning = threading.Lock()
        self._begun: Ingest | None = None
        self._at_work = threading.Lock()  # one thread reads at a time
        self._poll = poll
        self._shown = threading.Event()
        self._follow: Follow | None = None

    @classmethod
    def open(
        cls, root: Path, *, index: Path | None = None, poll: bool = False, clock: Callable[[], float] = time.time
    ) -> Self:
        """Open the index of `root`; what it already holds can be asked for at once.

        `index`: its file, instead of the default place. `poll`: do not rely on file events. `clock`: seconds since the
        epoch, by which answers judge silence.
        Raises NotThere for a missing root, StoreError for one that cannot be read.
        """
        if not root.exists():
            raise NotThere(f"there is no {root}: name a directory of runs, or make it with mkdir")
        if not os.access(root, os.R_OK | os.X_OK if root.is_dir() else os.R_OK):
            raise StoreError(f"{root} cannot be read: no permission")
        return cls(root, open_index(root, index), poll=poll, clock=clock)

    def close(self) -> None:
        """Stop ingest and let go of the index."""
        self._stop()
        with self._at_work, self._beginning:
            self._refusal = StoreError("the store is closed")
            (self._begun or self._opened).close()

    def _stop(self) -> None:
        if self._follow is not None:
            self._follow.stop()
            self._follow = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def catch_up(self) -> None:
        """Read all that is new, in this thread, and return when done. Not while `start` reads in its own.

        Raises StoreError when not even an index in memory can hold it.
        """
        with self._at_work:
            self._catch_up()

    def _catch_up(self) -> None:
        try:
            self._ingest.catch_up()
        except duckdb.Error as error:
            raise failed(error) from error

    def start(self, on_change: Callable[[Activity], None]) -> None:
        """Watch and ingest in a thread of its own; `on_change` is called there, about ten times a second at most."""
        from labtop.store.ingest.follow import Follow

        self._stop()
        with self._at_work:
            self._follow = Follow(self._ingest, on_change, poll=self._poll, shown=self._shown)
            self._follow.start()

    def shown(self) -> None:
        """What was told last is on the screen: reading, which waits a moment for it, may go on."""
        self._shown.set()

    @property
    def root(self) -> Path:
        """The watched directory, or the file."""
        return self._root

    @property
    def activity(self) -> Activity:
        """How ingest stands now."""
        if self._begun is not None:
            return self._begun.activity
        notice = self._opened.notice
        return Activity(notices=() if notice is None else (notice,))

    @property
    def watch_mode(self) -> WatchMode:
        """How growth is noticed: while `start` follows, else how it would be, for which a watch is tried out."""
        if self._follow is not None:
            return self.activity.watch
        if self._poll:
            return "poll"
        from labtop.store.ingest.trying import tried

        return tried(self.root)

    def annotate(self, annotations: Sequence[Annotation]) -> Noted:
        """Append what a person says of runs. Raises StoreError where it can be written nowhere."""
        return self._note(annotations, self._clock())

    def _note(self, annotations: Sequence[Annotation], now: float) -> Noted:
        from labtop.store.annotating import annotate_all, user

        noted = annotate_all(self._base, annotations, now, user())
        if self._follow is not None:
            self._follow.hurry()
        return noted

    def code_diff(self, one: int, other: int) -> CodeDiff:
        """How the code of two runs differs, as git and saved patches tell; the repository is looked for around the
        directory and the working directory. Raises `NotThere`.
        """
        from labtop.store.answers.code_diff import code_diff, codes

        first, second = self._ask(lambda cursor: codes(cursor, one, other))
        places = [self._base.absolute()]
        with contextlib.suppress(FileNotFoundError):  # somebody may have removed it
            places.append(Path.cwd())
        return code_diff(first, second, places)

    def promote(self, promotion: Promotion) -> Promoted:
        """Bring a run's model to a stage, and archive the version that leaves production for it.

        Raises `Refused`, which says what `force` would overrule, if that helps; NotThere for a run that is not there.
        """
        from labtop.store.annotating.promoting import promote

        return self._decide(lambda registry: promote(promotion, self.detail(promotion.run), registry))

    def rollback(self, model: str, why: str = "") -> Promoted:
        """Production of the model back to the version before. Raises NotThere without such a model, else `Refused`."""
        from labtop.store.annotating import user
        from labtop.store.annotating.rolling_back import roll_back

        return self._decide(lambda registry: roll_back(model, registry, user(), why))

    def _decide(self, decide: Callable[[tuple[Model, ...]], Decided]) -> Promoted:
        """Decide on the registry as it stands in the files now, while nobody else does, and write it down."""
        from labtop.store.annotating.deciding import alone, moment_of, said_now

        if not self.activity.complete:
            raise Refused("not all is read yet, and a stage may be among the rest: try again when it is")
        with alone(self._base):
            anew = said_now(self._base)
            made = decide(self._ask(lambda cursor: models(cursor, self._clock(), anew)))
            noted = self._note(made.annotations, moment_of(made.model, self._clock()))
        return Promoted(
            model=made.model.name,
            version=made.version,
            stage=made.stage,
            run=made.run,
            sha256=made.sha256,
            artifact=made.artifact,
            archived=made.archived,
            forced=made.forced,
            remarks=made.remarks,
            noted=noted,
        )

    def index_info(self) -> IndexInfo:
        """The index in use."""
        index = self._index
        size = 0 if index.path is None else size_of(index.path)
        return IndexInfo(None if index.path is None else str(index.path), size, schema_version())

    @property
    def _ingest(self) -> Ingest:
        """What reads. It begins when first wanted: the first answers do not wait for its modules and its memory."""
        with self._beginning:
            if self._refusal is not None:
                raise self._refusal
            if self._begun is None:
                from labtop.store.ingest.ingest import Ingest

                try:
                    self._begun = Ingest(self._root, self._opened)
                except StoreError as error:
                    self._refusal = error
                    raise
                except duckdb.Error as error:
                    raise failed(error) from error
            return self._begun

    @property
    def _index(self) -> Index:
        return self._opened if self._begun is None else self._begun.index

    def _exchange(self, damaged: Index, error: duckdb.Error) -> None:
        """A query found the index damaged: have it exchanged, by what reads, or here where nothing does."""
        ingest = self._ingest  # which may find the damage itself when it begins
        if damaged is not ingest.index:
            return
        ingest.doubt(damaged)
        with self._at_work:
            if self._follow is not None:
                raise failed(error) from error
            if damaged is ingest.index:
                self._catch_up()
