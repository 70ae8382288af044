"""Which mutations are generated, and that the mutated module still compiles."""

from tests.mutants.mutations import mutations_in

SOURCE = '''
def place(self, size):
    """Move it to its target."""
    os.fsync(self.file)
    os.replace(self.path, self.target)
    if size is not None and size < self.limit:
        raise ValueError
    flags = os.O_CREAT | os.O_EXCL
    _log.info("placed")
    return max(size, 0)
'''


def test_every_kind_of_mutation_is_found_and_compiles() -> None:
    found = {mutation.what for mutation in mutations_in(SOURCE)}
    assert found == {
        "os.fsync(self.file)  →  removed",
        "os.replace(self.path, self.target)  →  removed",
        "os.fsync(self.file)  →  after os.replace(self.path, self.target)",
        "size is not None and size < self.limit  →  (size is not None or size < self.limit)",
        "size is not None  →  (size is None)",
        "size < self.limit  →  (size <= self.limit)",
        "raise ValueError  →  removed",
        "os.O_CREAT | os.O_EXCL  →  (os.O_CREAT)",
        "max(size, 0)  →  (size)",
    }
    for mutation in mutations_in(SOURCE):
        compile(mutation.source, "mutated.py", "exec")
        assert mutation.source != SOURCE


def test_a_mutation_changes_only_its_own_lines() -> None:
    swapped = next(mutation for mutation in mutations_in(SOURCE) if "after" in mutation.what)
    lines = swapped.source.splitlines()
    assert lines[3] == "    os.replace(self.path, self.target)"
    assert lines[4] == "    os.fsync(self.file)"
    assert lines[5:] == SOURCE.splitlines()[5:]


def test_code_after_multibyte_characters_is_found() -> None:
    (mutation,) = mutations_in('title = f("…", a < b)\n')
    assert mutation.source == 'title = f("…", (a <= b))\n'


def test_a_flag_that_is_zero_is_not_removed() -> None:
    assert mutations_in('flags = os.O_CREAT | getattr(os, "O_NOWHERE", 0)\n') == []
    assert len(mutations_in('flags = os.O_CREAT | getattr(os, "O_EXCL", 0)\n')) == 1


def test_comparisons_with_the_real_clock_are_not_mutated() -> None:
    assert mutations_in("late = time.monotonic() >= deadline\n") == []
    assert len(mutations_in("late = self._clock() >= deadline\n")) == 1


def test_where_a_loop_checks_its_token_is_not_mutated() -> None:
    loop = "for piece in pieces:\n    running.token.check()\n    digest.update(piece)\n"
    assert [mutation.what for mutation in mutations_in(loop)] == [
        "digest.update(piece)  →  removed"
    ]
    tried = "while True:\n    try:\n        token.check()\n    except ValueError:\n        pass\n"
    assert mutations_in(tried) == []
    assert len(mutations_in("def f():\n    token.check()\n    place(piece)\n")) == 3


def test_an_unreachable_line_is_not_removed() -> None:
    assert mutations_in('def f():\n    raise AssertionError("no end")\n') == []


def test_logging_and_tuning_calls_are_not_removed() -> None:
    assert mutations_in("def f():\n    _log.info(1)\n    made.setsockopt(*option)\n") == []


def test_bounds_that_only_affect_speed_are_not_mutated() -> None:
    assert mutations_in("few = len(rows) <= _FEW\n") == []
    assert len(mutations_in("few = len(rows) <= _LIMIT\n")) == 1


def test_statements_are_not_moved_across_a_bare_yield_in_a_loop() -> None:
    assert mutations_in("for row in rows:\n    search_texts(row)\n    yield\n") == []
    outside = {mutation.what for mutation in mutations_in("def f():\n    begin()\n    yield\n")}
    assert outside == {"begin()  →  removed", "begin()  →  after yield"}
