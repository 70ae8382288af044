"""Problems, notices and desktop notifications."""
