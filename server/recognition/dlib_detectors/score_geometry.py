"""Where the scores of the MMOD network lie on the picture that it was given."""

# The centre of the window of score (row, column) is the pixel (CELL_STRIDE * row + CELL_OFFSET, the same of column) of
# the level: `output_tensor_to_input_tensor` follows the layers back, and each multiplies by its stride, subtracts its
# padding and adds half its size rounded down: 2 * (2 * (2 * p + 2) + 2) + 2, and p for those of stride 1.
CELL_STRIDE = 8
CELL_OFFSET = 14
# dlib frames each level with this many pixels of the mean colour; so much must a level be framed for dlib's scores.
FRAME = 11


def score_map_size(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of the scores of a level of this size, 0 where the level is too small to have any."""
    return _outputs(height), _outputs(width)


def _outputs(size: int) -> int:
    for _ in range(3):
        size = max((size - 5) // 2 + 1, 0)
    return size
