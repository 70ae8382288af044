"""The foundation of the program: paths, logs, databases, threads, languages."""
