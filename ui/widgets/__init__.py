"""Small widgets and text measures that several parts of the window use."""
