"""Filewharf's window: Qt on one thread, showing what the services report."""
