"""What HTTP Digest (RFC 7616) keeps of a user name and password: HA1, once for each algorithm. Pure."""

import hashlib

REALM = "Guatu"
ALGORITHMS = ("SHA-256", "MD5")


def hashed(algorithm: str, text: str) -> str:
    """Hex digest by the algorithm's name."""
    if algorithm == "SHA-256":
        return hashlib.sha256(text.encode()).hexdigest()
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()  # noqa: TID251 RFC 7616 names it, Collect demands it


def ha1(username: str, password: str) -> dict[str, str]:
    """Algorithm → HA1."""
    return {algorithm: hashed(algorithm, f"{username}:{REALM}:{password}") for algorithm in ALGORITHMS}
