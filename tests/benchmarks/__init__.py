"""Measurements of speed, run by hand: they print figures and fail nothing."""
