"""Files brought home, and purposes whose content the server doesn't give."""
