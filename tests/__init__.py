"""Tests: plain functions, named as sentences."""
