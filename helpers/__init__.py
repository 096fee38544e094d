"""The real implementations behind the course, in NumPy.

`kernels` holds the mathematics as pure functions, `nn` the layers and `optim` the optimizers under torch's names,
`train` the training loop and `data` what it trains on. `gradcheck` and `ledger` check implementations, `complexity` and
`timing` measure them. `experiments`, `plots` and `widgets` are the labs; `exercises` and `show` serve the lessons,
whose order, symbols and words stand in `course`, `notation` and `glossary`.

Only `plots` and `widgets` need more than NumPy to be imported. torch, the referee, is loaded when it is asked.
"""
