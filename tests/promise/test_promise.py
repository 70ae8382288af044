"""The promise of the README: nothing twice, nothing lost, nothing untrue.

`make crash ARGS="--minutes 60"` draws other courses, for as long as asked.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.promise.counts import Counts
from tests.promise.course import Course
from tests.promise.drawing import courses_of_kind
from tests.promise.known_courses import KNOWN
from tests.promise.running import run

COURSES = {"uploads": 80, "downloads": 40, "deletes": 40, "everything": 40}


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_course_keeps_the_promise(name: str) -> None:
    run(KNOWN[name], Counts())


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", COURSES)
def test_any_course_keeps_the_promise(kind: str) -> None:
    met = Counts()

    @settings(
        max_examples=COURSES[kind],
        phases=[Phase.generate],  # `python -m tests.promise --shrink` looks for the smallest
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(courses_of_kind(kind))
    def keeps_it(course: Course) -> None:
        run(course, met)

    keeps_it()
    print(met)
    assert met.kills
    assert met.quits
    if kind == "uploads":
        assert met.answers_lost
        assert met.renamed
        assert met.adopted
        assert met.resent
