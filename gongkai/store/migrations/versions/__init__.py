"""One module for each version; its number is its revision."""
