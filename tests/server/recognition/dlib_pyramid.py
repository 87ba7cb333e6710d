"""dlib's own pyramid around a detector session: a picture in, dlib's boxes out. The reference for the score map.

dlib puts all levels beside each other into one picture and searches that: `create_tiled_pyramid` in
dlib/image_transforms/image_pyramid.h. Written for likeness, not for speed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from converter.dat.mmod import WINDOW_SIZE
from server.recognition.dlib_detectors.score_geometry import CELL_OFFSET, CELL_STRIDE, FRAME
from server.recognition.engines import DetectorSession, PictureBox

RATE = 5 / 6  # pyramid_down<6>
GAP = 10  # pixels between two levels
LEAST_HEIGHT = 5
MEAN_COLOUR = (122.782, 117.001, 104.298)


@dataclass(frozen=True)
class Tile:
    left: int
    top: int
    width: int
    height: int


def boxes_like_dlib(session: DetectorSession, picture: NDArray[np.uint8], hull: float) -> list[PictureBox]:
    """The faces of `picture` at the threshold of 0; of two boxes that share more than `hull` the weaker goes."""
    tiles = _tiles(picture.shape[1], picture.shape[0])
    scores = session.scores(_tiled(picture, tiles)[None])[0]
    found = [_box(tiles, row, column, scores[row, column]) for row, column in np.argwhere(scores > 0)]
    kept: list[PictureBox] = []
    for box in sorted(found, key=lambda box: -box.score):
        if all(_share_of_hull(box, other) <= hull for other in kept):
            kept.append(box)
    return kept


def intersection_over_union(one: PictureBox, other: PictureBox) -> float:
    shared = _area(
        max(one.left, other.left), max(one.top, other.top), min(one.right, other.right), min(one.bottom, other.bottom)
    )
    both = sum(_area(box.left, box.top, box.right, box.bottom) for box in (one, other))
    return shared / (both - shared)


def _share_of_hull(one: PictureBox, other: PictureBox) -> float:
    shared = _area(
        max(one.left, other.left), max(one.top, other.top), min(one.right, other.right), min(one.bottom, other.bottom)
    )
    return shared / _area(
        min(one.left, other.left), min(one.top, other.top), max(one.right, other.right), max(one.bottom, other.bottom)
    )


def _area(left: int, top: int, right: int, bottom: int) -> int:
    return max(right - left + 1, 0) * max(bottom - top + 1, 0)


def _box(tiles: list[Tile], row: int, column: int, score: float) -> PictureBox:
    x, y = CELL_STRIDE * column + CELL_OFFSET, CELL_STRIDE * row + CELL_OFFSET
    level = min(range(len(tiles)), key=lambda number: _distance(tiles[number], x, y))
    half = (WINDOW_SIZE - 1) / 2
    corners = [
        x - half - tiles[level].left,
        y - half - tiles[level].top,
        x + half - tiles[level].left,
        y + half - tiles[level].top,
    ]
    for _ in range(level):
        corners = [corner / RATE + 0.3 for corner in corners]
    return PictureBox(*(round(corner) for corner in corners), score=float(score))


def _distance(tile: Tile, x: float, y: float) -> float:
    across = max(tile.left - x, 0, x - (tile.left + tile.width - 1))
    return float(np.hypot(across, max(tile.top - y, 0, y - (tile.top + tile.height - 1))))


def _sizes(width: int, height: int) -> list[tuple[int, int]]:
    sizes = []
    while width * height and height >= LEAST_HEIGHT:
        sizes.append((width, height))
        width, height = int(RATE * width), int(RATE * height)
    return sizes


def _tiles(width: int, height: int) -> list[Tile]:
    sizes = _sizes(width, height)
    total = sum(rows + GAP for _, rows in sizes) - 2 * GAP
    column_height, before = 0, 0
    for columns, rows in sizes:
        if columns <= width - before - GAP and (column_height - height) * 2 >= total - height:
            break
        column_height, before = column_height + rows + GAP, columns
    return _placed(sizes, width, column_height - GAP)


def _placed(sizes: list[tuple[int, int]], width: int, column_height: int) -> list[Tile]:
    """Down along the left edge, then up along the right one until the first level is in the way."""
    tiles: list[Tile] = []
    y, upwards = FRAME, False
    for columns, rows in sizes:
        if not upwards and y >= column_height + FRAME:
            y, upwards = y - GAP, True
        if not upwards:
            tiles.append(Tile(FRAME, y, columns, rows))
            y += rows + GAP
            continue
        tile = Tile(FRAME + width - columns, y - rows, columns, rows)
        if tile.top <= tiles[0].top + tiles[0].height - 1:
            break
        tiles.append(tile)
        y -= rows + GAP
    return tiles


def _tiled(picture: NDArray[np.uint8], tiles: list[Tile]) -> NDArray[np.uint8]:
    width = max(tile.left + tile.width for tile in tiles) + FRAME
    height = max(tile.top + tile.height for tile in tiles) + FRAME
    canvas = np.empty((height, width, 3))
    canvas[:] = MEAN_COLOUR
    level = picture.astype(np.float64)
    for number, tile in enumerate(tiles):
        level = _resized(level, tile.width, tile.height) if number else level
        canvas[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width] = level
    return np.rint(canvas).astype(np.uint8)


def _resized(picture: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    """Bilinear with the corner pixels on each other, as dlib's `resize_image`."""
    rows, columns = np.linspace(0, picture.shape[0] - 1, height), np.linspace(0, picture.shape[1] - 1, width)
    top, left = rows.astype(int), columns.astype(int)
    down, across = (rows - top)[:, None, None], (columns - left)[None, :, None]
    bottom, right = np.minimum(top + 1, picture.shape[0] - 1), np.minimum(left + 1, picture.shape[1] - 1)
    upper = picture[top][:, left] * (1 - across) + picture[top][:, right] * across
    lower = picture[bottom][:, left] * (1 - across) + picture[bottom][:, right] * across
    return upper * (1 - down) + lower * down
