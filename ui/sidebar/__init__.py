"""The sidebar: files by purpose or view, and the storage used."""
