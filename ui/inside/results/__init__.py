"""The results of a batch, and how unfinished requests are retried."""
