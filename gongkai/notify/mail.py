"""E-mail through the office's own server, encrypted on the way."""

import os
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

from gongkai.config import Email
from gongkai.errors import Told
from gongkai.today import now

_TIMEOUT: Final = 30


class Undelivered(Told):
    """The message certainly did not leave: it may be tried again."""


class Unknown(Told):
    """The line broke after the message was handed over: nobody knows whether it left."""


def send(settings: Email, recipient: str, subject: str, text: str) -> None:
    """Send one e-mail. Raises :class:`Undelivered` or :class:`Unknown`."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.sender, recipient, subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    try:
        server = _connected(settings)
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(f"连不上邮件服务器 {settings.host}:{settings.port}：{error}") from error
    try:
        server.send_message(message)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        raise Undelivered(f"邮件服务器没有接收发给 {recipient} 的邮件：{error}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unknown(f"发邮件给 {recipient} 时连接中断，不知是否送出：{error}") from error
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


def _connected(settings: Email) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    if settings.tls == "implicit":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=_TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=_TIMEOUT)
    try:
        if settings.tls == "starttls":
            server.starttls(context=context)
        if settings.user:
            server.login(settings.user, os.environ.get(settings.password_env, ""))
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server
