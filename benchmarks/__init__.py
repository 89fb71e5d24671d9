"""Measuring tilemaker: named hard cases, beside what the machine can do and beside tilemaker 3.1.0. ``make bench`` runs them."""
