"""Bytes that can be told from rubbish: a header in front says what they are, how many, and what they add up to."""

from __future__ import annotations

import struct

from isal import isal_zlib

MAGIC = b"tmk1"
"""What everything of ours begins with; the digit counts the layouts there have been."""

_HEADER = struct.Struct("<4scIQ")
"""Magic, kind, checksum of key and content, length of the content."""

HEADER_BYTES = _HEADER.size


def sealed(key: str, content: bytes, kind: bytes) -> bytes:
    """Return content with its header. The checksum covers the key, so that content under another key is rubbish too."""
    return _HEADER.pack(MAGIC, kind, _checksum(key, memoryview(content)), len(content)) + content


def unsealed(key: str, found: object) -> tuple[bytes, bytes] | None:
    """Return kind and content of what was found under a key, None when it is not ours, is incomplete or has been changed."""
    if not isinstance(found, bytes) or len(found) < HEADER_BYTES:
        return None
    magic, kind, checksum, length = _HEADER.unpack_from(found)
    content = memoryview(found)[HEADER_BYTES:]
    if magic != MAGIC or length != len(content) or checksum != _checksum(key, content):
        return None
    return kind, bytes(content)


def _checksum(key: str, content: memoryview) -> int:
    return isal_zlib.crc32(content, isal_zlib.crc32(key.encode()))
