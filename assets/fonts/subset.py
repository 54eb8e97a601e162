#!/usr/bin/env python3
"""Make the five fonts of the interface from their published files.

    python3 subset.py SOURCES

SOURCES is a folder that holds the sources named in README.md, unpacked. Needs fonttools and brotli. Digits are
made tabular by giving the code points the glyphs of the `tnum` feature, because egui sets text with a font's
default glyphs; the lower-case l with a tail (`cv05`) is put in the same way.
"""

import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable

HERE = Path(__file__).parent

LATIN = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)]))
NAMES = "ĀāĂăĄąĆćČčĎďĐđĒēĘęĚěĞğĪīİıŁłŃńŇňŌōŐőŒœŘřŚśŞşŠšŤťŪūŮůŰűŹźŻżŽž"
GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρςστυφχψωϑϕϵ"
PUNCTUATION = "‐‑–—‘’‚“”„†‡•…′″‹›\u2007\u2009\u200a\u202f"
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ₀₁₂₃₄₅₆₇₈₉₊₋"
ARROWS = "←↑→↓↔↗↘"
OPERATORS = "−×·±∓÷√∞≤≥≠≈≡∂∑∏∫∕⁄"
KEYS_AND_MARKS = "✓✗⌘⇧"
# Only in the maths face.
MATHS = "‖⊕⊗⊙∘∈∉∀∃⊂⊆∪∩∇∝∼≃≅⟨⟩⌊⌋⌈⌉⊤⊥⋅⋯⋮⋱↦⟼↪⇒⇔⋉⋊ℓℝℂℤℕℚℍℐ𝔤𝔰𝔬𝔩𝔲✗"

# The two heavier weights set titles and values; what they lack falls back to the regular weight.
INTER_HEAVY = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0éèáàäöüóíçñøåæß°·×−²³⁺⁻–—‘’“”…→\u2009\u202f"
# Greek letters are maths: they fall back to STIX Two.
INTER = LATIN + NAMES + PUNCTUATION + SUPERSCRIPTS + ARROWS + OPERATORS + KEYS_AND_MARKS
STIX = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0°±²³¹·×÷" + GREEK + PUNCTUATION
STIX_MATHS = SUPERSCRIPTS + ARROWS + OPERATORS + MATHS
# Letters that Greek and Latin maths are set in; the rest is always upright.
STIX_ITALIC = "".join(c for c in map(chr, range(0x20, 0x7F)) if c.isalpha() or c in " '().,-") + "ıȷ" + GREEK


def substitutions(font, tags):
    """The single substitutions of the features `tags`, as {glyph: glyph}."""
    table, found = font["GSUB"].table, {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag not in tags:
            continue
        for index in record.Feature.LookupListIndex:
            for subtable in table.LookupList.Lookup[index].SubTable:
                found.update(getattr(getattr(subtable, "ExtSubTable", subtable), "mapping", {}))
    return found


def bake(font, tags, keep):
    """Give every code point in `keep` the glyph that the features `tags` would choose."""
    swap = substitutions(font, tags)
    for cmap in font["cmap"].tables:
        if cmap.isUnicode():
            for code, glyph in list(cmap.cmap.items()):
                if keep(chr(code)):
                    cmap.cmap[code] = swap.get(glyph, glyph)


def subset(font, text, features):
    """Keep the characters of `text` and the layout `features`, drop everything else."""
    options = Options()
    options.layout_features = features
    options.hinting = False
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["GSUB", "MATH", "DSIG", "STAT", "meta"]
    subsetter = Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    return font


def quadratic(font):
    """Give a font with cubic outlines (`CFF `) quadratic ones (`glyf`), at most 1 of its 2816 units away.

    All faces then have outlines of one kind, and what reads the other can be left out of the browser bundle.
    """
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    table = newTable("glyf")
    table.glyphOrder, table.glyphs = order, {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        table.glyphs[name] = pen.glyph()
    del font["CFF "]
    font["glyf"], font["loca"] = table, newTable("loca")
    for name in order:
        table.glyphs[name].recalcBounds(table)
        width, _ = font["hmtx"][name]
        font["hmtx"][name] = (width, getattr(table.glyphs[name], "xMin", 0))
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for field in ("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs"):
        setattr(maxp, field, int(field == "maxZones"))
    for field in ("maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(maxp, field, 0)
    font["head"].glyphDataFormat = 0
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
    return font


def inter(sources, style):
    font = TTFont(sources / f"fonts-inter/usr/share/fonts/opentype/inter/Inter-{style}.otf")
    # Tabular digits, but proportional commas and stops: those stand in sentences too.
    bake(font, {"tnum"}, str.isdigit)
    bake(font, {"cv05"}, lambda c: c == "l")
    return quadratic(subset(font, INTER if style == "Regular" else INTER_HEAVY, ["kern"]))


def stix(sources, style, pieces, name):
    """Merge pieces of STIX Two (its published parts each hold one script)."""
    with tempfile.TemporaryDirectory() as folder:
        paths, seen = [], set()
        for package, part, wanted in pieces:
            path = sources / f"{package}/package/files/{part}-400-{style}.woff2"
            font = TTFont(path)
            font.flavor = None
            # A character comes from the first piece that has it; merging two glyphs for one is an error.
            have = {chr(c) for c in font.getBestCmap()} & set(wanted) - seen
            seen |= have
            # Formulas are set letter by letter: kerning would never apply.
            subset(font, "".join(sorted(have)), [])
            paths.append(Path(folder) / f"{part}.ttf")
            font.save(paths[-1])
        merged = Merger().merge([str(path) for path in paths])
    for record in merged["name"].names:
        if record.nameID in (1, 4):
            record.string = name
    return merged


def main():
    sources = Path(sys.argv[1])
    text, maths = "fontsource-stix-two-text-5.3.0", "fontsource-stix-two-math-5.3.0"
    upright = [
        (text, "stix-two-text-latin", STIX + STIX_MATHS),
        (text, "stix-two-text-greek", GREEK),
        (maths, "stix-two-math-latin", STIX + STIX_MATHS),
    ]
    italic = [(text, f"stix-two-text-{part}", STIX_ITALIC) for part in ("latin", "greek")]
    fonts = {
        "Inter-Regular.ttf": inter(sources, "Regular"),
        "Inter-Medium.ttf": inter(sources, "Medium"),
        "Inter-SemiBold.ttf": inter(sources, "SemiBold"),
        "STIXTwo-Regular.ttf": stix(sources, "normal", upright, "STIX Two subset"),
        "STIXTwo-Italic.ttf": stix(sources, "italic", italic, "STIX Two subset Italic"),
    }
    total = 0
    for name, font in fonts.items():
        # A fixed time stamp: the same sources give the same bytes.
        font.recalcTimestamp = False
        font["head"].modified = font["head"].created
        font.save(HERE / name)
        size = (HERE / name).stat().st_size
        total += size
        print(f"{name:24} {size:7} bytes {len(font.getBestCmap()):4} characters")
    print(f"{'together':24} {total:7} bytes")


if __name__ == "__main__":
    main()
