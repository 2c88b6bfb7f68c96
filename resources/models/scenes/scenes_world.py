"""The world of the "scenes" model: what a scene is and how one is sampled.

A scene is a table top seen from above and in front, with two to five solid objects on it. Coordinates are
picture pixels of a 640 x 480 drawing; a drawing of another size scales them. "Left", "right", "above" and
"below" always mean the picture, measured between box centres.
"""

from __future__ import annotations

import colorsys
import dataclasses
import random

WIDTH, HEIGHT = 640, 480

SHAPES = ("ball", "cube", "cone", "cylinder", "ring")
COLORS = {  # name -> hue range in degrees, saturation range, value range
    "red": ((352, 364), (0.80, 0.95), (0.72, 0.92)),
    "orange": ((22, 31), (0.85, 0.98), (0.92, 1.00)),
    "yellow": ((49, 57), (0.78, 0.95), (0.92, 1.00)),
    "green": ((108, 140), (0.60, 0.85), (0.50, 0.75)),
    "cyan": ((178, 189), (0.65, 0.90), (0.78, 0.95)),
    "blue": ((216, 230), (0.72, 0.92), (0.68, 0.92)),
    "purple": ((272, 288), (0.55, 0.80), (0.55, 0.78)),
    "gray": ((0, 360), (0.00, 0.05), (0.42, 0.68)),
}
SIZES = {"small": (35.0, 43.0), "large": (60.0, 76.0)}  # pixels per unit; a ball has radius one unit
RELATIONS = ("left", "right", "above", "below")

GAP = 10.0  # least distance between two boxes, in pixels
CLEAR = 45.0  # an offset at least this large along an axis is a clear relation
LOOSE = 15.0  # an offset at most this large against an axis is clearly not that relation

# Extents of each shape around its foot on the table, in units: left, up, right, down. Measured from the
# rendered sprites (scenes_draw.Artist.extents); used only to place objects, the boxes come from the sprite.
ROUGH_EXTENTS = {
    "ball": (1.00, 1.79, 1.00, 0.21),
    "cube": (1.11, 1.95, 1.11, 0.65),
    "cone": (1.04, 1.61, 1.04, 0.61),
    "cylinder": (0.85, 2.00, 0.85, 0.50),
    "ring": (1.20, 1.16, 1.20, 0.60),
}


@dataclasses.dataclass
class SceneObject:
    """One object. `x`, `y`: foot on the table; `unit`: pixels per unit; `box`: left, top, right, bottom."""

    shape: str
    color: str
    size: str
    x: float
    y: float
    unit: float
    variant: int  # which of the shape's sprites (its turn about the upright axis)
    rgb: tuple[float, float, float]
    gloss: float
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    @property
    def center(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    @property
    def label(self) -> str:
        return f"{self.size} {self.color} {self.shape}"


@dataclasses.dataclass
class Scene:
    """`seed` fixes the background, `mirrored` says that light falls from the right (the drawing is flipped)."""

    seed: int
    mirrored: bool
    objects: list[SceneObject]


def relation_state(anchor: SceneObject, other: SceneObject, relation: str) -> str:
    """'yes' when `other` clearly is left of / right of / above / below `anchor`, 'no' when clearly not,
    else 'unsure'. 'yes' asks for a clear offset that is not much smaller than the one across."""
    dx = other.center[0] - anchor.center[0]
    dy = other.center[1] - anchor.center[1]
    along, across = {"left": (-dx, dy), "right": (dx, dy), "above": (-dy, dx), "below": (dy, dx)}[relation]
    if relation in ("left", "right"):
        across *= 0.75
    if along >= CLEAR and along >= 0.5 * abs(across):
        return "yes"
    return "no" if along <= LOOSE else "unsure"


def _sample_rgb(color: str, rng: random.Random) -> tuple[float, float, float]:
    hues, saturations, values = COLORS[color]
    return colorsys.hsv_to_rgb(
        (rng.uniform(*hues) % 360) / 360.0, rng.uniform(*saturations), rng.uniform(*values)
    )


def _rough_box(shape: str, x: float, y: float, unit: float) -> tuple[float, float, float, float]:
    left, up, right, down = ROUGH_EXTENTS[shape]
    return x - left * unit, y - up * unit, x + right * unit, y + down * unit


def _apart(a, b) -> bool:
    return a[0] - GAP >= b[2] or b[0] - GAP >= a[2] or a[1] - GAP >= b[3] or b[1] - GAP >= a[3]


def _palettes(rng: random.Random) -> tuple[list[str], list[str]]:
    """Scenes with few shapes or few colours make questions that need the relation, so half are such."""
    shapes, colors = list(SHAPES), list(COLORS)
    rng.shuffle(shapes)
    rng.shuffle(colors)
    style = rng.random()
    if style < 0.35:
        return shapes[:2], colors
    if style < 0.5:
        return shapes, colors[:2]
    if style < 0.65:
        return shapes[:3], colors[:3]
    return shapes, colors


def sample_scene(seed: int, sprite_extents=None, variants: int = 6) -> Scene:
    """A scene from its seed alone. `sprite_extents[(shape, variant)]` gives left, up, right, down in units."""
    rng = random.Random(seed)
    shapes, colors = _palettes(rng)
    mirrored = rng.random() < 0.5
    wanted = rng.choice((2, 3, 3, 4, 4, 5, 5))
    objects: list[SceneObject] = []
    for _ in range(200):
        if len(objects) == wanted:
            break
        shape, color = rng.choice(shapes), rng.choice(colors)
        size = rng.choice(tuple(SIZES))
        unit = rng.uniform(*SIZES[size])
        left, up, right, down = ROUGH_EXTENTS[shape]
        x = rng.uniform(12 + left * unit, WIDTH - 12 - right * unit)
        y = rng.uniform(12 + up * unit, HEIGHT - 12 - down * unit)
        box = _rough_box(shape, x, y, unit)
        if not all(_apart(box, other.box) for other in objects):
            continue
        if any((o.shape, o.color) == (shape, color) for o in objects) and rng.random() < 0.7:
            continue
        rgb = _sample_rgb(color, rng)
        objects.append(
            SceneObject(shape, color, size, x, y, unit, rng.randrange(variants), rgb, rng.uniform(0.1, 0.7), box)
        )
    if len(objects) < 2:
        return sample_scene(seed + 1_000_000_007, sprite_extents, variants)
    if sprite_extents:
        _set_exact_boxes(objects, sprite_extents, mirrored)
    return Scene(seed, mirrored, objects)


def _set_exact_boxes(objects: list[SceneObject], sprite_extents, mirrored: bool) -> None:
    for o in objects:
        left, up, right, down = sprite_extents[(o.shape, o.variant)]
        if mirrored:
            left, right = right, left
        o.box = (o.x - left * o.unit, o.y - up * o.unit, o.x + right * o.unit, o.y + down * o.unit)


def flipped(scene: Scene) -> Scene:
    """The scene seen in a mirror: x becomes WIDTH - x, the light changes sides."""
    objects = [
        dataclasses.replace(o, x=WIDTH - o.x, box=(WIDTH - o.box[2], o.box[1], WIDTH - o.box[0], o.box[3]))
        for o in scene.objects
    ]
    return Scene(scene.seed, not scene.mirrored, objects)
