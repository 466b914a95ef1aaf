"""The signature of Berlinger exports: does the file still say what a genuine device of this lot wrote?

``Sig`` is ECDSA P-256 over the bytes from the file's start up to ``Sig: ``, with CRLF line ends; the SHA-256 digest,
the public key's halves and (r, s) are little-endian. ``Sig Cert`` is the same over the bytes from ``Cert:`` up to
``Sig Cert: ``, by the issuer's key. The key belongs to a production lot: a valid signature proves an unaltered export
of a device of that lot, not which device, and an old export stays valid.
"""

import hashlib
import re

ISSUER_KEY = (
    0x0AA2BE1B04268B874FC00AAC193A889352F57EED2A46D8C7FC98111BDCAF1966,
    0xE3BE1648B9AE1A7B7E5B9AFC7C4B48FD003C505CB6AF749FABAAC0DA180CF668,
)
"""The issuer's public point: the only one that fits every genuine certificate seen; the maker has not published it."""

_SIGNATURE = re.compile(rb"^Sig: ?([0-9A-Fa-f]*)\s*$", re.MULTILINE)
_CERTIFICATE = re.compile(rb"^Sig Cert: ?([0-9A-Fa-f]*)\s*$", re.MULTILINE)
_PUBLIC_KEY = re.compile(rb"^ ?Public Key: ?([0-9A-Fa-f]*)\s*$", re.MULTILINE)
_CERT = re.compile(rb"^Cert:", re.MULTILINE)


def check_signature(content: bytes, issuer: tuple[int, int] = ISSUER_KEY) -> str:
    """``none``, ``unchecked`` (the key material cannot be read), ``valid`` or ``invalid``.

    Args:
        content: The file's bytes; line ends that were converted on the way are restored.
        issuer: The public point that signed the device's certificate.
    """
    signed = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    signature, certificate = _SIGNATURE.search(signed), _CERTIFICATE.search(signed)
    if signature is None and certificate is None and _PUBLIC_KEY.search(signed) is None:
        return "none"
    key, cert = _PUBLIC_KEY.search(signed), _CERT.search(signed)
    if signature is None or certificate is None or key is None or cert is None:
        return "invalid"  # signed once, and a part of it is gone
    if signed[signature.end() :].strip():
        return "invalid"  # whatever follows the signature is not covered by it
    if not all(len(part[1]) == 128 for part in (signature, certificate, key)):
        return "unchecked"
    device_key = _little_endian_pair(key[1])
    results = (
        _verifies(signed[: signature.start()], signature[1], device_key),
        _verifies(signed[cert.start() : certificate.start()], certificate[1], issuer),
    )
    if None in results:
        return "unchecked"
    return "valid" if all(results) else "invalid"


def _little_endian_pair(text: bytes) -> tuple[int, int]:
    raw = bytes.fromhex(text.decode("ascii"))
    return int.from_bytes(raw[:32], "little"), int.from_bytes(raw[32:], "little")


def _verifies(message: bytes, signature: bytes, key: tuple[int, int]) -> bool | None:
    """Whether a signature fits; ``None`` where the key is no point of the curve."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        public = ec.EllipticCurvePublicNumbers(*key, ec.SECP256R1()).public_key()
    except ValueError:
        return None
    digest = hashlib.sha256(message).digest()[::-1]
    r, s = _little_endian_pair(signature)
    try:
        public.verify(utils.encode_dss_signature(r, s), digest, ec.ECDSA(utils.Prehashed(SHA256())))
    except (InvalidSignature, ValueError):
        return False
    return True
