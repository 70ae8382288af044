from services.problems.errors import ProblemKind
from services.references.answer import Unchecked
from services.references.reference import ReferenceKind
from services.references.unread_lists import unread_about
from tests.support.factories import problem

FAILED = problem(kind=ProblemKind.SERVER_FAILED)
BATCHES = Unchecked(ReferenceKind.BATCH, problem=FAILED)


def test_a_batch_file_may_be_needed_by_batches_whatever_its_purpose_is_called() -> None:
    for purpose in ("batch", "batch-api", "unheard_of"):
        assert unread_about(purpose, [BATCHES]) == [FAILED]


def test_no_job_takes_files_of_other_known_purposes() -> None:
    for purpose in ("vision", "file-extract", "fine-tune"):
        assert unread_about(purpose, [BATCHES]) == []
