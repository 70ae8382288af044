"""Who the program is to which server, and where the key is kept."""
