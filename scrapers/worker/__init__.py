"""Keeping up with sources that live elsewhere: which is due, what it gives, and when it is asked again."""
