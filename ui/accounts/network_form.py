"""The form to edit how servers are reached: proxy, certificates, timeouts, extra headers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from services.accounts.network_check import NetworkDraft, NetworkField, NetworkMessage
from services.providers.network import (
    DEFAULT_NETWORK,
    LONGEST_SECONDS,
    MOST_RETRIES,
    Network,
    ProxyChoice,
)
from services.system.language import _
from ui.accounts.file_choice import FileChoice
from ui.accounts.header_rows import HeaderRows
from ui.widgets.labels import label
from ui.widgets.spin_box import SpinBox

_LONGEST_TEXT = 2000
_AUTOMATIC = -1


class NetworkForm(QWidget):
    """Edits a network. What isn't chosen is disabled."""

    edited = Signal()
    """Emitted when the user changes something."""
    committed = Signal()
    """Emitted when a choice was made, or a field was left after a change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._network = DEFAULT_NETWORK
        self._showing = False
        """Whether the fields are being filled by the program."""
        self._proxies = {
            ProxyChoice.SYSTEM: QRadioButton(_("System proxy")),
            ProxyChoice.NONE: QRadioButton(_("No proxy")),
            ProxyChoice.OWN: QRadioButton(_("This proxy:")),
        }
        _group(self, self._proxies.values())
        self.proxy_url = _line(_("Proxy address"), "http://proxy.example.com:3128")
        self.not_for = _line(_("Not for"), "*.example.com")
        self.proxy_user = _line(_("User name"), _("optional"))
        self.proxy_password = _line(_("Password"), _("optional"))
        self.proxy_password.setEchoMode(QLineEdit.EchoMode.Password)

        self._system_trust = QRadioButton(_("System certificates"))
        self._own_trust = QRadioButton(_("System certificates and this file:"))
        _group(self, (self._system_trust, self._own_trust))
        self.ca_file = FileChoice(_("Certificate file"), "/etc/ssl/company.pem")
        self.client_certificate = FileChoice(_("Client certificate"), _("optional"))
        self.client_key = FileChoice(_("Key of the client certificate"), _("in the same file"))

        self.connect_seconds = _seconds(_("Connect timeout"))
        self.send_seconds = _seconds(_("Send timeout"), _("How long sending may stall."))
        self.answer_seconds = _seconds(
            _("Response timeout"),
            _("How long the server may be silent. After an upload it gets 10 minutes."),
        )
        self.retries = _spin_box(
            _("Retries"), _("Automatic: 2 times for requests, 14 times for transfers.")
        )
        self.retries.setRange(_AUTOMATIC, MOST_RETRIES)
        self.retries.setSpecialValueText(_("Automatic"))

        self.headers = HeaderRows()
        self.plain_http = QCheckBox(_("Allow http:// to other computers"))
        self.plain_http.setAccessibleName(self.plain_http.text())
        self._messages = {field: label("", "error", wrap=True) for field in NetworkField}
        self._fields: dict[NetworkField, QWidget] = {
            NetworkField.PROXY_URL: self.proxy_url,
            NetworkField.PROXY_USER: self.proxy_user,
            NetworkField.CA_FILE: self.ca_file.field,
            NetworkField.CLIENT_CERTIFICATE: self.client_certificate.field,
            NetworkField.CLIENT_KEY: self.client_key.field,
        }
        self._build_layout()
        self._connect_signals()
        self.show_network(DEFAULT_NETWORK)

    def show_network(self, network: Network) -> None:
        """Show a network, and discard what was typed."""
        self.proxy_password.clear()
        self.proxy_password.setPlaceholderText(
            _("saved — type to replace") if network.proxy_password_saved else _("optional")
        )
        self.ca_file.field.clear()
        self.headers.show_headers(())
        self.show_tidied(network)
        self.show_messages(())

    def forget_password(self) -> None:
        """Clear the typed password, which is saved now."""
        self.proxy_password.clear()
        self.proxy_password.setPlaceholderText(_("saved — type to replace"))

    def show_tidied(self, network: Network) -> None:
        """Show the cleaned-up values in the fields; a typed password and empty headers stay."""
        self._network = network
        self._showing = True
        self._proxies[network.proxy].setChecked(True)
        self.proxy_url.setText(network.proxy_url)
        self.not_for.setText(network.not_for)
        self.proxy_user.setText(network.proxy_user)
        (self._own_trust if network.ca_file else self._system_trust).setChecked(True)
        if network.ca_file:
            self.ca_file.field.setText(network.ca_file)
        self.client_certificate.field.setText(network.client_certificate)
        self.client_key.field.setText(network.client_key)
        for field, seconds in (
            (self.connect_seconds, network.connect_seconds),
            (self.send_seconds, network.send_seconds),
            (self.answer_seconds, network.answer_seconds),
        ):
            field.setValue(max(1, round(seconds)))
        self.retries.setValue(_AUTOMATIC if network.retries is None else network.retries)
        self.headers.show_tidied(network.headers)
        self.plain_http.setChecked(network.plain_http_confirmed)
        self._showing = False
        self._enable_chosen()

    def draft(self) -> NetworkDraft:
        """The contents of the fields, as typed."""
        retries = self.retries.value()
        network = replace(
            self._network,
            proxy=next(choice for choice, button in self._proxies.items() if button.isChecked()),
            proxy_url=self.proxy_url.text(),
            proxy_user=self.proxy_user.text(),
            not_for=self.not_for.text(),
            ca_file=self.ca_file.field.text() if self._own_trust.isChecked() else "",
            client_certificate=self.client_certificate.field.text(),
            client_key=self.client_key.field.text(),
            connect_seconds=float(self.connect_seconds.value()),
            send_seconds=float(self.send_seconds.value()),
            answer_seconds=float(self.answer_seconds.value()),
            retries=None if retries == _AUTOMATIC else retries,
            headers=self.headers.headers,
            plain_http_confirmed=self.plain_http.isChecked(),
        )
        return NetworkDraft(network, self.proxy_password.text() or None)

    def show_messages(self, messages: Sequence[NetworkMessage], *, focus: bool = True) -> None:
        """Show messages below their fields; with `focus`, focus the first invalid field."""
        by_field = {message.field: message.sentence for message in messages}
        for field, line in self._messages.items():
            line.setText(by_field.get(field, ""))
            line.setVisible(field in by_field)
            if field in self._fields:
                self._fields[field].setAccessibleDescription(line.text())
        if messages and focus:
            self._fields.get(messages[0].field, self.headers.first_field).setFocus()

    @Slot()
    def _enable_chosen(self) -> None:
        is_own = self._proxies[ProxyChoice.OWN].isChecked()
        for field in (self.proxy_url, self.not_for, self.proxy_user, self.proxy_password):
            field.setEnabled(is_own)
        self.ca_file.setEnabled(self._own_trust.isChecked())
        for button in (*self._proxies.values(), self._system_trust, self._own_trust):
            # Qt lets Tab reach the one that was chosen first, even if it's chosen no more.
            policy = Qt.FocusPolicy.StrongFocus if button.isChecked() else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    @Slot()
    def _choice_made(self) -> None:
        self._enable_chosen()
        self.edited.emit()
        for button, field in (
            (self._proxies[ProxyChoice.OWN], self.proxy_url),
            (self._own_trust, self.ca_file.field),
        ):
            if self.sender() is button and not field.text():
                field.setFocus()
                return  # it's committed when the field has been filled
        self.committed.emit()

    def _connect_signals(self) -> None:
        choices = (*self._proxies.values(), self._system_trust, self._own_trust, self.plain_http)
        for button in choices:
            # Not `toggled`, which also tells of the button that isn't chosen anymore.
            button.clicked.connect(self._choice_made)
        for line in (self.proxy_url, self.not_for, self.proxy_user, self.proxy_password):
            line.textEdited.connect(self.edited)
            line.editingFinished.connect(self.committed)
        for part in (self.ca_file, self.client_certificate, self.client_key, self.headers):
            part.edited.connect(self.edited)
            part.committed.connect(self.committed)
        for box in (self.connect_seconds, self.send_seconds, self.answer_seconds, self.retries):
            box.valueChanged.connect(self._number_changed)
            box.editingFinished.connect(self.committed)

    @Slot()
    def _number_changed(self) -> None:
        if not self._showing:
            self.edited.emit()

    def _build_layout(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(14)
        whole.addLayout(self._proxy_layout())
        whole.addLayout(self._certificates_layout())
        whole.addLayout(self._numbers_layout())
        headers = QVBoxLayout()
        headers.setSpacing(4)
        headers.addWidget(self.headers)
        headers.addWidget(self._messages[NetworkField.HEADERS])
        whole.addLayout(headers)
        plain = QVBoxLayout()
        plain.setSpacing(4)
        plain.addWidget(self.plain_http)
        remark = _(
            "Without TLS, others on the network can read the key and the files. Servers on this "
            "computer can always be reached by http://."
        )
        plain.addWidget(label(remark, "small", wrap=True))
        whole.addLayout(plain)
        order = [*self._proxies.values(), self.proxy_url, self.not_for, self.proxy_user]
        order += [self.proxy_password, self._system_trust, self._own_trust]
        for choice in (self.ca_file, self.client_certificate, self.client_key):
            order += [choice.field, choice.choose]
        order += [self.connect_seconds, self.send_seconds, self.answer_seconds, self.retries]
        order += [self.headers.button, self.plain_http]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def _proxy_layout(self) -> QLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(_("Proxy"), "strong"), 0, 0)
        radios = QHBoxLayout()
        radios.setSpacing(24)
        for button in self._proxies.values():
            radios.addWidget(button)
        radios.addStretch(1)
        grid.addLayout(radios, 1, 0, 1, 2)
        top = Qt.AlignmentFlag.AlignTop
        for place, (field, message) in enumerate(
            (
                (self.proxy_url, NetworkField.PROXY_URL),
                (self.not_for, None),
                (self.proxy_user, NetworkField.PROXY_USER),
                (self.proxy_password, None),
            )
        ):
            part = _titled(field.accessibleName(), field)
            if message is not None:
                part.addWidget(self._messages[message])
            grid.addLayout(part, 2 + place // 2, place % 2, top)
        remark = _(
            "An HTTP or SOCKS5 proxy. The password is stored in your system's keyring, never in a "
            "file."
        )
        grid.addWidget(label(remark, "small", wrap=True), 4, 0, 1, 2)
        return grid

    def _certificates_layout(self) -> QLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(label(_("Certificates"), "strong"))
        radios = QHBoxLayout()
        radios.setSpacing(24)
        radios.addWidget(self._system_trust)
        radios.addWidget(self._own_trust)
        radios.addStretch(1)
        column.addLayout(radios)
        column.addWidget(self.ca_file)
        column.addWidget(self._messages[NetworkField.CA_FILE])
        for choice, title, message in (
            (self.client_certificate, _("Client certificate"), NetworkField.CLIENT_CERTIFICATE),
            (self.client_key, _("Its key"), NetworkField.CLIENT_KEY),
        ):
            part = _titled(title, choice.field, choice)
            part.addWidget(self._messages[message])
            column.addLayout(part)
        return column

    def _numbers_layout(self) -> QLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.addWidget(label(_("Timeouts and retries"), "strong"), 0, 0, 1, 4)
        for column, (title, box) in enumerate(
            (
                (_("Connect"), self.connect_seconds),
                (_("Send"), self.send_seconds),
                (_("Response"), self.answer_seconds),
                (_("Retries"), self.retries),
            )
        ):
            grid.setColumnStretch(column, 1 if box is self.retries else 0)
            grid.addLayout(_titled(title, box), 1, column)
        return grid


def _group(parent: QWidget, buttons: Iterable[QAbstractButton]) -> None:
    """Let only one of the buttons be checked."""
    group = QButtonGroup(parent)
    for button in buttons:
        group.addButton(button)


def _line(name: str, placeholder: str) -> QLineEdit:
    field = QLineEdit()
    field.setMaxLength(_LONGEST_TEXT)
    field.setAccessibleName(name)
    field.setPlaceholderText(placeholder)
    return field


def _spin_box(name: str, explanation: str) -> SpinBox:
    box = SpinBox()
    box.setAccessibleName(name)
    box.setAccessibleDescription(explanation)
    box.setToolTip(explanation)
    return box


def _seconds(name: str, explanation: str = "") -> SpinBox:
    box = _spin_box(name, explanation)
    box.setRange(1, round(LONGEST_SECONDS))
    box.setSuffix(_(" s"))
    return box


def _titled(title: str, field: QWidget, whole: QWidget | None = None) -> QVBoxLayout:
    """A field, or what contains it, with a title above."""
    heading = label(title, "muted")
    heading.setBuddy(field)
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addWidget(heading)
    column.addWidget(whole or field)
    return column
