"""The lines of a file of any size, whatever they hold."""
