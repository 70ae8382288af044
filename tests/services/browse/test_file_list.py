import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.api.remote_file import RemoteFile
from services.browse import picked_rows, sorted_rows
from services.browse.file_list import Amount, FileFilter, FileList, View, is_output
from services.browse.ordering import Column, Order
from services.browse.slices import finish
from tests.support.factories import remote_file
from tests.support.manual_clock import ManualClock
from tests.support.narrowing import not_none, now
from tests.ui.plain_files import plainly_arranged

NOW = 1_800_000_000
DAY = 24 * 3600
SEVENS = [f"0777{n}" for n in range(10)]


def make_list(*files: RemoteFile) -> FileList:
    made = FileList(lambda: NOW)
    made.begin_listing(1)
    made.add_page(1, files)
    made.end_listing(1, complete=True)
    return made


def ids(files: FileList) -> list[str]:
    return [file.id for file in files.arrange()]


def test_a_complete_listing_adds_files_and_removes_missing_ones() -> None:
    files = make_list(remote_file(id="a"), remote_file(id="b"))
    files.begin_listing(2)
    files.add_page(2, [remote_file(id="b"), remote_file(id="c")])
    assert set(ids(files)) == {"a", "b", "c"}
    files.end_listing(2, complete=True)
    assert set(ids(files)) == {"b", "c"}


def test_an_incomplete_listing_removes_nothing() -> None:
    files = make_list(remote_file(id="a"), remote_file(id="b"))
    files.begin_listing(2)
    files.add_page(2, [remote_file(id="b")])
    files.end_listing(2, complete=False)
    assert set(ids(files)) == {"a", "b"}


def test_a_file_uploaded_during_a_listing_stays_even_if_no_page_has_it() -> None:
    files = make_list(remote_file(id="a"))
    files.begin_listing(2)
    files.add_page(2, [remote_file(id="a")])
    files.add(remote_file(id="new"))
    files.end_listing(2, complete=True)
    assert set(ids(files)) == {"a", "new"}


def test_an_earlier_upload_missing_from_a_listing_is_removed() -> None:
    files = make_list(remote_file(id="a"))
    files.add(remote_file(id="new"))
    files.begin_listing(2)
    files.add_page(2, [remote_file(id="a")])
    files.end_listing(2, complete=True)
    assert set(ids(files)) == {"a"}


@pytest.mark.parametrize("gone", ["b", "c"])
def test_a_file_removed_during_a_listing_does_not_save_a_missing_one(
    gone: str,
) -> None:
    files = make_list(remote_file(id="a"), remote_file(id="b"), remote_file(id="c"))
    files.begin_listing(2)
    files.add_page(2, [remote_file(id="b"), remote_file(id="c")])
    files.remove(gone)
    files.end_listing(2, complete=True)
    assert set(ids(files)) == {"b", "c"} - {gone}


def test_setting_the_clock_back_unexpires_files() -> None:
    clock = ManualClock(NOW)
    files = FileList(clock)
    files.add(remote_file(id="soon", expires_at=NOW + DAY))
    files.add(remote_file(id="later", expires_at=NOW + 8 * DAY))
    files.file_filter = FileFilter(view=View.EXPIRING)
    assert ids(files) == ["soon"]
    clock.now = NOW + 2 * DAY
    assert ids(files) == ["later"]
    clock.now = NOW
    assert ids(files) == ["soon"]
    assert files.counts().views[View.EXPIRING] == 1
    files.remove("soon")
    assert files.counts().views[View.EXPIRING] == 0


def test_an_earlier_listings_pages_and_end_are_ignored() -> None:
    files = make_list(remote_file(id="a"))
    files.begin_listing(2)
    files.begin_listing(3)
    files.add_page(2, [remote_file(id="late")])
    files.end_listing(2, complete=True)
    assert set(ids(files)) == {"a"}
    files.add_page(3, [remote_file(id="b")])
    files.end_listing(3, complete=True)
    assert set(ids(files)) == {"b"}


def test_files_are_marked_as_deleting_until_undone_or_deleted() -> None:
    files = make_list(remote_file(id="a"), remote_file(id="b"), remote_file(id="c"))
    files.mark_deleting(["a", "b"])
    files.unmark_deleting(["a"])
    assert files.deleting == {"b"}
    files.remove("b")
    assert files.deleting == frozenset()
    assert set(ids(files)) == {"a", "c"}


def test_removing_an_unknown_file_does_nothing() -> None:
    files = make_list(remote_file(id="a"))
    files.remove("b")
    assert ids(files) == ["a"]


def test_a_changed_file_replaces_the_old_one() -> None:
    files = make_list(remote_file(id="a", size=1), remote_file(id="b", size=2))
    files.order = Order(Column.SIZE)
    assert ids(files) == ["a", "b"]
    files.add(remote_file(id="a", size=3))
    assert ids(files) == ["b", "a"]
    changed = files.get("a")
    assert changed is not None
    assert changed.size == 3


def test_an_unchanged_file_keeps_its_object_and_is_not_repainted() -> None:
    file = remote_file(id="a", created_at=5)
    files = make_list(file)
    files.add(remote_file(id="a", created_at=5))
    assert files.arrange()[0] is file


@pytest.mark.parametrize("text", ["RUN", "run", "file-77", "FILE-77", " run ", "n1"])
def test_search_finds_part_of_a_name_or_id_ignoring_case(text: str) -> None:
    files = make_list(
        remote_file("Run10.jsonl", id="file-777"), remote_file("other.txt", id="file-8")
    )
    files.file_filter = FileFilter(text=text)
    assert ids(files) == ["file-777"]


def test_search_treats_capital_sharp_s_as_ss() -> None:
    files = make_list(remote_file("STRASSE.txt", id="x"))
    files.file_filter = FileFilter(text="straße")
    assert ids(files) == ["x"]


def test_a_match_never_spans_name_and_id() -> None:
    files = make_list(remote_file("ab", id="cd"))
    files.file_filter = FileFilter(text="bc")
    assert ids(files) == []


def test_filtering_by_purpose_and_by_no_purpose() -> None:
    files = make_list(
        remote_file(id="a", purpose="batch"),
        remote_file(id="b", purpose="vision"),
        remote_file(id="c", purpose=None),
        remote_file(id="d", purpose=""),
    )
    files.order = Order(Column.ID)
    files.file_filter = FileFilter(frozenset({"vision"}))
    assert ids(files) == ["b"]
    files.file_filter = FileFilter(frozenset({""}))
    assert ids(files) == ["c", "d"]


def test_the_expiring_view_has_files_that_expire_within_seven_days() -> None:
    now = [float(NOW)]
    files = FileList(lambda: now[0])
    for name, expires_at in (("soon", NOW + 7 * DAY - 1), ("later", NOW + 7 * DAY), ("kept", None)):
        files.add(remote_file(id=name, expires_at=expires_at))
    files.file_filter = FileFilter(view=View.EXPIRING)
    assert ids(files) == ["soon"]
    assert files.counts().views[View.EXPIRING] == 1
    now[0] += 1
    assert set(ids(files)) == {"soon", "later"}
    assert files.counts().views[View.EXPIRING] == 2


def test_the_expiring_view_leaves_out_expired_files() -> None:
    now = [float(NOW)]
    files = FileList(lambda: now[0])
    for name, expires_at in (("past", NOW), ("next", NOW + 1), ("soon", NOW + 60)):
        files.add(remote_file(id=name, expires_at=expires_at))
    files.file_filter = FileFilter(view=View.EXPIRING)
    assert set(ids(files)) == {"next", "soon"}
    assert files.counts().views[View.EXPIRING] == 2
    now[0] += 1
    assert ids(files) == ["soon"]
    assert files.counts().views[View.EXPIRING] == 1
    files.remove("past")
    files.remove("next")
    assert files.counts().views[View.EXPIRING] == 1
    now[0] += 3600
    assert ids(files) == []
    assert files.counts().views[View.EXPIRING] == 0


def test_new_outputs_are_those_created_since_the_last_visit() -> None:
    files = make_list(
        remote_file(id="old", purpose="batch_output", created_at=NOW - 10),
        remote_file(id="new", purpose="batch_output", created_at=NOW + 10),
        remote_file(id="foreign", purpose="batch-output", created_at=NOW + 10),
        remote_file(id="input", purpose="batch", created_at=NOW + 10),
        RemoteFile(id="undated", purpose="batch_output"),
    )
    files.order = Order(Column.ID)
    files.file_filter = FileFilter(view=View.NEW_OUTPUTS)
    assert ids(files) == []
    files.set_last_visit(NOW)
    assert ids(files) == ["foreign", "new"]
    assert files.counts().views[View.NEW_OUTPUTS] == 2


def test_the_largest_view_has_an_order_of_its_own() -> None:
    files = make_list(
        remote_file(id="a", size=1), remote_file(id="b", size=3), remote_file(id="c", size=None)
    )
    files.order = Order(Column.ID)
    files.file_filter = FileFilter(view=View.LARGEST)
    assert ids(files) == ["b", "a", "c"]
    assert files.order == Order(Column.SIZE, descending=True)
    files.order = Order(Column.ID, descending=True)
    assert ids(files) == ["c", "b", "a"]
    files.file_filter = replace(files.file_filter, text="file")
    assert files.order == Order(Column.ID, descending=True)
    files.file_filter = FileFilter()
    assert files.order == Order(Column.ID)
    files.file_filter = FileFilter(view=View.LARGEST)
    assert files.order == Order(Column.SIZE, descending=True)


def test_unknown_values_sort_last_in_both_directions() -> None:
    files = make_list(
        RemoteFile(id="x"), RemoteFile(id="b", size=2), RemoteFile(id="a", size=2), RemoteFile("c")
    )
    files.add(RemoteFile(id="z", size=1))
    files.order = Order(Column.SIZE)
    assert ids(files) == ["z", "a", "b", "c", "x"]
    files.order = Order(Column.SIZE, descending=True)
    assert ids(files) == ["b", "a", "z", "c", "x"]


def test_counts_follow_every_change() -> None:
    files = make_list(
        remote_file(id="a", purpose="batch", size=10), remote_file(id="b", purpose="batch", size=5)
    )
    files.add(remote_file(id="c", purpose="vision", size=None))
    counts = files.counts()
    assert counts.everything == Amount(3, 15)
    assert counts.purposes == {"batch": Amount(2, 15), "vision": Amount(1, 0)}
    files.add(remote_file(id="c", purpose="batch", size=7))
    files.remove("a")
    assert files.counts().purposes == {"batch": Amount(2, 12)}


def test_any_status_is_true_only_with_an_unusual_status() -> None:
    files = make_list(
        remote_file(id="a", status="processed"),
        remote_file(id="b", status=None),
        remote_file(id="c", status=""),
    )
    assert not now(files.any_status)
    files.add(remote_file(id="b", status="error"))
    assert now(files.any_status)
    files.remove("b")
    assert not files.any_status


@pytest.mark.parametrize(
    ("purpose", "output"),
    [
        ("batch", False),
        ("batch_output", True),
        ("fine-tune-results", True),
        ("batch-output", True),
        ("eval-summary", True),
        ("ocr", False),
        ("throughput", False),
        (None, False),
    ],
)
def test_unknown_purposes_are_classified_by_name(purpose: str | None, output: bool) -> None:
    assert is_output(purpose) is output


def test_prepared_orders_stay_up_to_date() -> None:
    files = make_list(*(remote_file(id=f"{number:03}", size=number) for number in range(100)))
    finish(files.prepare_steps())
    for size, gone in ((500, "011"), (50, "012"), (700, "013")):
        files.add(remote_file(id="010", size=size))
        files.remove(gone)
        ids(files)  # applies the changes
    files.order = Order(Column.SIZE)
    sizes = [not_none(file.size) for file in files.arrange()]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 700
    assert len(sizes) == len(files) == 97


def test_files_enter_the_expiring_view_day_by_day() -> None:
    clock = [0.0]
    files = FileList(lambda: clock[0])
    files.begin_listing(1)
    week, day = 7 * 24 * 3600, 24 * 3600
    moments = [week + number * day // 4 for number in range(1, 41)]
    files.add_page(1, [remote_file(f"{moment}", expires_at=moment) for moment in moments])
    for days in (0, 1, 2, 5, 9, 10, 16, 17):
        clock[0] = days * day
        finish(files.arrange_steps())
        wanted = sum(clock[0] < moment < clock[0] + week for moment in moments)
        assert files.counts().views[View.EXPIRING] == wanted, days


def test_switching_to_a_prepared_order_takes_no_steps() -> None:
    files = make_list(*(remote_file(f"run{number}") for number in range(20_000)))
    finish(files.arrange_steps())
    files.order = Order(Column.NAME)
    unprepared = sum(1 for _step in files.arrange_steps())
    files.order = Order(Column.CREATED, descending=True)
    finish(files.arrange_steps())
    finish(files.prepare_steps())
    files.order = Order(Column.NAME, descending=True)
    assert sum(1 for _step in files.arrange_steps()) == 0
    assert unprepared > 10


def named_files(first: int, end: int, size: int) -> list[RemoteFile]:
    """Files with unsorted names."""
    numbers = range(first, end)
    return [RemoteFile(f"{n:06}", filename=f"run{n * 7919 % 100_003}", size=size) for n in numbers]


@pytest.mark.slow
def test_few_changes_are_merged_and_many_cause_a_resort() -> None:
    files = FileList(lambda: NOW)
    files.order = Order(Column.NAME)
    steps = []
    for first, end, size in ((0, 20_000, 1), (20_000, 25_000, 1), (100, 130, 2), (0, 12_000, 3)):
        for file in named_files(first, end, size):
            files.add(file)
        steps.append(sum(1 for _step in files.arrange_steps()))
    at_first, a_page, a_few, half = steps
    assert a_page < at_first / 2
    assert a_few < at_first / 10
    assert half < 2 * at_first  # removing and merging takes more steps


def test_search_texts_are_prepared_while_idle() -> None:
    files = make_list(*(remote_file(f"RUN{number}", id=str(number)) for number in range(20_000)))
    finish(files.arrange_steps())
    rows = [files.row(str(number)) for number in range(20_000)]
    assert not any(row is None or row.search_text for row in rows)
    preparing = files.prepare_steps()
    next(preparing)
    ready = sum(row is not None and row.search_text is not None for row in rows)
    assert 0 < ready < 20_000
    finish(preparing)
    assert rows[7] is not None
    assert rows[7].search_text == "run7\n7"
    assert all(row is not None and row.search_text for row in rows)
    assert {row.index for row in rows if row is not None} == {0}


def test_a_prepared_search_takes_fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picked_rows, "SLICE", 500)
    monkeypatch.setattr(sorted_rows, "SLICE", 500)
    steps = []
    for is_prepared in (False, True):
        files = make_list(*(remote_file(f"run{n % 2}", id=f"{n:05}") for n in range(5_000)))
        finish(files.arrange_steps())
        if is_prepared:
            finish(files.prepare_steps())
        files.file_filter = FileFilter(text="run1")
        steps.append(sum(1 for _step in files.arrange_steps()))
    assert steps[1] < steps[0]


def test_changes_during_a_sort_are_included() -> None:
    files = make_list(*(remote_file(id=f"{number:05}", size=1) for number in range(20_000)))
    files.order = Order(Column.SIZE)
    steps = files.arrange_steps()
    for _step in range(3):
        next(steps)
    files.add(remote_file(id="00000", size=5))
    files.add(remote_file(id="new", size=0))
    files.remove("00007")
    finish(steps)
    shown = files.pop_update().files
    assert (shown[0].id, shown[-1].id) == ("new", "00000")
    assert len(shown) == 20_000


@pytest.mark.slow
def test_changes_during_a_search_are_included() -> None:
    files = make_list(*(remote_file(f"run{n}", id=f"{n:05}") for n in range(100_000)))
    finish(files.arrange_steps())
    files.file_filter = FileFilter(text="run777")
    steps = files.arrange_steps()
    for _step in range(2):
        next(steps)
    files.add(remote_file("run7", id="00777"))
    files.add(remote_file("run777 more", id="new"))
    finish(files.prepare_steps())
    finish(steps)
    assert set(ids(files)) == {"new", *(f"{n:05}" for n in range(77_700, 77_800)), *SEVENS}


@pytest.mark.slow
@pytest.mark.parametrize("text", ["7", "run", "777", "run -7", "7 purpose:batch"])
def test_prepared_and_unprepared_searches_find_the_same(text: str) -> None:
    made = [
        remote_file(f"run{n}", id=f"{n * 7919 % 50_000:05}", size=n * 31 % 997 or None)
        for n in range(50_000)
    ]
    prepared, unprepared = make_list(*made), make_list(*made)
    for files in (prepared, unprepared):
        files.order = Order(Column.SIZE, descending=True)
    ids(prepared)
    finish(prepared.prepare_steps())
    for files in (prepared, unprepared):
        files.file_filter = FileFilter(text=text)
        finish(files.arrange_steps())
    shown, wanted = prepared.pop_update().files, unprepared.arrange()
    assert list(shown) == wanted
    assert list(reversed(list(shown.rows()))) == [prepared.row(file.id) for file in wanted[::-1]]
    assert shown[10:-10] == wanted[10:-10]
    assert shown[-1] == wanted[-1]
    assert shown.size == sum(file.size or 0 for file in wanted)
    for row in (0, len(wanted) // 2, len(wanted) - 1):
        known = prepared.row(wanted[row].id)
        assert known is not None
        assert shown.index_of(known) == row
    new = remote_file("run 777 more", id="new", size=500)
    for files in (prepared, unprepared):
        files.add(new)
        files.remove(wanted[len(wanted) // 3].id)
    assert prepared.arrange() == unprepared.arrange() != wanted


@pytest.mark.slow
@pytest.mark.parametrize("steps", range(1, 8))
def test_a_new_filter_during_a_search_takes_over(steps: int) -> None:
    files = make_list(*(remote_file(f"run{n}", id=f"{n:05}") for n in range(100_000)))
    files.file_filter = FileFilter(text="run7")
    slow = files.arrange_steps()
    for _step in range(steps):
        next(slow)
    files.file_filter = FileFilter(text="run9")
    assert len(ids(files)) == 11_111
    files.remove("77771")
    assert len(ids(files)) == 11_111
    files.file_filter = FileFilter(text="run7")
    finish(slow)
    found = ids(files)
    assert len(found) == 11_110
    assert "77771" not in found


def test_cached_files_are_shown_until_a_complete_listing_lacks_them() -> None:
    files = FileList(lambda: NOW)
    files.add_cached([remote_file(id="a", size=1), remote_file(id="b")])
    assert set(ids(files)) == {"a", "b"}
    files.begin_listing(1)
    files.add_page(1, [remote_file(id="a", size=2)])
    files.add_cached([remote_file(id="a", size=1)])
    assert {file.id: file.size for file in files.arrange()}["a"] == 2
    files.end_listing(1, complete=True)
    assert ids(files) == ["a"]


def test_a_resumed_listing_keeps_what_it_had() -> None:
    files = make_list(remote_file(id="a"), remote_file(id="b"), remote_file(id="c"))
    files.begin_listing(2)
    files.add_page(2, [remote_file(id="a")])
    files.end_listing(2, complete=False)
    files.add(remote_file(id="uploaded"))
    files.begin_listing(2)
    files.add_page(2, [remote_file(id="b"), remote_file(id="b")])
    files.end_listing(2, complete=True)
    assert set(ids(files)) == {"a", "b", "uploaded"}


def test_files_found_by_watching_are_new_until_seen() -> None:
    files = make_list(remote_file(id="a", purpose="batch_output"), remote_file(id="b"))
    files.mark_new(["a", "b"])
    assert files.new_ids == {"a", "b"}
    assert files.new_count == 2
    files.file_filter = FileFilter(view=View.NEW_OUTPUTS)
    assert ids(files) == ["a"]
    assert files.counts().views[View.NEW_OUTPUTS] == 1
    files.unmark_new(["a"])
    assert not files.is_new("a")
    # It stays in the view while the user looks at it.
    assert ids(files) == ["a"]
    files.remove("a")
    assert files.counts().views[View.NEW_OUTPUTS] == 0
    assert files.new_ids == {"b"}


def test_a_file_may_be_marked_as_new_before_it_is_listed() -> None:
    files = make_list()
    files.mark_new(["a"])
    files.add(remote_file(id="a", purpose="batch_output"))
    assert files.counts().views[View.NEW_OUTPUTS] == 1
    files.file_filter = FileFilter(view=View.NEW_OUTPUTS)
    assert ids(files) == ["a"]


FILES = st.builds(
    RemoteFile,
    id=st.sampled_from([f"file-{n}" for n in range(12)]),
    filename=st.sampled_from([None, "run2", "Run10", "run1", "ä.txt"]),
    purpose=st.sampled_from([None, "", "batch", "Batch", "batch_output", "x"]),
    size=st.one_of(st.none(), st.integers(0, 3)),
    created_at=st.one_of(st.none(), st.integers(NOW - 2, NOW + 2)),
    expires_at=st.one_of(
        st.none(),
        st.integers(NOW - 2, NOW + 2),
        st.integers(NOW + 7 * DAY - 2, NOW + 7 * DAY + 2),
    ),
    status=st.sampled_from([None, "", "processed", "error"]),
)
FILTERS = st.builds(
    FileFilter,
    purposes=st.frozensets(st.sampled_from(["", "batch", "x", "gone"]), max_size=2),
    view=st.sampled_from([None, *View]),
    text=st.sampled_from(["", "run", "1", "FILE-1", "ä"]),
)
ORDERS = st.builds(Order, st.sampled_from(Column), st.booleans())


@pytest.mark.slow
@given(st.data())
def test_any_sequence_of_events_matches_plain_sorting_and_filtering(
    data: st.DataObject,
) -> None:
    files = FileList(lambda: NOW)
    files.set_last_visit(NOW)
    known: dict[str, RemoteFile] = {}
    seen: set[str] = set()
    listing = 0
    for _step in range(data.draw(st.integers(1, 8))):
        event = data.draw(st.sampled_from(["begin", "take", "end", "add", "remove", "show"]))
        if event == "begin":
            listing += 1
            seen = set()
            files.begin_listing(listing)
        elif event == "take" and listing:
            page = data.draw(st.lists(FILES, max_size=12))
            files.add_page(listing, page)
            known |= {file.id: file for file in page}
            seen |= {file.id for file in page}
        elif event == "end" and listing:
            files.end_listing(listing, complete=True)
            known = {file_id: file for file_id, file in known.items() if file_id in seen}
            seen = set(known)
            listing += 1
            files.begin_listing(listing)
            files.add_page(listing, list(known.values()))
        elif event == "add":
            file = data.draw(FILES)
            files.add(file)
            known[file.id] = file
            seen.add(file.id)
        elif event == "remove":
            file_id = data.draw(FILES).id
            files.remove(file_id)
            known.pop(file_id, None)
        else:
            files.file_filter = data.draw(FILTERS)
            files.order = data.draw(ORDERS)
        assert files.arrange() == plainly_arranged(known, files.file_filter, files.order, NOW, NOW)
        counts = files.counts()
        assert counts.everything == Amount(
            len(known), sum(file.size or 0 for file in known.values())
        )
        for view in (View.EXPIRING, View.NEW_OUTPUTS):
            shown = plainly_arranged(known, FileFilter(view=view), Order(Column.ID), NOW, NOW)
            assert counts.views[view] == len(shown)


def test_invalid_parts_of_a_search_match_everything() -> None:
    files = make_list(remote_file(id="a"), remote_file(id="b"))
    files.file_filter = FileFilter(text="size:")
    assert set(ids(files)) == {"a", "b"}
    files.file_filter = FileFilter(text="size: -a")
    assert ids(files) == ["b"]


def test_a_small_clock_correction_causes_no_recount() -> None:
    clock = ManualClock(NOW)
    files = FileList(clock)
    files.add(remote_file(id="a", expires_at=NOW - 1))
    for back, expiring in ((2.0, 0), (2.5, 1)):
        clock.now = NOW
        files.counts()
        clock.now -= back
        assert files.counts().views[View.EXPIRING] == expiring


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_time_conditions_are_reevaluated_every_half_minute(
    monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    clock = ManualClock(NOW)
    files = FileList(clock)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        files.add(remote_file(id="a", expires_at=NOW + 5))
        files.file_filter = FileFilter(text="-expires:<0d")
        finish(files.arrange_steps())
        steps = []
        for later in (29.5, 30.0, 59.5):
            clock.now = NOW + later
            steps.append(len(list(files.arrange_steps())))
    time.tzset()
    assert [count > 0 for count in steps] == [False, True, False]


def test_time_conditions_are_reevaluated_in_another_time_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = ManualClock(NOW)
    files = FileList(clock)
    with monkeypatch.context() as patch:
        steps = []
        for zone in ("UTC", "UTC", "Asia/Tokyo", "Asia/Tokyo"):
            patch.setenv("TZ", zone)
            time.tzset()
            files.add(remote_file(id="a"))
            files.file_filter = FileFilter(text="expires:<7d")
            clock.now += 1
            steps.append(len(list(files.arrange_steps())))
    time.tzset()
    assert [count > 0 for count in steps] == [True, False, True, False]


def test_the_first_of_two_cached_files_with_one_id_counts() -> None:
    files = FileList(lambda: NOW)
    files.add_cached([remote_file("first", id="a"), remote_file("second", id="a")])
    assert [file.filename for file in files.arrange()] == ["first"]
    assert files.counts().everything.count == 1
