"""The net: the numbers of the library written down, so that changed code can be held to them.

    python -m net prepare WORK                                    # demo, SCMS through intake
    python -m net write FILE --demo WORK/demo [--scms WORK/scms]  # gzip if FILE ends in .gz
    python -m net compare OLD NEW [--words]                       # exit 1 where a number differs
    python -m net small tests/net.json                            # renew what the test compares

A file holds two sections of keys and values, sorted, one key per line. `numbers`: figures to the
last digit, None where an answer is refused, and short texts (verdicts, units). `words`: sentences,
which may be put another way. Whatever the net asks of the library has its name in `names`.
"""
