"""One module a lab: a State that validates itself, compute(state) and the Result that the plots draw."""
