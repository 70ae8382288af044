"""The slips themselves: what is changed, and that the module still compiles."""

from tests.mutants.slips import slips_in

SOURCE = '''
def place(self, size):
    """Give it its name."""
    os.fsync(self.file)
    os.replace(self.path, self.target)
    if size is not None and size < self.limit:
        raise ValueError
    flags = os.O_CREAT | os.O_EXCL
    _log.info("placed")
    return max(size, 0)
'''


def test_every_kind_of_slip_is_found_and_can_be_compiled() -> None:
    found = {slip.what for slip in slips_in(SOURCE)}
    assert found == {
        "os.fsync(self.file)  →  left out",
        "os.replace(self.path, self.target)  →  left out",
        "os.fsync(self.file)  →  after os.replace(self.path, self.target)",
        "size is not None and size < self.limit  →  (size is not None or size < self.limit)",
        "size is not None  →  (size is None)",
        "size < self.limit  →  (size <= self.limit)",
        "raise ValueError  →  left out",
        "os.O_CREAT | os.O_EXCL  →  (os.O_CREAT)",
        "max(size, 0)  →  (size)",
    }
    for slip in slips_in(SOURCE):
        compile(slip.source, "slipped.py", "exec")
        assert slip.source != SOURCE


def test_a_slip_changes_only_its_own_lines() -> None:
    swapped = next(slip for slip in slips_in(SOURCE) if "after" in slip.what)
    lines = swapped.source.splitlines()
    assert lines[3] == "    os.replace(self.path, self.target)"
    assert lines[4] == "    os.fsync(self.file)"
    assert lines[5:] == SOURCE.splitlines()[5:]


def test_what_stands_behind_letters_of_several_bytes_is_found() -> None:
    (slip,) = slips_in('title = f("…", a < b)\n')
    assert slip.source == 'title = f("…", (a <= b))\n'


def test_a_flag_that_is_nothing_here_is_not_left_out() -> None:
    assert slips_in('flags = os.O_CREAT | getattr(os, "O_NOWHERE", 0)\n') == []
    assert len(slips_in('flags = os.O_CREAT | getattr(os, "O_EXCL", 0)\n')) == 1


def test_edges_of_the_real_clock_are_not_moved_and_others_are() -> None:
    assert slips_in("late = time.monotonic() >= deadline\n") == []
    assert len(slips_in("late = self._clock() >= deadline\n")) == 1


def test_where_a_loop_looks_at_its_token_is_not_changed() -> None:
    loop = "for piece in pieces:\n    running.token.check()\n    digest.update(piece)\n"
    assert [slip.what for slip in slips_in(loop)] == ["digest.update(piece)  →  left out"]
    assert len(slips_in("def f():\n    token.check()\n    place(piece)\n")) == 3


def test_a_line_that_is_never_reached_is_not_left_out() -> None:
    assert slips_in('def f():\n    raise AssertionError("no end")\n') == []


def test_what_only_logs_or_tunes_is_not_left_out() -> None:
    assert slips_in("def f():\n    _log.info(1)\n    made.setsockopt(*option)\n") == []


def test_edges_between_two_ways_to_the_same_result_are_not_moved() -> None:
    assert slips_in("few = len(rows) <= _FEW\n") == []
    assert len(slips_in("few = len(rows) <= _LIMIT\n")) == 1


def test_what_is_done_before_a_step_ends_is_not_done_after_it() -> None:
    assert slips_in("for row in rows:\n    search_texts(row)\n    yield\n") == []
    outside = {slip.what for slip in slips_in("def f():\n    begin()\n    yield\n")}
    assert outside == {"begin()  →  left out", "begin()  →  after yield"}
