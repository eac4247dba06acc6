"""One case as a file for a court: everything in it, and how to verify it without this program."""
