"""The kinds of servers, and what is known about each."""
