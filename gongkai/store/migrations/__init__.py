"""The database's versions, one after the other; how to add one: docs/decisions/0014."""
