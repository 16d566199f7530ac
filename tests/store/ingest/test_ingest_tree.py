"""The tree in memory: what is a candidate, what is noticed when, and how little is asked for it."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from pathlib import Path

import pytest

from labtop.store.ingest.tree import Tree

HOUR = 3600.0
OTHER_DISK = Path("/dev/shm")


class Clock:
    """Both clocks of a tree; the wall's begins now, so that it goes with the times of real files."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._wall = time.time() - self.now

    def __call__(self) -> float:
        return self.now

    def wall(self) -> float:
        return self._wall + self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    return root


@pytest.fixture
def tree(root: Path, clock: Clock) -> Tree:
    return Tree(root, clock=clock, wall=clock.wall)


def make(root: Path, *paths: str, age: float = 0.0) -> None:
    """Files and their folders, as if nothing had happened there for so long."""
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('{"step": 1}\n')
        set_age(file, age)
    for path in paths:
        for folder in (root / path).parents:
            if folder.is_relative_to(root):
                set_age(folder, age)


def set_age(path: Path, age: float) -> None:
    then = time.time() - age
    os.utime(path, (then, then))


def append(path: Path) -> None:
    with path.open("a") as file:
        file.write('{"step": 2}\n')


def found(root: Path) -> list[str]:
    tree = Tree(root)
    tree.look()
    return list(tree.candidates())


def asked(tree: Tree, *, everything: bool = False) -> set[str]:
    return {each.relative for each in tree.look(everything=everything).files}


def ages(tree: Tree, clock: Clock, seconds: float) -> None:
    """Time goes by, with a look every second."""
    for _ in range(int(seconds)):
        clock.now += 1
        tree.look()


# Which paths


def test_what_each_is(root: Path) -> None:
    make(root, "a/b/metrics.jsonl")
    (each,) = Tree(root).look().files
    assert (each.path, each.relative, each.stat.st_size) == (f"{root}/a/b/metrics.jsonl", "a/b/metrics.jsonl", 12)


def test_folders_passed_over(root: Path) -> None:
    make(root, *(f"{folder}/a.jsonl" for folder in (".git", "node_modules", "__pycache__", ".venv")))
    make(root, ".hydra/config.yaml", ".labtop/events.jsonl", ".labtop/annotations.jsonl", "b/annotations.jsonl")
    assert found(root) == [".hydra/config.yaml", ".labtop/annotations.jsonl", ".labtop/events.jsonl"]


def test_eight_folders_deep(root: Path) -> None:
    make(root, "1/2/3/4/5/6/7/8/a.jsonl", "1/2/3/4/5/6/7/8/9/b.jsonl")
    assert found(root) == ["1/2/3/4/5/6/7/8/a.jsonl"]


def test_the_order_is_fixed(root: Path) -> None:
    make(root, "b/x.jsonl", "a/z.jsonl", "a/y.jsonl", "a/c/x.jsonl", "c.jsonl")
    assert found(root) == ["c.jsonl", "a/y.jsonl", "a/z.jsonl", "a/c/x.jsonl", "b/x.jsonl"]


def test_an_empty_file_is_found(root: Path) -> None:
    (root / "a.jsonl").touch()
    assert found(root) == ["a.jsonl"]


def test_a_link_into_the_tree_adds_nothing(root: Path) -> None:
    make(root, "runs/z/a.jsonl")
    (root / "latest").symlink_to("runs/z")
    (root / "runs/a.jsonl").symlink_to("z/a.jsonl")
    os.link(root / "runs/z/a.jsonl", root / "runs/z/b.jsonl")
    assert found(root) == ["runs/z/a.jsonl"]


def test_links_out_of_the_tree_are_followed_once(root: Path, tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/a/m.jsonl", "single.jsonl", "root/own.jsonl")
    (root / "one").symlink_to(tmp_path / "elsewhere")
    (root / "two").symlink_to(tmp_path / "elsewhere")
    (root / "file.jsonl").symlink_to(tmp_path / "single.jsonl")
    (tmp_path / "elsewhere/back").symlink_to(root)
    assert found(root) == ["own.jsonl", "file.jsonl", "one/a/m.jsonl"]


def test_loops_and_links_above_the_root_end(root: Path, tmp_path: Path) -> None:
    make(tmp_path, "outside.jsonl", "root/a.jsonl")
    (root / "up").symlink_to("..")
    (root / "self").symlink_to("self")
    (root / "dead.jsonl").symlink_to("nowhere")
    assert found(root) == ["a.jsonl"]


def test_only_files_are_candidates(root: Path) -> None:
    make(root, "folder.jsonl/a.jsonl")
    os.mkfifo(root / "pipe.jsonl")
    assert found(root) == ["folder.jsonl/a.jsonl"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_an_unreadable_folder_is_passed_over_until_it_can_be_read(root: Path, tree: Tree) -> None:
    make(root, "shut/a.jsonl", "open/b.jsonl")
    (root / "shut").chmod(0)
    try:
        tree.look()
        assert list(tree.candidates()) == ["open/b.jsonl"]
    finally:
        (root / "shut").chmod(0o700)
    assert asked(tree) >= {"shut/a.jsonl"}


def test_a_root_that_is_a_file_or_nothing(root: Path) -> None:
    make(root, "odd.name", "other.jsonl")
    assert found(root / "odd.name") == ["odd.name"]
    assert found(root / "missing") == []


# What is asked, and when


def test_nothing_is_asked_about_quiet_files_at_once_but_all_within_a_minute(
    root: Path, tree: Tree, clock: Clock
) -> None:
    paths = {f"{at % 10}/{at}.jsonl" for at in range(300)}
    make(root, *paths, age=2 * HOUR)
    assert asked(tree) == paths, "all are news at first"
    assert asked(tree) == set()
    times: Counter[str] = Counter()
    most = 0
    for _ in range(60):
        clock.now += 1
        now = asked(tree)
        most = max(most, len(now))
        times.update(now)
    assert set(times) == paths
    assert max(times.values()) <= 2
    assert most <= 20, "300 files in 30 to 60 seconds, and no look is a burst"


def test_a_file_that_changed_is_asked_about_every_time_for_a_minute(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a/quiet.jsonl", "a/busy.jsonl", age=HOUR)
    append(root / "a/busy.jsonl")
    tree.look()
    for _ in range(58):
        clock.now += 1
        assert "a/busy.jsonl" in asked(tree)
    clock.now += 5
    tree.look()
    assert asked(tree) == set()


def test_files_written_at_the_same_time_do_not_stay_in_step(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, *(f"{at}.jsonl" for at in range(100)))
    tree.look()
    ages(tree, clock, 2 * HOUR)
    most = 0
    for _ in range(120):
        clock.now += 1
        most = max(most, len(asked(tree)))
    assert most < 20


def test_a_file_that_resumes_after_long_quiet_is_seen_within_a_minute_and_is_busy_then(
    root: Path, tree: Tree, clock: Clock
) -> None:
    make(root, "a/metrics.jsonl", age=5 * HOUR)
    tree.look()
    ages(tree, clock, 100)
    append(root / "a/metrics.jsonl")
    waited = 0
    while not any(each.stat.st_size == 24 for each in tree.look().files):
        clock.now += 1
        waited += 1
    assert waited <= 60
    clock.now += 1
    assert asked(tree) == {"a/metrics.jsonl"}


def test_a_file_of_which_an_event_told_is_asked_about_at_once_and_every_time(
    root: Path, tree: Tree, clock: Clock
) -> None:
    make(root, "a/metrics.jsonl", age=5 * HOUR)
    tree.look()
    assert asked(tree) == set()
    tree.stir("a/metrics.jsonl")
    for _ in range(3):
        assert asked(tree) == {"a/metrics.jsonl"}
        clock.now += 1


def test_everything_is_asked_when_that_is_asked_for(root: Path, tree: Tree) -> None:
    make(root, "a/x.jsonl", "b.jsonl", age=HOUR)
    tree.look()
    assert asked(tree) == set()
    assert asked(tree, everything=True) == {"a/x.jsonl", "b.jsonl"}


def test_a_file_with_a_time_to_come_is_like_one_of_now(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a.jsonl", age=-10 * HOUR)
    tree.look()
    assert asked(tree) == {"a.jsonl"}
    ages(tree, clock, 200)
    assert asked(tree) == set()


# What comes and goes


def test_files_in_new_deep_folders_are_found_by_the_next_look(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "old/a.jsonl", age=HOUR)
    tree.look()
    clock.now += 1
    make(root, "sweep/7/seed/3/metrics.jsonl")
    assert asked(tree) == {"sweep/7/seed/3/metrics.jsonl"}


def test_a_file_that_appears_right_after_its_folder_was_listed_is_found_though_the_time_of_the_folder_is_the_same(
    root: Path, tree: Tree, clock: Clock
) -> None:
    make(root, "a/x.jsonl")
    kept = (root / "a").stat()
    tree.look()
    (root / "a/y.jsonl").touch()
    os.utime(root / "a", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    clock.now += 1
    assert "a/y.jsonl" in asked(tree)


def test_a_folder_whose_times_tell_nothing_is_listed_now_and_then(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a/x.jsonl", age=10 * HOUR)
    tree.look()
    ages(tree, clock, 200)
    (root / "a/y.jsonl").touch()
    after = (root / "a").stat()
    tree.known("a").mark = after.st_mtime_ns, after.st_ctime_ns  # as on a file system that keeps no times of folders
    waited = 0
    while "a/y.jsonl" not in asked(tree):
        clock.now += 1
        waited += 1
    assert 1 < waited <= 30
    (root / "a/z.jsonl").touch()
    after = (root / "a").stat()
    tree.known("a").mark = after.st_mtime_ns, after.st_ctime_ns
    assert tree.touch("a/z.jsonl")
    clock.now += 1
    assert "a/z.jsonl" in asked(tree), "an event told of it"


def test_a_folder_ahead_of_our_clock_is_listed_every_time(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a/x.jsonl", age=-600)
    tree.look()
    ages(tree, clock, 100)
    node = tree.known("a")
    (root / "a/y.jsonl").touch()
    after = (root / "a").stat()
    os.utime(root / "a", ns=(after.st_atime_ns, node.mark[0]))
    node.mark = node.mark[0], (root / "a").stat().st_ctime_ns
    clock.now += 1
    assert "a/y.jsonl" in asked(tree)


def test_what_is_removed_is_no_candidate_any_more(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a/x.jsonl", "a/y.jsonl", "b/deep/z.jsonl", age=HOUR)
    assert tree.look().moved
    assert not tree.look().moved
    (root / "a/x.jsonl").unlink()
    shutil.rmtree(root / "b")
    clock.now += 1
    assert tree.look().moved
    assert list(tree.candidates()) == ["a/y.jsonl"]


def test_a_file_that_is_replaced_by_renaming_is_asked_about_at_once(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a/x.jsonl", "a/x.tmp", age=HOUR)
    tree.look()
    (root / "a/x.tmp").replace(root / "a/x.jsonl")
    clock.now += 1
    assert asked(tree) == {"a/x.jsonl"}


def test_a_file_made_anew_is_asked_about_at_once_whatever_number_it_gets(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a/x.jsonl", age=HOUR)
    tree.look()
    (root / "a/x.jsonl").unlink()
    make(root, "a/x.jsonl", age=HOUR)
    clock.now += 1
    assert asked(tree) == {"a/x.jsonl"}


def test_a_folder_replaced_by_another_brings_its_own_files(
    root: Path, tree: Tree, clock: Clock, tmp_path: Path
) -> None:
    make(root, "a/s/x.jsonl", age=HOUR)
    make(tmp_path, "new/s/x.jsonl", "new/y.jsonl", age=HOUR)
    tree.look()
    shutil.rmtree(root / "a")
    (tmp_path / "new").replace(root / "a")
    clock.now += 1
    assert asked(tree) == {"a/s/x.jsonl", "a/y.jsonl"}


def test_the_other_name_of_a_file_takes_over_when_the_first_goes(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a.jsonl", age=HOUR)
    os.link(root / "a.jsonl", root / "b.jsonl")
    tree.look()
    assert list(tree.candidates()) == ["a.jsonl"]
    (root / "a.jsonl").unlink()
    clock.now += 1
    assert asked(tree) == {"b.jsonl"}
    assert list(tree.candidates()) == ["b.jsonl"]


def test_a_link_that_leads_elsewhere_now_is_followed_there(
    root: Path, tree: Tree, clock: Clock, tmp_path: Path
) -> None:
    make(tmp_path, "one/x.jsonl", "two/y.jsonl", age=HOUR)
    (root / "latest").symlink_to(tmp_path / "one")
    tree.look()
    assert list(tree.candidates()) == ["latest/x.jsonl"]
    (root / "latest").unlink()
    (root / "latest").symlink_to(tmp_path / "two")
    clock.now += 1
    tree.look()
    assert list(tree.candidates()) == ["latest/y.jsonl"]


def test_a_link_to_what_is_not_there_yet_is_followed_when_it_is(
    root: Path, tree: Tree, clock: Clock, tmp_path: Path
) -> None:
    (root / "later").symlink_to(tmp_path / "later")
    tree.look()
    ages(tree, clock, 1000)
    make(tmp_path, "later/x.jsonl")
    ages(tree, clock, 60)
    assert list(tree.candidates()) == ["later/x.jsonl"]


def test_packing_a_rotated_file_shows_one_of_both_at_any_time(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a.jsonl", "a.jsonl.1")
    tree.look()
    for _ in range(2):
        make(root, "a.jsonl.1.gz")
        clock.now += 1
        tree.look()
        assert list(tree.candidates()) == ["a.jsonl", "a.jsonl.1"]
    (root / "a.jsonl.1").unlink()
    clock.now += 1
    assert "a.jsonl.1.gz" in asked(tree)
    assert list(tree.candidates()) == ["a.jsonl", "a.jsonl.1.gz"]


def test_events_that_call_for_a_look(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a/x.jsonl", "b.v2/y.jsonl", "c/1/2/3/4/5/6/7/z.jsonl", age=HOUR)
    tree.look()
    shutil.rmtree(root / "b.v2")
    (root / "new.v3").mkdir()
    assert all(map(tree.touch, ("a/new.jsonl", "b.v2", "new.v3", "not/yet/known.jsonl", "a/x.jsonl")))
    others = ("a/model.pt", "a/brief", ".git/log.txt", "node_modules/a.json", "c/1/2/3/4/5/6/7/8/9.jsonl", "a/.tmp")
    assert not any(map(tree.touch, others))


# The root


def test_a_root_that_vanishes_and_comes_back(root: Path, tree: Tree, clock: Clock) -> None:
    make(root, "a/x.jsonl", age=HOUR)
    tree.look()
    root.rename(root.with_name("moved"))
    clock.now += 1
    assert tree.look().moved
    assert not tree.is_there
    root.with_name("moved").rename(root)
    clock.now += 1
    assert asked(tree) == {"a/x.jsonl"}
    assert tree.is_there


def test_a_file_that_is_the_root_vanishes_and_comes_back(root: Path, clock: Clock) -> None:
    log = root / "x.jsonl"
    make(root, "x.jsonl", "y.jsonl")
    tree = Tree(log, clock=clock, wall=clock.wall)
    assert asked(tree) == {"x.jsonl"}
    log.unlink()
    clock.now += 1
    assert tree.look().moved
    assert list(tree.candidates()) == []
    assert not tree.is_there
    make(root, "x.jsonl")
    clock.now += 1
    assert asked(tree) == {"x.jsonl"}
    assert tree.touch("x.jsonl")
    assert not tree.touch("y.jsonl")


def test_a_folder_slow_to_list_is_listed_seldom_but_another_in_its_place_at_once(root: Path, clock: Clock) -> None:
    def slow() -> float:
        clock.now += 1  # each thing done, listing too, takes a second or two
        return clock.now

    tree = Tree(root, clock=slow, wall=clock.wall)
    make(root, "x.jsonl")
    assert "x.jsonl" in asked(tree)
    make(root, "y.jsonl")
    assert "y.jsonl" not in asked(tree)
    clock.now += 120
    assert "y.jsonl" in asked(tree)
    root.rename(root.with_name("elsewhere"))
    make(root, "z.jsonl")
    assert asked(tree) == {"z.jsonl"}


@pytest.mark.parametrize("below", ["", "disk"], ids=["the root", "a folder below"])
def test_an_empty_folder_on_another_disk_is_a_place_where_something_was_mounted(
    below: str, root: Path, tmp_path: Path, clock: Clock
) -> None:
    if not os.access(OTHER_DISK, os.W_OK) or OTHER_DISK.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system")
    other = OTHER_DISK / f"labtop-test-{os.getpid()}-{below}"
    other.mkdir()
    try:
        make(tmp_path, "real/a/x.jsonl")
        named = tmp_path / "named" / below
        named.parent.mkdir(exist_ok=True)
        named = Path(str(named).rstrip("/"))
        hop = tmp_path / "hop"
        hop.symlink_to(tmp_path / "real")
        named.symlink_to(hop)  # stays as it is, as the folder does on which something is mounted
        tree = Tree(tmp_path / "named", clock=clock, wall=clock.wall)
        (path,) = asked(tree)
        assert tree.away() == []
        hop.unlink()
        hop.symlink_to(other)
        ages(tree, clock, 2)
        assert (tree.away(), tree.is_away(path)) == ([str(named)], True)
        make(other, "b.jsonl")
        ages(tree, clock, 2)
        assert (tree.away(), tree.is_away(path)) == ([], False)
        assert len(list(tree.candidates())) == 1
    finally:
        shutil.rmtree(other)
