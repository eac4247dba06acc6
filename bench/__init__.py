"""The promises of speed, measured: ``make bench``."""
