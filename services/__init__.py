"""Filewharf's service layer: plain Python with threads of its own, which tells what happened."""
