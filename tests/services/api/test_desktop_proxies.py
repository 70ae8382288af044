"""The proxies that Linux desktops are set to use."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from services.api import desktop_proxies as desktop_module
from services.api.desktop_proxies import read_desktop_proxies
from services.api.network_in_use import NetworkInUse
from services.api.proxies import proxy_for
from services.problems.errors import FilesError
from services.providers.network import Network, ProxyChoice
from tests.services.api.conftest import MakeApi, NonWaitingToken
from tests.services.api.operations import list_files, problem_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Linux desktops only")

URL = "https://files.invalid/v1"

GNOME = """\
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy use-same-proxy false
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', "o'hara.invalid"]
org.gnome.system.proxy.http host 'web.invalid'
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.http use-authentication true
org.gnome.system.proxy.http authentication-user 'ann'
org.gnome.system.proxy.http authentication-password 'Quay:tide/4'
org.gnome.system.proxy.https host '2001:db8::7'
org.gnome.system.proxy.https port 3128
org.gnome.system.proxy.socks host 'sock.invalid'
org.gnome.system.proxy.socks port 1080
"""

KDE = """\
PersistentProxyConnection=false
[Proxy Settings]
NoProxyFor=localhost,.kde.invalid
Proxy Config Script=
ProxyType=1
ReversedException=false
httpProxy=http://web.invalid 8080
httpsProxy=http://secure.invalid:3128
socksProxy=socks://sock.invalid 1080
"""


@pytest.fixture
def gnome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file whose content a `gsettings` prints."""
    program = tmp_path / "bin" / "gsettings"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nenv >"{tmp_path}/environment"\n'
        f'[ "$1" = list-recursively ] && cat "{tmp_path}/printed"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    monkeypatch.setattr(desktop_module, "_kept", None)
    return tmp_path / "printed"


@pytest.fixture
def kde(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file with the settings."""
    (own_folders / "config").mkdir()
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    monkeypatch.setattr(desktop_module, "_kept", None)
    return own_folders / "config" / "kioslaverc"


def test_gnomes_proxies_are_read(gnome: Path) -> None:
    gnome.write_text(GNOME)
    read = read_desktop_proxies()
    assert read.proxies == {
        "http": "http://ann:Quay%3Atide%2F4@web.invalid:8080",
        "https": "http://[2001:db8::7]:3128",
        "all": "socks://sock.invalid:1080",
    }
    assert read.exempt == "localhost,127.0.0.0/8,o'hara.invalid"
    assert "tide" not in repr(read)


@pytest.mark.parametrize(
    ("changed", "to"),
    [
        ("mode 'manual'", "mode 'none'"),
        ("mode 'manual'", "mode 'auto'"),
        (GNOME, ""),
        (GNOME, "nonsense\n\x00 [[[\n"),
    ],
)
def test_other_gnome_settings_mean_no_proxy(gnome: Path, changed: str, to: str) -> None:
    gnome.write_text(GNOME.replace(changed, to))
    assert not read_desktop_proxies().proxies


def test_in_gnome_one_proxy_can_be_for_everything(gnome: Path) -> None:
    http_only = GNOME.replace("'2001:db8::7'", "''").replace("'sock.invalid'", "''")
    gnome.write_text(http_only.replace("use-same-proxy false", "use-same-proxy true"))
    proxies = read_desktop_proxies().proxies
    assert proxies["https"] == proxies["http"]
    gnome.write_text(http_only)
    assert [*read_desktop_proxies().proxies] == ["http"]


@pytest.mark.skipif(shutil.which("gsettings") is None, reason="no gsettings")
def test_what_the_real_program_prints_is_understood(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GSETTINGS_BACKEND", "keyfile")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")
    for schema, name, value in (
        ("proxy", "mode", "'manual'"),
        ("proxy", "ignore-hosts", "@as []"),
        ("proxy.https", "host", "'secure.invalid'"),
        ("proxy.https", "port", "3128"),
    ):
        command = ["gsettings", "set", f"org.gnome.system.{schema}", name, value]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("the schemas aren't installed")
    read = read_desktop_proxies()
    assert (read.proxies, read.exempt) == ({"https": "http://secure.invalid:3128"}, "")


def test_kdes_proxies_are_read(kde: Path) -> None:
    kde.write_text(KDE)
    read = read_desktop_proxies()
    assert read.proxies == {
        "http": "http://web.invalid:8080",
        "https": "http://secure.invalid:3128",
        "all": "socks://sock.invalid:1080",
    }
    assert read.exempt == "localhost,.kde.invalid"


@pytest.mark.parametrize(
    "text",
    [
        KDE.replace("ProxyType=1", "ProxyType=0"),
        KDE.replace("ProxyType=1", "ProxyType=2"),
        KDE.replace("ProxyType=1", "ProxyType=4"),
        KDE.replace("ReversedException=false", "ReversedException=true"),
        KDE.replace("[Proxy Settings]", "[Other]"),
        "nonsense",
        "",
    ],
)
def test_other_kde_settings_mean_no_proxy(kde: Path, text: str) -> None:
    kde.write_text(text)
    assert not read_desktop_proxies().proxies


def test_without_a_known_desktop_nothing_is_read(
    gnome: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gnome.write_text(GNOME)
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "sway")
    assert not read_desktop_proxies().proxies


def test_the_desktops_proxy_is_used_and_its_exceptions_are_respected(gnome: Path) -> None:
    gnome.write_text(GNOME)
    found = proxy_for(URL)
    assert found is not None
    assert (found.url, found.setting) == (
        "http://[2001:db8::7]:3128",
        "the system's proxy settings",
    )
    assert proxy_for("https://o'hara.invalid/v1") is None
    assert proxy_for(URL, NetworkInUse(Network(ProxyChoice.NONE))) is None


def test_the_environment_wins_over_the_desktop(
    gnome: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gnome.write_text(GNOME)
    monkeypatch.setenv("HTTPS_PROXY", "http://env.invalid:1")
    found = proxy_for(URL)
    assert found is not None
    assert found.url == "http://env.invalid:1"
    assert proxy_for("http://files.invalid/v1") is None


def test_no_proxy_also_applies_to_the_desktops_proxy(
    gnome: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gnome.write_text(GNOME)
    monkeypatch.setenv("NO_PROXY", "files.invalid")
    assert proxy_for(URL) is None


@pytest.mark.parametrize(
    ("setting", "used"),
    [
        ("socks://sock.invalid:1", "socks5h://sock.invalid:1"),
        ("SOCKS5://sock.invalid", "socks5://sock.invalid"),
        ("socks5h://[::1]:1080", "socks5h://[::1]:1080"),
        ("proxy.invalid:3128", "http://proxy.invalid:3128"),
        ("HTTP://proxy.invalid:3128", "http://proxy.invalid:3128"),
    ],
)
def test_the_forms_of_a_proxy(monkeypatch: pytest.MonkeyPatch, setting: str, used: str) -> None:
    monkeypatch.setenv("ALL_PROXY", setting)
    found = proxy_for(URL)
    assert found is not None
    assert found.url == used


@pytest.mark.parametrize("address", ["", "http://", "socks4://a.invalid:1", "ftp://a.invalid"])
def test_an_unusable_own_proxy_is_reported_with_where_it_is_set(address: str) -> None:
    own = NetworkInUse(Network(ProxyChoice.OWN, address))
    with pytest.raises(FilesError) as caught:
        proxy_for(URL, own)
    assert "network settings" in caught.value.problem.advice
    assert "NO_PROXY" not in caught.value.problem.advice


@pytest.mark.parametrize("mode", ["auto", "none"])
def test_a_script_that_chooses_proxies_is_mentioned_if_a_server_cannot_be_reached(
    gnome: Path, make_api: MakeApi, token: NonWaitingToken, tmp_path: Path, mode: str
) -> None:
    gnome.write_text(f"org.gnome.system.proxy mode '{mode}'\n")
    problem = problem_of(list_files, make_api("https://files.invalid/v1"), token, tmp_path)
    assert ("PAC" in problem.advice) is (mode == "auto")
    local = problem_of(list_files, make_api("http://127.0.0.1:1/v1"), token, tmp_path)
    assert "PAC" not in local.advice


@pytest.mark.parametrize(("kind", "script"), [("0", False), ("2", True), ("3", True)])
def test_kdes_script_is_noticed(kde: Path, kind: str, script: bool) -> None:
    kde.write_text(f"[Proxy Settings]\nProxyType={kind}\n")
    assert read_desktop_proxies().by_script is script


def test_the_settings_program_gets_no_keys(
    gnome: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("NO_PROXY", "a.invalid")
    gnome.write_text(GNOME)
    assert read_desktop_proxies().proxies
    environment = (tmp_path / "environment").read_text()
    assert "XDG_CURRENT_DESKTOP" in environment
    assert "canary" not in environment
    assert "a.invalid" not in environment
