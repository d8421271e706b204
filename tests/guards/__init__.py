"""Guards: each file watches one promise over the whole tree, not one feature.

A guard is a plain function from what it reads to a list of sentences (empty: all is well), and every guard is shown to
fail on a fault planted in its own test. Marked `tree`: they read files, not the store, and run once, not once per store.
"""
