"""The real implementations behind the course, in NumPy.

`kernels` holds the mathematics as pure functions, `nn` the layers and `optim` the optimizers under torch's names,
`train` the training loop, `data` the pictures and numbers, `experiments`, `plots` and `widgets` the labs. Importing
them needs NumPy alone.
"""
