# SPDX-License-Identifier: LGPL-2.1-or-later
# sed -Ez: scdoc begins a paragraph also where none follows. What is left looks the same and lints clean.

# At the end of an indented part: after it.
:again
s/\n\.P\n\.RE\n/\n.RE\n.P\n/
t again

# Before an example: in it.
s/\n\.P\n\.nf\n(\.RS [0-9]+)\n/\n\1\n.P\n.nf\n/g

# Below a heading, twice in a row, above a heading, at the end.
s/(\n\.S[HS] [^\n]*)(\n\.P)+\n/\1\n/g
s/(\n\.P)+(\n\.P\n)/\2/g
s/(\n\.P)+(\n\.S[HS] |\n*$)/\2/g
