"""Silence about harmless flaws of files."""

from __future__ import annotations

import threading
import warnings

import pytest

from tilemaker.providers.quiet import quietly


def test_threads_are_quiet_at_once_and_nobody_is_afterwards() -> None:
    """One that reads a large table keeps no other from reading a header."""
    ended = threading.Event()

    def read_a_header() -> None:
        with quietly():
            warnings.warn("a flaw", stacklevel=1)
        ended.set()

    with quietly():
        threading.Thread(target=read_a_header, daemon=True).start()
        assert ended.wait(10.0)
        warnings.warn("another", stacklevel=1)
    with pytest.raises(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)


def test_silence_ends_with_what_goes_wrong() -> None:
    with pytest.raises(ValueError, match="broken"), quietly():
        raise ValueError("broken")
    with pytest.raises(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)
