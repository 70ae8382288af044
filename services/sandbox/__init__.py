"""A Files API server inside the program: the account to try things on."""
