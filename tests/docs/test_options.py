"""docs/reference/commands.md names every command and option, in the commands' own words."""

from tests.docs.options import BEGIN, END, PAGE, option_tables


def test_the_page_of_commands_is_what_the_commands_are() -> None:
    written = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert written.strip() == option_tables().strip(), "run `python -m tests.docs.options`"
