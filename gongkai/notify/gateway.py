"""The office's own SMS or OA gateway: one signed call for each message."""

import hmac
import json
import os
from datetime import datetime
from hashlib import sha256
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from gongkai.config import Webhook
from gongkai.notify.mail import Undelivered, Unknown

_TIMEOUT: Final = 15
#: From here on an answer says that the call came in, and not what became of it.
_BROKE: Final = 500


class _NoDetour(HTTPRedirectHandler):
    """Follows no redirect: it would ask for a page, say of a login, and deliver nothing."""

    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - the library's signature
        return None


_OPENER: Final = build_opener(_NoDetour)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what the gateway must find in ``X-Gongkai-Signature``: HMAC-SHA256, in hex.

    It is taken over the timestamp, a full stop and the body, so that no call can be replayed later.
    """
    return hmac.digest(secret.encode(), timestamp.encode() + b"." + body, sha256).hex()


def call(settings: Webhook, delivery: str, said: dict[str, Any], at: datetime) -> None:
    """Call the gateway. Raises :class:`Undelivered` or :class:`Unknown`."""
    secret = os.environ.get(settings.secret_env, "")
    if not secret:
        raise Undelivered(f"环境变量 {settings.secret_env} 没有设置，不能签名，没有调用网关。")
    body = json.dumps(said, ensure_ascii=False).encode()
    stamp = str(int(at.timestamp()))
    request = Request(  # noqa: S310 - the address is the administrator's
        settings.url,
        data=body,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "X-Gongkai-Delivery": delivery,
            "X-Gongkai-Timestamp": stamp,
            "X-Gongkai-Signature": f"sha256={signature(secret, stamp, body)}",
        },
    )
    try:
        with _OPENER.open(request, timeout=_TIMEOUT) as answer:
            answer.read(1)
    except HTTPError as error:
        with error:
            raise _refusal(error.code) from error
    except URLError as error:
        raise Undelivered(f"连不上网关 {settings.url}：{error.reason}") from error
    except (OSError, HTTPException) as error:
        raise Unknown(f"调用网关时连接中断，不知是否送出：{error}") from error


def _refusal(code: int) -> Undelivered | Unknown:
    if code >= _BROKE:
        return Unknown(f"网关出错，不知是否送出：HTTP {code}")
    return Undelivered(f"网关没有接收消息：HTTP {code}")
