"""What is wrong in the published catalogue: findings about aides, each with what to do.

Reads exchange documents and what is around them, given in a `Contexte`; touches no database.
"""
