"""Small slips planted in the code that keeps the promises, to see whether the tests notice."""
