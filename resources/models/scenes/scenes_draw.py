"""Draws scenes: ray-marched sprites (shading, highlight, cover, cast shadow) composed over a drawn table top.

Sprites are made once per shape and turn and kept in a folder. The camera is orthographic, 38 degrees above the
table; light falls from the left, front and above, or from the right for mirrored scenes.
"""

from __future__ import annotations

import colorsys
import math
from pathlib import Path

import numpy as np
from PIL import Image

from scenes_world import HEIGHT, SHAPES, WIDTH, Scene, SceneObject

VARIANTS = 6
ELEVATION = math.radians(38.0)
LEFT, RIGHT, DOWN, UP = -2.4, 2.4, -1.7, 3.1  # what a sprite shows around the foot, in units
SPAN = RIGHT - LEFT
LIGHT = np.array([-0.55, -0.50, 0.95]) / math.sqrt(0.55**2 + 0.50**2 + 0.95**2)


def _turn(points, angle):
    c, s = math.cos(angle), math.sin(angle)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return np.stack([c * x - s * y, s * x + c * y, z], -1)


def _box_distance(p, half, rounding):
    q = np.abs(p) - (np.array(half) - rounding)
    outside = np.sqrt((np.maximum(q, 0) ** 2).sum(-1))
    return outside + np.minimum(q.max(-1), 0) - rounding


def _cylinder_distance(p, radius, half, rounding):
    d = np.stack([np.hypot(p[..., 0], p[..., 1]) - radius + rounding, np.abs(p[..., 2]) - half + rounding], -1)
    return np.minimum(d.max(-1), 0) + np.sqrt((np.maximum(d, 0) ** 2).sum(-1)) - rounding


def _cone_distance(p, radius, height, rounding):
    r, z = np.hypot(p[..., 0], p[..., 1]), p[..., 2]
    slope = math.atan2(height, radius)
    inner_r, inner_h = radius - rounding * (1 + 1 / math.tan(slope / 2)) / 2, height - 2.2 * rounding
    k = np.array([inner_r, -(inner_h - rounding)])
    z0 = z - rounding
    # Distance to the triangle (0, 0), (inner_r, 0), (0, inner_h) in the half plane r >= 0.
    side = np.clip(((r - inner_r) * -k[0] + z0 * -k[1]) / (k @ k), 0, 1)
    to_side = np.hypot(r - (inner_r - side * k[0]), z0 - side * -k[1])
    to_base = np.hypot(r - np.clip(r, 0, inner_r), z0)
    normal_distance = (r - inner_r) * (inner_h - rounding) + z0 * inner_r
    inside = (normal_distance <= 0) & (z0 >= 0)
    return np.where(inside, -1.0, 1.0) * np.minimum(to_side, to_base) - rounding


def _distance(shape: str, p, angle: float):
    """Signed distance from points [..., 3] to the shape standing on z = 0."""
    if shape == "ball":
        return np.linalg.norm(p - np.array([0, 0, 1.0]), axis=-1) - 1.0
    if shape == "cube":
        return _box_distance(_turn(p, angle) - np.array([0, 0, 0.82]), (0.82, 0.82, 0.82), 0.09)
    if shape == "cone":
        return _cone_distance(p, 1.05, 2.1, 0.06)
    if shape == "cylinder":
        return _cylinder_distance(p - np.array([0, 0, 0.95]), 0.85, 0.95, 0.08)
    q = np.hypot(p[..., 0], p[..., 1]) - 0.84
    return np.hypot(q, p[..., 2] - 0.36) - 0.36


def _march(shape, angle, origins, direction, steps=90, far=9.0):
    t = np.zeros(origins.shape[:-1])
    d = np.full_like(t, 1.0)
    for _ in range(steps):
        d = _distance(shape, origins + t[..., None] * direction, angle)
        t = np.minimum(t + 0.9 * d, far)
    return t, d


def _normals(shape, angle, points):
    e = 1e-3
    offsets = np.eye(3) * e
    g = [_distance(shape, points + o, angle) - _distance(shape, points - o, angle) for o in offsets]
    n = np.stack(g, -1)
    return n / np.maximum(np.linalg.norm(n, axis=-1, keepdims=True), 1e-9)


def _openness(shape, angle, points, normals):
    """Ambient occlusion by a few distance samples along the normal, the table included; 1 is open."""
    total = np.zeros(points.shape[:-1])
    for k in range(1, 6):
        h = 0.12 * k
        q = points + h * normals
        reach = np.minimum(_distance(shape, q, angle), np.maximum(q[..., 2], 0))
        total += np.maximum(h - reach, 0) / 2**k
    return np.clip(1 - 2.2 * total, 0, 1)


def _soft_shadow(shape, angle, points):
    """How much of the light is blocked at table points; penumbra grows with distance (0 open, 1 blocked)."""
    t = np.full(points.shape[:-1], 0.03)
    light = np.ones_like(t)
    for _ in range(60):
        d = _distance(shape, points + t[..., None] * LIGHT, angle)
        light = np.minimum(light, np.clip(0.5 + 0.5 * d * 9 / t, 0, 1))
        t = np.minimum(t + np.clip(np.abs(d), 0.02, 0.25), 5.0)
    light = light * light * (3 - 2 * light)
    return 1 - light


def render_sprite(shape: str, variant: int, pixels: int) -> np.ndarray:
    """[pixels, pixels, 4] uint8: shade, highlight, cover, shadow on the table. Two samples a side per pixel."""
    angle = math.radians(8 + 90.0 * variant / VARIANTS)
    n = pixels * 2
    u = (np.arange(n) + 0.5) / n * SPAN + LEFT
    v = UP - (np.arange(n) + 0.5) / n * SPAN
    forward = np.array([0, math.cos(ELEVATION), -math.sin(ELEVATION)])
    upward = np.array([0, math.sin(ELEVATION), math.cos(ELEVATION)])
    grid = u[None, :, None] * np.array([1.0, 0, 0]) + v[:, None, None] * upward  # [rows, columns, xyz]
    t, d = _march(shape, angle, grid - 4.5 * forward, forward)
    points = grid - 4.5 * forward + t[..., None] * forward
    hit = d < 4e-3
    normals = _normals(shape, angle, points)
    open_ = _openness(shape, angle, points, normals)
    diffuse = np.clip((normals * LIGHT).sum(-1), 0, 1)
    sky = 0.5 + 0.5 * normals[..., 2]
    shade = (0.30 * sky + 0.06) * open_ + 0.72 * diffuse * (0.35 + 0.65 * open_)
    half = LIGHT - forward
    half /= np.linalg.norm(half)
    highlight = np.clip((normals * half).sum(-1), 0, 1) ** 42
    table = grid - (grid[..., 2:] / forward[2]) * forward
    up = np.zeros_like(table)
    up[..., 2] = 1
    shadow = 1 - (1 - 0.80 * _soft_shadow(shape, angle, table)) * (0.45 + 0.55 * _openness(shape, angle, table, up))
    border = np.minimum(np.minimum(u - LEFT, RIGHT - u)[None, :], np.minimum(v - DOWN, UP - v)[:, None])
    shadow = shadow * np.clip(border / 0.25, 0, 1)
    channels = np.stack([np.clip(shade, 0, 1) * hit, highlight * hit, hit, shadow], -1)
    small = channels.reshape(pixels, 2, pixels, 2, 4).mean((1, 3))  # [rows, columns, channel]
    cover = np.maximum(small[..., 2:3], 1e-6)
    small[..., :2] = np.clip(small[..., :2] / cover, 0, 1)  # not darkened towards the edge; cover carries it
    return (small * 255 + 0.5).astype(np.uint8)


class Artist:
    """Sprites of one resolution, read from or made in `folder`; draws scenes at any size."""

    def __init__(self, folder: Path, pixels: int = 384):
        folder.mkdir(parents=True, exist_ok=True)
        self.sprites: dict[tuple[str, int], Image.Image] = {}
        self.extents: dict[tuple[str, int], tuple[float, float, float, float]] = {}
        for shape in SHAPES:
            for variant in range(VARIANTS if shape == "cube" else 1):
                path = folder / f"sprite_{pixels}_{shape}_{variant}.npy"
                if not path.exists():
                    np.save(path, render_sprite(shape, variant, pixels))
                self._add(shape, variant, np.load(path))

    def _add(self, shape, variant, sprite):
        pixels = sprite.shape[0]
        rows = np.flatnonzero((sprite[..., 2] > 127).any(1))
        columns = np.flatnonzero((sprite[..., 2] > 127).any(0))
        unit = pixels / SPAN
        extents = (
            -LEFT - columns[0] / unit,
            UP - rows[0] / unit,
            (columns[-1] + 1) / unit + LEFT,
            (rows[-1] + 1) / unit - UP,
        )
        for k in range(VARIANTS) if shape != "cube" else (variant,):
            # CMYK only because Pillow resizes its four bands apart; RGBA would be multiplied by its last band.
            self.sprites[(shape, k)] = Image.frombytes("CMYK", (pixels, pixels), sprite.tobytes())
            self.extents[(shape, k)] = tuple(float(e) for e in extents)

    def draw(self, scene: Scene, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
        """The scene as an RGB picture. Objects are painted from the back to the front."""
        scale = width / WIDTH
        picture = background(scene.seed, width, height)  # [rows, columns, rgb] float32, 0..1
        if scene.mirrored:
            picture = picture[:, ::-1].copy()
        placed = [self._placed(o, scene.mirrored, scale) for o in sorted(scene.objects, key=lambda o: o.y)]
        for _, sprite, left, top in placed:
            _cast(picture, sprite, left, top)
        for o, sprite, left, top in placed:
            _paint(picture, o, sprite, left, top)
        return Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))

    def _placed(self, o: SceneObject, mirrored: bool, scale: float):
        """The object's sprite resized for its place, with the foot at the exact sub-pixel position."""
        sprite = self.sprites[(o.shape, o.variant)]
        if mirrored:
            sprite = sprite.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        unit = o.unit * scale
        x0, y0 = o.x * scale + LEFT * unit, o.y * scale - UP * unit
        left, top = math.floor(x0), math.floor(y0)
        side = math.ceil(SPAN * unit) + 1
        per_pixel = sprite.width / (SPAN * unit)
        # An affine transform places the sprite at a fraction of a pixel; it does not average, so reduce first.
        matrix = (per_pixel, 0, (left - x0) * per_pixel, 0, per_pixel, (top - y0) * per_pixel)
        if per_pixel > 1.4:
            reduced = sprite.resize((math.ceil(sprite.width / per_pixel),) * 2, Image.Resampling.BOX)
            ratio = reduced.width / sprite.width
            sprite, matrix = reduced, tuple(m * ratio for m in matrix)
        moved = sprite.transform((side, side), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
        return o, np.asarray(moved, dtype=np.float32) / 255.0, left, top


def _window(picture, sprite, left, top):
    """The part of the picture under the sprite and the matching part of the sprite."""
    rows, columns = picture.shape[:2]
    y0, y1 = max(top, 0), min(top + sprite.shape[0], rows)
    x0, x1 = max(left, 0), min(left + sprite.shape[1], columns)
    return picture[y0:y1, x0:x1], sprite[y0 - top : y1 - top, x0 - left : x1 - left]


def _cast(picture, sprite, left, top):
    under, part = _window(picture, sprite, left, top)
    under *= 1 - part[..., 3:] * np.array([0.80, 0.78, 0.72], dtype=np.float32)


def _paint(picture, o, sprite, left, top):
    under, part = _window(picture, sprite, left, top)
    rgb = np.array(o.rgb, dtype=np.float32)
    color = rgb * part[..., :1] * 1.12 + part[..., 1:2] * o.gloss
    under += (color - under) * part[..., 2:3]


def _noise(rng, rows, columns, cells) -> np.ndarray:
    """Smooth value noise in -1..1, [rows, columns]."""
    coarse = rng.uniform(-1, 1, (cells + 2, int(cells * 4 / 3) + 2)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((columns, rows), Image.Resampling.BICUBIC))


def background(seed: int, width: int, height: int) -> np.ndarray:
    """A muted table top with a pool of light, [height, width, 3] float32 in 0..1; the same at every size."""
    rng = np.random.default_rng(seed ^ 0x5CE4E5)
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width)[None, :]
    y = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
    base, other = _muted(rng), _muted(rng)
    kind = rng.integers(0, 5)
    pattern = np.zeros((height, width), dtype=np.float32)
    if kind == 1:
        pattern = _planks(rng, x, y)
    elif kind == 2:
        pattern = _tiles(rng, x, y)
    elif kind == 3:
        pattern = 0.045 * _noise(rng, height, width, int(rng.integers(4, 10)))
    elif kind == 4:
        angle = rng.uniform(0, math.pi)
        wave = np.sin((x * 4 / 3 * math.cos(angle) + y * math.sin(angle)) * rng.uniform(25, 60))
        pattern = (0.03 * np.tanh(2.5 * wave)).astype(np.float32)
    angle, spread = rng.uniform(0, 2 * math.pi), rng.uniform(0.0, 0.5)
    blend = np.clip(0.5 + spread * ((x - 0.5) * math.cos(angle) + (y - 0.5) * math.sin(angle)), 0, 1)[..., None]
    cx, cy, strength = rng.uniform(0.2, 0.5), rng.uniform(0.25, 0.6), rng.uniform(0.15, 0.4)
    light = 1.08 - strength * ((x - cx) ** 2 * 1.6 + (y - cy) ** 2 * 1.2)
    colored = base * (1 - blend) + (base * 0.6 + other * 0.4) * blend
    return (colored * ((1 + pattern) * light)[..., None]).astype(np.float32)


def _muted(rng) -> np.ndarray:
    rgb = colorsys.hsv_to_rgb(rng.uniform(0, 1), rng.uniform(0.02, 0.30), rng.uniform(0.45, 0.90))
    return np.array(rgb, dtype=np.float32)


def _planks(rng, x, y) -> np.ndarray:
    count = int(rng.integers(4, 9))
    row = np.minimum((y * count).astype(int), count - 1)
    tint = rng.uniform(-0.07, 0.07, count).astype(np.float32)[row]
    within = y * count - row
    seam = np.exp(-(np.minimum(within, 1 - within) / 0.025) ** 2) * 0.22
    phase = rng.uniform(0, 30, count).astype(np.float32)[row]
    grain = 0.03 * np.sin(within * 22 + 2.5 * np.sin(x * 5 + phase) + phase)
    return (tint - seam + grain).astype(np.float32)


def _tiles(rng, x, y) -> np.ndarray:
    count = int(rng.integers(4, 8))
    cx, cy = x * count * 4 / 3, y * count * 1.3
    parity = (np.floor(cx) + np.floor(cy)) % 2
    near = np.minimum(np.minimum(cx % 1, 1 - cx % 1), np.minimum(cy % 1, 1 - cy % 1))
    return (0.05 * parity - 0.12 * np.exp(-((near / 0.03) ** 2))).astype(np.float32)
