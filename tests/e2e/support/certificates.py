"""Certificates of an authority that nobody else knows, made by openssl."""
import pathlib
import subprocess


class Authority:
    """Its certificate is `ca` (PEM text); issue() makes a server's."""

    def __init__(self, folder: pathlib.Path, name: str):
        self.folder, self.name = folder, name
        folder.mkdir(parents=True, exist_ok=True)
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                      "-subj", f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")
        self.ca = (folder / f"{name}.pem").read_text()

    @staticmethod
    def _openssl(*words) -> None:
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

    def issue(self, host: str) -> tuple[pathlib.Path, pathlib.Path]:
        """Certificate and key for the DNS name."""
        base = self.folder / f"{self.name}-{host}"
        extensions = base.with_suffix(".ext")
        extensions.write_text(f"subjectAltName=DNS:{host}\nextendedKeyUsage=serverAuth\n")
        request, certificate, key = (pathlib.Path(f"{base}.{ending}") for ending in ("csr", "pem", "key"))
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={host}",
                      "-keyout", key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.folder / f"{self.name}.pem", "-CAkey",
                      self.folder / f"{self.name}.key", "-CAcreateserial", "-days", "30", "-extfile", extensions, "-out", certificate)
        return certificate, key
