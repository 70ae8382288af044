"""The five endpoints of the Files API, and how their answers and refusals are understood."""
