"""Views of content that has no lines of its own."""
