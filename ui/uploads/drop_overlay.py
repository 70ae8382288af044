"""What lies over the window while files hover above it: a tile for every purpose."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from services.checks.events import PathsGathered
from services.providers.limits import UNKNOWN, Limits
from services.providers.purposes import UPLOAD_PURPOSES
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
"""What `tile_at` says of the tile that chooses no purpose."""

_FADE = 0.95


class DropOverlay(QWidget):
    """Hidden until `hover`; a child of `parent`, laid over `area` (all of `parent` unless told).

    Takes neither pointer nor drop events, so they reach the window, which calls these methods.
    All positions are in the overlay's own coordinates: `overlay.mapFrom(window, position)`.
    """

    def __init__(self, parent: QWidget, area: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parent = parent
        self._area = area or parent
        self._paths: tuple[Path, ...] = ()
        self._hovering = Hovering()
        self._limits = UNKNOWN
        self._misfits: tuple[str | None, ...] = ()
        self._title = self._kinds = self._match = ""
        self._lit: str | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(_("Drop files to upload"))
        self._area.installEventFilter(self)
        self._weigh()
        self.hide()

    def hover(self, paths: Sequence[Path], position: QPoint, limits: Limits) -> None:
        """Files hover at a position; shows the overlay when it is not there yet.

        `limits` are those of the open account's server.
        """
        if tuple(paths) != self._paths or limits != self._limits:
            self._paths = tuple(paths)
            self._limits = limits
            self._hovering = hovering_paths(paths)
            self._weigh()
        if not self.isVisible():
            self._cover()
            self.raise_()
            self.show()
        lit = self.tile_at(position)
        if lit != self._lit:
            self._lit = lit
            self.update()

    def show_gathered(self, gathered: PathsGathered) -> None:
        """Tell sizes, folders and matching purposes, now that the disk was looked at."""
        self._hovering = hovering_files(gathered)
        self._weigh()

    def tile_at(self, position: QPoint) -> str | None:
        """The purpose of the tile there, `MATCH_EACH_FILE`, or None between the tiles."""
        for name, tile in zip(self._tile_names(), self._layout().tiles, strict=True):
            if tile.contains(position):
                return name
        return None

    def purpose_at(self, position: QPoint) -> str | None:
        """The purpose that a drop there chooses; None for *Match each file*."""
        tile = self.tile_at(position)
        return None if tile == MATCH_EACH_FILE else tile

    def end(self) -> None:
        """The files were dropped or went away."""
        self._paths = ()
        self._hovering = Hovering()
        self._lit = None
        self.hide()

    def tile_rect(self, name: str) -> QRect:
        """Where the tile of a purpose, or of `MATCH_EACH_FILE`, is."""
        return self._layout().tiles[self._tile_names().index(name)]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay over the area when it moves or changes its size."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move} and self.isVisible():
            self._cover()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, title and tiles."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = color(Role.PAGE, self.palette())
        ground.setAlphaF(_FADE)
        painter.fillRect(self.rect(), ground)
        layout = self._layout()
        self._paint_head(painter, layout)
        # Where nothing is lit, a drop means the same as on the first tile.
        lit = self._lit or MATCH_EACH_FILE
        match_tile, *purpose_tiles = layout.tiles
        paint_tile(
            painter,
            match_tile,
            Tile(icon("wand-sparkles", Role.ACCENT), _("Match each file"), self._match),
            self.palette(),
            lit=lit == MATCH_EACH_FILE,
            compact=layout.compact,
        )
        for purpose, misfit, place in zip(
            UPLOAD_PURPOSES, self._misfits, purpose_tiles, strict=True
        ):
            paint_tile(
                painter,
                place,
                Tile(
                    purpose_icon(purpose.name),
                    purpose.name,
                    misfit or purpose.description,
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
        return [MATCH_EACH_FILE, *(purpose.name for purpose in UPLOAD_PURPOSES)]

    def _layout(self) -> DropLayout:
        line = self.fontMetrics().height()
        return lay_out(self.rect(), len(UPLOAD_PURPOSES), line * 2, line)

    def _cover(self) -> None:
        corner = QPoint(0, 0)
        if self._area is not self._parent:
            corner = self._area.mapTo(self._parent, corner)
        self.setGeometry(QRect(corner, self._area.size()))

    def _weigh(self) -> None:
        """Find out once, not at every paint, which purposes fit."""
        self._misfits = tuple(
            misfit_in_words(purpose, self._hovering, self._limits) for purpose in UPLOAD_PURPOSES
        )
        self._title = title_in_words(self._hovering)
        self._kinds = kinds_in_words(self._hovering)
        self._match = match_in_words(self._hovering)
        self.setAccessibleDescription(f"{self._title} {self._kinds}")
        self.update()
