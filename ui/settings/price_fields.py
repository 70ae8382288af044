"""The settings for prices of tokens: a row of fields for each model, and the currency."""

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.accounts.settings import ModelPrice, Settings, SettingsStore
from services.previews.batches.prices import parse_price
from services.system.language import _
from services.system.locale_format import decimal, locale_format
from ui.widgets.labels import label, set_look
from ui.widgets.removable_row import RemovableRow, RowGrid

_LONGEST_MODEL = 200
_LONGEST_NUMBER = 19
_LONGEST_CURRENCY = 8


class PriceFields(QWidget):
    """Rows of fields; what is valid is saved when a field is left."""

    changed = Signal()
    """Emitted when prices or the currency have been saved."""

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._add = QPushButton(_("Add a model"))
        # Enter in one of the dialog's fields must not press it.
        self._add.setAutoDefault(False)
        self._add.clicked.connect(self._add_model)
        heads = (_("Model"), _("Input"), _("Cached"), _("Output"))
        self._grid: RowGrid[_Row] = RowGrid(heads, self._add, self)
        self._grid.layout.setColumnStretch(0, 1)
        self._grid.removed.connect(self.commit)
        for model, price in store.current.prices.items():
            self._append(model, price)
        self._wrong = label("", "error", wrap=True)
        self._wrong.hide()
        self.currency = QLineEdit(store.current.price_currency)
        self.currency.setAccessibleName(_("Currency"))
        self.currency.setMaxLength(_LONGEST_CURRENCY)
        self.currency.setFixedWidth(_width_of(self, "MMMMM"))
        self.currency.editingFinished.connect(self.commit)
        currency_title = label(_("Currency"), "muted")
        currency_title.setBuddy(self.currency)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self._add)
        below.addStretch(1)
        below.addWidget(currency_title)
        below.addWidget(self.currency)
        remark = _(
            "Per million tokens. Batch results show what they cost at these prices, without any "
            "discount for batches: enter what you pay. A name ending in * covers all models that "
            "begin with it. Without a price for cached input, the input price applies."
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addLayout(self._grid.layout)
        whole.addWidget(self._wrong)
        whole.addLayout(below)
        whole.addWidget(label(remark, "small", wrap=True))
        self._grid.show_heads()

    def show_settings(self, settings: Settings) -> None:
        """Show other prices, which are saved already."""
        self._grid.clear()
        for model, price in settings.prices.items():
            self._append(model, price)
        self.currency.setText(settings.price_currency)
        self._grid.show_heads()
        self.commit()
        self.changed.emit()

    @Slot()
    def commit(self) -> None:
        """Save all valid rows, and say what is wrong with the others, which stay as saved."""
        prices: dict[str, ModelPrice] = {}
        problems = []
        for row in self._grid.rows:
            problem = row.check(prices)
            problems += problem.splitlines()
            if row.saved is not None:
                model, price = row.saved
                prices.setdefault(model, price)
        self._wrong.setText("\n".join(dict.fromkeys(problems)))
        self._wrong.setVisible(bool(problems))
        currency = self.currency.text().strip()
        before = self._store.current
        self._store.change(prices=prices, price_currency=currency)
        if (prices, currency) != (before.prices, before.price_currency):
            self.changed.emit()

    @Slot()
    def _add_model(self) -> None:
        row = self._append("", ModelPrice())
        self._grid.show_heads()
        self._grid.show_at_once(row)
        row.model.setFocus()

    def _append(self, model: str, price: ModelPrice) -> "_Row":
        row = _Row(model, price)
        for field in row.fields:
            field.editingFinished.connect(self.commit)
        self._grid.append(row)
        return row


class _Row(RemovableRow):
    """The fields of a model, and what to save of them."""

    def __init__(self, model: str, price: ModelPrice) -> None:
        name = QLineEdit(model)
        name.setMaxLength(_LONGEST_MODEL)
        name.setAccessibleName(_("Model"))
        name.setPlaceholderText(_("Name, or beginning*"))
        numbers = [
            _number_field(_("Input price"), price.input),
            _number_field(_("Price of cached input"), price.cached),
            _number_field(_("Output price"), price.output),
        ]
        super().__init__((name, *numbers), _("Remove the model"), _("Remove"))
        self.model = name
        self._numbers = numbers
        self.fields = [name, *numbers]
        self.saved: tuple[str, ModelPrice] | None = (model, price) if model else None
        """What to save of this row: its values when they were last valid."""

    def check(self, others: Mapping[str, ModelPrice]) -> str:
        """Mark what is wrong and say it, or else note what to save; `others` are listed above."""
        model = self.model.text().strip()
        texts = [_in_english(field.text()) for field in self._numbers]
        about_model = ""
        if not model and any(texts):
            about_model = _("Enter the name of the model.")
        elif "*" in model[:-1]:
            about_model = _("* can only be at the end of a name.")
        elif model in others:
            about_model = _("There is already a price for {model}.").format(model=model)
        self._mark(self.model, about_model)
        about_numbers = ""
        for field, text in zip(self._numbers, texts, strict=True):
            is_wrong = bool(text) and parse_price(text) is None
            words = ""
            if is_wrong:
                words = about_numbers = _("Enter a number, such as {example}.").format(
                    example=decimal(1.25, 2)
                )
            else:
                field.setText(_in_locale(text))
            self._mark(field, words)
        if not about_model and not about_numbers:
            self.saved = (model, ModelPrice(*texts)) if model else None
        return "\n".join(filter(None, (about_model, about_numbers)))

    def _mark(self, field: QLineEdit, problem: str) -> None:
        set_look(field, "wrong" if problem else "")
        field.setToolTip(problem)
        field.setAccessibleDescription(problem)


def _number_field(name: str, text: str) -> QLineEdit:
    field = QLineEdit(_in_locale(text))
    field.setMaxLength(_LONGEST_NUMBER)
    field.setAccessibleName(name)
    field.setFixedWidth(_width_of(field, "00000000"))
    return field


def _in_english(text: str) -> str:
    """A number that was typed in the user's locale, with its digits as they were."""
    digits = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text.strip())
    return digits.replace(locale_format().point, ".")


def _in_locale(text: str) -> str:
    return text.replace(".", locale_format().point)


def _width_of(widget: QWidget, sample: str) -> int:
    """The width of a field for such a text, in pixels."""
    return widget.fontMetrics().horizontalAdvance(sample) + 2 * _PADDING


_PADDING = 10
