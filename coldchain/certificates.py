"""A site's own certificate authority for its broker and its devices, made with `cryptography`.

Files are written once and never overwritten; keys are readable by their owner only.
"""

import ipaddress
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from coldchain.errors import UsageError

AUTHORITY_LASTS = timedelta(days=3650)
CERTIFICATE_LASTS = timedelta(days=825)
"""Browsers and many TLS libraries refuse server certificates that last longer."""
_BACKDATED = timedelta(hours=1)
"""Devices' clocks are slow, too."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What stands in topics and file names; ``+``, ``#`` and ``/`` would be topic wildcards and levels."""


@dataclass(frozen=True)
class Made:
    """One certificate that was written, with its key beside it."""

    name: str
    certificate: Path
    key: Path
    until: datetime


class Authority:
    """The authority in a folder: ``authority.crt`` and ``authority.key``, made where they are not there yet."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder, self._now = folder, now
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.certificate_file = folder / "authority.crt"
        if not self.certificate_file.exists():
            self._found()
        self._certificate = x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
        key = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise UsageError(f"{folder / 'authority.key'} is no key that this command made")
        self._key = key

    def broker(self, host: str) -> Made:
        """A certificate for the broker at a host name or address."""
        try:
            alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            alternative = x509.DNSName(_checked(host))
        return self._issue("broker", _checked(host), ExtendedKeyUsageOID.SERVER_AUTH, alternative)

    def client(self, name: str) -> Made:
        """A certificate with which a device, or the service itself, signs in under that name."""
        return self._issue(_checked(name), name, ExtendedKeyUsageOID.CLIENT_AUTH, None)

    def _found(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "coldchain site authority")])
        certificate = (
            self._builder(subject, subject, key, AUTHORITY_LASTS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(self._folder / "authority.key", _pem(key), 0o600)
        _write(self.certificate_file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)

    def _issue(self, file: str, name: str, use: x509.ObjectIdentifier, alternative: x509.GeneralName | None) -> Made:
        certificate_file, key_file = self._folder / f"{file}.crt", self._folder / f"{file}.key"
        if certificate_file.exists() or key_file.exists():
            raise UsageError(f"{certificate_file} is there already; move it away to make another one")
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            self._builder(subject, self._certificate.subject, key, CERTIFICATE_LASTS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        )
        if alternative is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        _write(key_file, _pem(key), 0o600)
        _write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
        return Made(name, certificate_file, key_file, certificate.not_valid_after_utc)

    def _builder(
        self, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, lasts: timedelta
    ) -> x509.CertificateBuilder:
        public = key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - _BACKDATED)
            .not_valid_after(self._now + lasts)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a certificate: letters, digits, '.', '_' and '-', at most 64")
    if name in ("authority", "broker"):
        raise UsageError(f"{name!r} is the name of another file in the folder; choose another one")
    return name


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip


def _write(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)


def now() -> datetime:
    """Now, UTC, to the second, as certificates hold it."""
    return datetime.now(UTC).replace(microsecond=0)
