"""Small widgets and text helpers shared by several parts of the window."""
