"""Which links lead to files, and in which accounts."""

import pytest
from PySide6.QtCore import QUrl

from services.providers.account import Account
from tests.support.factories import account
from ui.starting.file_link import (
    Destination,
    FileLink,
    accounts_named,
    destination,
    is_link,
    link_to,
    read_link,
)

ACME = account("Acme · Research", id="a1")
TWIN, OTHER_TWIN = account("Twin", id="t1"), account("twin", id="t2")
ACCOUNTS = (ACME, TWIN, OTHER_TWIN)


@pytest.mark.parametrize(
    "link",
    [
        "filewharf://file/file-abc",
        "FileWharf://File/file-abc",
        "filewharf://file/file-abc/",
        "filewharf:file/file-abc",
        "filewharf://file/file%2Dabc",
    ],
)
def test_links_lead_to_a_file_in_the_account_in_front(link: str) -> None:
    assert is_link(link)
    assert read_link(link) == FileLink("", "file-abc")
    assert destination([link], ACCOUNTS, "t1") == Destination("t1", ("file-abc",))


@pytest.mark.parametrize(
    "link",
    [
        "filewharf:",
        "filewharf://file/",
        "filewharf:///file-abc",
        "filewharf://file/file-abc?delete=yes",
        "filewharf://file/file-abc#top",
        "filewharf://file/a/b",
        "filewharf://file/a%2Fb",
        "filewharf://file/a%20b",
        "filewharf://file/a%0Ab",
        "filewharf://file/%E2%80%AE",
        "filewharf://file/%00",
        "filewharf://file/%FF",
        "filewharf://file/" + "a" * 201,
        "filewharf://" + "a" * 100_000 + "/file-abc",
    ],
)
def test_other_links_are_not_understood(link: str) -> None:
    assert is_link(link)
    words = destination(["filewharf://file/file-abc", link], ACCOUNTS, "a1")
    assert isinstance(words, str)
    assert len(words) < 200


def test_other_schemes_are_no_links() -> None:
    assert not is_link("file:///filewharf")
    assert not is_link("filewharfs://file/a")


def test_each_file_is_shown_once() -> None:
    links = ["filewharf://file/b", "filewharf://file/a", "filewharf:file/b"]
    assert destination(links, ACCOUNTS, None) == Destination("", ("b", "a"))


@pytest.mark.parametrize(
    "named", ["a1", "A1", "Acme%20%C2%B7%20Research", "acme · research", "ACME%20·%20RESEARCH"]
)
def test_an_account_is_meant_by_its_id_or_its_name(named: str) -> None:
    link = f"filewharf://{named}/file-abc"
    assert destination([link], ACCOUNTS, "t1") == Destination("a1", ("file-abc",))


@pytest.mark.parametrize(
    "named",
    [
        "Acme",
        "ann:secret@a1",
        "%00",
        "%0A%1B%5B2J",
        "%E2%80%AEa1",
        "%FF%FE",
        "<b>a1<b>",
        "..",
        "a1%2Fa1",
        "x" * 2000,
    ],
)
def test_accounts_that_do_not_exist_are_named_in_a_line(named: str) -> None:
    words = destination([f"filewharf://{named}/file-abc"], ACCOUNTS, "a1")
    assert isinstance(words, str)
    assert words.startswith("There's no account “")
    assert words.isprintable()
    assert len(words) < 200


def test_a_name_that_two_accounts_have_is_not_guessed_at() -> None:
    words = destination(["filewharf://Twin/file-abc"], ACCOUNTS, "t1")
    assert words == "More than one account is called “Twin”"
    assert destination(["filewharf://t2/a"], ACCOUNTS, "t1") == Destination("t2", ("a",))


def test_links_to_different_accounts_are_not_followed() -> None:
    links = ["filewharf://a1/a", "filewharf://file/b"]
    assert isinstance(destination(links, ACCOUNTS, "t1"), str)
    assert destination(links, ACCOUNTS, "a1") == Destination("a1", ("a", "b"))


@pytest.mark.parametrize(
    "one",
    [
        ACME,
        TWIN,
        account("File", id="f1"),
        account("a/b?c#d%41 é", id="x1"),
        account("Söhne", id="u1"),
        account("127.1", id="n1"),
        account("0x7f", id="h1"),
        account("xn--shne-5qa", id="p1"),
        account("a..b.", id="d1"),
        account("Batch_Jobs-2.eu", id="g1"),
        account("x" * 70, id="w1"),
        account("two\nlines", id="l1"),
        account("\ud800", id="s1"),
        account("a1", id="b1"),
    ],
    ids=lambda one: one.id,
)
def test_a_link_leads_back_to_its_account_and_file(one: Account) -> None:
    known = (*ACCOUNTS, one) if one not in ACCOUNTS else ACCOUNTS
    link = link_to("file-a.b~c", one, known)
    assert link.isascii()
    assert link.isprintable()
    # As programs written with Qt, such as KDE's, pass it on.
    passed_on = QUrl(link).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    for each in (link, passed_on):
        assert destination([each], known, None) == Destination(one.id, ("file-a.b~c",))


def test_links_have_the_name_of_the_account_if_it_is_clear() -> None:
    work = account("Work-EU", id="w1")
    assert link_to("file-a", work, (*ACCOUNTS, work)) == "filewharf://Work-EU/file-a"
    assert link_to("file-a", TWIN, ACCOUNTS) == "filewharf://t1/file-a"
    assert link_to("file-a", ACME, ACCOUNTS) == "filewharf://a1/file-a"


def test_an_id_comes_before_a_name() -> None:
    named_so = account("t1", id="n1")
    assert accounts_named("t1", (named_so, *ACCOUNTS)) == [TWIN]
