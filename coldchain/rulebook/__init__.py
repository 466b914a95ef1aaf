"""Product files: YAML to what a medicine may go through, every problem as ``file:line:column``, and their examples.

`book` is what others use: `load_product`, `parse_product`, `load_rulebook`, `Rulebook`; `examples` runs what the files
claim. The files in the order a text flows through them: `nodes`, `kinds`, `records`, `fields`, `build`, `book`.
"""
