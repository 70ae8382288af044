"""The five endpoints of the Files API, and how their responses and errors are parsed."""
