"""Pixels to pictures, and pixels to numbers on the wire."""
