"""Show the board of a session, and keep what it proposes."""

from typing import Final

from protocol.board import Board, BoardShown, Propose
from server.dispatch.call import Call
from server.dispatch.replies import board_reply


def board(message: Board, call: Call) -> BoardShown:
    return board_reply(call.services.boards.board(message.session, call.now, message.hour), call.now)


def propose(message: Propose, call: Call) -> BoardShown:
    return board_reply(call.services.boards.propose(message.session, call.now), call.now)


HANDLERS: Final = {Board: board, Propose: propose}
