"""What every part of the program stands on: paths, logs, databases, threads, languages."""
