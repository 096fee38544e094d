"""Questions and exercises of the lessons. A checker says whether a function is right, or where it first fails."""
