"""The overlay shown while files are dragged over the window: one tile per purpose."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from services.checks.events import PathsGathered
from services.providers.features import Feature
from services.providers.provider import Provider
from services.providers.providers import UNKNOWN_SERVER
from services.system.language import _
from ui.icons import icon, purpose_icon
from ui.theme import Role, color, scaled
from ui.uploads.drop_fit import (
    Hovering,
    hovering_files,
    hovering_paths,
    kinds_in_words,
    match_in_words,
    misfit_in_words,
    title_in_words,
)
from ui.uploads.drop_layout import DropLayout, lay_out
from ui.uploads.drop_tile import Tile, paint_line, paint_tile

MATCH_EACH_FILE = "match each file"
"""The name of the tile that chooses no purpose."""

_FADE = 0.95


class DropOverlay(QWidget):
    """A child of `parent` that covers `area` (by default all of `parent`); hidden until `hover`.

    It ignores pointer and drop events, so they reach the window, which calls these methods.
    Positions are in overlay coordinates: `overlay.mapFrom(window, position)`.
    """

    def __init__(self, parent: QWidget, area: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parent = parent
        self._area = area or parent
        self._paths: tuple[Path, ...] = ()
        self._hovering = Hovering()
        self._provider = UNKNOWN_SERVER
        self._misfits: tuple[str | None, ...] = ()
        self._title = self._kinds = self._match = ""
        self._lit: str | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(_("Drop files to upload"))
        self._area.installEventFilter(self)
        self._update_texts()
        self.hide()

    def hover(self, paths: Sequence[Path], position: QPoint, provider: Provider) -> None:
        """Show the overlay if needed, and highlight the tile at `position`.

        `provider` is that of the open account: its purposes are the tiles.
        """
        if tuple(paths) != self._paths or provider != self._provider:
            self._paths = tuple(paths)
            self._provider = provider
            self._hovering = hovering_paths(paths)
            self._update_texts()
        if not self.isVisible():
            self._cover()
            self.raise_()
            self.show()
        lit = self.tile_at(position)
        if lit != self._lit:
            self._lit = lit
            self.update()

    def show_gathered(self, gathered: PathsGathered) -> None:
        """Show sizes, folders and matching purposes, now that the disk has been read."""
        self._hovering = hovering_files(gathered)
        self._update_texts()

    def tile_at(self, position: QPoint) -> str | None:
        """The purpose of the tile at `position`, `MATCH_EACH_FILE`, or None between tiles."""
        for name, tile in zip(self._tile_names(), self._layout().tiles, strict=True):
            if tile.contains(position):
                return name
        return None

    def purpose_at(self, position: QPoint) -> str | None:
        """The purpose that a drop at `position` chooses; None for *Match each file*."""
        tile = self.tile_at(position)
        return None if tile == MATCH_EACH_FILE else tile

    def end(self) -> None:
        """Hide the overlay: the files were dropped or dragged away."""
        self._paths = ()
        self._hovering = Hovering()
        self._lit = None
        self.hide()

    def tile_rect(self, name: str) -> QRect:
        """The rectangle of a purpose's tile, or of `MATCH_EACH_FILE`."""
        return self._layout().tiles[self._tile_names().index(name)]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the covered area when it moves or resizes."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move} and self.isVisible():
            self._cover()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw background, title and tiles."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = color(Role.PAGE, self.palette())
        ground.setAlphaF(_FADE)
        painter.fillRect(self.rect(), ground)
        layout = self._layout()
        self._paint_head(painter, layout)
        # Between tiles, a drop means the same as on the first tile.
        lit = self._lit or MATCH_EACH_FILE
        match_tile, *purpose_tiles = layout.tiles
        why_one_purpose = self._provider.why_not(Feature.PURPOSE)
        paint_tile(
            painter,
            match_tile,
            Tile(icon("wand-sparkles", Role.ACCENT), _("Match each file"), self._match),
            self.palette(),
            lit=lit == MATCH_EACH_FILE,
            compact=layout.compact,
        )
        for purpose, misfit, place in zip(
            self._provider.purposes, self._misfits, purpose_tiles, strict=True
        ):
            paint_tile(
                painter,
                place,
                Tile(
                    purpose_icon(purpose.name),
                    purpose.name,
                    misfit or why_one_purpose or purpose.description,
                    fits=misfit is None,
                ),
                self.palette(),
                lit=lit == purpose.name,
                compact=layout.compact,
            )
        painter.end()

    def _paint_head(self, painter: QPainter, layout: DropLayout) -> None:
        center = Qt.AlignmentFlag.AlignHCenter
        painter.setFont(self._title_font(layout.compact))
        painter.setPen(color(Role.TEXT, self.palette()))
        paint_line(painter, layout.title, self._title, center)
        painter.setFont(self.font())
        painter.setPen(color(Role.MUTED, self.palette()))
        paint_line(painter, layout.kinds, self._kinds, center)

    def _title_font(self, compact: bool) -> QFont:
        return scaled(self.font(), 1.25 if compact else 1.7, bold=True)

    def _tile_names(self) -> list[str]:
        return [MATCH_EACH_FILE, *(purpose.name for purpose in self._provider.purposes)]

    def _layout(self) -> DropLayout:
        line = self.fontMetrics().height()
        return lay_out(self.rect(), len(self._provider.purposes), line * 2, line)

    def _cover(self) -> None:
        corner = QPoint(0, 0)
        if self._area is not self._parent:
            corner = self._area.mapTo(self._parent, corner)
        self.setGeometry(QRect(corner, self._area.size()))

    def _update_texts(self) -> None:
        """Recompute fits and texts here rather than on each paint."""
        self._misfits = tuple(
            misfit_in_words(purpose, self._hovering, self._provider.limits)
            for purpose in self._provider.purposes
        )
        self._title = title_in_words(self._hovering)
        self._kinds = kinds_in_words(self._hovering)
        self._match = match_in_words(self._hovering)
        self.setAccessibleDescription(f"{self._title} {self._kinds}")
        self.update()
