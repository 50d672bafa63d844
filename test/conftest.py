# SPDX-License-Identifier: ISC
"""Fixtures for all tests that need a running server."""
import os
import shutil
import signal
from contextlib import ExitStack, contextmanager

import pytest

from support import accounts, proc
from support.collector import Collector, need_collector
from support.dovecot import Dovecot
from support.paths import need_build
from support.server import Server

AGAINST_DOVECOT = os.environ.get("RESTANTE_TEST_SERVER") == "dovecot"


def pytest_sessionstart():
    proc.become_subreaper()
    # As Ctrl-C: fixtures still stop their servers.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # In the background it would be ignored, by what we start, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    if not AGAINST_DOVECOT:
        return
    skip = pytest.mark.skip(reason="asks what only restanted promises")
    for item in items:
        if item.get_closest_marker("portable") is None:
            item.add_marker(skip)


@pytest.fixture(scope="session", autouse=True)
def _accounts():
    with accounts.accounts():
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    if report.when == "call":
        item.has_failed = report.failed


@contextmanager
def stopping(node):
    """Makes services, and stops and judges them all at the end; of a test that
    has failed already, their logs are shown instead."""
    with ExitStack() as stack:
        def add(service):
            stack.callback(finish, service, node)
            return service
        yield add


def finish(service, node):
    failed = getattr(node, "has_failed", False)
    if failed and not service.is_dovecot:
        print(service.log.text())
    service.stop(judge=not failed)


@pytest.fixture
def make_server(request):
    """Makes any number of servers, not yet started; stops and judges all."""
    need_build()
    with stopping(request.node) as add:
        yield lambda settings=None, **kw: add(Server(settings, **kw))


@pytest.fixture
def server(make_server):
    """A fresh restanted with the user alice, whose maildrop is empty."""
    s = make_server()
    s.alice = s.site.add_user(b"alice")
    return s.start()


def new_service():
    """restanted, or what it is compared with."""
    if not AGAINST_DOVECOT:
        need_build()
        return Server()
    if not shutil.which("dovecot") or not accounts.is_root():
        pytest.skip("needs root and Debian's dovecot-pop3d")
    return Dovecot()


@pytest.fixture
def make_service(request):
    """As make_server, for portable tests."""
    with stopping(request.node) as add:
        yield lambda: add(new_service())


@pytest.fixture(scope="module")
def _shared():
    service = new_service()
    service.alice = service.site.add_user(b"alice")
    try:
        service.start()
        yield service
    except BaseException:
        service.stop(judge=False)
        raise
    service.stop()


@pytest.fixture
def shared(_shared):
    """A server for a whole file of tests; alice's maildrop is empty again."""
    _shared.alice.maildir.clear()
    return _shared


@pytest.fixture
def needs_root():
    if not accounts.is_root():
        pytest.skip("needs root")


@pytest.fixture
def collect(tmp_path):
    """restante, with a home of its own."""
    need_collector()
    return Collector(tmp_path / "home")
