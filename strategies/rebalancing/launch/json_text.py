"""JSON as it was written, with comments and spaces: where its values are, and single edits."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Span = tuple[int, int]
"""Begin and end in a text."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/|[{}\[\]:,]|[^\s{}\[\]:,"/]+', re.DOTALL)
_COMMENTS = ("//", "/*")
_REST_OF_LINE = re.compile(r"[ \t]*(?:/\*[^\n]*?\*/[ \t]*)*(?://[^\n]*)?")


@dataclass(frozen=True)
class Member:
    """A key of an object and its value.

    Attributes
    ----------
    begin
        Where the key begins.
    value
        Where the value is.
    comma
        Where the comma behind it is; None if there is none.
    """

    key: str
    begin: int
    value: Span
    comma: int | None


@dataclass
class Found:
    """An object.

    Attributes
    ----------
    begin
        Of its brace.
    """

    begin: int
    members: list[Member] = field(default_factory=list)

    def named(self, key: str) -> list[Member]:
        """Return the members of that name; JSON allows several."""
        return [member for member in self.members if member.key == key]


def objects_at(text: str, path: tuple[str, ...]) -> list[Found]:
    """Find the objects at a path of keys, in valid JSON.

    >>> text = '{"a": {/* "b": 1 */ "b": [0.5]}} // "b": 3'
    >>> [text[slice(*m.value)] for m in objects_at(text, ("a",))[0].named("b")]
    ['[0.5]']
    """
    found: list[Found] = []
    _Reader(text, path, found).value(())
    return found


class _Reader:
    """Walks through a text and notes the objects at a path."""

    def __init__(self, text: str, path: tuple[str, ...], found: list[Found]) -> None:
        tokens = (match for match in _TOKEN.finditer(text) if not match[0].startswith(_COMMENTS))
        self._tokens: Iterator[re.Match[str]] = tokens
        self._path, self._found = path, found
        self._next = next(tokens, None)

    def _take(self) -> re.Match[str]:
        token = self._next
        assert token is not None
        self._next = next(self._tokens, None)
        return token

    def _is(self, word: str) -> bool:
        return self._next is not None and self._next[0] == word

    def value(self, path: tuple[str | None, ...]) -> Span:
        """Read a value and return where it is."""
        first = self._take()
        if first[0] == "[":
            while not self._is("]"):
                self._take() if self._is(",") else self.value((*path, None))
            return first.start(), self._take().end()
        if first[0] == "{":
            found = Found(first.start())
            if path == self._path:
                self._found.append(found)
            while not self._is("}"):
                found.members.append(self._member(path))
            return first.start(), self._take().end()
        return first.span()

    def _member(self, path: tuple[str | None, ...]) -> Member:
        name = self._take()
        key = json.loads(name[0])
        self._take()
        value = self.value((*path, key))
        comma = self._take().start() if self._is(",") else None
        return Member(key, name.start(), value, comma)


def replaced(text: str, member: Member, value: Any) -> str:
    """Return the text with another value in the place of that of a member."""
    begin, end = member.value
    return text[:begin] + json.dumps(value) + text[end:]


def added(text: str, found: Found, key: str, value: Any) -> str:
    """Return the text with a new member at the end of an object, laid out like the last one."""
    written = f"{json.dumps(key)}: {json.dumps(value)}"
    if not found.members:
        return text[: found.begin + 1] + written + text[found.begin + 1 :]
    last = found.members[-1]
    end = last.value[1] if last.comma is None else last.comma + 1
    comma, closing = ("", ",") if last.comma is not None else (",", "")
    line = text.rfind("\n", 0, last.begin) + 1
    indent = text[line : last.begin]
    if line == 0 or indent.strip():
        return f"{text[:end]}{comma} {written}{closing}{text[end:]}"
    # What is said behind the last member on its line belongs to it.
    rest = _REST_OF_LINE.match(text, end)
    assert rest is not None
    said = rest[0] if text[rest.end() : rest.end() + 1] in ("\n", "\r") else ""
    after = end + len(said)
    return f"{text[:end]}{comma}{said}\n{indent}{written}{closing}{text[after:]}"


def removed(text: str, found: Found, member: Member) -> str:
    """Return the text without a member, its comma, and its line if nothing else is on it."""
    begin, end = member.begin, member.value[1] if member.comma is None else member.comma + 1
    place = found.members.index(member)
    if member.comma is None and place > 0:
        comma = found.members[place - 1].comma
        assert comma is not None
        text = text[:comma] + text[comma + 1 :]
        begin, end = begin - 1, end - 1
    line = text.rfind("\n", 0, begin) + 1
    stop = text.find("\n", end)
    if stop >= 0 and line > 0 and not (text[line:begin] + text[end:stop]).strip():
        return text[:line] + text[stop + 1 :]
    head, tail = text[:begin], text[end:].lstrip(" \t")
    stands_alone = tail[:1] in ("}", "\r", "\n") and bool(text[line:begin].strip())
    return (head.rstrip(" \t") if stands_alone else head) + tail
