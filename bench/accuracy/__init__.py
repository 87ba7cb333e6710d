"""How well the decision decides: experiments on real faces. How fast it is, `bench/decision_speed.py` measures.

python -m bench.accuracy embed --family F --lfw DIR   embeddings of every photograph at every size, once
python -m bench.accuracy fit --family F               server/gallery/constants/F.toml, on the people for choosing
python -m bench.accuracy selection | classes | groups | rooms | seats | duplicates | probabilities --family F
                                                      the tables of docs/accuracy.md, on the people for reporting
"""

from collections.abc import Iterable

from bench.table import Row


def rows() -> Iterable[Row]:
    """The rows that the product must keep, for the default family beside dlib; what is not there is said."""
    from bench.accuracy.requirements import requirements  # opens the embeddings, which other parts do not need

    yield from requirements()
