"""Change the domain by one small step, and a test must fail: ``make mutants``.

`changes` says what is changed, `tries` runs the tests that reach the changed function, `equivalent` names the changes
that no test can notice, each with its reason.
"""
