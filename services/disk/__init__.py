"""Local files: what they are, safe names, and files written completely or not at all."""
