"""Measurements, each a ratio taken in one run; nothing here passes or fails. `make bench` runs all of them."""
