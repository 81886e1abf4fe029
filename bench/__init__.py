"""Measures how fast pages are when there are many cases."""
