"""Trees and their paragraphs."""

import pytest

from extractors.markup import TooDeepError, find_main_text, parse_html, read_paragraphs

EXAMPLES: list[tuple[str, list[str]]] = [
    ("<p>a\n  b</p>c<div>d</div>", ["a b", "c", "d"]),  # line ends of the source are spaces; text without a <p>
    ("<p>a<br>b<br><br>c</p>", ["a\nb", "c"]),  # one break is a line, two are a paragraph
    ("<p>a<b>b</b> <i>c</i></p>", ["ab c"]),  # inline elements break nothing
    ("<p>a<script>x</script>b<style>y</style></p>", ["ab"]),  # what is not shown
    ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", ["a", "b", "c"]),  # lists in lists
    ("<table><tr><td><p>a</p></td><td>b</td></tr><tr><td>c</td></tr></table>", ["a | b", "c"]),  # a row is a paragraph
    ("<table><tr><td><p>a</p><p>b</p></td></tr></table>", ["a", "b"]),  # a table for layout
    ("<pre>a\nb\n\nc</pre>", ["a\nb", "c"]),  # lines that somebody made
    ("<p>a\x1eb&#31;</p>", ["ab"]),  # the marks used inside
    ("<p>a&#1;b&#x0B;c&#65534;d&#39;&#160;e</p>", ["abcd'\xa0e"]),  # references to what no text may hold
    ("<p> </p>", []),
]


@pytest.mark.parametrize(("page", "paragraphs"), EXAMPLES)
def test_read_paragraphs(page: str, paragraphs: list[str]) -> None:
    tree = parse_html(page)
    assert tree is not None
    assert read_paragraphs([tree]) == paragraphs


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td"])
def test_depth_is_an_error_never_a_crash(tag: str) -> None:
    with pytest.raises(TooDeepError):
        parse_html(f"<{tag}>" * 10_000)


def test_short_pages_lose_their_menus_only() -> None:
    menu = "<div><a href=1>Home</a> | <a href=2>News</a></div>"
    tree = parse_html(f"<body>{menu}<div><h1>Mill</h1>HULL - The mill opened on Monday, the owners said.</div></body>")
    assert tree is not None
    assert find_main_text(tree) == ["Mill", "HULL - The mill opened on Monday, the owners said."]
