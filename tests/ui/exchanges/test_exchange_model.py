"""Exchanges as rows: newest first, without losing the selected one."""

from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex
from pytestqt.modeltest import ModelTester

from services.api.exchanges import MOST_KEPT, Exchange, ExchangeLog
from services.problems.error_responses import Operation
from ui.exchanges.exchange_model import ExchangeModel


def numbers(model: ExchangeModel) -> list[int]:
    return [model.exchange(row).number for row in range(model.rowCount())]


def test_rows_follow_the_log(qtmodeltester: ModelTester) -> None:
    log, model = ExchangeLog(), ExchangeModel()
    qtmodeltester.check(model)
    for _turn in range(4):
        for _one in range(MOST_KEPT // 2 + 7):
            log.add("a", Operation.LIST, "GET", "https://a.example/v1/files")
        model.show_exchanges(log.all_of("a"))
        assert numbers(model) == [one.number for one in reversed(log.all_of("a"))]
    model.show_exchanges(())
    assert model.rowCount() == 0


def test_a_row_stays_the_same_exchange_while_others_come(qapp: object) -> None:
    log, model = ExchangeLog(), ExchangeModel()
    first = log.add("a", Operation.LIST, "GET", "https://a.example/v1/files")
    model.show_exchanges(log.all_of("a"))
    selection = QItemSelectionModel(model)
    selection.setCurrentIndex(model.index(0, 0), QItemSelectionModel.SelectionFlag.Select)
    place = QPersistentModelIndex(model.index(0, 0))
    log.add("a", Operation.LIST, "GET", "https://a.example/v1/files/b")
    log.replace(Exchange(**{name: getattr(first, name) for name in first.__struct_fields__}))
    model.show_exchanges(log.all_of("a"))
    assert model.exchange(place.row()).number == first.number
    assert selection.currentIndex().row() == 1
