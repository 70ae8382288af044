"""Lines as rows with columns: read, filtered, counted and saved."""
