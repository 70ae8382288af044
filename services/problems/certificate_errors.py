"""What is wrong with a server's certificate, or what a server says about ours."""

import ssl
from datetime import datetime

from services.problems.errors import ProblemKind
from services.system.language import _
from services.system.locale_format import clock, day

_NOT_YET_VALID, _EXPIRED, _SELF_SIGNED, _SELF_SIGNED_ISSUER = 9, 10, 18, 19
_NO_ISSUER, _NO_ISSUER_LOCALLY, _REVOKED = 2, 20, 23
_OTHER_NAME = (62, 64)
"""Another host name or IP address. Codes of OpenSSL, `X509_V_ERR_…`."""

_OURS_MISSING = ("CERTIFICATE_REQUIRED", "PEER_DID_NOT_RETURN_A_CERTIFICATE")
_OURS_REJECTED = (
    "ALERT_UNKNOWN_CA",
    "ALERT_BAD_CERTIFICATE",
    "ALERT_CERTIFICATE_EXPIRED",
    "ALERT_CERTIFICATE_REVOKED",
    "ALERT_CERTIFICATE_UNKNOWN",
    "ALERT_UNSUPPORTED_CERTIFICATE",
    "ALERT_ACCESS_DENIED",
)


def untrusted_certificate(
    error: ssl.SSLCertVerificationError, whose: str
) -> tuple[ProblemKind, str, str]:
    """The kind, title and advice for a certificate that can't be trusted.

    `whose` is the host's name, or a phrase for the proxy.
    """
    code = getattr(error, "verify_code", 0)
    if code in _OTHER_NAME:
        title = _("The certificate of {host} is for another name")
        advice = _(
            "Check the base URL. Another server may have answered: a login page of this network, or "
            "someone who wants to read along. No key was sent."
        )
    elif code == _EXPIRED:
        title = _("The certificate of {host} has expired")
        advice = _("The server's operator must renew it. {clock}").format(clock=_clock_advice())
    elif code == _NOT_YET_VALID:
        title = _("The certificate of {host} isn't valid yet")
        advice = _clock_advice()
    elif code == _REVOKED:
        title = _("The certificate of {host} was revoked")
        advice = _("The server's operator must replace it. No key was sent.")
    elif code == _SELF_SIGNED:
        title = _("The certificate of {host} is self-signed")
        advice = _trust_advice()
    elif code in (_SELF_SIGNED_ISSUER, _NO_ISSUER, _NO_ISSUER_LOCALLY):
        title = _("The certificate of {host} was issued by an unknown authority")
        advice = _trust_advice()
    else:
        title = _("The certificate of {host} can't be trusted")
        advice = _trust_advice()
    return ProblemKind.TLS_FAILED, title.format(host=whose), advice


def about_our_certificate(error: ssl.SSLError, host: str) -> tuple[ProblemKind, str, str] | None:
    """The kind, title and advice if a server wants a client certificate or rejects ours."""
    reason = error.reason or ""
    if reason.endswith(_OURS_MISSING):
        title = _("{host} requires a client certificate")
        advice = _("Choose its file in the network settings of the account.")
    elif reason.endswith(_OURS_REJECTED):
        title = _("{host} rejected the client certificate")
        advice = _("Check in the network settings whether it's the right one and still valid.")
    else:
        return None
    return ProblemKind.TLS_FAILED, title.format(host=host), advice


def _clock_advice() -> str:
    now = datetime.now().astimezone()
    return _("Check this computer's clock, which says {date}, {time}. No key was sent.").format(
        date=day(now.date(), with_year=True), time=clock(now.time())
    )


def _trust_advice() -> str:
    return _(
        "No key was sent. If you trust this certificate, for example because it's your company's, "
        "choose its file in the network settings, or add it to your system's trusted certificates."
    )
