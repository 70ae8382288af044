"""The kinds of servers, and what is known of each."""
