"""A phone, as the server sees one: an OpenRosa client over plain sockets, doing what ODK Collect does."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from guatu.kernel import xml

BOUNDARY = "guatu-phone"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def root(self) -> Any:
        return xml.parse(self.body)

    @property
    def message(self) -> str:
        return next(node.text or "" for node in self.root.iter("{*}message"))

    @property
    def receipt(self) -> str:
        return self.headers["x-guatu-receipt"]


def multipart(
    form: bytes, files: Mapping[str, bytes] | None = None, fields: Mapping[str, str] | None = None
) -> bytes:
    """The body that Collect sends."""
    parts = [("xml_submission_file", 'filename="form.xml"', "text/xml", form)]
    parts += [(name, f'filename="{name}"', "image/jpeg", content) for name, content in (files or {}).items()]
    lines = b""
    for name, extra, kind, content in parts:
        lines += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; {extra}\r\nContent-Type: {kind}\r\n\r\n'.encode()
        lines += content + b"\r\n"
    for name, value in (fields or {}).items():
        lines += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    return lines + f"--{BOUNDARY}--\r\n".encode()


class Phone:
    """`Phone(port, "key/<token>/expo")`."""

    def __init__(self, port: int, base: str, language: str = "zh-CN") -> None:
        self.port, self.base, self.language = port, base, language

    def ask(self, method: str, path: str, body: Any = None, chunked: bool = False, **headers: str) -> Reply:
        if path.startswith("http"):
            parts = urlsplit(path)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
        elif not path.startswith("/"):
            path = f"/openrosa/{self.base}/{path}"
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        said = {"X-OpenRosa-Version": "1.0", "Accept-Language": self.language}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            line.request(method, path, body=body, headers=said, encode_chunked=chunked)
            reply = line.getresponse()
            headers: dict[str, str] = {}
            for name, value in reply.getheaders():
                known = headers.get(name.lower())
                headers[name.lower()] = value if known is None else f"{known}, {value}"
            return Reply(reply.status, headers, reply.read())
        finally:
            line.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, **headers)

    def head(self, path: str, **headers: str) -> Reply:
        return self.ask("HEAD", path, **headers)

    def send(
        self,
        form: bytes,
        files: Mapping[str, bytes] | None = None,
        fields: Mapping[str, str] | None = None,
        **headers: str,
    ) -> Reply:
        return self.post(multipart(form, files, fields), **headers)

    def post(self, body: Any, **headers: str) -> Reply:
        said = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **headers}
        return self.ask("POST", "submission?deviceID=collect%3Aabc", body=body, **said)
