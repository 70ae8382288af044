"""Filewharf's window: Qt on one thread, showing what the service layer tells."""
