"""The account's files in the window: listing, selecting, copying and exporting."""
