"""Downloads, and purposes whose content the server refuses."""
