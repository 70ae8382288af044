"""The look of the plain widgets: one style sheet, filled with the colors of a scheme.

Widgets opt in to a variant by a dynamic property `look`: buttons `filled`, `danger`, `flat`, `sign`,
`legend`, `link`, `close`; combo boxes `list`; text fields `wrong`; labels `title`, `heading`, `section`,
`muted`, `warning`, `error`, `success`, `production`; frames `card`, `pop-up`, `bar`, `bar-production`, `sidebar`, `set-off`, `answer`,
`rule`; tabs `underlined`; text of several lines `field`.
Sizes are in `em` of the system font wherever Qt's style sheets allow it, so a larger font makes a
larger window.
"""

from collections.abc import Mapping
from pathlib import Path
from string import Template

_ICONS = (Path(__file__).resolve().parent.parent / "resources" / "icons").as_posix()

_TEMPLATE = Template("""
QToolTip { background: $CARD; color: $TEXT; border: 1px solid $BORDER; padding: 4px 6px; }
QWidget[look="bar"] { background: $WINDOW; border: none; border-bottom: 1px solid $BORDER; }
QWidget[look="bar-production"] {
    background: $PRODUCTION; border: none; border-bottom: 1px solid $WARNING;
}
QWidget[look="sidebar"] { background: $SIDEBAR; border: none; }
QWidget[look="status"] { background: $SIDEBAR; border: none; border-top: 1px solid $BORDER; }
QWidget[look="page"] { background: $PAGE; }
QFrame[look="card"] { background: $CARD; border: 1px solid $BORDER; border-radius: 10px; }
QFrame[look="pop-up"] { background: $CARD; border: 1px solid $BORDER; }
QFrame[look="set-off"] { background: $FIELD; border: none; border-radius: 6px; }
QFrame[look="answer"] { background: $CARD; border: 1px solid $BORDER; border-radius: 6px; }
QFrame[look="rule"] { background: $BORDER; border: none; }
QDialog { background: $CARD; }

QLabel { background: transparent; }
QLabel[look="muted"] { color: $MUTED; }
QLabel[look="section"] { color: $MUTED; font-weight: 600; }
QLabel[look="warning"] { color: $WARNING; }
QLabel[look="production"] { color: $WARNING; font-weight: 600; padding: 0 4px; }
QLabel[look="error"] { color: $DANGER; }
QLabel[look="success"] { color: $SUCCESS; }

QPushButton, QToolButton {
    background: $CARD; color: $TEXT; border: 1px solid $BORDER; border-radius: 6px;
    padding: 6px 12px; outline: none;
}
QToolButton { padding: 6px 8px; }
QPushButton:hover, QToolButton:hover { background: $HOVER; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: $SELECTION; }
QPushButton:focus, QToolButton:focus { border: 2px solid $ACCENT; padding: 5px 11px; }
QToolButton:focus { padding: 5px 7px; }
QPushButton:disabled, QToolButton:disabled { color: $MUTED; background: transparent; }
QPushButton[look="filled"] {
    background: $ACCENT; color: $ON_ACCENT; border: 1px solid $ACCENT; font-weight: 600;
}
QPushButton[look="filled"]:hover { background: $ACCENT_HOVER; border-color: $ACCENT_HOVER; }
QPushButton[look="filled"]:focus { border: 4px double $ACCENT; padding: 3px 9px; }
QPushButton[look="filled"]:disabled { background: $TRACK; color: $MUTED; border-color: $TRACK; }
QPushButton[look="danger"] {
    background: $DANGER; color: $ON_DANGER; border: 1px solid $DANGER; font-weight: 600;
}
QPushButton[look="danger"]:hover { background: $DANGER_HOVER; border-color: $DANGER_HOVER; }
QPushButton[look="danger"]:disabled { background: $TRACK; color: $MUTED; border-color: $TRACK; }
QPushButton[look="danger"]:focus { border: 4px double $DANGER; padding: 3px 9px; }
QPushButton[look="flat"], QToolButton[look="flat"] {
    background: transparent; border: 1px solid transparent;
}
QPushButton[look="flat"]:hover, QToolButton[look="flat"]:hover { background: $HOVER; }
QToolButton[look="flat"]:checked { background: $SELECTION; }
QPushButton[look="flat"]:focus, QToolButton[look="flat"]:focus { border: 2px solid $ACCENT; }
QToolButton[look="sign"] {
    background: transparent; border: 1px solid transparent; padding: 6px 4px;
}
QToolButton[look="sign"]:hover { background: $HOVER; }
QToolButton[look="sign"]:focus { border: 2px solid $ACCENT; padding: 5px 3px; }
QToolButton[look="legend"] {
    background: transparent; border: 2px solid transparent; padding: 3px 6px 3px 17px;
}
QToolButton[look="legend"]:hover { background: $HOVER; }
QToolButton[look="legend"]:checked { background: $SELECTION; }
QToolButton[look="legend"]:focus { border-color: $ACCENT; }
QPushButton[look="link"] {
    background: transparent; border: none; color: $ACCENT; padding: 2px 0; text-align: left;
    text-decoration: underline;
}
QPushButton[look="link"]:focus { background: $SELECTION; border-radius: 3px; }
QPushButton[look="link"]:disabled { color: $MUTED; text-decoration: none; }
QToolButton[look="close"] {
    background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 3px;
}
QToolButton[look="close"]:hover { background: $HOVER; }
QToolButton[look="close"]:focus { border: 2px solid $ACCENT; padding: 2px; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QComboBox, QSpinBox, QDateTimeEdit {
    background: $FIELD; color: $TEXT; border: 1px solid $BORDER; border-radius: 6px;
    padding: 6px 8px; selection-background-color: $SELECTION; selection-color: $TEXT;
}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDateTimeEdit:focus {
    border: 2px solid $ACCENT; padding: 5px 7px;
}
QLineEdit[look="wrong"], QLineEdit[look="wrong"]:focus {
    border: 2px solid $DANGER; padding: 5px 7px;
}
QPlainTextEdit[look="field"] {
    background: $FIELD; color: $TEXT; border: 1px solid $BORDER; border-radius: 6px;
    padding: 4px; selection-background-color: $SELECTION; selection-color: $TEXT;
}
QPlainTextEdit[look="field"]:focus { border: 2px solid $ACCENT; padding: 3px; }
QLineEdit:!active, QPlainTextEdit[look="field"]:!active { selection-background-color: $INACTIVE_SELECTION; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDateTimeEdit:disabled { color: $MUTED; }
QComboBox[look="list"] { combobox-popup: 0; }
QComboBox[look="list"] QAbstractItemView::item { padding: 4px 6px; }
QComboBox::drop-down, QDateTimeEdit::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$ICONS/drop-down.svg"); width: 14px; height: 14px; }
QComboBox QAbstractItemView {
    background: $CARD; color: $TEXT; border: 1px solid $BORDER; padding: 4px;
    selection-background-color: $SELECTION; selection-color: $TEXT;
}
QSpinBox, QDateTimeEdit { padding-right: 24px; }
QSpinBox::up-button, QDateTimeEdit::up-button {
    subcontrol-origin: border; subcontrol-position: top right; width: 22px;
    border: none; background: transparent; margin: 3px 3px 0 0;
}
QSpinBox::down-button, QDateTimeEdit::down-button {
    subcontrol-origin: border; subcontrol-position: bottom right; width: 22px;
    border: none; background: transparent; margin: 0 3px 3px 0;
}
QSpinBox::up-button:hover, QSpinBox::down-button:hover,
QDateTimeEdit::up-button:hover, QDateTimeEdit::down-button:hover { background: $HOVER; }
QSpinBox::up-arrow, QDateTimeEdit::up-arrow {
    image: url("$ICONS/drop-up.svg"); width: 12px; height: 12px;
}
QSpinBox::down-arrow, QDateTimeEdit::down-arrow {
    image: url("$ICONS/drop-down.svg"); width: 12px; height: 12px;
}

QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator, QRadioButton::indicator {
    width: 14px; height: 14px; border: 1px solid $MUTED; background: $FIELD;
}
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus,
QRadioButton::indicator:hover, QRadioButton::indicator:focus { border-color: $ACCENT; }
QCheckBox::indicator:checked, QCheckBox::indicator:indeterminate {
    background: $ACCENT; border-color: $ACCENT;
}
QCheckBox::indicator:checked { image: url("$ICONS/checked-$SCHEME.svg"); }
QCheckBox::indicator:indeterminate { image: url("$ICONS/partly-$SCHEME.svg"); }
QRadioButton::indicator:checked { background: $ON_ACCENT; border: 5px solid $ACCENT; width: 6px; height: 6px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $BORDER; }
QCheckBox:focus, QRadioButton:focus { text-decoration: underline; }

QTableView, QListView, QTreeView {
    background: $WINDOW; color: $TEXT; border: none; outline: none;
    selection-background-color: $SELECTION; selection-color: $TEXT;
}
QListView[look="sidebar-list"] { background: $SIDEBAR; }
QListView[look="completions"] { background: $CARD; }
QTableView[look="set-off"], QTableView[look="set-off"] QHeaderView,
QTableView[look="set-off"] QHeaderView::section { background: $FIELD; }
QTableView[look="set-off"] QHeaderView::section { padding: 4px; }
QListView[look="set-off"] { background: $FIELD; }
QListView[look="set-off"]::item {
    border: 1px solid transparent; border-radius: 4px; padding: 2px 0;
}
QListView[look="set-off"]::item:selected { background: $SELECTION; color: $TEXT; }
QListView[look="set-off"]::item:selected:!active { background: $INACTIVE_SELECTION; }
QListView[look="set-off"]::item:focus { border-color: $ACCENT; }
QHeaderView { background: $WINDOW; border: none; }
QHeaderView::section {
    background: $WINDOW; color: $MUTED; border: none; border-bottom: 1px solid $BORDER;
    padding: 8px 10px; font-weight: normal;
}
QTableView[look="on-card"], QTableView[look="on-card"] QHeaderView,
QTableView[look="on-card"] QHeaderView::section { background: $CARD; }
QHeaderView::section:hover { color: $TEXT; }
QHeaderView::up-arrow, QHeaderView::down-arrow { width: 12px; height: 12px; }

QMenu { background: $CARD; color: $TEXT; border: 1px solid $BORDER; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $SELECTION; }
QMenu::item:disabled { color: $MUTED; }
QMenu::separator { height: 1px; background: $BORDER; margin: 4px 8px; }

QTabBar[look="underlined"]::tab {
    background: transparent; border: none; border-bottom: 2px solid transparent;
    padding: 7px 2px; margin-right: 20px;
}
QTabBar[look="underlined"]::tab:enabled { color: $MUTED; }
QTabBar[look="underlined"]::tab:hover { color: $TEXT; }
QTabBar[look="underlined"]::tab:selected {
    color: $TEXT; font-weight: 600; border-bottom-color: $ACCENT;
}
QTabBar[look="underlined"]::tab:selected:focus { background: $SELECTION; }

QAbstractScrollArea[look="part"] { border: 1px solid transparent; }
QAbstractScrollArea[look="part"]:focus { border-color: $ACCENT; }

QSplitter::handle { background: $BORDER; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $BORDER; border-radius: 5px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: $MUTED; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QProgressBar {
    background: $TRACK; border: none; border-radius: 3px; max-height: 6px; min-height: 6px;
}
QProgressBar::chunk { background: $ACCENT; border-radius: 3px; }
QProgressBar[look="warning"]::chunk { background: $WARNING; }
""")


def style_sheet(colors: Mapping[str, str], *, dark: bool) -> str:
    """The style sheet for a scheme; `colors` maps the names of `theme.Role` to `#rrggbb`."""
    return _TEMPLATE.substitute(colors, ICONS=_ICONS, SCHEME="dark" if dark else "light")
