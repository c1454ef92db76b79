"""The decisions of `simulate` on plain numbers: they run as they stand, and can be compiled.

Only what numba can compile is used: loops, indices and sums, no objects. A vector is an array in
the compiled form and a list in the interpreted one, where lists are several times faster. A test
holds both forms to each other bit for bit, and to `simulate`.
"""
