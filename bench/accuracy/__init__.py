"""How well the decision decides: experiments on real faces. How fast it is, `bench/decision_speed.py` measures.

python -m bench.accuracy embed --lfw DIR     embeddings of every photograph at every size, kept outside the project
python -m bench.accuracy fit                 the constants of server/gallery/prior.py, on the people for choosing
python -m bench.accuracy scores | classes | rooms | duplicates | probabilities
                                             the tables of docs/accuracy.md, on the people for reporting
"""
