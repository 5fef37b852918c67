"""Zstandard, wherever this Python has it."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def pack(data: bytes) -> bytes:
    """Compressed, quickly.

    >>> unpack(pack(b"harbour"))
    b'harbour'
    """
    return zstd.compress(data)


def unpack(packed: bytes) -> bytes:
    """What `pack` was given. Raises ValueError for what it never wrote."""
    try:
        return zstd.decompress(packed)
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error
