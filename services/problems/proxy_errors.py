"""Failures of SOCKS proxies."""


class ProxyRefusedError(OSError):
    """The proxy didn't connect to the server; its text says why."""


class ProxyLoginError(OSError):
    """The proxy requires a login, or another one."""


class ProxyAnswerError(OSError):
    """The proxy doesn't speak SOCKS5, or gave up."""
