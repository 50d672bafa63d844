# SPDX-License-Identifier: ISC
"""More handshakes at once than may wait for signatures."""
import asyncio
import os
import signal

from support.certificates import authority, client_context, standard

MANY = 600  # session/limits.h: SESSION_SIGNATURES_MAX is 128
WAIT = 30


async def greeting(address):
    context = client_context(authority().roots)
    reader, writer = await asyncio.open_connection(
        *address, ssl=context, server_hostname="pop.test",
        ssl_handshake_timeout=WAIT)
    line = await reader.readline()
    writer.close()
    return line


async def burst(address, key):
    tasks = [asyncio.create_task(greeting(address)) for _ in range(MANY)]
    os.kill(key, signal.SIGSTOP)
    await asyncio.sleep(2)
    os.kill(key, signal.SIGCONT)
    return await asyncio.wait_for(asyncio.gather(*tasks), WAIT)


def test_whoever_waits_for_a_turn_gets_it(make_server):
    """Some need the turn for no signature, and must pass it on."""
    s = make_server({"session_processes": 1, "connections_per_address": 2000},
                    tls=[standard("rsa")])
    s.start()
    lines = asyncio.run(burst(s.tls_address, s.roles()["key"][0]))
    assert len(lines) == MANY
    assert all(line.startswith(b"+OK") for line in lines)
