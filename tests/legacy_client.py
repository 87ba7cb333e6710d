"""A client of 2019 in our own words: one connection a message, no length before anything, one answer of 1024 bytes.

It never closes its sending side before it has the answer, and believes that one recv is the whole of it.
"""

import asyncio
import socket

ANSWER_BYTES = 1024
"""The size of its buffer: what is longer or comes later, it never sees."""

DEADLINE_S = 60.0
"""The old client would wait for ever; a test must not."""


def mark(port: int, student: str, course: str, host: str = "127.0.0.1") -> str:
    """Record this student (9 digits) in this course (8 characters) today: `success`, or `fail`."""
    return send(port, (student + course).encode(), host)


def roster(port: int, course: str, host: str = "127.0.0.1") -> str:
    """The course's list as text, as much of it as arrives in one answer; `fail` on an error."""
    return send(port, course.encode(), host)


def snapshot(port: int, image: bytes, host: str = "127.0.0.1", source: str = "") -> str:
    """Whose face is on this JPEG, PNG or BMP: the student number, or `Unknown`. source: the address it comes from."""
    return send(port, image, host, source)


def send(port: int, message: bytes, host: str = "127.0.0.1", source: str = "") -> str:
    """Send one message over a connection of its own and take the first answer; "" if the server just closes."""
    with socket.create_connection((host, port), timeout=DEADLINE_S, source_address=(source, 0)) as connection:
        connection.sendall(message)
        return connection.recv(ANSWER_BYTES).decode()


def rollcall_2019(port: int, course: str, present: list[str], host: str = "127.0.0.1") -> tuple[str, list[str]]:
    """Fetch the list, tick at leisure, then send every mark without waiting for the one before.

    Gives the list's text and the marks' answers, in the order of `present`. Each mark has its own connection, all of
    them open at once, as in T*N + 2*RTT.
    """
    listed = roster(port, course, host)
    messages = [(student + course).encode() for student in present]
    return listed, asyncio.run(_send_all(port, messages, host))


async def _send_all(port: int, messages: list[bytes], host: str) -> list[str]:
    async with asyncio.timeout(DEADLINE_S):
        return await asyncio.gather(*(_send(port, message, host) for message in messages))


async def _send(port: int, message: bytes, host: str) -> str:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(message)
        await writer.drain()
        return (await reader.read(ANSWER_BYTES)).decode()
    finally:
        writer.close()
        await writer.wait_closed()
