"""An SMTP server that keeps every mail as a file."""
import email
import email.message
import email.policy
import pathlib

from aiosmtpd.controller import Controller

from support import places
from support.client import until


class _Keep:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (the library's name)
        number = len(list(self.folder.glob("*.eml")))
        # Whole or not there: somebody waits for it.
        part = self.folder / f"{number:03}.part"
        part.write_bytes(envelope.content)
        part.rename(part.with_suffix(".eml"))
        return "250 kept"


class MailServer:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder / "mails"
        self.folder.mkdir()
        self.port = places.free_port()
        self._controller = Controller(_Keep(self.folder), hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_) -> None:
        self._controller.stop()

    def mails_to(self, address: str) -> list[email.message.EmailMessage]:
        mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                 for path in sorted(self.folder.glob("*.eml"))]
        return [mail for mail in mails if address in str(mail["To"])]

    def wait_for(self, address: str) -> email.message.EmailMessage:
        """The newest mail to that address, once there is one."""
        return until(f"a mail to {address}", 60, lambda: self.mails_to(address))[-1]
