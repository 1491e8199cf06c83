"""What stands where on a composed page: its report, what interrupts it, what comes before and after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from khabar.composing.furniture import Furniture
from khabar.composing.line import Line, join
from khabar.composing.story import Story

#: How many of the other stories count as close in topic.
_CLOSE = 12
#: How full of furniture a page is: every block's chance is multiplied by it. Nothing but the report at 0.
_DENSITIES = (0.0, 0.35, 0.7, 0.7, 1.0, 1.0, 1.3)
_BULLETS = ("", "", "", "• ", "- ", "* ", "» ", "◄ ", "– ", "▪ ", "●", "-")
_HEADING_ENDS = ("", "", ":", ":", " :", "..", " |", "|", "!", " »", ": :")
_HEADING_JOINTS = (": ", ": ", ":", " : ", " | ", "|", ".. ", " - ", "… ", "")
_MENU_JOINTS = (" ", " | ", " - ", " / ", "  ", " • ", "")
_KEYWORD_JOINTS = (" ", " ", "، ", " ، ", ", ", " - ", " | ", " / ")
_TEASER_ENDS = ("...", "…", " ...", " [...]", "")


class Arrangement:
    """One page's arrangement of a report (``story``) and other stories. Every decision comes from ``random``."""

    def __init__(self, random: Random, story: Story, stories: Sequence[Story], furniture: Furniture) -> None:
        self._random = random
        self._story = story
        self._furniture = furniture
        self._density = random.choice(_DENSITIES)
        self._bullet = random.choice(_BULLETS)
        self._others = [other for other in stories if not story.shares_text(other)]
        self._close = sorted(self._others, key=story.closeness, reverse=True)[:_CLOSE]
        if story.headline:
            furniture.given["headline"] = story.headline.boilerplate()
        for slot, label in (("actor", "ACTOR"), ("place", "LOCATION")):
            if story.names[label]:
                furniture.given[slot] = random.choice(story.names[label][:4])

    def lines(self) -> list[Line]:
        """The page's lines from top to bottom."""
        report = self._report()
        if not self._density:
            return report
        after = self._aggregated() if self._random.random() < 0.12 else self._after()
        return [*self._before(), *report, *after]

    def title(self) -> str | None:
        """What the page's ``title`` field holds, sometimes: its headline, with or without the site's name."""
        if self._story.headline is None or self._random.random() < 0.8:
            return None
        return self._story.headline.text if self._random.random() < 0.5 else self._draw("page_title").text

    def _report(self) -> list[Line]:
        """The report with or without its headline, whole or its beginning, and what interrupts it."""
        story, random = self._story, self._random
        lines = list(story.lines if random.random() < 0.3 else story.report)
        if story.headline and random.random() < 0.15:
            lines.remove(story.headline)
        reports = [index for index, line in enumerate(lines) if line.report]
        if random.random() < 0.2:
            reports = reports[: random.randint(1, 4)]
            lines = lines[: reports[-1] + 1]
        interrupted: list[Line] = []
        for index, line in enumerate(lines):
            interrupted.append(line)
            if line is story.headline:
                interrupted += self._below_headline()
            elif reports[0] < index < reports[-1] and self._chance(0.14):
                interrupted += self._interruption()
        return interrupted

    def _below_headline(self) -> list[Line]:
        blocks = [
            self._draws(0.4, "stamp"),
            self._draws(0.35, "byline"),
            self._draws(0.1, "reading_time"),
            self._draws(0.12, "counter", most=2),
            self._draws(0.2, "share", most=4),
            self._draws(0.15, "tool", most=3),
            self._draws(0.25, "caption"),
            self._draws(0.05, "follow", "advertisement", "leftover"),
            self._related() if self._chance(0.05) else [],
        ]
        return self._shuffled(blocks, disorder=3)

    def _interruption(self) -> list[Line]:
        random = self._random
        kind = random.choices(("related", "headlines", "tweet", "caption", "teaser", "prompt"), (7, 3, 3, 3, 1, 4))[0]
        match kind:
            case "related":
                return self._related()
            case "headlines":
                return self._headlines(random.choice((1, 1, 1, 2, 3)))
            case "tweet":
                return [self._draw("tweet"), *([self._draw("tweet_author")] if random.random() < 0.85 else [])]
            case "caption":
                return [self._draw("caption")]
            case "teaser":
                return self._teaser()
        return [self._draw("advertisement", "advertisement", "follow", "subscription", "leftover", "share", "notice")]

    def _before(self) -> list[Line]:
        has_headline = self._story.headline is not None
        blocks = [
            self._draws(0.15, "notice", most=2),
            self._menu() if self._chance(0.35) else [],
            self._ticker() if self._chance(0.12) else [],
            [self._draw("page_title")] if has_headline and self._chance(0.35) else [],
            [self._furniture.given["category"]] if self._chance(0.25) else [],
            self._draws(0.25, "crumb"),
            self._draws(0.3, "stamp"),
            self._draws(0.15, "byline"),
            self._draws(0.08, "counter", "reading_time", "tool", "share", "advertisement", "leftover", most=2),
            self._draws(0.08, "caption"),
            self._teasers() if has_headline and self._chance(0.03) else [],
        ]
        return self._shuffled(blocks, disorder=2)

    def _after(self) -> list[Line]:
        blocks = [
            self._draws(0.35, "source"),
            self._keywords() if self._chance(0.35) else [],
            self._draws(0.25, "share", most=4),
            self._draws(0.2, "follow", most=2),
            self._draws(0.12, "aggregator_note", most=2),
            self._draws(0.08, "author_box", most=2),
            self._draws(0.08, "poll", most=2),
            self._draws(0.12, "subscription", most=2),
            self._draws(0.1, "advertisement", "leftover", "tool", "stamp", "counter"),
            self._draws(0.12, "neighbour", most=2),
            self._related() if self._chance(0.25) else [],
            self._teaser() if self._chance(0.4) else [],
            self._gallery("related_heading") if self._chance(0.35) else [],
            self._teasers() if self._chance(0.12) else [],
            self._comments() if self._chance(0.15) else [],
            self._gallery("popular_heading") if self._chance(0.15) else [],
            self._articles() if self._chance(0.25) else [],
            self._menu() if self._chance(0.1) else [],
            self._draws(0.3, "footer", most=5),
        ]
        return self._shuffled(blocks, disorder=4)

    def _aggregated(self) -> list[Line]:
        """What aggregators append: source, keywords, another story at length, a gallery of headlines."""
        return [
            *self._draws(0.8, "source", most=2),
            *(self._keywords() if self._chance(0.8) else []),
            *self._draws(0.15, "aggregator_note"),
            *self._teaser(),
            *(self._gallery("related_heading") if self._chance(0.8) else []),
        ]

    # Blocks of furniture

    def _chance(self, share: float) -> bool:
        return self._random.random() < share * self._density

    def _draw(self, *kinds: str) -> Line:
        """One line of one of the kinds."""
        others = self._headlines(1)
        return self._furniture.draw(self._random.choice(kinds), **({"other": others[0]} if others else {}))

    def _draws(self, share: float, *kinds: str, most: int = 1) -> list[Line]:
        """With a chance of ``share``, one to ``most`` different lines of the kinds."""
        if not self._chance(share):
            return []
        return _distinct(self._draw(*kinds) for _ in range(self._random.randint(1, most)))

    def _shuffled(self, blocks: Sequence[list[Line]], *, disorder: float) -> list[Line]:
        """The blocks' lines; each block moves up or down by at most ``disorder`` / 2 places."""
        ranks = [index + self._random.uniform(-disorder, disorder) / 2 for index in range(len(blocks))]
        return [line for index in sorted(range(len(blocks)), key=ranks.__getitem__) for line in blocks[index]]

    def _menu(self) -> list[Line]:
        items = _distinct(self._draw("menu") for _ in range(self._random.randint(3, 14)))
        if self._random.random() < 0.5:
            return items
        joint = self._random.choice(_MENU_JOINTS)
        # Glued to each other, names would no longer be whole words.
        items = [item for item in items if joint or not item.spans]
        return [join(joint, items)] if items else []

    def _keywords(self) -> list[Line]:
        random = self._random
        names = [name for names in self._story.names.values() for name in names]
        names = random.sample(names, min(len(names), random.randint(2, 9)))
        if not names:
            return []
        if random.random() < 0.15:
            names = [Line("#") + replace(name, text=name.text.replace(" ", "_")) for name in names]
        heading, joint = self._draw("keyword_heading"), random.choice(_KEYWORD_JOINTS)
        match random.choices(("a name a line", "a line of names", "one line"), (2, 2, 6))[0]:
            case "a name a line":
                return [heading, *names]
            case "a line of names":
                return [heading, join(joint, names)]
        return [heading + random.choice((": ", ": ", " : ", " ", " | ")) + join(joint, names)]

    def _comments(self) -> list[Line]:
        lines = [self._heading("comment_heading")]
        for _ in range(self._random.choice((0, 1, 2, 3, 4))):
            lines += [self._draw("commenter"), *self._draws(0.3, "stamp"), self._draw("comment")]
            lines += self._draws(0.3, "comment_tool")
        return lines

    # Other stories

    def _other(self) -> Story | None:
        """Another story, every second time of a close topic."""
        pool = self._close if self._random.random() < 0.5 else self._others
        return self._random.choice(pool) if pool else None

    def _headlined(self, most: int) -> list[tuple[Story, Line]]:
        """Different other stories with their headlines; fewer than ``most`` where one is drawn twice or has none."""
        others = {other.page_id: other for _ in range(most) if (other := self._other())}
        return [(other, other.headline.boilerplate()) for other in others.values() if other.headline]

    def _headlines(self, most: int) -> list[Line]:
        return [headline for _, headline in self._headlined(most)]

    def _heading(self, *kinds: str) -> Line:
        return self._draw(*kinds) + self._random.choice(_HEADING_ENDS)

    def _earlier(self, kind: str) -> Line:
        self._furniture.earlier()
        return self._draw(kind)

    def _ticker(self) -> list[Line]:
        return [self._heading("ticker_heading"), *self._headlines(self._random.randint(1, 5))]

    def _related(self) -> list[Line]:
        """A heading with a headline in its line, or above some headlines."""
        random = self._random
        headlines = self._headlines(random.choice((1, 1, 1, 2, 3, 4)))
        if not headlines:
            return []
        heading, joint = self._draw("related_heading"), random.choice(_HEADING_JOINTS)
        # Glued to a name, a word would become a part of it.
        ends_in_name = any(end == len(heading.text) for _, end, _ in heading.spans)
        fits = joint or not (ends_in_name or any(start == 0 for start, _, _ in headlines[0].spans))
        if fits and random.random() < 0.5:
            return [heading + joint + headlines[0], *headlines[1:]]
        return [heading + random.choice(_HEADING_ENDS), *headlines]

    def _gallery(self, heading: str) -> list[Line]:
        """A heading and many headlines, with bullets, numbers, stamps or categories."""
        random = self._random
        headlines = self._headlines(random.randint(2, 10))
        if self._story.headline and random.random() < 0.08:
            headlines.insert(random.randint(0, len(headlines)), self._story.headline.boilerplate())
        is_numbered = random.random() < 0.1
        lines = [Line(f"{n}. " if is_numbered else self._bullet) + line for n, line in enumerate(headlines, 1)]
        companion = random.choices(("", "stamp", "category", "more"), (14, 3, 2, 1))[0]
        if companion:
            lines = [part for line in lines for part in (line, self._earlier(companion))]
        return [*([self._heading(heading)] if random.random() < 0.9 else []), *lines]

    def _teaser(self) -> list[Line]:
        """Another story's headline and paragraphs below a heading, as aggregators show them."""
        other = self._other()
        if other is None:
            return []
        lines = [self._heading("related_heading", "related_heading", "popular_heading", "ticker_heading")]
        if other.headline and self._random.random() < 0.85:
            lines.append(other.headline.boilerplate())
        return [*lines, *_beginning(other, self._random.randint(1, 8))]

    def _teasers(self) -> list[Line]:
        """Headlines, each with its story's first words."""
        lines: list[Line] = []
        for other, headline in self._headlined(self._random.randint(2, 5)):
            self._furniture.earlier()
            lines += [headline, self._cut_off(other.body[0])]
            lines += [*self._draws(0.15, "stamp"), *self._draws(0.15, "more")]
        if lines and self._random.random() < 0.8:
            lines.insert(0, self._heading("related_heading", "popular_heading"))
        return lines

    def _articles(self) -> list[Line]:
        """Whole other articles, following without any heading."""
        lines: list[Line] = []
        for other in (self._other() for _ in range(self._random.choice((1, 1, 1, 2)))):
            if other and other.headline:
                self._furniture.earlier()
                lines += [*self._draws(0.2, "category"), other.headline.boilerplate()]
                lines += [
                    *self._draws(0.4, "stamp"),
                    *self._draws(0.3, "byline"),
                    *self._draws(0.1, "share", "counter"),
                ]
                lines += _beginning(other, self._random.choice((4, 8, 30)))
                lines += [*self._draws(0.2, "source"), *self._draws(0.1, "share", "follow")]
        return lines

    def _cut_off(self, line: Line) -> Line:
        """The first words of a paragraph, never ending inside a span; the whole paragraph where it is short."""
        ends = [match.start() for match in re.finditer(" ", line.text)]
        ends = [end for end in ends if 60 < end < 260 and not any(start <= end < stop for start, stop, _ in line.spans)]
        if not ends:
            return line.boilerplate()
        return line.cut(self._random.choice(ends)).boilerplate() + self._random.choice(_TEASER_ENDS)


def _beginning(story: Story, paragraphs: int) -> list[Line]:
    return [line.boilerplate() for line in story.body[:paragraphs]]


def _distinct(lines: Iterable[Line]) -> list[Line]:
    return list(dict.fromkeys(lines))
