# SPDX-License-Identifier: ISC
"""Charts as SVG, on paper of their own, which is dark where the reader's is:
bars on a logarithmic scale, and lines over a logarithmic scale."""
import math
from xml.sax.saxutils import escape

STYLE = """
.paper { fill: #ffffff; }
text { font: 12px -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
  fill: #24292f; }
.title { font-size: 15px; font-weight: 600; }
.note { fill: #57606a; font-size: 11px; }
.grid { stroke: #d0d7de; stroke-width: 1; }
.axis { stroke: #57606a; stroke-width: 1; }
.s0 { fill: #1f6feb; stroke: #1f6feb; }
.s1 { fill: #d29922; stroke: #d29922; }
.s2 { fill: #cf5b45; stroke: #cf5b45; }
.s3 { fill: #8b949e; stroke: #8b949e; }
path { fill: none !important; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
  .paper { fill: #0d1117; }
  text { fill: #e6edf3; }
  .note { fill: #9da7b3; }
  .grid { stroke: #30363d; }
  .axis { stroke: #9da7b3; }
  .s0 { fill: #58a6ff; stroke: #58a6ff; }
}
"""


class Drawing:
    def __init__(self, width, height, title):
        self.size = (width, height)
        self.title = title
        self.parts = []

    def text(self, x, y, words, anchor="start", kind="", turn=None):
        turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'class="{kind}"{turned}>{escape(words)}</text>')

    def line(self, x1, y1, x2, y2, kind):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" '
                          f'y2="{y2:.1f}" class="{kind}"/>')

    def bar(self, x, y, width, height, kind):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                          f'height="{height:.1f}" rx="1.5" class="{kind}" '
                          'stroke="none"/>')

    def path(self, points, kind):
        words = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.parts.append(f'<path d="M{words}" class="{kind}"/>')
        for x, y in points:
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" '
                              f'class="{kind}"/>')

    def legend(self, x, y, entries):
        """entries: (words, class)"""
        for words, kind in entries:
            self.bar(x, y - 9, 11, 11, kind)
            self.text(x + 16, y + 1, words)
            x += 16 + 7.2 * len(words) + 18

    def svg(self):
        width, height = self.size
        body = "\n".join(self.parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
                f'height="{height}" viewBox="0 0 {width} {height}" role="img">\n'
                f"<title>{escape(self.title)}</title>\n"
                f"<style>{STYLE}</style>\n"
                '<rect width="100%" height="100%" rx="6" class="paper"/>\n'
                f"{body}\n</svg>\n")


def amount(value):
    """As short as can be: 0.05, 3.2, 12, 1.2k, 1M."""
    for limit, letter in ((1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:.3g}{letter}"
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


class LogScale:
    def __init__(self, values, start, end):
        low, high = min(values), max(values)
        self.low = math.floor(math.log10(low) + 1e-9)
        self.high = max(math.ceil(math.log10(high) - 1e-9), self.low + 1)
        self.start, self.end = start, end

    def at(self, value):
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self):
        return [10.0 ** e for e in range(self.low, self.high + 1)]


class LinearScale:
    def __init__(self, values, start, end):
        most = max(values) or 1
        step = 10 ** math.floor(math.log10(most))
        self.step = next(s for s in (step / 5, step / 2, step, step * 2)
                         if most / s <= 6)
        self.most = math.ceil(most / self.step - 1e-9) * self.step
        self.start, self.end = start, end

    def at(self, value):
        return self.start + value / self.most * (self.end - self.start)

    def ticks(self):
        count = round(self.most / self.step)
        return [i * self.step for i in range(count + 1)]


BAR, BAR_GAP, GROUP_GAP = 11, 2, 12
LEFT, RIGHT, TOP, BOTTOM = 150, 60, 74, 62


def bars(title, unit, note, names, groups, width=760):
    """names: of the bars of each group, with their classes; groups: (label,
    values), None where there is none."""
    high = len(names) * (BAR + BAR_GAP) + GROUP_GAP
    height = TOP + high * len(groups) + BOTTOM
    d = Drawing(width, height, title)
    scale = LogScale([v for _, vs in groups for v in vs if v], LEFT,
                     width - RIGHT)
    d.text(12, 24, title, kind="title")
    d.legend(LEFT, 50, names)
    base = height - BOTTOM
    for tick in scale.ticks():
        d.line(scale.at(tick), TOP - 8, scale.at(tick), base, "grid")
        d.text(scale.at(tick), base + 16, amount(tick), "middle")
    d.text((LEFT + width - RIGHT) / 2, base + 33, unit, "middle")
    d.text(12, height - 4, note, kind="note")
    for i, (label, values) in enumerate(groups):
        y = TOP + i * high
        d.text(LEFT - 8, y + (high - GROUP_GAP) / 2 + 4, label, "end")
        for (_, kind), value in zip(names, values):
            if value:
                d.bar(LEFT, y, max(scale.at(value) - LEFT, 1), BAR, kind)
                d.text(scale.at(value) + 4, y + BAR - 2, amount(value),
                       kind="note")
            y += BAR + BAR_GAP
    d.line(LEFT, TOP - 8, LEFT, base, "axis")
    return d.svg()


def lines(title, x_label, y_label, note, series, y_is_log=False, width=620,
          height=380):
    """series: (name, class, [(x, y)...]).  A logarithmic scale has no place for
    a y of 0."""
    left, right, top, bottom = 70, 24, 70, 62
    d = Drawing(width, height, title)
    series = [(n, c, [(x, y) for x, y in points if y > 0 or not y_is_log])
              for n, c, points in series]
    every = [p for _, _, points in series for p in points]
    xs = LogScale([x for x, _ in every], left, width - right)
    kind = LogScale if y_is_log else LinearScale
    ys = kind([y for _, y in every], height - bottom, top)
    d.text(12, 24, title, kind="title")
    d.legend(left, 48, [(n, c) for n, c, _ in series])
    for tick in ys.ticks():
        d.line(left, ys.at(tick), width - right, ys.at(tick), "grid")
        d.text(left - 6, ys.at(tick) + 4, amount(tick), "end")
    for tick in xs.ticks():
        d.line(xs.at(tick), top, xs.at(tick), height - bottom, "grid")
        d.text(xs.at(tick), height - bottom + 16, amount(tick), "middle")
    d.line(left, height - bottom, width - right, height - bottom, "axis")
    d.line(left, top, left, height - bottom, "axis")
    d.text((left + width - right) / 2, height - bottom + 34, x_label, "middle")
    d.text(18, (top + height - bottom) / 2, y_label, "middle", turn=-90)
    d.text(12, height - 6, note, kind="note")
    for _, kind, points in series:
        if points:
            d.path(points=[(xs.at(x), ys.at(y)) for x, y in points], kind=kind)
    return d.svg()
