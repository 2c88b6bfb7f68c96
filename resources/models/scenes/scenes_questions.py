"""Questions about scenes: unambiguous by construction, answers balanced, every phrase with its objects.

A question is a list of words; each word of a noun phrase carries the objects it speaks of, so that boxes are
known for every phrase. Referents of questions are unique in the scene.
"""

from __future__ import annotations

import dataclasses
import random

from scenes_world import COLORS, RELATIONS, SHAPES, SIZES, Scene, SceneObject, relation_state

SIMPLE = ("color", "shape", "size", "exists", "verify")
RELATIONAL = ("relation color", "relation shape", "relation verify", "relation exists")
KINDS = SIMPLE + ("count",) + RELATIONAL
WEIGHTS = {  # how often training asks each kind
    "color": 1.2,
    "shape": 1.0,
    "size": 0.6,
    "exists": 0.9,
    "verify": 0.8,
    "count": 1.2,
    "relation color": 1.8,
    "relation shape": 1.4,
    "relation verify": 1.1,
    "relation exists": 0.9,
}
SYNONYMS = {"ball": ("sphere",), "cube": ("box", "block"), "ring": ("donut",), "large": ("big",), "gray": ("grey",)}
SYNONYMS |= {"small": ("little", "tiny"), "object": ("thing",), "color": ("colour",)}
PLURALS = {"ball": "balls", "cube": "cubes", "cone": "cones", "cylinder": "cylinders", "ring": "rings"}
PLURALS |= {"object": "objects", "thing": "things", "sphere": "spheres", "box": "boxes", "block": "blocks"}
PLURALS |= {"donut": "donuts"}
NUMBERS = ("0", "1", "2", "3", "4", "5")
RELATION_WORDS = {
    "left": ("to the left of", "left of", "on the left of"),
    "right": ("to the right of", "right of", "on the right of"),
    "above": ("above", "over"),
    "below": ("below", "under", "beneath"),
}


@dataclasses.dataclass
class Word:
    """`objects`: indices of what the word speaks of (empty: none, or nothing in the picture).
    `role`: 'given' for a described thing, 'sought' for one found only through a relation, 'relation' for the
    word of a relation (its object is the one it starts from), '' otherwise. `noun`: the head word of its phrase."""

    text: str
    objects: tuple[int, ...] = ()
    role: str = ""
    noun: bool = False


@dataclasses.dataclass
class Question:
    """`about`: the objects the answer is read from. `hard`: a relation chooses among several candidates."""

    kind: str
    words: list[Word]
    answer: str
    about: tuple[int, ...]
    hard: bool = False

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words) + "?"


@dataclasses.dataclass(frozen=True)
class Description:
    """A noun phrase: each part is given or None."""

    size: str | None
    color: str | None
    shape: str | None

    def fits(self, o: SceneObject) -> bool:
        return all(want is None or want == has for want, has in zip(self.parts, (o.size, o.color, o.shape)))

    @property
    def parts(self):
        return self.size, self.color, self.shape


def _plain(text: str) -> list[Word]:
    return [Word(t) for t in text.split()]


class Asker:
    """Asks questions about one scene. `plain`: no synonyms (used for the samples)."""

    def __init__(self, scene: Scene, rng: random.Random, plain: bool = False):
        self.scene, self.rng, self.plain = scene, rng, plain
        self.objects = scene.objects

    def ask(self, kind: str) -> Question | None:
        """A question of the kind, or None when the scene does not allow one (after a few tries)."""
        maker = getattr(self, "_" + kind.replace(" ", "_"))
        for _ in range(6):
            question = maker()
            if question:
                return question
        return None

    # --- phrases

    def _say(self, word: str, plural: bool = False) -> str:
        if not self.plain and word in SYNONYMS and self.rng.random() < 0.15:
            word = self.rng.choice(SYNONYMS[word])
        return PLURALS.get(word, word) if plural else word

    def _phrase(self, d: Description, objects, role="given", plural=False) -> list[Word]:
        objects = tuple(objects)
        words = [Word(self._say(p), objects, role) for p in (d.size, d.color) if p]
        return words + [Word(self._say(d.shape or "object", plural), objects, role, noun=True)]

    def _matching(self, d: Description) -> list[int]:
        return [i for i, o in enumerate(self.objects) if d.fits(o)]

    def _unique(self, index: int, hide: str = "") -> Description | None:
        """A description that fits only this object and does not tell the hidden attribute."""
        o = self.objects[index]
        forms = [(0, 0, 1), (0, 1, 1), (1, 0, 1), (0, 1, 0), (1, 1, 0), (1, 1, 1)]
        weights = [4, 4, 1.5, 2.5, 1, 0.7]
        for _ in range(8):
            s, c, k = self.rng.choices(forms, weights)[0]
            d = Description(
                o.size if s and hide != "size" else None,
                o.color if c and hide != "color" else None,
                o.shape if k and hide != "shape" else None,
            )
            if any(d.parts) and self._matching(d) == [index]:
                return d
        return None

    def _pick(self) -> int:
        return self.rng.randrange(len(self.objects))

    # --- simple kinds

    def _color(self):
        i = self._pick()
        d = self._unique(i, hide="color")
        if not d or not (d.shape or d.size):
            return None
        phrase = self._phrase(d, [i])
        color = self._say("color")
        head = f"what is the {color} of the" if self.rng.random() < 0.2 else f"what {color} is the"
        return Question("color", _plain(head) + phrase, self.objects[i].color, (i,))

    def _shape(self):
        i = self._pick()
        d = self._unique(i, hide="shape")
        if not d:
            return None
        head = "what is the" if self.rng.random() < 0.3 else "what shape is the"
        return Question("shape", _plain(head) + self._phrase(d, [i]), self.objects[i].shape, (i,))

    def _size(self):
        i = self._pick()
        d = self._unique(i, hide="size")
        if not d:
            return None
        if self.rng.random() < 0.5:
            words = _plain("what size is the") + self._phrase(d, [i])
        else:
            either = self.rng.choice(("large or small", "small or large"))
            words = _plain("is the") + self._phrase(d, [i]) + _plain(either)
        return Question("size", words, self.objects[i].size, (i,))

    def _random_description(self) -> Description:
        s, c, k = self.rng.choices([(0, 0, 1), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 1, 1)], [3, 5, 2, 1, 0.5])[0]
        return Description(
            self.rng.choice(tuple(SIZES)) if s else None,
            self.rng.choice(tuple(COLORS)) if c else None,
            self.rng.choice(SHAPES) if k else None,
        )

    def _like(self, i: int) -> Description:
        o, d = self.objects[i], self._random_description()
        return Description(d.size and o.size, d.color and o.color, d.shape and o.shape)

    def _near_miss(self, i: int) -> Description:
        """A description of an object of the scene with one part exchanged: what yes/no questions are hard about."""
        d = self._like(i)
        part = self.rng.choice([k for k, v in enumerate(d.parts) if v])
        choices = (tuple(SIZES), tuple(COLORS), SHAPES)[part]
        parts = list(d.parts)
        parts[part] = self.rng.choice([c for c in choices if c != parts[part]])
        return Description(*parts)

    def _exists(self):
        want = self.rng.random() < 0.5
        d = self._like(self._pick()) if want else self._near_miss(self._pick())
        found = self._matching(d)
        if bool(found) != want:
            return None
        article = "an" if not d.size and (d.color == "orange" or (not d.color and not d.shape)) else "a"
        words = _plain(f"is there {article}") + self._phrase(d, found)
        return Question("exists", words, "yes" if want else "no", tuple(found))

    def _verify(self):
        """'is the cube red?', and 'is the red object a cube?'"""
        i = self._pick()
        o = self.objects[i]
        part = self.rng.choice(("color", "color", "shape", "size"))
        d = self._unique(i, hide=part)
        if not d:
            return None
        truth = getattr(o, part)
        said = truth
        if self.rng.random() < 0.5:
            values = {"color": COLORS, "shape": SHAPES, "size": SIZES}[part]
            said = self.rng.choice([v for v in values if v != truth])
        tail = ([Word("a")] if part == "shape" else []) + [Word(self._say(said))]
        words = _plain("is the") + self._phrase(d, [i]) + tail
        return Question("verify", words, "yes" if said == truth else "no", (i,))

    def total(self) -> Question:
        """How many objects there are in all."""
        everything = tuple(range(len(self.objects)))
        words = _plain("how many") + self._phrase(Description(None, None, None), everything, plural=True)
        words += _plain(self.rng.choice(("are there", "are in the picture", "do you see")))
        return Question("count", words, str(len(everything)), everything)

    def _count(self):
        want = self.rng.choices((0, 1, 2, 3, 4, 5), (1, 2, 3, 3, 2, 1.5))[0]
        for _ in range(12):
            if want >= len(self.objects) or self.rng.random() < 0.1:
                d = Description(None, None, None)
            else:
                d = self._like(self._pick()) if want else self._random_description()
            found = self._matching(d)
            if len(found) == want:
                words = _plain("how many") + self._phrase(d, found, plural=True)
                words += _plain(self.rng.choice(("are there", "are there", "are in the picture", "do you see")))
                return Question("count", words, str(want), tuple(found))
        return None

    # --- relational kinds

    def _relation_words(self, relation: str, anchor: int) -> list[Word]:
        options = RELATION_WORDS[relation]
        words = _plain(options[0] if self.plain or self.rng.random() < 0.75 else self.rng.choice(options))
        for word in words:
            if word.text not in ("to", "the", "of", "on"):
                word.objects, word.role = (anchor,), "relation"
        return words

    def _related(self, anchor: int, relation: str, d: Description):
        """What the description picks beyond the relation: (clearly related, any unsure?, candidates)."""
        candidates = [i for i in self._matching(d) if i != anchor]
        states = {i: relation_state(self.objects[anchor], self.objects[i], relation) for i in candidates}
        yes = [i for i in candidates if states[i] == "yes"]
        return yes, any(s == "unsure" for s in states.values()), candidates

    def _anchor(self):
        a = self._pick()
        d = self._unique(a)
        return (a, d) if d else (None, None)

    def _sought(self, hide: str):
        """A unique answer object found only by its relation to an anchor, most often with rivals."""
        a, anchor = self._anchor()
        if anchor is None:
            return None
        relation = self.rng.choice(RELATIONS)
        others = [i for i in range(len(self.objects)) if i != a]
        o = self.objects[self.rng.choice(others)]
        style = self.rng.random()
        d = Description(
            o.size if style > 0.85 and hide != "size" else None,
            o.color if hide == "shape" and 0.45 < style <= 0.85 else None,
            o.shape if hide == "color" and style <= 0.75 else None,
        )
        yes, unsure, candidates = self._related(a, relation, d)
        if unsure or len(yes) != 1:
            return None
        if len(candidates) == 1 and self.rng.random() < 0.7:
            return None
        return a, anchor, relation, d, yes[0], len(candidates) > 1

    def _relation_color(self):
        found = self._sought("color")
        if not found:
            return None
        a, anchor, relation, d, target, hard = found
        words = _plain(f"what {self._say('color')} is the") + self._phrase(d, [target], "sought")
        words += self._relation_words(relation, a) + [Word("the")] + self._phrase(anchor, [a])
        return Question("relation color", words, self.objects[target].color, (target,), hard)

    def _relation_shape(self):
        found = self._sought("shape")
        if not found:
            return None
        a, anchor, relation, d, target, hard = found
        tail = self._relation_words(relation, a) + [Word("the")] + self._phrase(anchor, [a])
        if not any(d.parts) and self.rng.random() < 0.7:
            words = _plain("what is") + tail
        else:
            words = _plain("what shape is the") + self._phrase(d, [target], "sought") + tail
        return Question("relation shape", words, self.objects[target].shape, (target,), hard)

    def _relation_verify(self):
        a, anchor = self._anchor()
        b, second = self._anchor()
        if anchor is None or second is None or a == b:
            return None
        relation = self.rng.choice(RELATIONS)
        state = relation_state(self.objects[a], self.objects[b], relation)
        if state == "unsure" or (state == "no" and self.rng.random() < 0.35):
            return None
        words = _plain("is the") + self._phrase(second, [b]) + self._relation_words(relation, a)
        words += [Word("the")] + self._phrase(anchor, [a])
        return Question("relation verify", words, state, (b,), True)

    def _relation_exists(self):
        a, anchor = self._anchor()
        if anchor is None:
            return None
        want = self.rng.random() < 0.5
        relation = self.rng.choice(RELATIONS)
        d = self._like(self._pick())
        if d.size or not any(d.parts):
            return None
        yes, unsure, candidates = self._related(a, relation, d)
        if unsure or bool(yes) != want or not candidates:
            return None
        words = _plain("is there " + ("an" if d.color == "orange" else "a")) + self._phrase(d, yes, "sought")
        words += self._relation_words(relation, a) + [Word("the")] + self._phrase(anchor, [a])
        return Question("relation exists", words, "yes" if want else "no", tuple(yes), True)


def ask_many(scene: Scene, count: int, rng: random.Random, emphasis=1.0, total=False) -> list[Question]:
    """`count` questions of the training mix; a kind that the scene does not allow gives way to another.
    `emphasis` multiplies the share of relational questions; `total` makes the first one count all objects."""
    asker = Asker(scene, rng)
    questions = [asker.total()] if total else []
    weights = [w * (emphasis if kind in RELATIONAL else 1.0) for kind, w in WEIGHTS.items()]
    while len(questions) < count:
        kind = rng.choices(tuple(WEIGHTS), weights)[0]
        question = asker.ask(kind)
        if question:
            questions.append(question)
    return questions


def vocabulary() -> list[str]:
    """Every word that questions and answers use, sorted."""
    fixed = "what is the of are there a an how many in picture do you see to on or shape size color colour yes no"
    fixed += " small large below under beneath above over left right"
    words = set(fixed.split()) | set(NUMBERS) | set(COLORS) | set(SHAPES) | set(SIZES) | {"object"}
    words |= set(PLURALS.values()) | {s for group in SYNONYMS.values() for s in group}
    # Words that a person would likely add; training sprinkles them in front of and behind the question.
    words |= set(FILLERS)
    return sorted(words)


FILLERS = ("please", "tell", "me", "now", "hello", "so", "here", "can", "and", "then", "which", "where", "image")
