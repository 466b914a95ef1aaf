"""Broken product files: each is a good file with one thing changed, and the exact problem it must get."""

GOOD = """\
schema: coldchain.product/1
id: sample
name: Sample 10 mg vial
version: 1
label: {document: A leaflet, section: null, jurisdiction: EU, dated: 2024-03-01, checked_by: null}
max_gap: 30 min
stages:
  unopened:
    store: 2..8 °C
    freezing: forbidden
    protect_from: [light, shaking]
    limits:
      - {id: out-of-refrigeration, above: 8 °C, allow: {total: 24 h}}
      - {id: warm, above: 25 °C}
    returns: once
    expires: {after: 28 d, from: removed_from_refrigerator}
  diluted:
    begins: diluted
    ends: infusion_ended
    within: 8 h
    any_of: [{name: room, store: 15..25 °C}, {name: refrigerated, store: 2..8 °C, up_to: 6 h}]
    handling: {store: 15..30 °C, up_to: 30 min}
deadlines:
  - {from: reconstituted, to: infusion_ended, within: 8 h}
attest: [{at: diluted, what: "clear, no particles"}]
examples:
  - {name: a warm afternoon, stage: unopened, every: 5 min, temps_c: "5 9x8 5x5", expect: compliant}
notes: [Keep it in its pack.]
"""

ONE_CHANGE: dict[str, tuple[str, str, list[str]]] = {
    "a misspelt key": (
        "max_gap: 30 min",
        "max_gpa: 30 min",
        [
            "6:1: product: unknown key 'max_gpa'; did you mean 'max_gap'? (known: schema, id, name, version, label, "
            "max_gap, stages, deadlines, attest, examples, notes)"
        ],
    ),
    "a key like no other": (
        "    returns: once",
        "    colour: blue",
        [
            "15:5: stage: unknown key 'colour' (known: store, freezing, protect_from, limits, returns, expires, "
            "begins, ends, within, any_of, handling, source)"
        ],
    ),
    "a duplicate key": (
        "    freezing: forbidden",
        "    store: 2..25 °C",
        ["10:5: 'store' is given twice: first on line 9"],
    ),
    "a duplicate stage": ("  diluted:", "  unopened:", ["17:3: 'unopened' is given twice: first on line 8"]),
    "a missing key": (
        "version: 1\n",
        "",
        ["1:1: product: the key 'version' is missing; write a whole number from 1"],
    ),
    "another schema": (
        "coldchain.product/1",
        "coldchain.product/2",
        [
            "1:9: schema: unknown schema 'coldchain.product/2'; did you mean 'coldchain.product/1'? "
            "(known: coldchain.product/1)"
        ],
    ),
    "an id that no file may have": (
        "id: sample",
        "id: ../Sample",
        ["2:5: id: write a name of lower-case letters, digits, '-', '_' and '.' (got '../Sample')"],
    ),
    "a version that is no number": (
        "version: 1",
        "version: 1.5",
        ["4:10: version: write a whole number from 1 (got '1.5')"],
    ),
    "a duration without its unit": (
        "max_gap: 30 min",
        "max_gap: 30",
        ["6:10: max_gap: write a duration with its unit, such as '8 h', '30 min' or 'PT8H' (got '30')"],
    ),
    "a duration of nothing": (
        "max_gap: 30 min",
        "max_gap: 0 min",
        ["6:10: max_gap: a duration must be longer than zero (got '0 min')"],
    ),
    "a clock time instead of a duration": (
        "max_gap: 30 min",
        "max_gap: 12:30:00",
        ["6:10: max_gap: write a duration with its unit, such as '8 h', '30 min' or 'PT8H' (got '12:30:00')"],
    ),
    "a range without its unit": (
        "    store: 2..8 °C\n",
        "    store: 2..8\n",
        ["9:12: store: write a range with its unit, such as '2..8 °C' (got '2..8')"],
    ),
    "a range with a dash": (
        "    store: 2..8 °C\n",
        "    store: 2-8 °C\n",
        ["9:12: store: write a range with its unit, such as '2..8 °C' (got '2-8 °C')"],
    ),
    "an empty range": (
        "    store: 2..8 °C\n",
        "    store: 8..2 °C\n",
        ["9:12: store: the range '8..2 °C' is empty: write the lower temperature first"],
    ),
    "a temperature below absolute zero": (
        "    store: 2..8 °C\n",
        "    store: -300..8 °C\n",
        ["9:12: store: write a range with its unit, such as '2..8 °C' (got '-300..8 °C')"],
    ),
    "a limit without its unit": (
        "above: 25 °C",
        "above: 25",
        ["14:27: above: write a temperature with its unit, such as '8 °C' or '46.4 °F' (got '25')"],
    ),
    "a limit that is a truth to other programs": (
        "above: 25 °C",
        "above: no",
        ["14:27: above: write a temperature with its unit, such as '8 °C' or '46.4 °F' (got 'no')"],
    ),
    "a limit with two predicates": (
        "above: 25 °C",
        "above: 25 °C, below: 2 °C",
        ["14:34: limit: write exactly one of above, below, at_or_above, at_or_below"],
    ),
    "a limit without a predicate": (
        ", above: 25 °C",
        "",
        ["14:10: limit: write exactly one of above, below, at_or_above, at_or_below"],
    ),
    "two limits with one id": (
        "id: warm",
        "id: out-of-refrigeration",
        ["14:9: limits: two limits of this stage have the id 'out-of-refrigeration' (first on line 13)"],
    ),
    "a limit with the id of an implied one": (
        "id: warm",
        "id: below-2",
        ["14:9: limits: two limits of this stage have the id 'below-2' (an implied one has it)"],
    ),
    "an unknown allowance": (
        "allow: {total: 24 h}",
        "allow: sometimes",
        ["13:56: allow: unknown allowance 'sometimes' (known: none)"],
    ),
    "both allowances": (
        "{total: 24 h}",
        "{total: 24 h, each: 1 h}",
        ["13:70: allow: write either 'each' (every stretch by itself) or 'total' (all of them together)"],
    ),
    "a window without a total": (
        "{total: 24 h}",
        "{each: 24 h, within: 7 d}",
        ["13:69: allow: 'within' belongs to 'total'"],
    ),
    "a window no longer than its total": (
        "{total: 24 h}",
        "{total: 24 h, within: 1 d}",
        ["13:70: allow: 'within' must be longer than 'total', or the limit can never be broken"],
    ),
    "a number of times that cannot matter": (
        "above: 25 °C",
        "above: 25 °C, allow: none, times: 2",
        ["14:47: limit: 'times' can never matter beside 'allow: none'; leave one of them out"],
    ),
    "another freezing rule": (
        "freezing: forbidden",
        "freezing: maybe",
        ["10:15: freezing: unknown freezing rule 'maybe' (known: forbidden)"],
    ),
    "another hazard": (
        "[light, shaking]",
        "[light, shakng]",
        ["11:27: protect_from: unknown hazard 'shakng'; did you mean 'shaking'? (known: light, shaking)"],
    ),
    "an empty list": ("[light, shaking]", "[]", ["11:19: protect_from: the list is empty; leave the key out instead"]),
    "a word for a list": (
        "[light, shaking]",
        "light",
        ["11:19: protect_from: write a list, such as [first, second]"],
    ),
    "another return rule": (
        "returns: once",
        "returns: twice",
        ["15:14: returns: unknown return rule 'twice' (known: never, once, any)"],
    ),
    "an unknown event": (
        "begins: diluted",
        "begins: dilluted",
        [
            "18:13: begins: unknown event 'dilluted'; did you mean 'diluted'? (known: received, reconstituted, "
            "diluted, removed_from_refrigerator, infusion_started, infusion_ended, discarded)"
        ],
    ),
    "a stage that ends before it begins": (
        "begins: diluted",
        "begins: discarded",
        ["19:5: ends: 'infusion_ended' never follows 'discarded'"],
    ),
    "a stage that ends as it begins": (
        "ends: infusion_ended",
        "ends: diluted",
        ["19:5: ends: the same event as 'begins'"],
    ),
    "a span without its ends": (
        "    ends: infusion_ended\n",
        "",
        ["19:5: stage: 'within' needs the events it lies between: ends missing"],
    ),
    "one range and several conditions": (
        "    begins: diluted\n",
        "    begins: diluted\n    store: 2..8 °C\n",
        ["22:5: stage: write either 'store' (one range) or 'any_of' (several conditions)"],
    ),
    "two conditions of one name": (
        "name: refrigerated",
        "name: room",
        ["21:46: any_of: two conditions are named 'room': first on line 21"],
    ),
    "a condition that can never count": (
        "name: refrigerated, store: 2..8 °C",
        "name: refrigerated, store: 16..20 °C",
        ["21:46: any_of: an earlier condition takes every temperature of 'refrigerated'"],
    ),
    "a condition with the site's name": (
        "name: refrigerated",
        "name: handling",
        ["21:47: condition: 'handling' is the site's own condition; give this one another name"],
    ),
    "an equilibration nowhere": (
        "up_to: 6 h}]",
        "up_to: 6 h, equilibrate: {in: bench, for: 1 h}}]",
        ["21:46: equilibrate: 'bench' is no other condition of this stage (others: room)"],
    ),
    "a handling condition without end": (
        "handling: {store: 15..30 °C, up_to: 30 min}",
        "handling: {store: 15..30 °C}",
        ["22:15: handling: the key 'up_to' is missing; write a duration: 8 h"],
    ),
    "a deadline backwards": (
        "{from: reconstituted, to: infusion_ended, within: 8 h}",
        "{from: diluted, to: reconstituted, within: 8 h}",
        ["24:21: to: 'reconstituted' never follows 'diluted'"],
    ),
    "a deadline that a stage has": (
        "{from: reconstituted, to: infusion_ended, within: 8 h}",
        "{from: diluted, to: infusion_ended, within: 6 h}",
        ["24:5: the deadline diluted→infusion_ended is given twice: first on line 17"],
    ),
    "an attestation in other words": (
        '"clear, no particles"',
        "clear and no particles",
        [
            "25:30: what: unknown attestation 'clear and no particles'; did you mean 'clear, no particles'? "
            "(known: inspected, clear, no particles, no discolouration, protected from light, not shaken)"
        ],
    ),
    "an example of no stage": (
        "stage: unopened, every",
        "stage: unopend, every",
        ["27:5: example: unknown stage 'unopend'; did you mean 'unopened'? (known: unopened, diluted)"],
    ),
    "an example of no verdict": (
        "expect: compliant",
        "expect: kept",
        ["27:91: expect: unknown verdict 'kept' (known: compliant, violated, undetermined)"],
    ),
    "an example that is no series": (
        '"5 9x8 5x5"',
        '"5 9*8 5x5"',
        ["27:61: temps_c: '9*8' is neither a value, such as 5, nor a repeated one, such as 9x8, nor _"],
    ),
    "an example of no stage that is no series either": (
        'stage: unopened, every: 5 min, temps_c: "5 9x8 5x5"',
        'stage: unopend, every: 5 min, temps_c: "5 9*8 5x5"',
        [
            "27:5: example: unknown stage 'unopend'; did you mean 'unopened'? (known: unopened, diluted)",
            "27:60: temps_c: '9*8' is neither a value, such as 5, nor a repeated one, such as 9x8, nor _",
        ],
    ),
    "a label date that is none": (
        "dated: 2024-03-01",
        "dated: 2024-02-30",
        ["5:70: dated: write a date such as 2024-03-01, or null where it is unknown (got '2024-02-30')"],
    ),
    "a label without a document": (
        "document: A leaflet, ",
        "",
        ["5:8: label: the key 'document' is missing; write text"],
    ),
    "a text that is not there": (
        "name: Sample 10 mg vial",
        "name:",
        ["3:6: name: nothing is written here; write a text"],
    ),
    "a quoted text without words": (
        "name: Sample 10 mg vial",
        'name: ""',
        ["3:7: name: write a text of 1 to 2000 characters"],
    ),
    "a map for a text": (
        "name: Sample 10 mg vial",
        "name: {en: Sample}",
        ["3:7: name: write a text, not a map"],
    ),
    "a list for a text": ("name: Sample 10 mg vial", "name: [Sample]", ["3:7: name: write a text, not a list"]),
    "a text for a map": (
        "handling: {store: 15..30 °C, up_to: 30 min}",
        "handling: 15..30 °C",
        ["22:15: handling: write a map with the keys store, up_to, source"],
    ),
    "a zero byte by an escape": (
        "name: Sample 10 mg vial",
        'name: "Sample\\0"',
        ["3:7: a character that text files do not hold: U+0000"],
    ),
    "an anchor": ("store: 2..8 °C\n", "store: &cold 2..8 °C\n", ["9:12: an anchor (&cold) is not allowed here"]),
    "a tag": (
        "version: 1",
        "version: !!int 1",
        ["4:10: a tag (tag:yaml.org,2002:int) is not allowed here: every value is its text"],
    ),
    "an anchor and its alias": (
        "max_gap: 30 min",
        "max_gap: &gap 30 min\nnotes: [*gap]",
        [
            "6:10: an anchor (&gap) is not allowed here",
            "7:9: an alias (*gap) is not allowed here: write the value itself",
            "29:1: 'notes' is given twice: first on line 7",
        ],
    ),
    "a second document": ("notes:", "---\nnotes:", ["28:1: a second document begins here: one product a file"]),
    "no YAML": (
        "    returns: once",
        "    returns: [once",
        ["16:12: not readable as YAML: did not find expected ',' or ']'"],
    ),
    "a control character": (
        "Sample 10 mg",
        "Sample\x07 10 mg",
        ["3:13: a character that text files do not hold: U+0007"],
    ),
    "a key that is a list": (
        "max_gap: 30 min",
        "? [max_gap]\n: 30 min",
        ["6:3: a key must be a word, not a list or a map"],
    ),
}
"""What is changed, what it becomes, and the problems, each after the file's name."""

WHOLE_FILES: dict[str, tuple[str, list[str]]] = {
    "an empty file": ("", ["1:1: the file is empty"]),
    "only a comment": ("# nothing yet\n", ["1:1: the file is empty"]),
    "a word": (
        "lemtrada\n",
        [
            "1:1: the file: write a map with the keys schema, id, name, version, label, max_gap, stages, deadlines, "
            "attest, examples, notes"
        ],
    ),
    "a pit of brackets": ("[" * 40, ["1:13: lists and maps lie more than 12 deep in each other"]),
    "a file too long": ("#" * 300_000, ["1:1: the file is larger than 256 KiB"]),
    "too many values": ("- 1\n" * 20_000, ["9998:3: more than 10000 values in one file"]),
    "stages that share a budget of two sizes": (
        GOOD.replace("  diluted:", "  transport:\n    limits: [{id: out-of-refrigeration, above: 8 °C, "
                     "allow: {total: 12 h}}]\n  diluted:"),
        [
            "17:3: stage 'transport' and stage 'unopened' share the limit 'out-of-refrigeration' and so one budget, "
            "but allow different totals"
        ],
    ),
    "a stage that says nothing": (
        GOOD.replace("  diluted:", "  later:\n    protect_from: [light]\n  diluted:"),
        ["18:5: stage: nothing is said of temperature; write 'store', 'any_of' or 'limits'"],
    ),
    "handling beside nothing": (
        GOOD.replace(
            "  diluted:",
            "  later:\n    limits: [{above: 8 °C}]\n    handling: {store: 15..30 °C, up_to: 30 min}\n  diluted:",
        ),
        ["19:5: stage: 'handling' belongs to 'store' or 'any_of'"],
    ),
    "several things at once": (
        GOOD.replace("2..8 °C\n", "8..2 °C\n")
        .replace("version: 1", "version: one")
        .replace("stage: unopened", "stage: opened")
        .replace("max_gap: 30 min", "max_gap: 30"),
        [
            "4:10: version: write a whole number from 1 (got 'one')",
            "6:10: max_gap: write a duration with its unit, such as '8 h', '30 min' or 'PT8H' (got '30')",
            "9:12: store: the range '8..2 °C' is empty: write the lower temperature first",
            "27:5: example: unknown stage 'opened'; did you mean 'unopened'? (known: unopened, diluted)",
        ],
    ),
}  # fmt: skip
"""Whole texts, and their problems."""
