"""Writes what the code says about itself into the documents: the tables of moves and clocks, the schema of a profile, the diagram of states.

    PYTHONPATH=src python tools/reference.py

A test (tests/house/test_documents.py) fails when a document no longer says what the code says.
"""

from pathlib import Path
from typing import Any

from minsheng.domain.deadlines import CLOCKS, PROMISES, Clock
from minsheng.domain.moves import MOVES, NOTES, Move, lands
from minsheng.domain.states import FINAL, OPEN, STATE_ZH, State, Who
from minsheng.policy.schema import COUNTED, Profile, Rule, When

ROOT = Path(__file__).resolve().parents[1]
MADE = "<!-- made by tools/reference.py: change the code, then run it -->"
Schema = dict[str, Any]


def table(head: str, rows: list[list[str]]) -> str:
    """A Markdown table; `head` names the columns, divided by bars."""
    columns = head.split("|")
    lines = [" | ".join(cell.strip() for cell in row) for row in [columns, ["---"] * len(columns), *rows]]
    return "\n".join(f"| {line} |" for line in lines)


# --- moves ------------------------------------------------------------------------------------------------------------------


def moves() -> str:
    """docs/reference/moves.md."""
    return f"""# Moves 环节动作

{MADE}

What can happen to a case: from where, to where, by whom, and which list of the profile is asked. Buttons, refusals and `available_moves` come
from the same table (`src/minsheng/domain/moves.py`). A profile may disable rows and demand an approval; it cannot add states.

{table("action|中文|from|to|who|question", [_move(move) for move in MOVES.values()])}

“=”: the state stays. “*”: `handling` at once where the profile disables `claim`. `reopen` leads to `registered` from `declined` and `referred`,
and wherever no unit had answered; so does `return_answer` where the desk had answered at once. `unmerge` leads back to where the case stood.

## States

{diagram()}

## Notes in the journal

Entries that are no moves: they change no state.

{table("entry|中文", [[f"`{name}`", zh] for name, zh in NOTES.items()])}
"""


def _move(move: Move) -> list[str]:
    if move.start == OPEN:
        start = "any open"
    else:
        start = " ".join(state for state in State if state in move.start) or "–"
    end = "=" if move.end is None else f"{move.end}*" if move.end is State.DISPATCHED else str(move.end)
    if move.action == "unmerge":
        end = "(before)"
    return [f"`{move.action}`", move.zh, start, end, " ".join(who for who in Who if who in move.who), f"`{move.question}`" if move.question else ""]


def diagram() -> str:
    """The states of a case and the moves that lead from one to another, as mermaid."""
    edges: dict[tuple[str, str], list[str]] = {}
    for action, move in MOVES.items():
        if move.end is None:
            continue
        for start in ["[*]"] if not move.start else ["anyopen"] if move.start == OPEN else [state for state in State if state in move.start]:
            end = lands(action, state=State(start), disabled=frozenset()) if start in set(State) else move.end
            if start != end:
                edges.setdefault((start, end), []).append(move.zh)
    lines = ["stateDiagram-v2", "    direction LR", '    state "any open state" as anyopen']
    lines += [f'    state "{STATE_ZH[state]} {state}" as {state}' for state in State]
    lines += [f"    {start} --> {end}: {'、'.join(words)}" for (start, end), words in edges.items()]
    lines += [f"    {state} --> [*]" for state in State if state in FINAL]
    return "\n".join(["```mermaid", *lines, "```"])


# --- clocks -----------------------------------------------------------------------------------------------------------------


def clocks() -> str:
    """docs/reference/clocks.md."""
    return f"""# Clocks 时限

{MADE}

One table (`src/minsheng/domain/deadlines.py`) says what starts, meets, pauses and ends each clock. How long it runs, when it warns and which ladder
follows is said by the profile (`deadlines.…`, `ladder.…`).

{table("clock|中文|one per|starts with|met by|taken back by|paused by|resumed by|ended by|promise", [_clock(clock) for clock in CLOCKS.values()])}

- *One per* case: the citizen's promise; it never restarts when the case changes hands, and starts anew in a new round (`reopen`). Lead, co: one work order's
  duty. Subject: one approval or measure. Desk: the duty of the centre, not of the unit that holds the case.
- A merged case rests: its clocks are paused, and go on when it is taken apart again. Clocks of an earlier round end.
- *Promise*: kept or missed is counted. The others only say when something happens by itself.
- `answer` and `close` start at `receive`, or at `dispatch` where the profile says `starts = "dispatch"`.
- `interim`, `review`, `promise` and `measure` end on a day that a person named.

## How long

| words | due |
| --- | --- |
| `30 minutes`, `72 hours` | exactly then, by day and by night |
| `same day` | at 24:00 of the day on which it started |
| `7 days`, `1 week` | at 24:00 Beijing time of the n-th day after the day of the start |
| `5 working days` | at 24:00 of the n-th working day after the day of the start, whatever the hour; a start on a holiday counts from the next working day |
| `4 duty hours`, `30 duty minutes` | when that much opening time has passed |

A pause keeps the time that is left, in the clock's own time; working days that are left are rounded up to 24:00. A year whose 调休 is not announced is counted
provisionally, says so, and is counted again when it is. Time in which the platform itself was down is added.

## When something happens

`80%` of the time gone · `-4 hours`, `-1 day` before · `+0` when due · `+24 hours`, `+1 working day` after. Each step fires once. After a stop of any length
only the last step that was reached is acted on. Lateness comes from the timestamps, never from when the sweep ran.
"""


def _clock(clock: Clock) -> list[str]:
    events = (clock.start, clock.met_by, clock.unmet_by, clock.paused_by, clock.resumed_by, clock.ended_by)
    named = " (named day)" if clock.due_key else ""
    return [f"`{clock.kind}`", clock.zh, f"{clock.per} (desk)" if clock.desk else clock.per, *(_events(found) for found in events), _yes(clock) + named]


def _events(found: frozenset[str]) -> str:
    return " ".join(name for name in (*MOVES, *NOTES) if name in found)


def _yes(clock: Clock) -> str:
    return "–" if clock.kind not in PROMISES else "yes, public" if clock.public else "yes"


# --- profile ----------------------------------------------------------------------------------------------------------------


def profile() -> str:
    """docs/reference/profile.md."""
    schema = Profile.model_json_schema()
    rules, plain = [], []
    for name, found in schema["properties"].items():
        rule = _rule_of(found)
        if rule is None:
            plain.append([f"`{name}`", _words(found, schema), _default(found), found.get("description", "")])
        else:
            rules.append(_section(name, found, schema["$defs"][rule], schema))
    when = [[f"`{name}`", _words(found, schema), found.get("description", "")] for name, found in When.model_json_schema()["properties"].items()]
    return f"""# Profile 城市规则

{MADE}

A city is one TOML file under `profiles/`. `extends = "base"` inherits what most cities do: a list is replaced whole; `deadlines`, `ladder` and `approvals` are
replaced clock by clock and move by move. An unknown key is an error that names file, line and key. `minsheng explain CITY urgency=urgent` shows what follows.

## A list of rules

Read from the top: the first rule whose `when` fits wins, and the last has no `when`. Every rule has:

- `when`: the condition, below; left out, the rule is for all
- `because`: why, in the city's own words; shown to clerks and citizens, and written into the journal with every decision
- `assumed`: the published account is silent, this is our choice

### `when`

All keys must hold; a list means any of its values. What is not known fits no condition. There is no expression language: this is all.

{table("fact|values|meaning", when)}

## Plain keys

{table("key|value|default|meaning", plain)}

## Lists

{chr(10).join(rules)}
Ladders over counted facts: {", ".join(f"`{name}`" for name in sorted(COUNTED))}.
"""


def _rule_of(found: Schema) -> str | None:
    """The rule that a list of the profile holds, through `{kind: [rule]}` or `[rule]`."""
    items = found.get("additionalProperties", found).get("items", {})
    name = items.get("$ref", "").rsplit("/", 1)[-1]
    return name if name and name in {rule.__name__ for rule in Rule.__subclasses__()} else None


def _section(name: str, found: Schema, rule: Schema, schema: Schema) -> str:
    keyed = "additionalProperties" in found
    head = f"[[{name}.{'MOVE' if name == 'approvals' else 'CLOCK'}]]" if keyed else f"[[{name}]]"
    asked = ", ".join(f"`{action}`" for action, move in MOVES.items() if move.question == name)
    rows = [
        [f"`{key}`", _words(one, schema), "**needed**" if key in rule.get("required", ()) else _default(one), one.get("description", "")]
        for key, one in rule["properties"].items()
        if key not in Rule.model_fields
    ]
    said = " ".join(rule["description"].split()) + (f" Asked by {asked}." if asked else "")
    return f"### `{head}`\n\n{said}\n\n{table('key|value|default|meaning', rows)}\n"


def _words(found: Schema, schema: Schema) -> str:
    """The values that a key may take, in words."""
    if "$ref" in found:
        return _words(schema["$defs"].get(found["$ref"].rsplit("/", 1)[-1], {"type": "object"}), schema)
    if "anyOf" in found:
        return " or ".join(_words(one, schema) for one in found["anyOf"] if one.get("type") != "null")
    if "const" in found or "enum" in found:
        return " ".join(f"`{value}`" for value in found.get("enum", [found.get("const")]))
    if found.get("type") == "array":
        return f"list of {_words(found.get('items', {}), schema)}"
    if found.get("type") == "object":
        return " ".join(f"`{name}`" for name in found.get("properties", ())) or "table"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` `false`"}[found.get("type", "string")]
    low, high = found.get("minimum"), found.get("maximum")
    limits = f" {low}–{high}" if high is not None else f" from {low}" if low is not None else ""
    return words + limits + (f" like `{found['pattern'].replace('|', chr(92) + '|')}`" if "pattern" in found else "")


def _default(found: Schema) -> str:
    if "default" not in found:
        return "**needed**"
    value = found["default"]
    shown = {True: "true", False: "false", None: ""}.get(value, value) if isinstance(value, bool | None) else value
    return "" if shown in ("", [], {}) else f"`{shown}`"


# --- writing ----------------------------------------------------------------------------------------------------------------

START, END = "<!-- states: made by tools/reference.py -->", "<!-- end of states -->"


def architecture(text: str) -> str:
    """ARCHITECTURE.md with the diagram between its marks made anew."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n\n{diagram()}\n\n{END}{after}"


def documents() -> dict[Path, str]:
    """Every document that is made, with what it must say."""
    folder, guide = ROOT / "docs" / "reference", ROOT / "ARCHITECTURE.md"
    made = {folder / "moves.md": moves(), folder / "clocks.md": clocks(), folder / "profile.md": profile()}
    return {**made, guide: architecture(guide.read_text("utf-8"))}


def main() -> None:
    """Write what differs."""
    for path, text in documents().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
