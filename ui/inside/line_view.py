from PySide6.QtWidgets import QPlainTextEdit


class LineView(QPlainTextEdit):
    def show_line(self, line):
        self.setPlainText(line.content.decode("utf8", "replace"))
