"""The store: cases, facts, papers, numbers and answered commands in one SQL database."""
