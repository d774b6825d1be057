"""Attacks on the system as the world makes them; `make attack` runs every round, `make test` a few of each."""
